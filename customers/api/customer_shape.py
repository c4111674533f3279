"""The parameters of a customer, in the order of their table (Invoiced API, Customers)."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from customers.api.brackets import FormData
from customers.api.codes import Country, CurrencyInUse, Language
from customers.api.fields import Amount, Choice, Email, Flag, Integer, Related, Text
from customers.api.parameter import Place, spoken
from customers.api.shapes import ListOf, Metadata, Shape, sent
from customers.api.source_fields import NewSource
from customers.api.tax_fields import TaxRates
from customers.api.visibility import caller_sees_all, visible_to_caller
from customers.errors import Refused
from customers.ledger.accounts import check_gateway
from customers.ledger.numbering import check_free
from customers.models import Cadence, CadenceStep, Customer, GatewayAccount, SignUpPage, User
from customers.models.customer import PAYMENT_METHODS

TYPES = tuple(Customer.Type.values)
_LARGEST_LIMIT = Decimal(10) ** 15


def _active_users() -> QuerySet[User]:
    return User.objects.filter(is_active=True)


def _customers() -> QuerySet[Customer]:
    """Those that the key may know about: of others it must not even learn that they exist."""
    return visible_to_caller(Customer.objects.all())


def _company_default(days: int) -> int | None:
    return None if days < 0 else days


def each_once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


class CustomerShape(Shape):
    name = Text(required=True)
    number = Text(max_length=32, aliases=["external_id"])
    email = Email(nullable=True)
    autopay = Flag()
    autopay_delay_days = Integer(minimum=-1, maximum=365, nullable=True, check=_company_default)
    payment_terms = Text(nullable=True)
    payment_source = NewSource()
    attention_to = Text(nullable=True)
    address1 = Text(nullable=True)
    address2 = Text(nullable=True)
    city = Text(nullable=True)
    state = Text(nullable=True)
    postal_code = Text(nullable=True, max_length=32)
    country = Country()
    language = Language(nullable=True)
    currency = CurrencyInUse(nullable=True)
    chase = Flag(aliases=["boolean"])
    chasing_cadence = Related(Cadence.objects.all, noun="Chasing cadence", nullable=True)
    next_chase_step = Related(CadenceStep.objects.all, noun="Chasing step", nullable=True)
    phone = Text(nullable=True, max_length=64)
    credit_hold = Flag()
    credit_limit = Amount(minimum=0, maximum=_LARGEST_LIMIT - 1, decimals=2, nullable=True)
    owner = Related(_active_users, noun="User", kept="owner", nullable=True, aliases=["owner_id"])
    taxable = Flag()
    taxes = TaxRates()
    tax_id = Text(nullable=True, max_length=64, aliases=["taxid"])
    avalara_entity_use_code = Text(nullable=True, max_length=25)
    avalara_exemption_number = Text(nullable=True, max_length=25)
    type = Choice(TYPES)
    parent_customer = Related(_customers, noun="Customer", kept="parent_customer", nullable=True)
    bill_to_parent = Flag()
    consolidated = Flag()
    notes = Text(nullable=True, max_length=65_535)
    sign_up_page = Related(SignUpPage.objects.all, noun="Sign-up page", nullable=True)
    ach_gateway = Related(GatewayAccount.objects.all, noun="Gateway", nullable=True)
    cc_gateway = Related(GatewayAccount.objects.all, noun="Gateway", nullable=True)
    metadata = Metadata()
    disabled_payment_methods = ListOf(Choice(PAYMENT_METHODS), check=each_once)

    @classmethod
    def read(
        cls, data: Any, *, update: bool = False, form: bool | None = None, at: str = "", stored: Any = None
    ) -> dict[str, Any]:
        """As every shape; of several faults the first in the table is told, also one of the ledger's."""
        try:
            return super().read(data, update=update, form=form, at=at, stored=stored)
        except Refused as refused:
            _check_earlier((refused.param or "").partition(".")[0], data, stored)
            raise


def _check_earlier(blamed: str, data: Any, stored: Customer | None) -> None:
    """Refuse a number that is taken and AutoPay without a gateway where they stand before `blamed`.

    The ledger looks itself, under its locks; it is asked here only when it will not come to that.
    """
    order = list(CustomerShape.fields)
    earlier = order[: order.index(blamed)] if blamed in order else []
    values = {}
    for name in {"number", "autopay"} & set(earlier):
        field, place = CustomerShape.fields[name], Place(name, spoken(name), isinstance(data, FormData))
        values[name] = field.read(sent(data, name, field), place, update=True)
    # Who may not see everybody may not change a number, nor learn which ones there are.
    if values.get("number") and caller_sees_all():
        check_free(Customer, values["number"], but=stored.pk if stored else None)
    if values.get("autopay") and not (stored and stored.autopay):
        check_gateway()

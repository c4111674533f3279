"""The wire shape of each resource: one projection, row to plain dict.

Lists, single answers, events, webhooks and exports all use these, so a field can never differ
between them. Amounts are `Decimal`, moments Unix seconds, unset texts None.
"""

from typing import Any

from django.db import models

from customers.models import (
    Cadence,
    Charge,
    Contact,
    CreditAdjustment,
    CreditNote,
    Customer,
    Invoice,
    Item,
    LineItem,
    Note,
    Payment,
    PaymentPlan,
    PaymentSource,
    Refund,
    Reversal,
    SignUpPage,
    Task,
    TaxRate,
    User,
)
from customers.wire.charge import describe_charge
from customers.wire.chasing import describe_cadence
from customers.wire.contact import describe_contact
from customers.wire.credit_balance_adjustment import describe_credit_adjustment
from customers.wire.credit_note import describe_credit_note
from customers.wire.customer import describe_customer
from customers.wire.invoice import describe_invoice
from customers.wire.item import describe_item
from customers.wire.line_item import describe_line_item
from customers.wire.member import describe_member
from customers.wire.note import describe_note
from customers.wire.payment import describe_payment
from customers.wire.payment_plan import describe_payment_plan
from customers.wire.payment_source import describe_payment_source
from customers.wire.refund import describe_refund, describe_reversal
from customers.wire.sign_up_page import describe_sign_up_page
from customers.wire.task import describe_task
from customers.wire.tax_rate import describe_tax_rate

_PROJECTIONS: dict[type[models.Model], tuple[str, Any]] = {
    Customer: ("customer", describe_customer),
    Contact: ("contact", describe_contact),
    Invoice: ("invoice", describe_invoice),
    CreditNote: ("credit_note", describe_credit_note),
    Payment: ("payment", describe_payment),
    CreditAdjustment: ("credit_balance_adjustment", describe_credit_adjustment),
    Refund: ("refund", describe_refund),
    Reversal: ("reversal", describe_reversal),
    TaxRate: ("tax_rate", describe_tax_rate),
    Item: ("item", describe_item),
    LineItem: ("line_item", describe_line_item),
    Note: ("note", describe_note),
    Task: ("task", describe_task),
    Cadence: ("chasing_cadence", describe_cadence),
    SignUpPage: ("sign_up_page", describe_sign_up_page),
    User: ("member", describe_member),
    Charge: ("charge", describe_charge),
    PaymentPlan: ("payment_plan", describe_payment_plan),
    PaymentSource: ("payment_source", describe_payment_source),
}


def register(model: type[models.Model], name: str, projection: Any) -> None:
    """Add a resource of an upper floor."""
    _PROJECTIONS[model] = (name, projection)


def describe(row: models.Model) -> dict[str, Any]:
    """A row as the API shows it."""
    shape: dict[str, Any] = _PROJECTIONS[type(row)][1](row)
    return shape


def object_name(row: models.Model) -> str:
    """The value of `object` on the wire: `customer`, `invoice`, ..."""
    return _PROJECTIONS[type(row)][0]

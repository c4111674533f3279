"""The form of a customer with its contacts; saved through the ledger's account functions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet

from customers.admin.code_fields import CountryField, LanguageField, MailField
from customers.admin.forms import AmountField, CurrencyField, DayInput, dress, show_refusal
from customers.admin.metadata_rows import Rows
from customers.admin.payment_form import METHODS
from customers.admin.roles import Right, may
from customers.admin.tax_choices import TaxChoices
from customers.errors import Refused
from customers.ledger.accounts import (
    MOST_CONTACTS,
    create_contact,
    create_customer,
    delete_contact,
    update_contact,
    update_customer,
)
from customers.models import (
    Cadence,
    CadenceStep,
    Contact,
    Customer,
    GatewayAccount,
    SignUpPage,
    TaxRate,
    User,
)
from customers.money import LARGEST_AMOUNT
from customers.roles import CONTACT_DATA

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Account", ("name", "number", "type", "email", "phone", "owner", "language", "notes")),
    (
        "Billing address",
        ("attention_to", "address1", "address2", "city", "state", "postal_code", "country"),
    ),
    (
        "Terms and credit",
        ("payment_terms", "currency", "credit_limit", "credit_hold", "autopay", "autopay_delay_days"),
    ),
    ("Payment", ("ach_gateway", "cc_gateway", "disabled_payment_methods")),
    ("Taxes", ("taxable", "taxes", "tax_id", "avalara_entity_use_code", "avalara_exemption_number")),
    (
        "Statements",
        ("statement_channel", "paperless_from_date", "parent_number", "bill_to_parent",
         "child_statements", "consolidated"),
    ),
    ("Chasing and sign-up", ("chase", "chasing_cadence", "next_chase_step", "sign_up_page")),
)  # fmt: skip


class CustomerForm(forms.ModelForm[Customer]):
    """Every attribute of a customer. Account managers change contact data, as with a key of theirs."""

    refused_names: Mapping[str, str] = {"parent_customer": "parent_number"}

    currency = CurrencyField(required=False, help_text="Empty: not fixed.")
    email = MailField(required=False)
    country = CountryField(help_text="Two letters.")
    language = LanguageField(required=False, help_text="Two letters, such as en or de.")
    credit_limit = AmountField(required=False, decimal_places=2, max_value=LARGEST_AMOUNT - 1)
    number = forms.CharField(max_length=32, required=False, help_text="Empty: the next free number.")
    parent_number = forms.CharField(label="Number of the parent account", max_length=32, required=False)
    disabled_payment_methods = forms.MultipleChoiceField(
        label="Payment methods switched off",
        required=False,
        choices=METHODS,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Customer
        fields = [name for _, names in SECTIONS for name in names if name != "parent_number"]
        widgets = {
            "notes": forms.Textarea(attrs={"rows": 3}),
            "paperless_from_date": DayInput(),
            "taxes": forms.CheckboxSelectMultiple,
        }
        field_classes = {"taxes": TaxChoices}
        labels = {
            "chase": "Chase when late",
            "paperless_from_date": "Paperless from",
            "ach_gateway": "Gateway for bank accounts",
            "cc_gateway": "Gateway for cards",
            "sign_up_page": "Sign-up page",
            "avalara_entity_use_code": "Avalara entity use code",
            "avalara_exemption_number": "Avalara exemption number",
        }
        help_texts = {
            "payment_terms": "For example NET 30.",
            "paperless_from_date": "Letters before this day, the channel above from it on.",
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: Any = None
        for name, rows in choices_of(self.instance).items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        # An account that is not theirs is not told by its number either.
        self.parents = Customer.objects.for_user(user)
        parent = self.parents.filter(pk=self.instance.parent_customer_id or 0).first()
        self.fields["parent_number"].initial = parent.number if parent else ""
        if not may(user, Right.MONEY):
            for name in self.fields.keys() - CONTACT_DATA:
                self.fields[name].disabled = True
        dress(self)

    def validate_unique(self) -> None:
        """The ledger claims the number, under its own message."""

    def validate_constraints(self) -> None:
        """The ledger settles what depends on each other before it stores."""

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "number"}  # type: ignore[misc]

    def clean_parent_number(self) -> Customer | None:
        number = self.cleaned_data["parent_number"]
        if not number:
            return None
        parent = self.parents.with_number(number).first()
        if parent is None:
            raise forms.ValidationError(f"There is no customer with the number {number}.")
        return parent

    def values(self) -> dict[str, Any]:
        """Attributes by column name, as the ledger takes them; untouched ones are left out."""
        names = [name for name in self.fields if not self.fields[name].disabled]
        if self.instance.pk:
            names = [name for name in names if name in self.changed_data]
        found = {name: self.cleaned_data[name] for name in names}
        if "parent_number" in found:
            found["parent_customer"] = found.pop("parent_number")
        if "taxes" in found:
            found["taxes"] = list(found["taxes"])
        return found

    def refuse(self, refused: Refused) -> None:
        show_refusal(self, refused, self.refused_names)

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in SECTIONS]


def choices_of(customer: Customer) -> dict[str, QuerySet[Any]]:
    """The rows each relation may name: those in use, and what the customer has already."""
    gateways = GatewayAccount.objects.order_by("name", "pk")
    taxes = customer.taxes.values("pk") if customer.pk else TaxRate.objects.none()
    return {
        "owner": User.objects.filter(Q(is_active=True, is_staff=True) | Q(pk=customer.owner_id)).order_by(
            "username"
        ),
        "taxes": TaxRate.objects.filter(Q(archived_at=None) | Q(pk__in=taxes)).order_by("name", "pk"),
        "chasing_cadence": Cadence.objects.order_by("name", "pk"),
        "next_chase_step": CadenceStep.objects.select_related("cadence").order_by("cadence", "position"),
        "sign_up_page": SignUpPage.objects.order_by("name", "pk"),
        "ach_gateway": gateways.filter(Q(enabled=True) | Q(pk=customer.ach_gateway_id)),
        "cc_gateway": gateways.filter(Q(enabled=True) | Q(pk=customer.cc_gateway_id)),
    }


CONTACT_FIELDS = (
    "name", "title", "department", "email", "phone", "primary", "sms_enabled",
    "address1", "address2", "city", "state", "postal_code", "country",
)  # fmt: skip


class ContactForm(forms.ModelForm[Contact]):
    email = MailField(required=False)
    country = CountryField(required=False)

    class Meta:
        model = Contact
        fields = list(CONTACT_FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    @property
    def main_fields(self) -> list[Any]:
        return [self[name] for name in ("name", "title", "department", "email", "phone")]

    @property
    def switches(self) -> list[Any]:
        return [self[name] for name in ("primary", "sms_enabled")]

    @property
    def address_fields(self) -> list[Any]:
        names = ("address1", "address2", "city", "state", "postal_code", "country")
        return [self[name] for name in names]


ContactForms = forms.inlineformset_factory(
    Customer, Contact, form=ContactForm, extra=0, max_num=MOST_CONTACTS, validate_max=True, can_delete=True
)


@transaction.atomic
def save_customer(*, form: CustomerForm, contacts: Any, metadata: Rows, now: datetime) -> Customer:
    """Create or change the account and its contacts; all or nothing."""
    values = form.values() | metadata.changes()
    if form.instance.pk:
        customer = update_customer(customer=form.instance, changes=values, now=now)
    else:
        customer = create_customer(values=values, now=now)
    for contact in contacts.forms:
        _save_contact(contact, customer, now)
    return customer


def _save_contact(form: Any, customer: Customer, now: datetime) -> None:
    row, values = form.instance, form.cleaned_data
    if values.get("DELETE"):
        if row.pk:
            delete_contact(contact=row, now=now)
        return
    if not form.has_changed():
        return
    fields = {name: values[name] for name in CONTACT_FIELDS}
    if row.pk:
        update_contact(contact=Contact.objects.get(pk=row.pk), changes=fields, now=now)
        return
    if not fields.get("country"):
        fields.pop("country", None)
    create_contact(customer=customer, values=fields, now=now)

"""The wire shape of each resource: one projection, row to plain dict.

Lists, single answers, events, webhooks and exports all use these, so a field can never differ
between them. Amounts are `Decimal`, moments Unix seconds, unset texts None.
"""

from typing import Any

from django.db import models

from customers.models import (
    Contact,
    CreditAdjustment,
    CreditNote,
    Customer,
    Invoice,
    Payment,
    Refund,
    Reversal,
)
from customers.wire.contact import describe_contact
from customers.wire.credit_balance_adjustment import describe_credit_adjustment
from customers.wire.credit_note import describe_credit_note
from customers.wire.customer import describe_customer
from customers.wire.invoice import describe_invoice
from customers.wire.payment import describe_payment
from customers.wire.refund import describe_refund, describe_reversal

_PROJECTIONS: dict[type[models.Model], tuple[str, Any]] = {
    Customer: ("customer", describe_customer),
    Contact: ("contact", describe_contact),
    Invoice: ("invoice", describe_invoice),
    CreditNote: ("credit_note", describe_credit_note),
    Payment: ("payment", describe_payment),
    CreditAdjustment: ("credit_balance_adjustment", describe_credit_adjustment),
    Refund: ("refund", describe_refund),
    Reversal: ("reversal", describe_reversal),
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

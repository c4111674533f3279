"""Cards and bank accounts of the wire (Invoiced API, Payment Sources)."""

from typing import Any

from customers.models import PaymentSource
from customers.wire.projection import SECONDS, TEXT, Key, Projection

# Of both kinds; each shows its own keys only.
SOURCE = Projection(
    PaymentSource,
    [
        Key("id"),
        Key("object", "kind"),
        Key("last4"),
        Key("brand"),
        Key("exp_month"),
        Key("exp_year"),
        Key("funding"),
        Key("bank_name"),
        Key("routing_number"),
        Key("verified"),
        Key("currency"),
        Key("country"),
        Key("gateway", form=TEXT),
        Key("gateway_id", "gateway_token", form=TEXT),
        Key("gateway_customer", form=TEXT),
        Key("merchant_account", "gateway_account_id"),
        Key("chargeable"),
        Key("failure_reason", form=TEXT),
        Key("receipt_email", form=TEXT),
        Key("created_at", form=SECONDS),
        Key("updated_at", form=SECONDS),
    ],
)
_OF_CARDS = ("brand", "exp_month", "exp_year", "funding")
_OF_BANK_ACCOUNTS = ("bank_name", "routing_number", "verified", "currency", "country")


def describe_payment_source(row: PaymentSource) -> dict[str, Any]:
    return of_its_kind(SOURCE.of(row))


def of_its_kind(shape: dict[str, Any]) -> dict[str, Any]:
    """Without the other kind's keys: `object` decides the class in every client."""
    for name in _OF_BANK_ACCOUNTS if shape["object"] == PaymentSource.Kind.CARD else _OF_CARDS:
        del shape[name]
    return shape

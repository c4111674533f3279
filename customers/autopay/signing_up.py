"""A customer signs up for AutoPay: stores a way to pay and allows the company to collect from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from customers.autopay.gateways import Offer, gateway_for
from customers.autopay.sources import WantedSource, attached, method_of, store_source
from customers.errors import Refused
from customers.ledger.accounts import create_contact, update_contact, update_customer
from customers.ledger.events import record_fact
from customers.models import Customer, PaymentSource, SignUpPage

SIGNED_UP = "autopay.signed_up"
# The contact that holds nothing but a shipping address. Somebody at the customer may have this title, too:
# who can be reached is never taken for it.
SHIPPING = "Shipping"
_HOLDS_AN_ADDRESS = {"title": SHIPPING, "email": "", "phone": "", "primary": False, "sms_enabled": False}


@dataclass(frozen=True, slots=True)
class SignUp:
    """What somebody filled in. The addresses are by column name and empty where the page asks for none;
    `terms` is the address of the terms that were agreed to."""

    token: str
    billing: Mapping[str, str] = field(default_factory=dict)
    shipping: Mapping[str, str] = field(default_factory=dict)
    terms: str = ""
    user_agent: str = ""


def offers(customer: Customer) -> list[Offer]:
    """The sources that this customer may sign up with on a page of ours, as its gateways name them."""
    found: dict[str, Offer] = {}
    for method in ("credit_card", "ach"):
        if method in customer.disabled_payment_methods:
            continue
        try:
            gateway = gateway_for(customer, method)
        except Refused:
            continue
        found |= {offer.token: offer for offer in gateway.offers() if method_of(offer.facts.kind) == method}
    return list(found.values())


def sign_up(*, customer: Customer, page: SignUpPage, wanted: SignUp, now: datetime) -> PaymentSource:
    """Store the source as the default one, turn AutoPay on, keep the addresses, and the consent as an event.

    Both types of page do the same: a subscription has nothing else to collect from either. Raises Refused
    for a source that the gateway refuses or the customer may not use; then nothing has changed. Never call
    it inside a transaction. Source: Invoiced API, Sign Up Pages.
    """
    source = WantedSource(token=wanted.token, make_default=True)
    with attached(customer=customer, wanted=source) as kept, transaction.atomic():
        stored = store_source(customer=customer, kept=kept, now=now)
        update_customer(customer=customer, changes={**wanted.billing, "autopay": True}, now=now)
        if wanted.shipping:
            _keep_shipping(customer, wanted.shipping, now)
        record_fact(
            type=SIGNED_UP,
            object_type="customer",
            object_id=str(customer.pk),
            customer_id=customer.pk,
            data={
                "page": page.name,
                "payment_source": str(stored),
                "terms": wanted.terms,
                "user_agent": wanted.user_agent,
            },
            now=now,
        )
    return stored


def _keep_shipping(customer: Customer, values: Mapping[str, str], now: datetime) -> None:
    known = customer.contacts.filter(**_HOLDS_AN_ADDRESS).order_by("pk").first()
    if known is not None:
        update_contact(contact=known, changes=values, now=now)
        return
    create_contact(customer=customer, values={"title": SHIPPING, "primary": False, **values}, now=now)

"""Who is written to."""

from typing import Any

import pytest

from customers.errors import Refused
from customers.models import Contact, Customer
from notifications.phones import e164
from notifications.recipients import (
    find_recipients,
    letter_recipient,
    named_copies,
    named_emails,
    named_phones,
)

ACME = Customer(name="Acme", email="Office@acme.test", country="US")


def people(*rows: dict[str, Any]) -> list[Contact]:
    return [Contact(pk=index, **row) for index, row in enumerate(rows, 1)]


def shown(channel: str, customer: Customer, contacts: list[Contact]) -> list[str]:
    return [r.shown for r in find_recipients(channel=channel, customer=customer, contacts=contacts)]


def test_primary_contacts_by_name_then_the_customers_own_address() -> None:
    contacts = people(
        {"name": "Zoe", "email": "zoe@acme.test", "primary": True},
        {"name": "ann", "email": "ann@acme.test", "primary": True},
        {"name": "Ben", "email": "ben@acme.test", "primary": False},
        {"name": "Cy", "email": "not an address", "primary": True},
    )

    assert shown("email", ACME, contacts) == ["ann@acme.test", "zoe@acme.test", "Office@acme.test"]


def test_an_address_is_written_to_once_whatever_its_letter_case() -> None:
    contacts = people({"name": "Ann", "email": "office@ACME.test", "primary": True})

    assert shown("email", ACME, contacts) == ["office@ACME.test"]


def test_texts_go_to_contacts_who_agreed_only() -> None:
    contacts = people(
        {"name": "Ann", "phone": "(617) 555-0123", "sms_enabled": True},
        {"name": "Ben", "phone": "617 555 0124", "sms_enabled": False},
    )

    assert shown("sms", ACME, contacts) == ["+16175550123"]


def test_a_named_number_that_never_agreed_is_left_out() -> None:
    contacts = people({"name": "Ann", "phone": "(617) 555-0123", "sms_enabled": True})

    found = named_phones(ACME, contacts, [{"phone": "16175550123"}, {"phone": "16175550199"}])

    assert [(r.name, r.shown) for r in found] == [("Ann", "+16175550123")]
    with pytest.raises(Refused) as refusal:
        named_phones(ACME, contacts, [{"phone": "16175550199"}])
    assert refusal.value.param == "to"


def test_the_documented_sample_number_works_in_the_sandbox_only(settings: Any) -> None:
    assert e164("11234567890", "US") == "+11234567890"

    settings.DELIVERY_MODE = "live"
    assert e164("11234567890", "US") is None


@pytest.mark.parametrize(
    ("raw", "country", "number"),
    [
        ("+49 30 901820", "US", "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("(617) 555-0123", "US", "+16175550123"),
        ("call me", "US", None),
    ],
)
def test_phone_numbers_become_international(raw: str, country: str, number: str | None) -> None:
    assert e164(raw, country) == number


def test_blind_copies_leave_out_who_is_written_to_already() -> None:
    recipients = named_emails(ACME, ["ann@acme.test"])

    copies = named_copies(" Ann@acme.test, audit@acme.test,,AUDIT@acme.test ", recipients)

    assert copies == ["audit@acme.test"]


def test_a_letter_needs_a_whole_address() -> None:
    address = {
        "name": "Acme",
        "address1": "1 Main St",
        "city": "Boston",
        "postal_code": "02110",
        "country": "US",
    }

    with pytest.raises(Refused) as refusal:
        letter_recipient(address)
    assert refusal.value.param == "state"
    assert letter_recipient({**address, "state": "MA"}).shown == "Acme\n1 Main St\nBoston, MA 02110"
    assert letter_recipient({**address, "country": "DE"}).shown == "Acme\n1 Main St\n02110 Boston"

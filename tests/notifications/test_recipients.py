"""Who is written to."""

from datetime import UTC, datetime
from typing import Any

import pytest

from customers.errors import Refused
from customers.models import Contact, Customer, Event
from notifications.channels.email.blocking import block_address, unblock_address
from notifications.phones import e164
from notifications.recipients import (
    choose_recipients,
    find_recipients,
    letter_recipient,
    named_copies,
    named_emails,
    named_phones,
    usual_copies,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 3, 14, tzinfo=UTC)

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


@pytest.mark.parametrize("bcc", ["audit@acme.test, no", "a b@acme.test", "Ann <ann@acme.test>", "x@y@z.test"])
def test_a_bad_blind_copy_that_was_named_is_refused(bcc: str) -> None:
    with pytest.raises(Refused) as refusal:
        named_copies(bcc, [])

    assert refusal.value.param == "bcc"


def test_more_than_twenty_blind_copies_are_refused() -> None:
    many = [f"a{number}@acme.test" for number in range(21)]

    assert len(named_copies(", ".join(many[:20]), [])) == 20
    with pytest.raises(Refused) as refusal:
        named_copies(", ".join(many), [])
    assert refusal.value.param == "bcc"


def test_the_companys_own_blind_copies_are_taken_as_far_as_they_go() -> None:
    block_address(address="gone@acme.test", reason="bounced", now=NOW)
    many = ", ".join(f"a{number}@acme.test" for number in range(30))

    copies = usual_copies(f"no, gone@acme.test, Ann@acme.test, {many}", named_emails(ACME, ["ann@acme.test"]))

    assert len(copies) == 20
    assert copies[:2] == ["a0@acme.test", "a1@acme.test"]


def test_blocked_addresses_are_left_out_unless_somebody_names_them() -> None:
    contacts = [Contact(pk=1, name="Ann", email="Ann@acme.test", primary=True)]
    acme = Customer(name="Acme", email="ap@acme.test")
    block_address(address="ANN@acme.test", reason="complained", now=NOW)

    found = choose_recipients(channel="email", customer=acme, contacts=contacts)

    assert [recipient.shown for recipient in found] == ["ap@acme.test"]
    named = ["ap@acme.test", "ann@acme.test"]
    with pytest.raises(Refused, match="is blocked") as refusal:
        choose_recipients(channel="email", customer=acme, contacts=contacts, to=named)
    assert refusal.value.param == "to.1.email"
    with pytest.raises(Refused, match="is blocked") as refusal:
        named_copies("ann@acme.test", [])
    assert refusal.value.param == "bcc"
    block_address(address="ap@acme.test", reason="bounced", now=NOW)
    with pytest.raises(Refused, match="Every address of Acme is blocked") as refusal:
        choose_recipients(channel="email", customer=acme, contacts=contacts)
    assert refusal.value.param == "to"


def test_an_address_that_staff_unblock_is_written_to_again() -> None:
    acme = Customer(name="Acme", email="ap@acme.test")
    assert block_address(address="ap@acme.test", reason="bounced", now=NOW)
    assert not block_address(address="AP@acme.test ", reason="complained", now=NOW)

    assert unblock_address(address="Ap@Acme.test", now=NOW)
    assert not unblock_address(address="ap@acme.test", now=NOW)

    assert choose_recipients(channel="email", customer=acme, contacts=[])[0].shown == "ap@acme.test"
    told = Event.objects.order_by("pk").values_list("type", "data")
    assert [(type_, data["reason"]) for type_, data in told] == [
        ("email_address.blocked", "bounced"), ("email_address.unblocked", "bounced"),
    ]  # fmt: skip


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


def test_each_part_of_a_letters_address_is_one_line() -> None:
    address = {
        "name": "Acme\nShipping",
        "address1": "1 Main St\r\nHarbour",
        "city": "Boston",
        "postal_code": "02110",
        "country": "DE",
    }

    recipient = letter_recipient(address)

    assert recipient.shown == "Acme Shipping\n1 Main St Harbour\n02110 Boston"
    assert recipient.name == "Acme Shipping"


@pytest.mark.parametrize(
    ("kind", "given", "lines"),
    [
        ("company", {}, ["Acme", "Attn: Sarah Fisher", "1 Main St"]),
        ("company", {"address1": "2 Elm St"}, ["Acme", "Attn: Sarah Fisher", "2 Elm St"]),
        ("company", {"name": "Acme AP"}, ["Acme AP", "1 Main St", "Boston, MA 02110"]),
        ("person", {}, ["Acme", "1 Main St", "Boston, MA 02110"]),
    ],
)
def test_a_letter_names_who_is_to_open_it(kind: str, given: dict[str, str], lines: list[str]) -> None:
    home = {"address1": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02110", "country": "US"}
    acme = Customer(name="Acme", attention_to="Sarah Fisher", type=kind, **home)

    [recipient] = choose_recipients(channel="letter", customer=acme, contacts=[], address=given)

    assert recipient.shown.split("\n")[:3] == lines

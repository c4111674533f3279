"""Contacts over the wire."""

from typing import Any

import pytest

from customers.ledger import accounts
from customers.models import Contact
from tests.customers.api.conftest import Wire, events


@pytest.fixture
def jane(wire: Wire, acme: int) -> str:
    """The path of a contact."""
    created = wire.create(f"/customers/{acme}/contacts", name="Jane", email="Jane@Acme.example")
    return f"/customers/{acme}/contacts/{created['id']}"


def test_a_contact_has_its_defaults_and_the_country_of_its_customer(wire: Wire) -> None:
    customer = wire.create("/customers", name="Acme", country="de")["id"]

    created = wire.create(f"/customers/{customer}/contacts", name="Jane", email="Jane@Acme.example")

    assert created.status == 201
    assert created.json | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0, "object": "contact", "name": "Jane", "title": None, "department": None,
        "email": "jane@acme.example", "phone": None, "primary": True, "sms_enabled": False,
        "address1": None, "address2": None, "city": None, "state": None, "postal_code": None,
        "country": "DE", "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert events() == ["customer.created", "contact.created"]


def test_the_nulls_of_one_official_client_are_harmless(wire: Wire, acme: int) -> None:
    body = {"name": "Jane", "primary": None, "sms_enabled": None, "country": None, "phone": None}

    created = wire.create(f"/customers/{acme}/contacts", body)
    changed = wire.change(f"/customers/{acme}/contacts/{created['id']}", {"primary": None, "title": "CFO"})

    assert (created["primary"], created["sms_enabled"], created["country"]) == (True, False, "US")
    assert (changed["primary"], changed["title"]) == (True, "CFO")


def test_a_contact_is_read_changed_and_removed(wire: Wire, jane: str) -> None:
    changed = wire.change(jane, sms_enabled=True, phone="+1 312 555 0100")

    assert wire.read(jane).json == changed.json
    assert (changed["sms_enabled"], changed["name"]) == (True, "Jane")
    assert wire.change(jane, changed.json).status == 200
    assert wire.remove(jane).status == 204
    assert wire.read(jane).refusal == (404, None)
    assert events() == ["customer.created", "contact.created", "contact.updated", "contact.deleted"]


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "Jane", "email": "jane"}, "email"),
        ({"name": "Jane", "primary": "both"}, "primary"),
        ({"name": "Jane", "country": "Texas"}, "country"),
        ({"name": "Jane", "phone": "1" * 65}, "phone"),
        ({"name": "Jane", "title": ["CFO"]}, "title"),
    ],
)
def test_a_wrong_contact_is_refused(wire: Wire, acme: int, sent: dict[str, Any], param: str) -> None:
    assert wire.create(f"/customers/{acme}/contacts", sent).refusal == (400, param)
    assert not Contact.objects.exists()


def test_a_contact_of_another_customer_is_not_there(wire: Wire, jane: str) -> None:
    other = wire.create("/customers", name="Bolt")["id"]
    stray = f"/customers/{other}/contacts/{jane.rpartition('/')[2]}"

    assert wire.read(stray).refusal == (404, None)
    assert wire.change(stray, name="X").refusal == (404, None)
    assert wire.remove(stray).refusal == (404, None)
    assert Contact.objects.get().name == "Jane"


def test_contacts_are_listed_by_name_for_one_customer(wire: Wire, acme: int, jane: str) -> None:
    wire.create(f"/customers/{acme}/contacts", name="Bob", primary=False)
    other = wire.create("/customers", name="Bolt")["id"]
    wire.create(f"/customers/{other}/contacts", name="Zoe")
    path = f"/customers/{acme}/contacts"

    assert [row["name"] for row in wire.read(path).json] == ["Bob", "Jane"]
    assert [row["name"] for row in wire.read(path, **{"filter[primary]": "0"}).json] == ["Bob"]
    assert [row["name"] for row in wire.read(path, **{"filter[email]": "JANE@acme.example"}).json] == ["Jane"]
    assert wire.read(path).headers["X-Total-Count"] == "2"
    assert wire.read(path, **{"filter[customer]": "1"}).refusal == (400, "filter")


def test_a_customer_has_at_most_a_hundred_contacts(
    wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert accounts.MOST_CONTACTS == 100
    monkeypatch.setattr(accounts, "MOST_CONTACTS", 2)

    codes = [wire.create(f"/customers/{acme}/contacts", name="Jane").status for _ in range(3)]

    assert codes == [201, 201, 400]

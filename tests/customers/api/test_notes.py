"""Notes over the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.ledger.notes import create_note
from customers.models import Customer, Event, Note, Role, User
from tests.customers.api.conftest import Wire, bill, events


@pytest.fixture
def invoice(wire: Wire, acme: int) -> int:
    pk: int = bill(wire, acme)["id"]
    return pk


def test_a_note_about_a_customer(wire: Wire, acme: int) -> None:
    created = wire.create("/notes", customer_id=acme, notes=" Call after ten.\nAsk for Jane. ")

    assert created.status == 201
    assert created.json | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0, "object": "note", "notes": "Call after ten.\nAsk for Jane.", "customer": acme,
        "invoice": None, "user": None, "metadata": {}, "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert wire.read(f"/notes/{created['id']}").json == created.json
    assert events() == ["customer.created", "note.created"]


def test_a_note_about_an_invoice_belongs_to_its_customer_as_well(wire: Wire, acme: int, invoice: int) -> None:
    created = wire.create("/notes", invoice_id=invoice, customer_id=None, notes="Disputed")

    assert (created["customer"], created["invoice"]) == (acme, invoice)
    assert [row["id"] for row in wire.read(f"/customers/{acme}/notes").json] == [created["id"]]
    assert Event.objects.get(type="note.created").customer_id == acme


def test_the_names_that_one_official_client_sends_count_as_well(wire: Wire, acme: int, invoice: int) -> None:
    assert wire.create("/notes", customer=acme, notes="A")["customer"] == acme
    assert wire.create("/notes", invoice=invoice, notes="B")["invoice"] == invoice


@pytest.mark.parametrize("path", ["/customers/{customer}/notes", "/customer/{customer}/notes"])
def test_notes_are_written_and_read_below_their_customer(
    wire: Wire, acme: int, invoice: int, path: str
) -> None:
    path = path.format(customer=acme)

    created = wire.create(path, notes="Below")

    assert (created.status, created["customer"], created["invoice"]) == (201, acme, None)
    assert [row["notes"] for row in wire.read(path).json] == ["Below"]
    assert wire.read(path).headers["X-Total-Count"] == "1"
    assert wire.change(f"{path}/{created['id']}", notes="Changed")["notes"] == "Changed"
    assert wire.remove(f"{path}/{created['id']}").status == 204


@pytest.mark.parametrize("path", ["/invoices/{invoice}/notes", "/invoice/{invoice}/notes"])
def test_notes_are_written_and_read_below_their_invoice(
    wire: Wire, acme: int, invoice: int, path: str
) -> None:
    path = path.format(invoice=invoice)
    wire.create("/notes", customer_id=acme, notes="About the account only")

    created = wire.create(path, notes="Below")

    assert (created.status, created["customer"], created["invoice"]) == (201, acme, invoice)
    assert [row["notes"] for row in wire.read(path).json] == ["Below"]


def test_a_note_of_staff_names_its_writer(wire: Wire, acme: int, noon: Any) -> None:
    dana = User.objects.create(username="dana", first_name="Dana", last_name="Ash", email="d@our.example")
    note = create_note(customer=Customer.objects.get(), user=dana, notes="By hand", now=noon)

    user = wire.read(f"/notes/{note.pk}")["user"]

    assert user.keys() >= {
        "id", "email", "first_name", "last_name", "registered", "two_factor_enabled", "created_at",
        "updated_at",
    }  # fmt: skip
    assert (user["id"], user["first_name"], user["email"]) == (dana.pk, "Dana", "d@our.example")


def test_only_the_text_of_a_note_can_be_changed(wire: Wire, acme: int) -> None:
    other = wire.create("/customers", name="Bolt")["id"]
    note = wire.create("/notes", customer_id=acme, notes="Old")
    path = f"/notes/{note['id']}"

    changed = wire.change(path, notes="New", customer_id=other, user={"id": 1}, metadata={"a": "b"})

    assert (changed["notes"], changed["customer"], changed["metadata"]) == ("New", acme, {})
    assert Event.objects.get(type="note.updated").previous == {"notes": "Old"}
    assert wire.change(path, changed.json).json == changed.json
    assert wire.change(path).json == changed.json
    assert events().count("note.updated") == 1


def test_a_removed_note_is_gone_and_recorded(wire: Wire, acme: int) -> None:
    note = wire.create("/notes", customer_id=acme, notes="Old")
    path = f"/notes/{note['id']}"

    assert wire.remove(path).status == 204

    assert wire.read(path).refusal == (404, None)
    assert wire.remove(path).refusal == (404, None)
    assert Event.objects.get(type="note.deleted").data["object"]["notes"] == "Old"


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({}, "notes"),
        ({"notes": "  "}, "notes"),
        ({"notes": ["a"]}, "notes"),
        ({"notes": "x" * 65_536}, "notes"),
        ({"notes": "A"}, "customer_id"),
        ({"notes": "A", "customer_id": 999}, "customer_id"),
        ({"notes": "A", "customer_id": "acme"}, "customer_id"),
        ({"notes": "A", "invoice_id": 999}, "invoice_id"),
        ({"notes": "A", "customer_id": "acme id", "invoice_id": "invoice id"}, "customer_id"),
    ],
)
def test_a_wrong_note_is_refused(
    wire: Wire, acme: int, invoice: int, sent: dict[str, Any], param: str
) -> None:
    known = {"acme id": acme, "invoice id": invoice}
    body = {name: known.get(str(value), value) for name, value in sent.items()}

    assert wire.create("/notes", body).refusal == (400, param)
    assert not Note.objects.exists()


def test_the_text_of_a_note_cannot_be_taken_away(wire: Wire, acme: int) -> None:
    note = wire.create("/notes", customer_id=acme, notes="Old")

    assert wire.change(f"/notes/{note['id']}", {"notes": None}).refusal == (400, "notes")


def test_notes_below_a_stranger_do_not_exist(wire: Wire, acme: int) -> None:
    note = wire.create("/notes", customer_id=acme, notes="A")
    other = wire.create("/customers", name="Bolt")["id"]

    assert wire.read(f"/customers/{other}/notes/{note['id']}").refusal == (404, None)
    assert wire.read("/customers/999/notes").refusal == (404, None)
    assert wire.create("/customers/999/notes", notes="A").refusal == (404, None)
    assert wire.read("/invoices/999/notes").refusal == (404, None)


def test_the_list_is_narrowed_sorted_and_expanded(wire: Wire, acme: int, invoice: int) -> None:
    other = wire.create("/customers", name="Bolt")["id"]
    wire.create("/notes", customer_id=acme, notes="A")
    wire.create("/notes", customer_id=other, notes="B")
    wire.create("/notes", invoice_id=invoice, notes="C")

    def texts(**query: Any) -> list[str]:
        return [row["notes"] for row in wire.read("/notes", **query).json]

    assert texts() == ["A", "B", "C"]
    assert texts(sort="updated_at DESC") == ["C", "B", "A"]
    assert texts(**{"filter[customer]": other}) == ["B"]
    assert texts(**{"filter[invoice]": invoice}) == ["C"]
    assert texts(**{"filter[invoice]": ""}) == ["A", "B"]
    assert wire.read("/notes", **{"filter[notes]": "A"}).refusal == (400, "filter")
    row = wire.read("/notes", expand="customer,invoice", per_page=1, page=3).json[0]
    assert (row["customer"]["name"], row["invoice"]["object"]) == ("Acme", "invoice")


def test_an_account_manager_writes_about_own_customers_only(wire_as: Callable[..., Wire]) -> None:
    jan = User.objects.create(username="jan", role=Role.ACCOUNT_MANAGER)
    finance, manager = wire_as(), wire_as(Role.ACCOUNT_MANAGER, jan)
    own = finance.create("/customers", name="Acme", owner=jan.pk)["id"]
    stray = finance.create("/customers", name="Bolt")["id"]
    hidden = finance.create("/notes", customer_id=stray, notes="A")["id"]

    assert manager.create("/notes", customer_id=own, notes="B").status == 201
    assert manager.create("/notes", customer_id=stray, notes="B").refusal == (400, "customer_id")
    assert manager.change(f"/notes/{hidden}", notes="B").refusal == (404, None)
    assert [row["notes"] for row in manager.read("/notes").json] == ["B"]
    reader = wire_as(Role.READ_ONLY)
    assert reader.create("/notes", customer_id=own, notes="C").refusal == (403, None)


def test_the_same_key_writes_one_note(wire: Wire, acme: int) -> None:
    body = {"customer_id": acme, "notes": "Once"}

    first = wire.send("POST", "/notes", body, HTTP_IDEMPOTENCY_KEY="note-1")
    second = wire.send("POST", "/notes", body, HTTP_IDEMPOTENCY_KEY="note-1")

    assert second.json == first.json
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Note.objects.count() == 1

"""What happened, as the API tells it (Invoiced API, Events)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from customers.ledger.closing import write_off_invoice
from customers.ledger.crediting import adjust_credit
from customers.ledger.events import Actor, acting_as, record_event, record_fact
from customers.models import Customer, Event, Invoice, Role, User
from customers.wire.event import FAMILIES, WIRE_TYPES
from tests.customers.api.conftest import Wire, bill, events

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def types(answer: Any) -> list[str]:
    return [event["type"] for event in answer.json]


def test_the_newest_event_comes_first_and_is_shown_as_documented(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", name="Acme Ltd", credit_limit="99.50")

    answer = wire.read("/events")

    assert types(answer) == ["customer.updated", "customer.created"]
    assert answer.headers["X-Total-Count"] == "2"
    newest = answer[0]
    assert newest.keys() == {"id", "object", "type", "timestamp", "data", "user"}
    assert newest["object"] == "event"
    assert isinstance(newest["id"], int)
    assert isinstance(newest["timestamp"], int)
    assert newest["data"]["previous"] == {"name": "Acme", "credit_limit": None}
    assert newest["data"]["object"]["credit_limit"] == Decimal("99.5")
    assert newest["data"]["object"]["metadata"] == {}
    assert newest["user"] is None
    assert "previous" not in answer[1]["data"]


def test_amounts_are_numbers_and_the_customer_is_expanded(wire: Wire, acme: int) -> None:
    bill(wire, acme, "51.15", metadata={"order": "9"})

    answer = wire.read("/events", type="invoice.created")

    shown = answer[0]["data"]["object"]
    assert '"total":51.15' in answer.text
    assert shown["items"][0]["unit_cost"] == Decimal("51.15")
    assert shown["metadata"] == {"order": "9"}
    assert shown["customer"] == wire.read(f"/customers/{acme}").json


def test_the_customer_of_a_deleted_one_stays_an_id(wire: Wire, acme: int) -> None:
    wire.create(f"/customers/{acme}/contacts", name="Jane")
    note = record_fact(
        type="note.created", object_type="note", object_id="1", data={"object": {"customer": acme}}, now=NOON
    )
    wire.remove(f"/customers/{acme}")

    assert wire.read(f"/events/{note.pk}")["data"]["object"] == {"customer": acme}
    assert types(wire.read("/events", related_to=f"customer,{acme}")) == [
        "customer.deleted",
        "contact.deleted",
        "contact.created",
        "customer.created",
    ]


def test_one_event_can_be_read_with_its_user(wire: Wire, acme: int) -> None:
    ada = User.objects.create_user(username="ada", first_name="Ada", last_name="L", email="ada@house.example")
    with acting_as(Actor(name="Ada", user=ada)):
        event = record_event(
            type="customer.updated", row=Customer.objects.get(pk=acme), now=NOON, previous={}
        )

    answer = wire.read(f"/events/{event.pk}", include="user")

    assert answer["user"]["id"] == ada.pk
    assert (answer["user"]["object"], answer["user"]["email"]) == ("user", "ada@house.example")
    assert answer["data"]["previous"] == {}
    assert types(wire.read("/events", **{"filter[user_id]": ada.pk})) == ["customer.updated"]


def test_what_only_the_audit_trail_tells_does_not_exist(wire: Wire, acme: int) -> None:
    kept = record_fact(type="api_key.created", object_type="api_key", object_id="1", data={}, now=NOON)

    assert types(wire.read("/events")) == ["customer.created"]
    assert wire.read(f"/events/{kept.pk}").refusal == (404, None)
    assert wire.read("/events", type="api_key.created").json == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "contact.created"}, ["contact.created"]),
        ({"type": "contact.created,customer.created"}, ["contact.created", "customer.created"]),
        ({"type[]": "contact.created"}, ["contact.created"]),
        ({"filter[type]": "customer.created"}, ["customer.created"]),
        ({"type": "subscription.created"}, []),
        ({"filter[user_id]": "17"}, []),
        ({"start_date": "4102444000"}, []),
        ({"end_date": "1000"}, []),
        ({"start_date": "0", "end_date": "0"}, ["contact.created", "customer.created"]),
        ({"start_date": "tomorrow"}, ["contact.created", "customer.created"]),
        ({"updated_after": "1000"}, ["contact.created", "customer.created"]),
        ({"updated_before": "1000"}, []),
        ({"sort": "updated_at ASC"}, ["customer.created", "contact.created"]),
        ({"sort": "id asc"}, ["customer.created", "contact.created"]),
        ({"per_page": "1", "page": "2"}, ["customer.created"]),
    ],
)
def test_events_are_narrowed_and_sorted(
    wire: Wire, acme: int, query: dict[str, str], expected: list[str]
) -> None:
    wire.create(f"/customers/{acme}/contacts", name="Jane")

    assert types(wire.read("/events", **query)) == expected


def test_dates_are_inclusive(wire: Wire, acme: int) -> None:
    Event.objects.update(timestamp=NOON)
    at = int(NOON.timestamp())

    assert types(wire.read("/events", start_date=at, end_date=at)) == ["customer.created"]
    assert wire.read("/events", start_date=at + 1).json == []
    assert wire.read("/events", end_date=at - 1).json == []


@pytest.mark.parametrize("form", ["related_to", "related_to[]"])
def test_events_of_an_object_and_of_all_that_a_customer_has(wire: Wire, acme: int, form: str) -> None:
    other = wire.create("/customers", name="Bolt")["id"]
    invoice = bill(wire, acme)["id"]
    bill(wire, other)
    words: Any = f"customer,{acme}" if form == "related_to" else ["customer", str(acme)]

    assert types(wire.read("/events", **{form: words})) == ["invoice.created", "customer.created"]
    assert types(wire.read("/events", related_to=f"invoice,{invoice}")) == ["invoice.created"]
    assert wire.read("/events", related_to="invoice,999").json == []


def test_messages_are_found_by_their_own_kind_and_id(wire: Wire) -> None:
    record_fact(type="email.sent", object_type="message", object_id="0123456789abcdef" * 2, data={}, now=NOON)

    assert types(wire.read("/events", related_to="email," + "0123456789ABCDEF" * 2)) == ["email.sent"]


@pytest.mark.parametrize(
    "raw",
    [
        "customer",
        "customer,",
        ",15",
        "customer,15,16",
        "customer 15",
        "a b,1",
        "customer," + "9" * 65,
        "%00,1",
    ],
)
def test_a_relation_that_names_nothing_is_refused(wire: Wire, raw: str) -> None:
    assert wire.read("/events", related_to=raw).refusal == (400, "related_to")


def test_huge_ids_and_empty_relations_do_no_harm(wire: Wire, acme: int) -> None:
    assert wire.read("/events", related_to="customer," + "9" * 60).json == []
    assert types(wire.read("/events", related_to="")) == ["customer.created"]


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"filter[data]": "x"}, "filter"),
        ({"filter[user_id]": "ada"}, "filter"),
        ({"sort": "data asc"}, "sort"),
        ({"metadata[a]": "b"}, "metadata"),
    ],
)
def test_other_conditions_are_refused(wire: Wire, query: dict[str, str], param: str) -> None:
    assert wire.read("/events", **query).refusal == (400, param)


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_events_cannot_be_written(wire: Wire, acme: int, method: str) -> None:
    event = Event.objects.get()

    assert wire.send(method, f"/events/{event.pk}", {}).status == 405
    assert wire.send(method, "/events", {}).status == 405


@pytest.mark.parametrize("pk", ["0", "999999", "abc", "9" * 19])
def test_an_event_that_is_not_there(wire: Wire, pk: str) -> None:
    assert wire.read(f"/events/{pk}").refusal == (404, None)


def test_an_account_manager_sees_events_of_own_customers_only(wire_as: Callable[..., Wire]) -> None:
    max_ = User.objects.create_user(username="max", role=Role.ACCOUNT_MANAGER, is_staff=True)
    finance, manager = wire_as(), wire_as(Role.ACCOUNT_MANAGER, user=max_)
    own = finance.create("/customers", name="Own", owner=max_.pk)["id"]
    finance.create("/customers", name="Other")
    other = Event.objects.order_by("-pk").first()
    assert other is not None

    assert [event["data"]["object"]["id"] for event in manager.read("/events").json] == [own]
    assert manager.read(f"/events/{other.pk}").refusal == (404, None)


def test_no_event_of_a_wire_object_is_left_out() -> None:
    """What is recorded about an object of the wire under a new name would stay invisible."""
    root = Path(__file__).resolve().parent.parent.parent.parent
    sources = [
        path for app in ("customers", "statements", "notifications") for path in (root / app).rglob("*.py")
    ]
    named = {
        word for path in sources for word in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text("utf-8"))
    }
    recorded = {name for name in named if name.partition(".")[0] in FAMILIES} - {"letter.css", "customer.id"}

    assert len(recorded) > 20
    assert recorded <= WIRE_TYPES


def test_every_documented_type_is_known() -> None:
    assert {"invoice.payment_expected", "letter.returned", "charge.failed", "email.not_sent"} <= WIRE_TYPES
    assert all(kind.isidentifier() for kind in FAMILIES)


# invoice.paid: by whatever it was that nothing is open any more.


def paid(wire: Wire) -> list[int]:
    return [event["data"]["object"]["id"] for event in wire.read("/events", type="invoice.paid").json]


def test_an_invoice_is_paid_by_payments_that_add_up(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)["id"]

    wire.create("/payments", amount=60, applied_to=[{"type": "invoice", "invoice": invoice, "amount": 60}])
    assert paid(wire) == []
    wire.create("/payments", amount=40, applied_to=[{"type": "invoice", "invoice": invoice, "amount": 40}])

    assert paid(wire) == [invoice]
    shown = wire.read("/events", type="invoice.paid")[0]["data"]["object"]
    assert (shown["paid"], shown["status"], shown["balance"]) == (True, "paid", 0)
    assert len(shown["items"]) == 1


def test_an_invoice_is_paid_by_a_credit_note(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)["id"]

    wire.create(
        "/credit_notes",
        customer=acme,
        invoice=invoice,
        items=[{"name": "Back", "quantity": 1, "unit_cost": 100}],
    )

    assert paid(wire) == [invoice]


def test_an_invoice_is_paid_by_credit_when_it_is_issued(wire: Wire, acme: int) -> None:
    adjust_credit(customer=Customer.objects.get(pk=acme), amount=10_000, currency="usd", now=NOON)

    invoice = bill(wire, acme)["id"]

    assert paid(wire) == [invoice]


def test_an_invoice_over_nothing_is_paid_at_once_but_a_draft_is_not(wire: Wire, acme: int) -> None:
    draft = bill(wire, acme, "0", draft=True)["id"]
    assert paid(wire) == []

    wire.change(f"/invoices/{draft}", draft=False)
    second = bill(wire, acme, "0")["id"]

    assert paid(wire) == [second, draft]


def test_an_invoice_whose_total_falls_to_what_was_paid_is_paid(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)["id"]
    wire.create("/payments", amount=60, applied_to=[{"type": "invoice", "invoice": invoice, "amount": 60}])

    wire.change(f"/invoices/{invoice}", items=[{"name": "Less", "quantity": 1, "unit_cost": 60}])

    assert paid(wire) == [invoice]


def test_voided_and_written_off_invoices_are_not_paid(wire: Wire, acme: int) -> None:
    voided, lost = bill(wire, acme)["id"], bill(wire, acme)["id"]

    wire.create(f"/invoices/{voided}/void")
    write_off_invoice(invoice=Invoice.objects.get(pk=lost), now=datetime.now(UTC))

    assert paid(wire) == []


def test_voiding_a_payment_deletes_it_to_the_wire(wire: Wire, acme: int) -> None:
    payment = wire.create("/payments", customer=acme, amount=10)["id"]

    wire.remove(f"/payments/{payment}")

    assert events()[-1] == "payment.deleted"
    shown = wire.read("/events", type="payment.deleted")[0]["data"]
    assert shown["object"]["voided"] is True
    assert shown["previous"]["voided"] is False

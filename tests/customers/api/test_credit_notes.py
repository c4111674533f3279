"""Credit notes over the wire."""

from typing import Any

import pytest

from customers.models import CreditNote, Event
from tests.customers.api.conftest import Wire, bill, events
from tests.customers.api.wallet import charge, store

NOON = 1767290400
DAY = 86_400


def credit(wire: Wire, customer: int, amount: str = "40", **fields: Any) -> Any:
    items = [{"name": "Returned", "unit_cost": amount}]
    answer = wire.create("/credit_notes", {"customer": customer, "items": items, **fields})
    assert answer.status == 201, answer.text
    return answer.json


def test_a_credit_note_stands_open_by_itself(wire: Wire, acme: int) -> None:
    created = credit(wire, acme, purchase_order="PO 7", notes="Sorry", metadata={"a": "b"}, date=NOON)

    assert (created["number"], created["object"], created["status"]) == ("CN-0001", "credit_note", "open")
    assert (created["total"], created["balance"], created["paid"], created["invoice"]) == (
        40,
        40,
        False,
        None,
    )
    assert (created["purchase_order"], created["notes"], created["date"]) == ("PO 7", "Sorry", NOON)
    assert created["url"] == created["pdf_url"].removesuffix("/pdf")
    assert wire.read(f"/credit_notes/{created['id']}").json == created
    assert wire.read(f"/customers/{acme}/balance")["open_credit_notes"] == 40
    assert events() == ["customer.created", "credit_note.created"]


def test_with_an_invoice_it_is_applied_up_to_what_is_open(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "30")

    created = credit(wire, acme, invoice=invoice["id"])

    assert (created["invoice"], created["balance"], created["status"]) == (invoice["id"], 10, "open")
    assert wire.read(f"/invoices/{invoice['id']}")["status"] == "paid"
    shown = wire.read(f"/credit_notes/{created['id']}", expand="invoice.customer")
    assert shown["invoice"]["customer"]["name"] == "Acme"


def test_what_a_charge_has_in_hand_is_left_to_it(wire: Wire, acme: int) -> None:
    store(wire, acme, "btok_us_verified")
    invoice, whole = bill(wire, acme, "100"), bill(wire, acme, "100")
    for row, amount in ((invoice, 40), (whole, 100)):
        part = {"type": "invoice", "invoice": row["id"], "amount": amount}
        pending = charge(wire, acme, row, "btok_us_verified", amount=amount, applied_to=[part])
        assert pending["status"] == "pending"

    fits, rest = (
        credit(wire, acme, "70", invoice=invoice["id"]),
        credit(wire, acme, "70", invoice=whole["id"]),
    )

    assert (fits["balance"], rest["balance"]) == (10, 70)
    assert wire.read(f"/invoices/{invoice['id']}")["balance"] == 40
    assert wire.read(f"/invoices/{whole['id']}")["balance"] == 100


def test_it_is_not_issued_against_a_draft(wire: Wire, acme: int) -> None:
    draft = bill(wire, acme, draft=True)["id"]
    line = [{"name": "Back", "unit_cost": 5}]
    waiting = credit(wire, acme, invoice=draft, draft=True)["id"]

    refused = wire.create("/credit_notes", {"customer": acme, "items": line, "invoice": draft})

    assert refused.refusal == (400, "invoice")
    assert wire.change(f"/credit_notes/{waiting}", draft=False).refusal == (400, "draft")


def test_it_takes_the_currency_of_its_invoice_and_no_other(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "30", currency="eur")
    other = bill(wire, wire.create("/customers", name="Bolt")["id"])
    line = [{"name": "Back", "unit_cost": 5}]

    assert credit(wire, acme, invoice=invoice["id"])["currency"] == "eur"
    for wrong in ({"invoice": other["id"]}, {"invoice": invoice["id"], "currency": "usd"}, {"invoice": 999}):
        assert wire.create("/credit_notes", {"customer": acme, "items": line, **wrong}).refusal == (
            400, "invoice",
        )  # fmt: skip
    assert CreditNote.objects.count() == 1


def test_a_draft_is_changed_and_applied_when_it_is_issued(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)
    draft = credit(wire, acme, invoice=invoice["id"], draft=True)
    path = f"/credit_notes/{draft['id']}"
    assert (draft["status"], draft["url"]) == ("draft", None)

    changed = wire.change(path, items=[{"id": draft["items"][0]["id"], "quantity": 2}], currency="usd")
    assert (changed["total"], changed["items"][0]["name"]) == (80, "Returned")

    assert wire.change(path, draft=False)["balance"] == 0
    assert wire.read(f"/invoices/{invoice['id']}")["balance"] == 20
    assert wire.change(path, draft=True).refusal == (400, "draft")
    assert wire.change(path, currency="eur").refusal == (400, "currency")


def test_its_total_cannot_fall_below_what_is_applied(wire: Wire, acme: int) -> None:
    created = credit(wire, acme, "40", invoice=bill(wire, acme, "30")["id"])
    line = created["items"][0]["id"]
    path = f"/credit_notes/{created['id']}"

    assert wire.change(path, items=[{"id": line, "unit_cost": 29}]).refusal == (400, "items")
    assert wire.change(path, items=[{"id": line, "unit_cost": 31}])["balance"] == 1


def test_a_later_date_moves_what_was_applied(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "40", date=NOON)
    created = credit(wire, acme, invoice=invoice["id"], date=NOON)

    wire.change(f"/credit_notes/{created['id']}", date=NOON + 2 * DAY)

    path = f"/customers/{acme}/balance"
    assert wire.read(path, as_of=NOON + DAY)["total_outstanding"] == 40
    assert wire.read(path, as_of=NOON + 2 * DAY)["total_outstanding"] == 0


def test_an_earlier_date_takes_along_what_was_applied_with_it(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "40", date=NOON)
    created = credit(wire, acme, invoice=invoice["id"], date=NOON + 9 * DAY)

    wire.change(f"/credit_notes/{created['id']}", date=NOON + DAY)

    path = f"/customers/{acme}/balance"
    assert wire.read(path, as_of=NOON + DAY - 1)["total_outstanding"] == 40
    assert wire.read(path, as_of=NOON + DAY)["total_outstanding"] == 0


def test_a_whole_object_sent_back_and_an_empty_change_change_nothing(wire: Wire, acme: int) -> None:
    created = credit(wire, acme)
    count = len(events())

    assert wire.change(f"/credit_notes/{created['id']}", created).json == created
    assert wire.change(f"/credit_notes/{created['id']}", {}).json == created
    assert len(events()) == count


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"customer": None}, "customer"),
        ({"number": "9" * 33}, "number"),
        ({"items": [{"name": "A", "unit_cost": -1}]}, "items"),
        ({"items": [{"unit_cost": 1}]}, "items.0.name"),
        ({"date": "today"}, "date"),
        ({"currency": "zzy"}, "currency"),
    ],
)
def test_a_wrong_credit_note_is_refused(wire: Wire, acme: int, sent: dict[str, Any], param: str) -> None:
    assert wire.create("/credit_notes", {"customer": acme, **sent}).refusal == (400, param)
    assert not CreditNote.objects.exists()


def test_an_unused_one_is_voided_or_deleted(wire: Wire, acme: int) -> None:
    first, second = credit(wire, acme), credit(wire, acme)

    voided = wire.create(f"/credit_notes/{first['id']}/void")

    assert voided.status == 200
    assert (voided["status"], voided["voided"], voided["balance"]) == ("voided", True, 0)
    assert wire.create(f"/credit_notes/{first['id']}/void").refusal == (400, None)
    assert wire.change(f"/credit_notes/{first['id']}", notes="x").refusal == (400, None)
    assert wire.remove(f"/credit_notes/{second['id']}").status == 204
    assert wire.read(f"/credit_notes/{second['id']}").refusal == (404, None)


def test_an_applied_one_is_neither_voided_nor_deleted(wire: Wire, acme: int) -> None:
    created = credit(wire, acme, invoice=bill(wire, acme)["id"])

    assert wire.create(f"/credit_notes/{created['id']}/void").refusal == (400, None)
    assert wire.remove(f"/credit_notes/{created['id']}").refusal == (400, None)


def test_a_closed_one_is_kept_from_use_but_still_owed(wire: Wire, acme: int) -> None:
    invoice, created = bill(wire, acme), credit(wire, acme)
    path = f"/credit_notes/{created['id']}"
    use = {"type": "credit_note", "credit_note": created["id"], "invoice": invoice["id"], "amount": 40}

    closed = wire.change(path, closed=True, notes="Until the goods are back")

    assert (closed["closed"], closed["status"], closed["balance"]) == (True, "closed", 40)
    assert closed["notes"] == "Until the goods are back"
    assert wire.change(path, closed.json).json == closed.json
    applied = wire.create("/payments", customer=acme, amount=0, applied_to=[use])
    assert applied.refusal == (400, "applied_to.0.credit_note")
    assert wire.change(path, items=[{"name": "More", "unit_cost": 50}]).refusal == (400, "items")
    assert wire.read(f"/customers/{acme}/balance")["open_credit_notes"] == 40
    told = Event.objects.filter(type="credit_note.updated").latest("pk")
    assert told.previous == {"closed": False, "status": "open"}

    assert wire.change(path, closed=False)["status"] == "open"
    assert wire.create("/payments", customer=acme, amount=0, applied_to=[use]).status == 201
    # All of it is used: closing says so and changes no more.
    used = wire.change(path, closed=True)
    assert (used["closed"], used["status"]) == (True, "paid")


def test_one_is_closed_as_it_is_issued_but_no_draft_is(wire: Wire, acme: int) -> None:
    invoice, draft = bill(wire, acme, "30"), credit(wire, acme, draft=True)["id"]

    created = credit(wire, acme, invoice=invoice["id"], closed=True)

    assert (created["status"], created["balance"]) == ("closed", 10)
    assert wire.change(f"/credit_notes/{draft}", closed=True).refusal == (400, "closed")
    assert wire.create(f"/credit_notes/{draft}/void").status == 200
    items = [{"name": "Back", "unit_cost": 5}]
    refused = wire.create("/credit_notes", customer=acme, draft=True, closed=True, items=items)
    assert refused.refusal == (400, "closed")


def test_the_list_is_narrowed_by_what_is_shown(wire: Wire, acme: int) -> None:
    applied = credit(wire, acme, invoice=bill(wire, acme)["id"])["id"]
    still_open, draft, voided = (
        credit(wire, acme)["id"],
        credit(wire, acme, draft=True)["id"],
        credit(wire, acme)["id"],
    )
    wire.create(f"/credit_notes/{voided}/void")
    closed = credit(wire, acme, "70", closed=True)["id"]

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in wire.read("/credit_notes", **query).json]

    assert found(**{"filter[status]": "paid"}) == found(**{"filter[paid]": "1"}) == [applied]
    assert found(**{"filter[status]": "open"}) == [still_open]
    assert found(**{"filter[status]": "draft"}) == [draft]
    assert found(**{"filter[status]": "voided"}) == found(**{"filter[voided]": "1"}) == [voided]
    assert found(**{"filter[status]": "closed"}) == found(**{"filter[closed]": "1"}) == [closed]
    assert found(**{"filter[invoice]": "null"}) == [still_open, draft, voided, closed]
    assert found(**{"filter[balance]": "40", "sort": "id desc"}) == [draft, still_open]
    assert found(sort="status") == [closed, draft, still_open, applied, voided]
    assert found(sort="paid desc,id asc")[0] == applied

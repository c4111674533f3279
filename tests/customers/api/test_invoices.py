"""Invoices over the wire: what they add up to, what issuing checks, how they end."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from customers.models import Company, Event, GatewayAccount, Invoice, TaxRate, WriteOff
from tests.customers.api.conftest import Wire, bill, events

DAY = 86_400
NOON = 1767290400  # 2026-01-01 12:00 in Chicago


def test_only_the_customer_is_needed(wire: Wire, acme: int) -> None:
    created = wire.create("/invoices", customer=acme)

    assert created.status == 201
    assert (created["number"], created["status"], created["total"]) == ("INV-0001", "paid", 0)
    assert (created["items"], created["discounts"], created["taxes"]) == ([], [], [])
    assert (created["ship_to"], created["payment_plan"], created["metadata"]) == (None, None, {})
    assert created["pdf_url"] == created["url"] + "/pdf"


def test_every_parameter_is_read_and_shown(wire: Wire, acme: int) -> None:
    body = {
        "customer": acme, "name": "January", "number": "R-1", "currency": "EUR", "date": NOON,
        "due_date": NOON + 9 * DAY, "payment_terms": "By agreement", "purchase_order": "PO 7",
        "notes": "Thank you", "sent": True, "ship_to": {"name": "Dock 4", "city": "Oslo", "zip": "ignored"},
        "metadata": {"job": "7"}, "draft": False, "autopay": False,
        "items": [
            {"name": "Hours", "type": "hours", "description": "Two evenings", "quantity": "2.5",
             "unit_cost": 80.333, "metadata": {"who": "Jan"}, "discountable": False, "taxable": False}
        ],
    }  # fmt: skip

    created = wire.create("/invoices", body)

    for name in ("name", "number", "date", "due_date", "payment_terms", "purchase_order", "notes", "sent",
                 "metadata"):  # fmt: skip
        assert created[name] == body[name]
    assert created["currency"] == "eur"
    assert created["status"] == "past_due"
    assert created["ship_to"] == {
        "name": "Dock 4", "attention_to": None, "address1": None, "address2": None, "city": "Oslo",
        "state": None, "postal_code": None, "country": None,
    }  # fmt: skip
    (line,) = created["items"]
    assert (line["quantity"], line["unit_cost"], line["amount"]) == (
        Decimal("2.5"), Decimal("80.333"), Decimal("200.83"),
    )  # fmt: skip
    assert (line["object"], line["type"], line["discountable"], line["taxable"]) == (
        "line_item", "hours", False, False,
    )  # fmt: skip
    assert wire.read(f"/invoices/{created['id']}").json == created.json


def test_the_sum_follows_the_lines_the_discounts_and_the_taxes(wire: Wire, acme: int, gst: TaxRate) -> None:
    created = wire.create(
        "/invoices",
        {"customer": acme, "discounts": [{"amount": 10}], "taxes": ["gst", {"amount": "1.50"}],
         "items": [
             {"name": "A", "quantity": 2, "unit_cost": 50, "discounts": [{"amount": 5}]},
             {"name": "B", "unit_cost": 15, "taxes": [{"tax_rate": "gst"}]},
             {"name": "C", "unit_cost": -10},
         ]},
    )  # fmt: skip

    # 95 + 15 - 10 = 100, less 10; 5 % of 90 and of 13.50, and 1.50.
    assert created["subtotal"] == 100
    assert [part["amount"] for part in created["discounts"]] == [10]
    assert [part["amount"] for part in created["taxes"]] == [Decimal("4.5"), Decimal("1.5")]
    assert [part["tax_rate"] and part["tax_rate"]["id"] for part in created["taxes"]] == ["gst", None]
    assert created["items"][1]["taxes"][0]["amount"] == Decimal("0.68")
    assert created["total"] == created["balance"] == Decimal("96.68")


def test_the_customers_taxes_are_added_unless_it_is_said_otherwise(
    wire: Wire, acme: int, gst: TaxRate
) -> None:
    wire.change(f"/customers/{acme}", taxes=["gst"])

    assert bill(wire, acme)["total"] == 105
    assert bill(wire, acme, calculate_taxes=False)["total"] == 100
    wire.change(f"/customers/{acme}", taxable=False)
    assert bill(wire, acme)["total"] == 100


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"customer": None}, "customer"),
        ({"customer": 999}, "customer"),
        ({"number": "9" * 33}, "number"),
        ({"currency": "zzy"}, "currency"),
        ({"draft": "maybe"}, "draft"),
        ({"date": "2026-01-01"}, "date"),
        ({"date": 1767290400000}, "date"),
        ({"due_date": NOON - DAY}, "due_date"),
        ({"purchase_order": "P" * 33}, "purchase_order"),
        ({"items": "none"}, "items"),
        ({"items": ["none"]}, "items.0"),
        ({"items": [{"name": "A"}, {"unit_cost": 5}]}, "items.1.name"),
        ({"items": [{"name": "A", "quantity": "two"}]}, "items.0.quantity"),
        ({"items": [{"name": "A", "unit_cost": "1,5"}]}, "items.0.unit_cost"),
        ({"items": [{"name": "A", "catalog_item": "delivery"}]}, "items.0.catalog_item"),
        ({"items": [{"name": "A", "unit_cost": -5}]}, "items"),
        ({"items": [{"name": "A", "quantity": 10**13, "unit_cost": 10}]}, "items.0"),
        ({"items": [{"name": "A", "unit_cost": 6 * 10**12}] * 2}, "items"),
        ({"items": [{"name": "A", "metadata": {"k": None}}]}, "items.0.metadata"),
        ({"items": [{"id": 999, "quantity": 2}]}, "items.0.name"),
        ({"discounts": [{"amount": -1}]}, "discounts.0.amount"),
        ({"discounts": [{"coupon": "spring"}]}, "discounts.0.coupon"),
        ({"discounts": ["spring"]}, "discounts.0"),
        ({"discounts": [{"amount": 5}]}, "discounts"),
        ({"taxes": ["unknown"]}, "taxes.0"),
        ({"taxes": [{"tax_rate": {"id": "unknown"}}]}, "taxes.0.tax_rate"),
        ({"taxes": [{}]}, "taxes.0.amount"),
        ({"ship_to": "dock"}, "ship_to"),
        ({"metadata": 5}, "metadata"),
        ({"disabled_payment_methods": ["barter"]}, "disabled_payment_methods.0"),
    ],
)
def test_a_wrong_invoice_is_refused_and_nothing_is_stored(
    wire: Wire, acme: int, sent: dict[str, Any], param: str
) -> None:
    answer = wire.create("/invoices", {"customer": acme, "date": NOON, **sent})

    assert answer.refusal == (400, param)
    assert not Invoice.objects.exists()
    assert wire.create("/invoices", customer=acme)["number"] == "INV-0001"


def test_a_fixed_tax_of_another_currency_is_refused(wire: Wire, acme: int) -> None:
    TaxRate.objects.create(code="fee", name="Fee", value=2, is_percent=False, currency="eur")

    assert wire.create("/invoices", customer=acme, taxes=["fee"]).refusal == (400, "taxes.0")
    assert wire.create("/invoices", customer=acme, taxes=["fee"], currency="eur")["total"] == 2


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        ("NET 30", 30),
        ("net-7", 7),
        ("NET0", 0),
        ("2% 10 NET 45", 45),
        ("Due on Receipt", None),
        ("Soon", None),
    ],
)
def test_the_due_date_follows_the_terms(wire: Wire, acme: int, terms: str, days: int | None) -> None:
    wire.change(f"/customers/{acme}", payment_terms=terms)

    created = bill(wire, acme, date=NOON, due_date=None)

    assert created["payment_terms"] == terms
    assert created["due_date"] == (None if days is None else NOON + days * DAY)


def test_an_invoice_may_be_due_earlier_on_its_own_day(wire: Wire, acme: int) -> None:
    assert bill(wire, acme, date=NOON, due_date=NOON - 3600)["due_date"] == NOON - 3600


def test_a_due_date_without_terms_outlives_a_new_date(wire: Wire, acme: int) -> None:
    path = f"/invoices/{bill(wire, acme, date=NOON, due_date=NOON + 5 * DAY)['id']}"

    assert wire.change(path, date=NOON + DAY)["due_date"] == NOON + 5 * DAY
    assert wire.change(path, payment_terms="NET 2")["due_date"] == NOON + 3 * DAY
    assert wire.change(path, payment_terms=None)["due_date"] is None


def test_autopay_invoices_have_no_due_date_and_a_charge_date(wire: Wire, acme: int) -> None:
    GatewayAccount.objects.create(name="Test", gateway="test")
    wire.change(f"/customers/{acme}", autopay=True, autopay_delay_days=2)

    with time_machine.travel(NOON, tick=False):
        created = bill(wire, acme)
        manual = wire.change(f"/invoices/{created['id']}", autopay=False)

    assert (created["autopay"], created["due_date"]) == (True, None)
    assert created["next_payment_attempt"] == NOON + 3600 + 2 * DAY
    assert (manual["payment_terms"], manual["next_payment_attempt"]) == (None, None)


def test_a_customer_on_hold_gets_drafts_only(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", credit_hold=True)

    refused = wire.create("/invoices", customer=acme, items=[{"name": "A", "unit_cost": 1}])
    draft = bill(wire, acme, draft=True)
    issued = wire.change(f"/invoices/{draft['id']}", draft=False)

    assert refused.refusal == issued.refusal == (400, "total")
    assert "hold" in refused.json["message"]
    assert wire.read(f"/invoices/{draft['id']}")["draft"] is True


def test_the_credit_limit_counts_what_is_open_and_names_both_amounts(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", credit_limit=150)
    bill(wire, acme, "100")

    refused = wire.create("/invoices", customer=acme, items=[{"name": "A", "unit_cost": "50.01"}])

    assert refused.refusal == (400, "total")
    assert "150.00" in refused.json["message"]
    assert "150.01" in refused.json["message"]
    assert bill(wire, acme, "50")["total"] == 50


def test_an_issued_invoice_is_raised_within_the_limit_only(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", credit_limit=150)
    bill(wire, acme, "40")
    path = f"/invoices/{bill(wire, acme, '100')['id']}"
    line = {"name": "Services", "quantity": 1}
    before = wire.read(path).json

    assert wire.change(path, items=[line | {"unit_cost": "110.01"}]).refusal == (400, "total")
    assert wire.read(path).json == before
    assert wire.change(path, items=[line | {"unit_cost": 110}])["total"] == 110
    # What was paid of it is not owed any more.
    use = {"type": "invoice", "invoice": before["id"], "amount": 60}
    wire.create("/payments", customer=acme, amount=60, applied_to=[use])
    assert wire.change(path, items=[line | {"unit_cost": 170}])["balance"] == 110


def test_a_hold_or_a_lower_limit_stands_in_the_way_of_more_only(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "100")
    path = f"/invoices/{invoice['id']}"
    wire.change(f"/customers/{acme}", credit_hold=True, credit_limit=10)
    line = {"name": "Services", "quantity": 1}

    refused = wire.change(path, items=[line | {"unit_cost": 101}])

    assert refused.refusal == (400, "total")
    assert "hold" in refused.json["message"]
    assert wire.change(path, items=[line | {"unit_cost": 90}], notes="Less")["total"] == 90
    wire.change(path, closed=True)
    assert wire.change(path, closed=False)["balance"] == 90


def test_a_draft_has_no_address_and_counts_once_it_is_issued(wire: Wire, acme: int) -> None:
    draft = bill(wire, acme, draft=True)
    assert (draft["status"], draft["url"], draft["pdf_url"]) == ("draft", None, None)
    assert wire.read(f"/customers/{acme}/balance")["total_outstanding"] == 0

    issued = wire.change(f"/invoices/{draft['id']}", draft=False)

    assert issued["status"] == "not_sent"
    assert wire.read(f"/customers/{acme}/balance")["total_outstanding"] == 100
    assert wire.change(f"/invoices/{draft['id']}", draft=True).refusal == (400, "draft")
    assert wire.change(f"/invoices/{draft['id']}", currency="eur").refusal == (400, "currency")


def test_a_draft_that_changes_its_currency_keeps_its_numbers(wire: Wire, acme: int) -> None:
    draft = bill(wire, acme, "100", draft=True, discounts=[{"amount": 10}])

    changed = wire.change(f"/invoices/{draft['id']}", currency="jpy")

    assert (changed["currency"], changed["total"], changed["discounts"][0]["amount"]) == ("jpy", 90, 10)


def test_credit_is_spent_on_a_new_invoice(wire: Wire, acme: int) -> None:
    wire.create("/credit_balance_adjustments", customer=acme, amount=30)

    created = bill(wire, acme, "100")

    assert (created["total"], created["balance"]) == (100, 70)
    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == 0


def test_lines_are_replaced_and_a_known_id_changes_only_what_is_sent(wire: Wire, acme: int) -> None:
    created = wire.create(
        "/invoices", customer=acme,
        items=[{"name": "A", "unit_cost": 10, "description": "kept"}, {"name": "B", "unit_cost": 5}],
    )  # fmt: skip
    first = created["items"][0]

    changed = wire.change(
        f"/invoices/{created['id']}", items=[{"id": first["id"], "quantity": 3}, {"name": "C"}]
    )

    assert [line["name"] for line in changed["items"]] == ["A", "C"]
    assert changed["items"][0]["id"] == first["id"]
    assert (changed["items"][0]["description"], changed["total"]) == ("kept", 30)


def test_a_whole_invoice_sent_back_changes_nothing(wire: Wire, acme: int, gst: TaxRate) -> None:
    wire.change(f"/customers/{acme}", taxes=["gst"])
    created = bill(wire, acme, discounts=[{"amount": 1}], ship_to={"name": "Dock"}, metadata={"a": "b"})
    count = len(events())

    answer = wire.change(f"/invoices/{created['id']}", created)

    assert answer.json == created
    assert len(events()) == count


def test_an_empty_change_changes_nothing(wire: Wire, acme: int) -> None:
    created = bill(wire, acme)

    assert wire.change(f"/invoices/{created['id']}", {}).json == created
    assert events() == ["customer.created", "invoice.created"]


def test_the_customer_of_an_invoice_never_changes(wire: Wire, acme: int) -> None:
    created = bill(wire, acme)

    assert wire.change(f"/invoices/{created['id']}", customer=999, name="X")["customer"] == acme


def test_the_total_cannot_fall_below_what_is_paid(wire: Wire, acme: int) -> None:
    created = bill(wire, acme)
    part = [{"type": "invoice", "invoice": created["id"], "amount": 60}]
    wire.create("/payments", amount=60, applied_to=part)
    path = f"/invoices/{created['id']}"
    line = created["items"][0]["id"]

    assert wire.change(path, items=[{"id": line, "unit_cost": 59}]).refusal == (400, "items")
    assert wire.change(path, items=[{"id": line, "unit_cost": 61}])["balance"] == 1
    assert wire.read(path)["items"][0]["unit_cost"] == 61


def test_a_later_date_moves_what_was_applied(wire: Wire, acme: int) -> None:
    created = bill(wire, acme, date=NOON)
    part = [{"type": "invoice", "invoice": created["id"], "amount": 100}]
    wire.create("/payments", amount=100, date=NOON, applied_to=part)

    wire.change(f"/invoices/{created['id']}", date=NOON + 3 * DAY)

    path = f"/customers/{acme}/balance"
    assert wire.read(path, as_of=NOON + DAY)["total_outstanding"] == 0
    assert wire.read(path, as_of=NOON + 3 * DAY)["total_outstanding"] == 0


def test_sent_is_a_fact_that_cannot_be_undone(wire: Wire, acme: int) -> None:
    path = f"/invoices/{bill(wire, acme)['id']}"

    assert wire.change(path, sent=True)["status"] == "sent"
    assert wire.change(path, sent=False)["sent"] is True


def test_closing_gives_up_what_is_open_and_reopening_takes_it_back(wire: Wire, acme: int) -> None:
    path = f"/invoices/{bill(wire, acme)['id']}"

    closed = wire.change(path, closed=True, notes="Given up")
    assert (closed["closed"], closed["paid"], closed["status"]) == (True, False, "not_sent")
    assert closed["notes"] == "Given up"
    assert WriteOff.objects.get().reason == "closed"
    assert wire.read(f"/customers/{acme}/balance")["total_outstanding"] == 0
    assert wire.change(path, closed.json).json == closed.json

    reopened = wire.change(path, closed=False)
    assert (reopened["closed"], reopened["balance"]) == (False, 100)
    assert wire.read(f"/customers/{acme}/balance")["total_outstanding"] == 100


def test_the_date_of_an_invoice_stays_before_its_write_off(wire: Wire, acme: int) -> None:
    with time_machine.travel(NOON, tick=False):
        path = f"/invoices/{bill(wire, acme, closed=True)['id']}"

    assert wire.change(path, date=NOON + 1).refusal == (400, "date")
    assert wire.change(path, date=NOON - DAY)["date"] == NOON - DAY


def test_a_closed_invoice_keeps_its_total(wire: Wire, acme: int) -> None:
    closed = bill(wire, acme, closed=True)
    path, line = f"/invoices/{closed['id']}", closed["items"][0]["id"]

    assert wire.change(path, items=[{"id": line, "unit_cost": 99}]).refusal == (400, "items")
    assert wire.change(path, items=[{"id": line, "description": "As agreed"}]).status == 200


def test_a_paid_invoice_that_is_closed_stays_paid(wire: Wire, acme: int) -> None:
    created = bill(wire, acme)
    part = [{"type": "invoice", "invoice": created["id"], "amount": 100}]
    wire.create("/payments", amount=100, applied_to=part)

    closed = wire.change(f"/invoices/{created['id']}", closed=True)

    assert (closed["closed"], closed["paid"], closed["status"]) == (True, True, "paid")


def test_an_invoice_can_be_created_closed(wire: Wire, acme: int) -> None:
    created = bill(wire, acme, closed=True)

    assert (created["closed"], created["balance"]) == (True, 0)


def test_a_void_invoice_is_gone_from_every_balance_and_cannot_change(wire: Wire, acme: int) -> None:
    path = f"/invoices/{bill(wire, acme, date=NOON)['id']}"

    voided = wire.create(f"{path}/void")

    assert voided.status == 200
    assert (voided["voided"], voided["status"], voided["balance"]) == (True, "voided", 0)
    assert wire.read(f"/customers/{acme}/balance", as_of=NOON)["total_outstanding"] == 0
    assert wire.create(f"{path}/void").refusal == (400, None)
    assert wire.change(path, notes="x").refusal == (400, None)
    assert wire.remove(path).refusal == (400, None)


@pytest.mark.parametrize("body", ["", "{}", "[]", "null"])
def test_every_way_to_say_nothing_voids(wire: Wire, acme: int, body: str) -> None:
    path = f"/invoices/{bill(wire, acme)['id']}/void"

    assert wire.send("POST", path, body, content_type="application/json").status == 200


def test_a_paid_invoice_is_neither_voided_nor_deleted(wire: Wire, acme: int) -> None:
    created = bill(wire, acme)
    part = [{"type": "invoice", "invoice": created["id"], "amount": 1}]
    wire.create("/payments", amount=1, applied_to=part)
    path = f"/invoices/{created['id']}"

    assert wire.create(f"{path}/void").refusal == (400, None)
    assert wire.remove(path).refusal == (400, None)


def test_credit_spent_on_a_void_invoice_comes_back(wire: Wire, acme: int) -> None:
    wire.create("/credit_balance_adjustments", customer=acme, amount=30)
    created = bill(wire, acme)

    wire.create(f"/invoices/{created['id']}/void")

    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == 30


def test_an_untouched_invoice_is_deleted(wire: Wire, acme: int) -> None:
    path = f"/invoices/{bill(wire, acme)['id']}"

    assert wire.remove(path).status == 204
    assert wire.read(path).refusal == (404, None)
    assert Event.objects.latest("pk").type == "invoice.deleted"


def test_credit_spent_on_a_deleted_invoice_was_never_spent(wire: Wire, acme: int) -> None:
    wire.create("/credit_balance_adjustments", customer=acme, amount=30)
    path = f"/invoices/{bill(wire, acme)['id']}"
    before = len(events())

    assert wire.remove(path).status == 204

    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == 30
    assert events()[before:] == ["invoice.deleted"]
    assert Event.objects.latest("pk").data["object"]["balance"] == 70


def test_what_goes_with_an_invoice_is_told(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)
    path = f"/invoices/{invoice['id']}"
    wire.create(f"{path}/notes", notes="Asked again")
    parts = [{"date": invoice["date"] + DAY, "amount": 100}]
    wire.send("PUT", f"{path}/payment_plan", {"installments": parts})
    before = len(events())

    assert wire.remove(path).status == 204

    assert events()[before:] == ["payment_plan.deleted", "note.deleted", "invoice.deleted"]


def test_an_invoice_with_a_history_is_voided_not_deleted(wire: Wire, acme: int) -> None:
    unpaid, closed, credited = (bill(wire, acme) for _ in range(3))
    part = {"type": "invoice", "invoice": unpaid["id"], "amount": 100}
    payment = wire.create("/payments", amount=100, applied_to=[part])["id"]
    wire.change(f"/payments/{payment}", applied_to=[])
    wire.change(f"/invoices/{closed['id']}", closed=True)
    items = [{"name": "Back", "unit_cost": 5}]
    wire.create("/credit_notes", customer=acme, invoice=credited["id"], draft=True, items=items)

    for row in (unpaid, closed, credited):
        assert wire.remove(f"/invoices/{row['id']}").refusal == (400, None)
        voided = wire.create(f"/invoices/{row['id']}/void")
        assert (voided["status"], voided["balance"]) == ("voided", 0)
    assert wire.read(f"/customers/{acme}/balance", as_of=closed["date"])["total_outstanding"] == 0


def test_past_due_turns_by_itself_on_the_companys_next_day(wire: Wire, acme: int) -> None:
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "America/Chicago"})
    with time_machine.travel(NOON):
        path = f"/invoices/{bill(wire, acme, due_date=NOON + DAY)['id']}"
    midnight = NOON + DAY + 12 * 3600

    with time_machine.travel(midnight - 1):
        assert wire.read(path)["status"] == "not_sent"
    with time_machine.travel(midnight):
        assert wire.read(path)["status"] == "past_due"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/invoices/{}/void"),
        ("PUT", "/invoices/{}"),
        ("POST", "/invoices/{}"),
        ("DELETE", "/invoices"),
    ],
)
def test_other_methods_are_refused(wire: Wire, acme: int, method: str, path: str) -> None:
    assert wire.send(method, path.format(bill(wire, acme)["id"])).refusal == (405, None)


@pytest.mark.parametrize("path", ["/invoices", "/credit_notes"])
@pytest.mark.parametrize(
    ("line", "document", "param"),
    [
        (0, 11, "discounts"),
        (1, 10, "discounts"),
        (11, 0, "items.1.discounts"),
        (11, 1, "items.1.discounts"),
    ],
)
def test_a_discount_that_is_larger_than_what_it_comes_off_is_to_blame(
    wire: Wire, acme: int, path: str, line: int, document: int, param: str
) -> None:
    free = {"name": "Gift", "unit_cost": 0}
    priced = {"name": "Paper", "unit_cost": 10, "discounts": [{"amount": line}] if line else []}
    off = [{"amount": document}] if document else []

    refused = wire.create(path, {"customer": acme, "items": [free, priced], "discounts": off})

    assert refused.refusal == (400, param)


def test_a_discount_that_would_reach_lines_which_cannot_be_discounted_is_refused(
    wire: Wire, acme: int
) -> None:
    items = [{"name": "Fee", "unit_cost": 100, "discountable": False}, {"name": "Paper", "unit_cost": 5}]

    refused = wire.create("/invoices", {"customer": acme, "items": items, "discounts": [{"amount": 5.01}]})

    assert refused.refusal == (400, "discounts")
    assert "5.00 USD" in refused.json["message"]
    billed = wire.create("/invoices", {"customer": acme, "items": items, "discounts": [{"amount": 5}]})
    assert billed["total"] == 100
    more = wire.change(f"/invoices/{billed['id']}", discounts=[{"amount": 6}])
    assert more.refusal == (400, "discounts")


def test_methods_that_an_invoice_may_not_be_paid_by_are_told_in_the_event(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)

    wire.change(f"/invoices/{invoice['id']}", disabled_payment_methods=["check"])

    event = Event.objects.latest("pk")
    assert (event.type, event.previous) == ("invoice.updated", {"disabled_payment_methods": []})
    assert event.data["object"]["disabled_payment_methods"] == ["check"]

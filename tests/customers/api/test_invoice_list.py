"""The list of invoices."""

from typing import Any

import pytest
import time_machine

from customers.ledger.closing import write_off_invoice
from customers.models import Invoice
from tests.customers.api.conftest import Wire, bill

DAY = 86_400
NOON = 1767290400
LATER = NOON + 40 * DAY


@pytest.fixture
def every_status(wire: Wire, acme: int) -> dict[str, int]:
    """One invoice in each status, as they stand forty days later."""
    with time_machine.travel(NOON, tick=False):
        made = {
            name: bill(wire, acme, number=name, **fields)["id"]
            for name, fields in (
                ("voided", {}), ("draft", {"draft": True, "due_date": NOON}), ("paid", {"due_date": NOON}),
                ("bad_debt", {}), ("past_due", {"due_date": NOON + DAY, "sent": True}), ("viewed", {}),
                ("sent", {"sent": True, "due_date": LATER}), ("not_sent", {"currency": "eur"}),
                ("closed", {"closed": True, "due_date": NOON}),
            )
        }  # fmt: skip
        wire.create(f"/invoices/{made['voided']}/void")
        part = [{"type": "invoice", "invoice": made["paid"], "amount": 100}]
        wire.create("/payments", amount=100, applied_to=part)
        bad = Invoice.objects.get(pk=made["bad_debt"])
        write_off_invoice(invoice=bad, now=bad.date)
        Invoice.objects.filter(pk=made["viewed"]).update(viewed_at=bad.date)
    return made


def numbers(answer: Any) -> list[str]:
    assert answer.status == 200, answer.text
    return [row["number"] for row in answer.json]


def test_the_filter_by_status_finds_what_shows_the_status(wire: Wire, every_status: dict[str, int]) -> None:
    with time_machine.travel(LATER):
        shown = {row["number"]: row["status"] for row in wire.read("/invoices").json}
        for status in set(shown.values()):
            found = numbers(wire.read("/invoices", **{"filter[status]": status}))
            assert found == [number for number, own in shown.items() if own == status]

    assert {name: shown[name] for name in every_status if name != "closed"} == {
        name: name for name in every_status if name != "closed"
    }
    assert shown["closed"] == "past_due"


def test_the_filters_by_flag_find_what_shows_the_flag(wire: Wire, every_status: dict[str, int]) -> None:
    with time_machine.travel(LATER):
        rows = wire.read("/invoices").json
        for name in ("paid", "closed", "draft", "voided", "sent", "autopay"):
            for word, value in (("1", True), ("False", False)):
                found = numbers(wire.read("/invoices", **{f"filter[{name}]": word}))
                assert found == [row["number"] for row in rows if row[name] is value], name


def test_the_list_is_narrowed_and_sorted(wire: Wire, every_status: dict[str, int]) -> None:
    for query, found in (
        ({"filter[number]": "PAID"}, ["paid"]),
        ({"filter[currency]": "EUR"}, ["not_sent"]),
        ({"filter[balance]": "0", "filter[draft]": "0"}, ["voided", "paid", "bad_debt", "closed"]),
        ({"filter[total]": "100.00", "filter[currency]": "eur"}, ["not_sent"]),
        ({"filter[customer]": "999"}, []),
        ({"start_date": NOON + 1}, []),
        ({"end_date": NOON - 1}, []),
        ({"sort": "number desc", "per_page": 2}, ["voided", "viewed"]),
        ({"filter[due_date]": str(NOON + DAY)}, ["past_due"]),
    ):
        assert numbers(wire.read("/invoices", **query)) == found, query


def test_dates_are_inclusive_and_zero_is_no_bound(wire: Wire, acme: int) -> None:
    for day in range(3):
        bill(wire, acme, number=f"R{day}", date=NOON + day * DAY)

    assert numbers(wire.read("/invoices", start_date=NOON + DAY, end_date=NOON + 2 * DAY)) == ["R1", "R2"]
    assert len(numbers(wire.read("/invoices", start_date=0, end_date=0))) == 3


def test_the_customer_is_expanded_with_its_own_relations(wire: Wire, acme: int) -> None:
    child = wire.create("/customers", name="Child", parent_customer=acme)["id"]
    bill(wire, child)

    (row,) = wire.read("/invoices", expand="customer.parent_customer", exclude="items").json

    assert row["customer"]["parent_customer"]["id"] == acme
    assert row["customer"]["object"] == "customer"
    assert "items" not in row


def test_a_payment_moves_updated_at_of_its_invoice(wire: Wire, acme: int) -> None:
    with time_machine.travel(NOON):
        created = bill(wire, acme)
    with time_machine.travel(NOON + DAY):
        part = [{"type": "invoice", "invoice": created["id"], "amount": 100}]
        wire.create("/payments", amount=100, applied_to=part)

    assert numbers(wire.read("/invoices", updated_after=NOON + 10)) == ["INV-0001"]
    assert wire.read(f"/invoices/{created['id']}")["updated_at"] == NOON + DAY


@pytest.mark.parametrize(
    ("query", "param"),
    [({"filter[status]": "lost"}, "filter"), ({"filter[notes]": "x"}, "filter"), ({"sort": "notes"}, "sort"),
     ({"filter[token]": "x"}, "filter"), ({"filter[total]": "1e400"}, "filter")],
)  # fmt: skip
def test_what_is_not_on_the_list_is_refused(wire: Wire, query: dict[str, str], param: str) -> None:
    assert wire.read("/invoices", **query).refusal == (400, param)


def test_invoices_are_sorted_by_the_status_they_show(wire: Wire, every_status: dict[str, int]) -> None:
    with time_machine.travel(LATER, tick=False):
        shown = wire.read("/invoices").json
        pages = [wire.read("/invoices", sort="status", per_page=4, page=page).json for page in (1, 2, 3)]
        falling = wire.read("/invoices", sort="status desc,id asc").json

    by_status = sorted(shown, key=lambda row: (row["status"], row["id"]))
    assert [row["id"] for page in pages for row in page] == [row["id"] for row in by_status]
    assert [row["status"] for row in falling] == sorted((row["status"] for row in shown), reverse=True)
    assert len({row["status"] for row in shown}) > 5


@pytest.mark.parametrize("flag", ["paid", "closed", "sent", "voided", "draft"])
def test_flags_sort_the_list_too(wire: Wire, every_status: dict[str, int], flag: str) -> None:
    with time_machine.travel(LATER, tick=False):
        shown = wire.read("/invoices").json
        rising = [
            row["id"]
            for page in (1, 2, 3)
            for row in wire.read("/invoices", sort=f"{flag},id", per_page=4, page=page).json
        ]

    assert rising == [row["id"] for row in sorted(shown, key=lambda row: (row[flag], row["id"]))]


def test_a_comma_too_many_sorts_by_nothing_more(wire: Wire, acme: int) -> None:
    for number in ("B", "A"):
        bill(wire, acme, number=number)

    assert numbers(wire.read("/invoices", sort="number,")) == ["A", "B"]
    assert numbers(wire.read("/invoices", sort=" , number desc,,")) == ["B", "A"]
    assert numbers(wire.read("/invoices", sort=",")) == ["B", "A"]
    assert wire.read("/invoices", sort="number,nonsense").refusal == (400, "sort")


def test_invoices_are_found_by_their_plan(wire: Wire, acme: int) -> None:
    for name in ("plain", "planned", "dropped"):
        pk = bill(wire, acme, number=name)["id"]
        if name != "plain":
            path = f"/invoices/{pk}/payment_plan"
            wire.send("PUT", path, {"installments": [{"date": LATER, "amount": 100}]})
        if name == "dropped":
            wire.remove(path)
    rows = {row["number"]: row for row in wire.read("/invoices").json}
    plan = rows["planned"]["payment_plan"]
    assert plan is not None

    assert numbers(wire.read("/invoices", **{"filter[payment_plan]": plan})) == ["planned"]
    assert numbers(wire.read("/invoices", **{"filter[payment_plan]": ""})) == ["plain", "dropped"]
    assert numbers(wire.read("/invoices", sort="payment_plan")) == ["planned", "plain", "dropped"]
    assert numbers(wire.read("/invoices", sort="payment_plan desc,id")) == ["plain", "dropped", "planned"]
    assert numbers(wire.read("/invoices", **{"filter[subscription]": ""})) == ["plain", "planned", "dropped"]
    assert numbers(wire.read("/invoices", **{"filter[subscription]": "7"})) == []
    assert len(numbers(wire.read("/invoices", sort="subscription desc"))) == 3


def test_invoices_are_found_by_what_they_went_into(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", consolidated=True)
    for name in ("one", "two"):
        bill(wire, acme, number=name)
    joint = wire.create(f"/customers/{acme}/consolidate_invoices")["id"]
    bill(wire, acme, number="later")

    assert numbers(wire.read("/invoices", **{"filter[consolidated_into]": joint})) == ["one", "two"]
    assert numbers(wire.read("/invoices", **{"filter[consolidated_into]": ""})) == ["INV-0001", "later"]
    assert numbers(wire.read("/invoices", sort="consolidated_into"))[:2] == ["one", "two"]
    assert numbers(wire.read("/invoices", sort="consolidated_into desc,id"))[2:] == ["one", "two"]

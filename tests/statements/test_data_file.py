"""The facts for other programs: exact numbers under keys that stay."""

import json
from decimal import Decimal

import pytest

from statements.data_file import statement_data, statement_json
from statements.statement import Member, Memo
from tests.statements.paper_samples import CHICAGO, NORTHWIND, balance_forward, open_items

SOUTH = Member(id=2, name="South", number="S-1")


def test_open_items_as_a_document() -> None:
    statement = open_items(2, memo=Memo(unapplied=5_000, credit=250, pending=100))

    data = json.loads(
        statement_json(statement=statement, zone=CHICAGO, number="ST-000007"), parse_float=Decimal
    )

    assert (data["object"], data["number"], data["type"], data["items"]) == (
        "statement", "ST-000007", "open_item", "open",
    )  # fmt: skip
    assert (data["start"], data["end"], data["end_date"]) == (None, 1_785_560_399, "2026-07-31")
    assert data["customer"] == {"id": 1, "number": "CUST-00042", "name": "Northwind Outfitters, Inc."}
    assert data["total"] * 100 == statement.total
    assert data["aging"]["basis"] == "due_date"
    assert data["aging"]["buckets"][0] == {"from_days": None, "to_days": 0, "amount": data["total"]}
    assert data["aging"]["buckets"][-1] == {"from_days": 91, "to_days": None, "amount": 0}
    assert data["lines"][0] == {
        "type": "invoice", "number": "INV-10480", "customer": "CUST-00042",
        "at": statement.open_lines[0].at, "date": "2026-07-23", "purchase_order": None,
        "total": Decimal("482.5"), "due_at": statement.open_lines[0].due_at, "due_date": "2026-08-22",
        "days_late": 0, "past_due": 0, "balance": Decimal("482.5"),
    }  # fmt: skip
    assert (data["unapplied_payments"], data["available_credit"], data["pending_payments"]) == (
        50, Decimal("2.5"), 1,
    )  # fmt: skip
    assert "previous_balance" not in data


def test_a_period_as_a_document() -> None:
    statement = balance_forward(4, credit=True, changed=-4_500, members=(NORTHWIND, SOUTH))

    data = statement_data(statement=statement, zone=CHICAGO)

    assert (data["items"], data["start_date"], data["number"]) == (None, "2026-07-01", None)
    assert (
        data["previous_balance"] + data["total_invoiced"] - data["total_paid"] - data["total_adjusted"]
        == (data["account_balance"])
    )
    assert data["lines"][0]["type"] == "previous_balance"
    assert {line["customer"] for line in data["lines"][1:]} == {"CUST-00042", "S-1"}
    assert data["credit_lines"][0]["amount"] == Decimal("-45.00")
    assert data["changed_since"] == {
        "end": 1_782_881_999, "end_date": "2026-06-30", "difference": Decimal("-45.00"),
    }  # fmt: skip
    assert data["members"][1]["number"] == "S-1"


@pytest.mark.parametrize(("currency", "text"), [("jpy", "48250"), ("usd", "482.5"), ("kwd", "48.25")])
def test_amounts_have_the_decimals_of_their_currency(currency: str, text: str) -> None:
    content = statement_json(statement=open_items(1, currency=currency), zone=CHICAGO).decode()

    assert f'"total": {text},' in content

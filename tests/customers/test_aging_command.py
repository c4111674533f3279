"""manage.py aging: the control figures of a company day."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from tests.ledgers import open_books

pytestmark = pytest.mark.django_db


def aging(*arguments: str) -> str:
    out = io.StringIO()
    call_command("aging", *arguments, stdout=out)
    return out.getvalue()


def rows(*arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(aging(*arguments, "--format", "csv"))))


@pytest.fixture
def books():
    ledger = open_books("Blue Anchor", number="0007")
    ledger.invoice("2024-01-01", "1", "100.00", due="2024-01-31")
    ledger.invoice("2024-03-01", "2", "50.00", due="2024-03-31")
    ledger.pay("2024-04-10", "30.00", on=[("1", "30.00")])
    return ledger


def test_prints_exactly_the_agreed_columns_and_no_total_row(books):
    assert aging("--as-of", "2024-04-09", "--format", "csv") == (
        "number,name,currency,open_count,open_amount,past_due_count,past_due_amount,current,1_30,31_60,61_90,over_90\n"
        "0007,Blue Anchor,usd,2,150.00,2,150.00,0.00,50.00,0.00,100.00,0.00\n"
    )


def test_counts_the_whole_company_day(books):
    before, same = rows("--as-of", "2024-04-09"), rows("--as-of", "2024-04-10")

    assert (before[0]["open_amount"], same[0]["open_amount"]) == ("150.00", "120.00")


def test_due_today_is_not_late(books):
    assert rows("--as-of", "2024-01-31")[0]["past_due_count"] == "0"
    assert rows("--as-of", "2024-02-01")[0]["past_due_count"] == "1"


def test_past_due_shows_only_customers_with_something_late(books):
    fresh = open_books("Red Anchor", number="0008")
    fresh.invoice("2024-04-01", "3", "10.00", due="2024-05-01")

    assert [row["number"] for row in rows("--as-of", "2024-04-09")] == ["0007", "0008"]
    assert [row["number"] for row in rows("--as-of", "2024-04-09", "--items", "past_due")] == ["0007"]
    assert rows("--as-of", "2023-12-31") == []


def test_amounts_have_the_decimals_of_their_currency_and_totals_stay_apart(books):
    yen = open_books("Kaze", number="0009", ledger_currency="jpy")
    yen.invoice("2024-04-01", "Y", "5000", due="2024-05-01")

    table = aging("--as-of", "2024-04-09")

    assert [row["open_amount"] for row in rows("--as-of", "2024-04-09")] == ["150.00", "5000"]
    totals = [line.split() for line in table.splitlines() if line.startswith("total")]
    assert [(total[3], total[5]) for total in totals] == [("jpy", "5000"), ("usd", "150.00")]


def test_a_name_cannot_act_as_a_formula(books):
    sly = open_books("=HYPERLINK(1)", number="-1")
    sly.invoice("2024-04-01", "9", "1.00")

    [row] = [row for row in rows("--as-of", "2024-04-09") if "HYPERLINK" in row["name"]]
    assert (row["number"], row["name"]) == ("'-1", "'=HYPERLINK(1)")


def test_refuses_what_is_no_date():
    with pytest.raises(CommandError, match="YYYY-MM-DD") as refused:
        aging("--as-of", "31.12.2013")

    assert refused.value.returncode == 2


def test_says_so_when_nothing_is_open():
    assert "Nothing is open at the end of 2024-01-01." in aging("--as-of", "2024-01-01")


def test_asks_the_database_a_fixed_number_of_times(books, django_assert_num_queries):
    with django_assert_num_queries(4):
        aging("--as-of", "2024-04-09")
    for number in range(5):
        open_books(f"Customer {number}").invoice("2024-04-01", f"A{number}", "1.00")
    with django_assert_num_queries(4):
        aging("--as-of", "2024-04-09")

"""Which ages make a bucket, and what they are called."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from customers.ages import AgingRule, bounds_of
from customers.ledger.balances import receivables
from customers.models import Company, CreditNote, Instalment, PaymentPlan
from statements.building import build_statement
from statements.options import day_options
from statements.paper.figures import age_label
from statements.paper.phrasing import phrases_for
from tests.customers.test_aging_command import aging
from tests.desk import at_desk, page_text
from tests.ledgers import CHICAGO, Books, at, last_second, minor, open_books

LANGUAGES = ("en_US", "es_ES", "fr_FR", "de_DE", "pt_BR", "it_IT", "nl_NL", "ja_JP", "ar_AE")


def test_the_usual_buckets_keep_their_names() -> None:
    rule = AgingRule()

    assert rule.slugs == ("current", "1_30", "31_60", "61_90", "over_90")
    assert rule.names == ("Current", "1–30", "31–60", "61–90", "Over 90")


def test_other_bounds_say_what_they_hold() -> None:
    assert AgingRule((8, 15)).slugs == ("up_to_7", "8_14", "over_14")
    assert AgingRule((8, 15, 16), "date").slugs == ("0_7", "8_14", "15", "over_15")
    assert AgingRule((1,), "date").names == ("0", "Over 0")


def test_a_leading_zero_is_the_bucket_that_is_always_there() -> None:
    assert bounds_of([0, 8, 15, 31, 61]) == (8, 15, 31, 61)


@pytest.mark.parametrize(
    "wrong", [[], [0], [31, 1], [1, 1], [-1, 5], [1.5], ["1"], [True], [1, 4000], list(range(1, 9))]
)
def test_bounds_that_cannot_be_are_refused_with_a_sentence(wrong: list[object]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        bounds_of(wrong)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("span", [(None, 0), (None, 7), (0, 7), (1, 1), (8, 30), (91, None)])
def test_every_bucket_has_a_label_of_its_own_in_every_language(
    locale: str, span: tuple[int | None, int | None]
) -> None:
    say = phrases_for(locale=locale, currency="usd", zone=CHICAGO)

    label = age_label(*span, say)

    assert label
    assert "{" not in label
    if locale == "en_US":
        names = {
            (None, 0): "Current",
            (None, 7): "Up to 7 days",
            (0, 7): "0–7 days",
            (1, 1): "1 day",
            (8, 30): "8–30 days",
            (91, None): "Over 90 days",
        }
        assert label == names[span]


@pytest.fixture
def books(db: None) -> Books:
    """On 9 April: A 69 days late, B 9 days late, C not due, a credit note of 39 days."""
    books = open_books("Blue Anchor", number="0007")
    Company.objects.update(name="Harbour Supplies")
    books.invoice("2024-01-01", "A", "100", due="2024-01-31")
    books.invoice("2024-03-01", "B", "50", due="2024-03-31")
    books.invoice("2024-04-08", "C", "7", due="2024-05-08")
    books.credit_note("2024-03-01", "N", "5")
    return books


def rule(bounds: list[int], basis: str) -> None:
    Company.objects.update(aging_bounds=bounds, aging_basis=basis)


def test_credit_notes_are_current_by_due_date_and_age_by_their_own_date(books: Books) -> None:
    note = CreditNote.objects.get()
    rule([8, 31], "due_date")
    by_due = receivables(at=last_second("2024-04-09"), zone=CHICAGO, aging=Company.get().aging)
    rule([8, 31], "date")
    by_date = receivables(at=last_second("2024-04-09"), zone=CHICAGO, aging=Company.get().aging)

    assert note.balance == 500
    assert by_due[0].buckets == (200, 5000, 10000)
    assert by_date[0].buckets == (700, 0, 14500)


def test_late_is_a_matter_of_due_dates_whatever_the_buckets_count_from(books: Books) -> None:
    figures = []
    for bounds, basis in (([1, 31, 61, 91], "due_date"), ([8], "due_date"), ([2, 5], "date")):
        rule(bounds, basis)
        [row] = receivables(at=last_second("2024-04-09"), zone=CHICAGO, aging=Company.get().aging)
        figures.append((row.past_due_count, row.past_due_amount, row.open_amount))

    assert figures == [(2, 15000, 15200)] * 3


def test_instalments_age_by_their_own_date_with_both_bases(books: Books) -> None:
    plan = PaymentPlan.objects.create(invoice=books.invoices["A"], agreed_at=at("2024-01-01"))
    for when, amount in (("2024-04-05", "60"), ("2024-06-01", "40")):
        Instalment.objects.create(plan=plan, date=at(when), amount=minor(amount))
    rows = []
    for basis in ("due_date", "date"):
        rule([1, 3, 31], basis)
        rows += receivables(at=last_second("2024-04-09"), zone=CHICAGO, aging=Company.get().aging)

    assert rows[0].buckets == (4000 + 700 - 500, 0, 6000 + 5000, 0)
    assert rows[1].buckets == (4000, 700, 6000, 5000 - 500)


def test_the_command_names_its_columns_after_the_bounds(books: Books) -> None:
    rule([8, 15, 31], "date")

    header, row = aging("--as-of", "2024-04-09", "--format", "csv").splitlines()

    assert header.endswith("past_due_amount,0_7,8_14,15_30,over_30")
    assert row.endswith("150.00,7.00,0.00,0.00,145.00")


def test_statement_dashboard_and_list_show_the_companys_buckets(books: Books) -> None:
    rule([8, 31], "date")
    desk, day = at_desk(), {"as_of": "2024-04-09"}

    options = day_options(type="open_item", zone=CHICAGO, end_day=date(2024, 4, 9))
    statement = build_statement(customer=books.customer, options=options)
    [strip] = desk.get(reverse("admin:index"), day).context["strips"]
    listed = page_text(desk.get(reverse("admin:customers_customer_changelist"), day))
    late = desk.get(reverse("admin:customers_invoice_open_items"), {**day, "age": "over_30"})

    assert statement.aging.buckets == (700, 0, 14500)
    assert (statement.aging.basis, statement.past_due) == ("date", 15000)
    assert [(name, amount) for name, _, amount, _ in strip.buckets] == [
        ("0–7", "$7.00"), ("8–30", "$0.00"), ("Over 30", "$145.00"),
    ]  # fmt: skip
    assert "8–30" in listed
    assert "61–90" not in listed
    assert {item["number"] for item in late.context["items"]} == {"A", "B", "N"}


def company_form(**changes: str) -> dict[str, str]:
    return {
        "name": "Harbour", "country": "US", "language": "en", "time_zone": "America/Chicago",
        "currency": "usd", "paper_size": "auto", "autopay_delay_days": "0", "aging_bounds": "1, 31, 61, 91",
        "aging_basis": "due_date", "customer_template": "CUST-%04d", "customer_next": "1",
        "invoice_template": "INV-%04d", "invoice_next": "1", "credit_note_template": "CN-%04d",
        "credit_note_next": "1", **changes,
    }  # fmt: skip


def test_staff_set_bounds_and_basis_on_the_company_page(db: None) -> None:
    desk, page = at_desk(), reverse("admin:customers_company_changelist")

    done = sent(desk, page, company_form(aging_bounds="0, 8, 15, 31", aging_basis="date"))
    refused = sent(desk, page, company_form(aging_bounds="31, 8"))
    unread = sent(desk, page, company_form(aging_bounds="a month"))

    assert done.status_code == 302
    assert Company.get().aging == AgingRule((8, 15, 31), "date")
    assert refused.context["form"].errors["aging_bounds"] == ["The bounds must rise."]
    assert unread.context["form"].errors["aging_bounds"] == ["Write days like 1, 31, 61, 91."]


def sent(desk: Client, page: str, data: dict[str, str]):
    from tests.desk import token_of

    return desk.post(page, {**data, "once": token_of(desk.get(page))})


def test_a_change_to_summer_time_moves_nothing_into_another_bucket(db: None) -> None:
    books = open_books()
    books.invoice("2026-03-01", "X", "10", moment=at("2026-03-06", "23:30:00"), due="2026-03-06")
    seen = []
    for days in range(4):
        day = (date(2026, 3, 6) + timedelta(days=days)).isoformat()
        [row] = receivables(at=last_second(day), zone=CHICAGO, aging=AgingRule((1, 2, 3), "date"))
        seen.append(row.buckets.index(1000))

    assert seen == [0, 1, 2, 3]

"""Invoices: totals, terms, holds, voids."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from customers.errors import Refused
from customers.ledger.accounts import update_customer
from customers.ledger.closing import reopen_invoice, write_off_invoice
from customers.ledger.drafting import LevyInput, LineInput
from customers.ledger.issuing import delete_invoice, issue_invoice, update_invoice, void_invoice
from customers.ledger.lines import stored_lines
from customers.ledger.open_items import open_items
from customers.ledger.reconciling import differences
from customers.models import Company, CreditBalance, Event, Invoice, LineItem, TaxRate
from tests.ledgers import CHICAGO, Books, at, last_second, minor, open_books

pytestmark = pytest.mark.django_db
NOON = at("2026-03-02")


@pytest.fixture
def books() -> Books:
    return open_books()


@pytest.fixture(autouse=True)
def _books_agree(db: None) -> Iterator[None]:
    yield
    assert [str(difference) for difference in differences(now=at("2026-12-31"))] == []


def rate(code: str, value: str, **values: object) -> TaxRate:
    return TaxRate.objects.create(code=code, name=code, value=Decimal(value), **values)


def line(amount: str, **values: object) -> LineInput:
    return LineInput(name="Services", unit_cost=Decimal(amount), **values)  # type: ignore[arg-type]


def total_of(books: Books, *lines: LineInput, **values: object) -> tuple[int, int]:
    invoice = issue_invoice(customer=books.customer, lines=lines, now=NOON, **values)  # type: ignore[arg-type]
    return invoice.subtotal, invoice.total


def test_lines_are_rounded_each_and_added_exactly(books: Books) -> None:
    lines = [line("0.335", quantity=Decimal(3)), line("10", quantity=Decimal("1.5"))]

    assert total_of(books, *lines) == (1601, 1601)


def test_the_customers_taxes_are_added_to_taxable_lines_only(books: Books) -> None:
    books.customer.taxes.add(rate("state", "7"), rate("city", "0.525"))

    assert total_of(books, line("55"), line("10", taxable=False)) == (6500, 6500 + 385 + 29)


def test_a_customer_that_is_not_taxable_pays_no_tax(books: Books) -> None:
    books.customer.taxes.add(rate("state", "7"))
    update_customer(customer=books.customer, changes={"taxable": False}, now=NOON)

    assert total_of(books, line("55")) == (5500, 5500)


def test_an_inclusive_tax_is_carved_out_of_the_subtotal(books: Books) -> None:
    books.customer.taxes.add(rate("vat", "20", inclusive=True))

    assert total_of(books, line("120")) == (10000, 12000)


def test_a_discount_lowers_what_is_taxed(books: Books) -> None:
    books.customer.taxes.add(rate("state", "10"))

    totals = total_of(books, line("100"), line("100", taxable=False), discounts=[LevyInput(amount=2000)])

    assert totals == (20000, 20000 - 2000 + 900)


def test_other_words_on_a_line_leave_what_was_levied_by_the_rules_of_its_day(books: Books) -> None:
    """A document from elsewhere may hold amounts that would be computed otherwise here."""
    gst = LevyInput(tax_rate=rate("gst", "5"))
    invoice = issue_invoice(customer=books.customer, lines=[line("100", taxes=(gst,)), line("20")], now=NOON)
    taxed = invoice.items.order_by("position").first()
    assert taxed is not None
    LineItem.objects.filter(pk=taxed.pk).update(taxable=False)
    stored = stored_lines(invoice, was="usd")

    reworded = [replace(stored[0], name="Advice", metadata={"po": "7"}), stored[1]]
    changed = update_invoice(invoice=invoice, changes={}, lines=reworded, now=NOON)

    taxed.refresh_from_db()
    assert (taxed.name, taxed.metadata, changed.total) == ("Advice", {"po": "7"}, 12500)
    assert [levy.amount for levy in taxed.levies.all()] == [500]
    assert list(Event.objects.get(type="invoice.updated").previous or {}) == ["items"]

    more = [reworded[0], replace(stored[1], quantity=Decimal(2))]
    assert update_invoice(invoice=invoice, changes={}, lines=more, now=NOON).total == 14000


def test_a_fixed_tax_of_another_currency_is_left_out(books: Books) -> None:
    books.customer.taxes.add(rate("fee", "3", is_percent=False, currency="eur"))
    books.customer.taxes.add(rate("bag", "2", is_percent=False, currency="usd"))

    assert total_of(books, line("10")) == (1000, 1200)


def test_a_negative_total_is_refused(books: Books) -> None:
    with pytest.raises(Refused) as refusal:
        total_of(books, line("-5"))

    assert refusal.value.param == "items"
    assert not Invoice.objects.exists()


def test_a_hold_blocks_invoices_but_not_drafts(books: Books) -> None:
    update_customer(customer=books.customer, changes={"credit_hold": True}, now=NOON)
    draft = issue_invoice(customer=books.customer, lines=[line("5")], values={"draft": True}, now=NOON)

    for issue in (
        lambda: issue_invoice(customer=books.customer, lines=[line("5")], now=NOON),
        lambda: update_invoice(invoice=draft, changes={"draft": False}, now=NOON),
    ):
        with pytest.raises(Refused, match="credit hold") as refusal:
            issue()
        assert refusal.value.param == "total"
    assert Invoice.objects.get().draft


def test_the_credit_limit_counts_what_is_open_in_the_same_currency(books: Books) -> None:
    update_customer(customer=books.customer, changes={"credit_limit": Decimal("100")}, now=NOON)
    books.invoice("2026-03-01", "I-1", "70")

    with pytest.raises(Refused, match=r"100\.00 USD would be exceeded: 110\.00 USD"):
        books.invoice("2026-03-02", "I-2", "40")
    Books(customer=books.customer, currency="eur").invoice("2026-03-02", "I-3", "90")

    assert Invoice.objects.count() == 2


def test_terms_give_the_due_date_and_autopay_has_none(books: Books) -> None:
    update_customer(customer=books.customer, changes={"payment_terms": "NET 14"}, now=NOON)
    manual = issue_invoice(customer=books.customer, lines=[line("5")], now=NOON)
    automatic = issue_invoice(customer=books.customer, lines=[line("5")], values={"autopay": True}, now=NOON)

    assert (manual.payment_terms, manual.due_date) == ("NET 14", at("2026-03-16"))
    assert (automatic.payment_terms, automatic.due_date) == ("AutoPay", None)
    assert automatic.next_payment_attempt == at("2026-03-02", "13:00:00")


def test_a_due_date_before_the_date_is_refused(books: Books) -> None:
    with pytest.raises(Refused) as refusal:
        books.invoice("2026-03-05", "I-1", "10", due="2026-03-04")

    assert refusal.value.param == "due_date"


def test_credit_is_spent_on_new_invoices_when_the_company_says_so(books: Books) -> None:
    Company.objects.update(apply_credits=True)
    books.credit("2026-03-01", "30")

    invoice = books.invoice("2026-03-02", "I-1", "100")

    assert invoice.balance == minor("70")
    assert CreditBalance.objects.get().amount == 0


def test_a_voided_invoice_gives_spent_credit_back_and_leaves_every_period(books: Books) -> None:
    Company.objects.update(apply_credits=True)
    books.credit("2026-03-01", "30")
    invoice = books.invoice("2026-03-02", "I-1", "100")

    void_invoice(invoice=invoice, now=at("2026-04-01"))

    assert CreditBalance.objects.get().amount == minor("30")
    assert open_items(at=last_second("2026-03-15"), zone=CHICAGO) == []
    with pytest.raises(Refused, match="already voided"):
        void_invoice(invoice=invoice, now=at("2026-04-02"))


def test_an_invoice_with_payments_is_neither_voided_nor_deleted(books: Books) -> None:
    invoice = books.invoice("2026-03-01", "I-1", "100")
    books.pay("2026-03-02", "10", on=[("I-1", "10")])

    for undo in (void_invoice, delete_invoice):
        with pytest.raises(Refused, match="applied"):
            undo(invoice=invoice, now=NOON)


def test_an_untouched_invoice_is_deleted_with_its_last_state_kept(books: Books) -> None:
    invoice = books.invoice("2026-03-01", "I-1", "100")

    delete_invoice(invoice=invoice, now=NOON)

    assert not Invoice.objects.exists()
    event = Event.objects.get(type="invoice.deleted")
    assert event.data["object"]["number"] == "I-1"


def test_a_total_below_what_is_settled_is_refused(books: Books) -> None:
    invoice = books.invoice("2026-03-01", "I-1", "100")
    books.pay("2026-03-02", "60", on=[("I-1", "60")])

    with pytest.raises(Refused, match="already settled"):
        update_invoice(invoice=invoice, changes={}, lines=[line("50")], now=NOON)
    changed = update_invoice(invoice=invoice, changes={}, lines=[line("90")], now=NOON)

    assert (changed.total, changed.balance) == (9000, 3000)


def test_numbers_are_unique_without_regard_to_case(books: Books) -> None:
    books.invoice("2026-03-01", "Inv-7", "1")

    with pytest.raises(Refused, match="already in use") as refusal:
        books.invoice("2026-03-01", " INV-7 ", "1")

    assert refusal.value.param == "number"


def test_a_write_off_is_taken_back_by_reopening(books: Books) -> None:
    invoice = books.invoice("2026-03-01", "I-1", "100", due="2026-03-31")
    write_off_invoice(invoice=invoice, now=at("2026-05-01"))

    reopened = reopen_invoice(invoice=invoice, now=at("2026-06-01"))

    assert reopened.balance == minor("100")
    shown = {
        day: [item.balance for item in open_items(at=last_second(day), zone=CHICAGO)]
        for day in ("2026-04-30", "2026-05-15", "2026-06-02")
    }
    assert shown == {"2026-04-30": [10000], "2026-05-15": [], "2026-06-02": [10000]}


def test_an_invoice_is_written_off_once_and_not_before_its_date(books: Books) -> None:
    invoice = books.invoice("2026-03-01", "I-1", "100")

    with pytest.raises(Refused, match="before the invoice"):
        write_off_invoice(invoice=invoice, date=at("2026-02-01"), now=NOON)
    write_off_invoice(invoice=invoice, now=NOON)
    with pytest.raises(Refused, match="already closed"):
        write_off_invoice(invoice=invoice, now=NOON)


def test_credit_of_a_later_day_is_not_spent_yet(books: Books) -> None:
    Company.objects.update(apply_credits=True)
    books.credit("2026-03-01", "10")
    books.credit("2026-04-01", "50")

    invoice = books.invoice("2026-03-02", "I-1", "100")

    assert invoice.balance == minor("90")


def test_credit_that_is_taken_later_is_kept_for_that(books: Books) -> None:
    Company.objects.update(apply_credits=True)
    books.credit("2026-03-01", "10")
    books.credit("2026-04-01", "-8")

    assert books.invoice("2026-03-02", "I-1", "100").balance == minor("98")

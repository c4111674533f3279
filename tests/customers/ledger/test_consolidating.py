"""What consolidation does to the books: sources leave and the new invoice comes in the same second."""

import pytest

from customers.errors import Refused
from customers.ledger.consolidating import consolidate_invoices
from customers.ledger.entries import entries_between
from customers.ledger.issuing import void_invoice
from customers.ledger.reconciling import differences
from customers.models import Charge, ChargeClaim, Customer, PaymentPlan
from tests.ledgers import Books, at, first_second, last_second, open_books

pytestmark = pytest.mark.django_db
NOW = at("2026-03-31")


@pytest.fixture
def books() -> Books:
    found = open_books()
    Customer.objects.update(consolidated=True)
    found.invoice("2026-03-01", "I-1", "100")
    found.invoice("2026-03-09", "I-2", "50")
    return found


def movements(books: Books) -> list[tuple[str, int]]:
    found = entries_between(
        customer_ids=[books.customer.pk], start=first_second("2026-03-01"), end=last_second("2026-03-31")
    )
    return [(entry.number, entry.amount) for entry in found]


def test_a_statement_over_the_day_shows_both_sides(books: Books) -> None:
    invoice = consolidate_invoices(customer=books.customer, now=NOW)

    assert movements(books) == [
        ("I-1", 10_000), ("I-2", 5_000), ("I-1", -10_000), ("I-2", -5_000), (invoice.number, 15_000),
    ]  # fmt: skip
    assert list(differences(now=NOW)) == []


def test_voiding_the_new_invoice_does_not_bring_the_sources_back(books: Books) -> None:
    invoice = consolidate_invoices(customer=books.customer, now=NOW)

    void_invoice(invoice=invoice, now=at("2026-04-01"))

    assert sum(amount for _, amount in movements(books)) == 0
    assert list(differences(now=at("2026-04-02"))) == []


def test_an_invoice_in_the_hands_of_a_charge_or_on_a_plan_stays(books: Books) -> None:
    charge = Charge.objects.create(
        customer=books.customer, currency="usd", amount=100, method="credit_card", gateway="test"
    )
    ChargeClaim.objects.create(charge=charge, invoice=books.invoices["I-1"], amount=100)
    PaymentPlan.objects.create(invoice=books.invoices["I-2"], agreed_at=NOW)

    with pytest.raises(Refused, match="no open invoices"):
        consolidate_invoices(customer=books.customer, now=NOW)

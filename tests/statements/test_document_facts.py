"""What the paper of a document says, read from the ledger."""

from decimal import Decimal
from typing import Any

import pytest

from customers.ledger.accounts import create_customer, update_customer
from customers.ledger.crediting import issue_credit_note
from customers.ledger.drafting import LevyInput, LineInput
from customers.ledger.issuing import issue_invoice, void_invoice
from customers.ledger.refunding import refund_payment
from customers.models import Company, Customer, Invoice, PaymentSource, TaxRate
from statements.document import BilledDocument, Part, Settled
from statements.document_facts import addressed_to, document_facts
from tests.ledgers import Books, at, open_books

pytestmark = pytest.mark.django_db
NOW = at("2026-08-03")


def facts(row: Any) -> BilledDocument:
    return document_facts(type(row).objects.get(pk=row.pk), company=Company.get(), now=NOW)


@pytest.fixture
def books(db: None) -> Books:
    return open_books()


def billed(customer: Customer, *lines: LineInput, **words: Any) -> Invoice:
    values = {"date": at("2026-07-01"), "due_date": None, **words.pop("values", {})}
    return issue_invoice(customer=customer, lines=list(lines), values=values, now=at("2026-07-01"), **words)


def test_taxes_of_lines_and_of_the_document_are_one_figure_for_each_rate(books: Books) -> None:
    gst = TaxRate.objects.create(code="gst", name="GST", value=Decimal(5))
    vat = TaxRate.objects.create(code="vat", name="VAT", value=Decimal(20), inclusive=True)
    own = LineInput(name="Paper", unit_cost=Decimal(100), taxes=(LevyInput(tax_rate=gst),))
    plain = LineInput(
        name="Ink", quantity=Decimal("2.5"), unit_cost=Decimal(10), discounts=(LevyInput(amount=500),)
    )
    levies = (LevyInput(tax_rate=gst), LevyInput(tax_rate=vat), LevyInput(amount=100))

    document = facts(billed(books.customer, own, plain, taxes=levies, discounts=(LevyInput(amount=1000),)))

    assert [(tax.name, tax.percent, tax.inclusive) for tax in document.taxes] == [
        ("GST", Decimal(5), False), ("VAT", Decimal(20), True), ("", None, False),
    ]  # fmt: skip
    assert document.discounts == (1000,)
    assert document.subtotal - 1000 + sum(tax.amount for tax in document.taxes) == document.total
    assert [item.taxes for item in document.lines] == [("GST",), ()]
    assert [item.discounts for item in document.lines] == [(), (500,)]


def test_what_was_paid_credited_and_given_up_leads_to_the_balance(books: Books) -> None:
    row = books.invoice("2026-07-01", "I-1", "100", due="2026-08-02")
    books.pay("2026-07-05", "30", on=[("I-1", "30")])
    books.credit_note("2026-07-06", "N-1", "20", on="I-1")

    open_one = facts(row)

    assert open_one.parts == (Part("paid", -3000), Part("credits_applied", -2000))
    assert (open_one.balance, open_one.due, open_one.mark, open_one.late) == (5000, 5000, "", True)
    books.write_off("2026-08-02", "I-1")
    lost = facts(row)
    assert lost.parts[-1] == Part("written_off", -5000)
    assert (lost.balance, lost.due, lost.mark) == (0, 0, "")


def test_due_today_is_not_late(books: Books) -> None:
    assert not facts(books.invoice("2026-07-01", "I-1", "100", due="2026-08-03")).late


def test_marks_say_what_is_not_to_be_paid(books: Books) -> None:
    line = LineInput(name="Paper", unit_cost=Decimal(100))
    paid, draft = (
        books.invoice("2026-07-01", "I-1", "10"),
        billed(books.customer, line, values={"draft": True}),
    )
    books.pay("2026-07-05", "10", on=[("I-1", "10")])
    void = books.invoice("2026-07-02", "I-2", "40")
    void_invoice(invoice=void, now=NOW)

    assert [(facts(row).mark, facts(row).due) for row in (paid, draft, void)] == [
        ("paid", 0), ("draft", 0), ("void", 0),
    ]  # fmt: skip
    assert facts(void).balance == 0


def test_an_invoice_of_many_years_ago_without_lines_still_adds_up(books: Books) -> None:
    row = books.invoice("2026-07-01", "I-1", "75")
    row.items.all().delete()

    assert (facts(row).subtotal, facts(row).lines) == (7500, ())


def test_who_is_billed_to_the_parent_is_named_on_the_parents_letter(books: Books) -> None:
    group = create_customer(values={"name": "Group", "city": "Boston"}, now=NOW)
    update_customer(
        customer=books.customer, changes={"parent_customer": group, "bill_to_parent": True}, now=NOW
    )
    row = books.invoice("2026-07-01", "I-1", "75")

    assert addressed_to(Invoice.objects.get(pk=row.pk), company=Company.get()) == group
    assert facts(row).on_behalf_of == "Blue Anchor"


def test_autopay_says_what_it_will_charge_only_when_it_can(books: Books) -> None:
    row = billed(books.customer, LineInput(name="Paper", unit_cost=Decimal(9)), values={"autopay": True})
    assert (facts(row).charge, facts(row).to_pay) == (None, 900)

    card = PaymentSource.objects.create(
        customer=books.customer, kind="card", last4="4242", brand="Visa", gateway="test"
    )
    Customer.objects.filter(pk=books.customer.pk).update(payment_source=card)

    charge = facts(row).charge
    assert charge is not None
    assert charge.source == "Visa ····4242"
    assert facts(row).to_pay == 0


def test_goods_go_where_the_invoice_says(books: Books) -> None:
    place = {"name": "Dock 4", "address1": "9 River Road", "city": "Peoria", "state": "IL", "country": "US"}

    row = billed(books.customer, LineInput(name="Paper"), values={"ship_to": place})

    assert facts(row).ship_to == ("Dock 4", "9 River Road", "Peoria, IL")


def test_a_credit_note_knows_its_invoice_and_what_is_left(books: Books) -> None:
    books.invoice("2026-07-01", "I-1", "15")
    note = books.credit_note("2026-07-06", "N-1", "20", on="I-1")

    document = facts(note)

    assert (document.invoice_number, document.parts) == ("I-1", (Part("used_credit", -1500),))
    assert (document.balance, document.due) == (500, 0)


def test_a_receipt_lists_where_the_money_went_and_what_went_back(books: Books) -> None:
    books.invoice("2026-07-01", "I-1", "60")
    payment = books.pay("2026-07-05", "100", "CHK-1", on=[("I-1", "60"), ("credit", "10"), ("fee", "5")])
    refund_payment(payment=payment, amount=1000, now=NOW)

    document = facts(payment)

    assert document.settled == (
        Settled("invoice", 6000, "I-1", int(at("2026-07-01").timestamp()), 6000),
        Settled("credit", 1000),
        Settled("convenience_fee", 500),
    )
    assert document.parts == (Part("unapplied_payments", 1500), Part("refunded", -1000))
    assert (document.number, document.total) == ("CHK-1", 10_000)


def test_a_payment_that_is_nobodys_is_addressed_to_nobody(books: Books) -> None:
    from customers.ledger.paying import record_payment

    payment = record_payment(customer=None, amount=500, currency="usd", now=NOW)

    assert addressed_to(payment, company=Company.get()).name == ""
    assert facts(payment).number == str(payment.pk)


def test_a_credit_note_on_its_own_has_no_invoice(books: Books) -> None:
    note = issue_credit_note(
        customer=books.customer, lines=[LineInput(name="Back", unit_cost=Decimal(5))], now=NOW
    )

    assert facts(note).invoice_number == ""

"""Payments: what they settle, what stays, and what a change does to the past."""

from collections.abc import Iterator

import pytest

from customers.errors import Refused
from customers.ledger.accounts import update_customer
from customers.ledger.applying import Application
from customers.ledger.clearing import clear_payment, fail_payment
from customers.ledger.open_items import held
from customers.ledger.paying import (
    apply_payment,
    record_payment,
    spread_payment,
    update_payment,
    void_payment,
)
from customers.ledger.reconciling import differences
from customers.ledger.refunding import refund_payment, reverse_payment
from customers.models import CreditBalance, CreditNote, Event, Payment, PaymentApplication
from customers.signals import payment_received
from tests.ledgers import Books, at, last_second, minor, open_books

pytestmark = pytest.mark.django_db
Type = PaymentApplication.Type


@pytest.fixture
def books() -> Books:
    return open_books()


@pytest.fixture(autouse=True)
def _books_agree(db: None) -> Iterator[None]:
    yield
    assert [str(difference) for difference in differences(now=at("2026-12-31"))] == []


def balances(books: Books) -> dict[str, int]:
    for invoice in books.invoices.values():
        invoice.refresh_from_db()
    return {number: invoice.balance for number, invoice in books.invoices.items()}


def test_a_payment_fills_the_earliest_due_invoices_and_keeps_the_rest(books: Books) -> None:
    books.invoice("2026-03-01", "late", "100", due="2026-04-30")
    books.invoice("2026-03-05", "early", "60", due="2026-04-01")
    books.invoice("2026-03-09", "never", "10")

    payment = record_payment(
        customer=books.customer,
        amount=minor("200"),
        spread=True,
        now=at("2026-03-20"),
        values={"method": "check"},
    )

    assert balances(books) == {"late": 0, "early": 0, "never": 0}
    assert payment.balance == minor("30")
    assert list(payment.applications.order_by("pk").values_list("invoice__number", "amount")) == [
        ("early", 6000),
        ("late", 10000),
        ("never", 1000),
    ]


def test_more_than_the_payment_cannot_be_applied(books: Books) -> None:
    books.invoice("2026-03-01", "I-1", "100")

    with pytest.raises(Refused) as refusal:
        books.pay("2026-03-02", "50", on=[("I-1", "60")])

    assert refusal.value.param == "applied_to"
    assert not Payment.objects.exists()
    assert balances(books) == {"I-1": minor("100")}


def test_more_than_is_open_cannot_be_applied(books: Books) -> None:
    books.invoice("2026-03-01", "I-1", "100")
    books.pay("2026-03-02", "80", on=[("I-1", "80")])

    with pytest.raises(Refused, match=r"more than the 20\.00 USD open") as refusal:
        books.pay("2026-03-03", "80", on=[("I-1", "30")])

    assert refusal.value.param == "applied_to.0.amount"


@pytest.mark.parametrize("part", ["0", "-5"])
def test_an_applied_amount_is_more_than_zero(books: Books, part: str) -> None:
    books.invoice("2026-03-01", "I-1", "100")

    with pytest.raises(Refused, match="more than zero"):
        books.pay("2026-03-02", "50", on=[("I-1", part)])


def test_a_stranger_cannot_pay_for_another_account(books: Books) -> None:
    stranger = open_books("Somebody Else")
    invoice = books.invoice("2026-03-01", "I-1", "100")

    with pytest.raises(Refused, match="belongs to another customer"):
        stranger.pay("2026-03-02", "50", on=[(invoice, "50")])


def test_another_currency_cannot_be_applied(books: Books) -> None:
    euros = Books(customer=books.customer, currency="eur")
    invoice = euros.invoice("2026-03-01", "I-1", "100")

    with pytest.raises(Refused, match="is in EUR"):
        books.pay("2026-03-02", "50", on=[(invoice, "50")])


def test_the_same_document_is_not_named_twice(books: Books) -> None:
    books.invoice("2026-03-01", "I-1", "100")

    with pytest.raises(Refused, match="named twice"):
        books.pay("2026-03-02", "50", on=[("I-1", "10"), ("I-1", "10")])


def test_voided_drafts_and_closed_invoices_take_no_payment(books: Books) -> None:
    books.invoice("2026-03-01", "closed", "10")
    books.write_off("2026-03-02", "closed")
    books.invoice("2026-03-01", "draft", "10", draft=True)

    for number in ("closed", "draft"):
        with pytest.raises(Refused):
            books.pay("2026-03-03", "10", on=[(number, "10")])


def test_a_voided_payment_never_came(books: Books) -> None:
    books.invoice("2026-03-01", "I-1", "100", due="2026-03-31")
    payment = books.pay("2026-03-10", "100", on=[("I-1", "100")])

    void_payment(payment=payment, now=at("2026-04-20"))

    assert balances(books) == {"I-1": minor("100")}
    assert held(at=last_second("2026-03-15"), customer_ids=[books.customer.pk]) == {}
    with pytest.raises(Refused, match="already voided"):
        void_payment(payment=payment, now=at("2026-04-21"))


def test_credit_that_was_spent_holds_its_payment(books: Books) -> None:
    from customers.ledger.crediting import apply_credit

    books.invoice("2026-03-01", "I-1", "100")
    payment = books.pay("2026-03-10", "150", on=[("I-1", "100"), ("credit", "50")])
    second = books.invoice("2026-03-11", "I-2", "80")
    apply_credit(customer=books.customer, invoice=second, amount=minor("50"), now=at("2026-03-12"))

    for undo in (void_payment, reverse_payment):
        with pytest.raises(Refused, match=r"credit balance would fall below zero: 50\.00 USD"):
            undo(payment=payment, now=at("2026-03-20"))

    assert CreditBalance.objects.get(customer=books.customer).amount == 0
    assert balances(books) == {"I-1": 0, "I-2": minor("30")}


def test_a_refund_of_the_unapplied_part_is_limited_to_it(books: Books) -> None:
    books.invoice("2026-03-01", "I-1", "100")
    payment = books.pay("2026-03-10", "130", on=[("I-1", "100")])

    with pytest.raises(Refused, match=r"Only 30\.00 USD of this payment are unapplied"):
        refund_payment(payment=payment, amount=minor("31"), now=at("2026-03-11"))
    refund_payment(payment=payment, amount=minor("30"), now=at("2026-03-11"))

    payment.refresh_from_db()
    assert payment.balance == 0


def test_a_refund_before_the_payment_is_refused(books: Books) -> None:
    payment = books.pay("2026-03-10", "30")

    with pytest.raises(Refused, match="before the payment") as refusal:
        refund_payment(payment=payment, amount=100, date=at("2026-03-09"), now=at("2026-03-11"))

    assert refusal.value.param == "date"


def test_a_payment_is_taken_back_once(books: Books) -> None:
    books.invoice("2026-03-01", "I-1", "100")
    payment = books.pay("2026-03-10", "100", on=[("I-1", "100")])

    reverse_payment(payment=payment, now=at("2026-03-12"), reason="Insufficient funds")

    assert balances(books) == {"I-1": minor("100")}
    with pytest.raises(Refused, match="taken back"):
        reverse_payment(payment=payment, now=at("2026-03-13"))


def test_a_pending_payment_counts_from_its_own_date_once_it_clears(books: Books) -> None:
    books.invoice("2026-03-01", "I-1", "100")
    payment = books.pay("2026-03-10", "100", status="pending")
    key = (books.customer.pk, "usd")
    pending = held(at=last_second("2026-03-15"), customer_ids=[books.customer.pk])[key]

    clear_payment(payment=payment, applications=[books.use("I-1", "100")], now=at("2026-03-14"))

    assert (pending.pending, pending.unapplied) == (minor("100"), 0)
    assert balances(books) == {"I-1": 0}
    application = PaymentApplication.objects.get()
    assert application.effective_at == at("2026-03-10")


def test_a_failed_debit_counts_nowhere(books: Books) -> None:
    payment = books.pay("2026-03-10", "100", status="pending")

    fail_payment(payment=payment, now=at("2026-03-14"))

    assert held(at=last_second("2026-03-31"), customer_ids=[books.customer.pk]) == {}


@pytest.mark.parametrize("by_correction", [False, True], ids=["by the bank", "by hand"])
def test_a_failed_debit_was_pending_until_it_failed(books: Books, by_correction: bool) -> None:
    payment = books.pay("2026-03-10", "100", status="pending")
    failed_at = at("2026-03-14", "09:30:00")

    if by_correction:
        update_payment(payment=payment, changes={"status": "failed"}, now=failed_at)
    else:
        fail_payment(payment=payment, now=failed_at)

    second, key = int(failed_at.timestamp()), (books.customer.pk, "usd")
    before = held(at=second - 1, customer_ids=[books.customer.pk])
    assert before[key].pending == minor("100")
    assert held(at=second, customer_ids=[books.customer.pk]) == {}
    assert held(at=last_second("2026-03-09"), customer_ids=[books.customer.pk]) == {}


def test_a_cleared_debit_is_no_remark_of_the_past_beside_the_payment(books: Books) -> None:
    """It counts on its own date: a remark as well would tell the same money twice."""
    payment = books.pay("2026-03-10", "100", status="pending")

    update_payment(payment=payment, changes={"status": "succeeded"}, now=at("2026-03-14"))

    [then] = held(at=last_second("2026-03-12"), customer_ids=[books.customer.pk]).values()
    assert (then.pending, then.unapplied) == (0, minor("100"))
    assert Payment.objects.get(pk=payment.pk).pending_until == at("2026-03-14")


def test_a_payment_made_a_failed_one_by_a_correction_was_never_pending(books: Books) -> None:
    payment = books.pay("2026-03-10", "100")

    update_payment(payment=payment, changes={"status": "failed"}, now=at("2026-03-14"))

    assert held(at=last_second("2026-03-12"), customer_ids=[books.customer.pk]) == {}


def test_replacing_applications_keeps_the_dates_of_those_that_stay(books: Books) -> None:
    books.invoice("2026-03-01", "I-1", "100")
    books.invoice("2026-03-01", "I-2", "100")
    payment = books.pay("2026-03-10", "100", on=[("I-1", "40"), ("I-2", "60")])

    update_payment(
        payment=payment,
        changes={},
        applications=[books.use("I-1", "40"), books.use("credit", "60")],
        now=at("2026-03-20"),
    )

    rows = PaymentApplication.objects.order_by("pk").values_list("type", "effective_at", "ended_at")
    assert list(rows) == [
        ("invoice", at("2026-03-10"), None),
        ("invoice", at("2026-03-10"), at("2026-03-20")),
        ("credit", at("2026-03-20"), None),
    ]


def test_a_fee_that_was_removed_never_counted_even_when_the_date_moves(books: Books) -> None:
    payment = books.pay("2026-03-10", "106", on=[("fee", "6")])

    for day in ("2026-04-20", "2026-03-01"):
        payment = update_payment(
            payment=payment, changes={"date": at(day)}, applications=[], now=at("2026-04-21")
        )

    figures = held(at=last_second("2026-03-15"), customer_ids=[books.customer.pk])
    assert figures[books.customer.pk, "usd"].unapplied == minor("106")


def test_nothing_is_recorded_when_nothing_changes(books: Books) -> None:
    payment = books.pay("2026-03-10", "100")
    before = Event.objects.count()

    update_payment(payment=payment, changes={"method": payment.method}, now=at("2026-03-11"))

    assert Event.objects.count() == before


def test_an_unmatched_payment_is_in_nobodys_ledger_until_it_has_a_customer(books: Books) -> None:
    books.invoice("2026-03-01", "I-1", "100")
    payment = record_payment(customer=None, amount=minor("100"), currency="usd", now=at("2026-03-10"))

    with pytest.raises(Refused, match="needs a customer"):
        apply_payment(payment=payment, applications=[books.use("I-1", "100")], now=at("2026-03-11"))
    with pytest.raises(Refused, match="no customer"):
        spread_payment(payment=payment, now=at("2026-03-11"))
    update_payment(payment=payment, changes={"customer": books.customer}, now=at("2026-03-12"))
    spread_payment(payment=payment, now=at("2026-03-12"))

    assert balances(books) == {"I-1": 0}


def test_a_parent_pays_for_its_child_but_not_the_other_way_round() -> None:
    parent, child = open_books("Harbor Group"), open_books("Harbor North")
    update_customer(
        customer=child.customer, changes={"parent_customer": parent.customer}, now=at("2026-01-02")
    )
    child.customer.refresh_from_db()
    of_child = child.invoice("2026-03-01", "C-1", "10")
    of_parent = parent.invoice("2026-03-01", "P-1", "10")

    parent.pay("2026-03-02", "10", on=[(of_child, "10")])
    with pytest.raises(Refused, match="belongs to another customer"):
        child.pay("2026-03-02", "10", on=[(of_parent, "10")])


def test_a_credit_note_of_the_parent_does_not_settle_what_the_child_owes() -> None:
    parent, child = open_books("Harbor Group"), open_books("Harbor North")
    update_customer(
        customer=child.customer, changes={"parent_customer": parent.customer}, now=at("2026-01-02")
    )
    child.customer.refresh_from_db()
    of_child = child.invoice("2026-03-01", "C-1", "9")
    of_parent = parent.credit_note("2026-03-01", "N-1", "30")
    own = child.credit_note("2026-03-01", "N-2", "30")

    def settled_by(note: CreditNote) -> Payment:
        wanted = Application(Type.CREDIT_NOTE, minor("9"), of_child, note)
        return record_payment(
            customer=parent.customer, amount=0, currency="usd", applications=[wanted], now=at("2026-03-02")
        )

    with pytest.raises(Refused, match="belongs to another customer") as refusal:
        settled_by(of_parent)
    settled_by(own)

    assert refusal.value.param == "applied_to.0.credit_note"
    assert balances(child) == {"C-1": 0}


def test_others_are_told_after_the_money_is_in_the_books(books: Books) -> None:
    heard = []

    def listen(sender: object, payment_id: int, **news: object) -> None:
        heard.append(Payment.objects.get(pk=payment_id).amount)
        raise RuntimeError("a fault upstairs")

    payment_received.connect(listen)
    try:
        books.pay("2026-03-10", "25")
    finally:
        payment_received.disconnect(listen)

    assert heard == [minor("25")]
    assert Payment.objects.count() == 1


def test_an_application_of_the_wrong_shape_is_refused(books: Books) -> None:
    payment = books.pay("2026-03-10", "25")

    with pytest.raises(Refused, match="needs an invoice") as refusal:
        apply_payment(payment=payment, applications=[Application(Type.INVOICE, 5)], now=at("2026-03-11"))

    assert refusal.value.param == "applied_to.0.invoice"


def test_what_was_given_back_fixes_the_payment(books: Books) -> None:
    refunded, returned = books.pay("2026-03-10", "50"), books.pay("2026-03-10", "70")
    refund_payment(payment=refunded, amount=minor("20"), now=at("2026-03-15"))
    reverse_payment(payment=returned, now=at("2026-03-15"))

    for payment in (refunded, returned):
        for change in ({"currency": "eur"}, {"amount": minor("90")}):
            with pytest.raises(Refused, match="refunded or taken back") as refusal:
                update_payment(payment=payment, changes=change, now=at("2026-03-20"))
            assert refusal.value.param == next(iter(change))
        with pytest.raises(Refused, match="after the day") as refusal:
            update_payment(payment=payment, changes={"date": at("2026-03-16")}, now=at("2026-03-20"))
        assert refusal.value.param == "date"


def test_a_fee_noticed_later_was_part_of_the_payment_all_along(books: Books) -> None:
    payment = books.pay("2026-03-10", "106")

    apply_payment(payment=payment, applications=[books.use("fee", "6")], now=at("2026-03-20"))

    figures = held(at=last_second("2026-03-12"), customer_ids=[books.customer.pk])
    assert figures[books.customer.pk, "usd"].unapplied == minor("100")
    payment.refresh_from_db()
    update_payment(payment=payment, changes={"date": at("2026-03-05")}, now=at("2026-03-21"))
    figures = held(at=last_second("2026-03-07"), customer_ids=[books.customer.pk])
    assert figures[books.customer.pk, "usd"].unapplied == minor("100")

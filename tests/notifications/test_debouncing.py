"""The same mail to the same address within five minutes is sent once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from customers.errors import Refused
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice, update_invoice
from customers.models import Customer, Invoice
from notifications.models import Message
from notifications.sending import send_statement
from notifications.sending_documents import send_document
from statements.models import IssuedStatement
from statements.options import day_options
from statements.statement import Options
from tests.ledgers import CHICAGO, last_second
from tests.notifications.conftest import Debtor
from tests.notifications.mail_server import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

Send = Callable[..., list[Message]]


@pytest.fixture
def acme(debtor: Debtor) -> Customer:
    return debtor("Acme")


@pytest.fixture
def send(acme: Customer, options: Options, now: datetime) -> Send:
    def send(*, later: int = 0, **words: Any) -> list[Message]:
        defaults = {"customer": acme, "channel": "email", "options": options}
        return send_statement(now=now + timedelta(seconds=later), **{**defaults, **words})

    return send


def bill(customer: Customer, *, at: datetime) -> Invoice:
    line = LineInput(name="More goods", unit_cost=Decimal("30.00"))
    return issue_invoice(customer=customer, lines=[line], values={"date": at}, now=at)


def test_a_second_one_is_dropped_silently_and_the_first_is_answered(send: Send) -> None:
    first, second = send(), send(later=299)

    assert [message.pk for message in second] == [message.pk for message in first]
    assert (Message.objects.count(), IssuedStatement.objects.count()) == (1, 1)


def test_five_minutes_later_it_is_sent_again(send: Send) -> None:
    send()
    send(later=301)

    assert Message.objects.count() == 2


def test_a_statement_that_ends_now_ends_later_the_next_time_and_is_the_same(
    send: Send, now: datetime
) -> None:
    for seconds in (0, 7):
        end = int((now + timedelta(seconds=seconds)).timestamp())
        send(later=seconds, options=Options(type="open_item", end=end))

    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "words",
    [
        {"to": "other@acme.example"},
        {"options": Options(type="open_item", end=last_second("2026-06-30"))},
        {"options": day_options(type="balance_forward", zone=CHICAGO, end_day=date(2026, 7, 31))},
        {"options": Options(type="open_item", end=last_second("2026-07-31"), items="past_due")},
        {
            "channel": "letter",
            "address": {"address1": "1 Quay", "city": "Boston", "state": "MA", "postal_code": "02110"},
        },
    ],
)
def test_another_address_period_kind_or_channel_is_another_mail(send: Send, words: dict[str, Any]) -> None:
    send()
    send(**words)

    assert Message.objects.count() == 2


def test_a_statement_whose_figures_changed_is_another_document(
    send: Send, acme: Customer, now: datetime
) -> None:
    send()
    bill(acme, at=now - timedelta(days=5))
    send(options=Options(type="open_item", end=int(now.timestamp())))

    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    "words",
    [{"subject": "Correction"}, {"message": "The right text."}, {"bcc": "boss@harbour.example"}],
)
def test_a_corrected_mail_is_another_one(send: Send, words: dict[str, Any]) -> None:
    wrong = {"subject": "First", "message": "The wrong text.", "bcc": "audit@harbour.example"}
    send(**wrong)

    [right] = send(later=20, **{**wrong, **words})

    assert Message.objects.count() == 2
    assert words.items() <= {
        "subject": right.subject, "message": right.text, "bcc": ",".join(right.bcc)
    }.items()  # fmt: skip
    send(later=40, **{**wrong, **words})
    assert Message.objects.count() == 2


def test_the_same_words_with_fewer_copies_are_nothing_new_for_anybody(send: Send) -> None:
    send(bcc="audit@harbour.example,boss@harbour.example")
    send(bcc="audit@harbour.example")

    assert Message.objects.count() == 1


def test_a_copy_counts_as_sent_whoevers_mail_it_went_with(send: Send) -> None:
    send(to=["ann@acme.example", "ben@acme.example"], bcc="audit@harbour.example")
    send(to=["ben@acme.example"], bcc="audit@harbour.example")

    assert Message.objects.count() == 2


def test_another_name_in_the_greeting_is_another_mail(send: Send) -> None:
    send(to=[{"name": "Ann", "email": "desk@acme.example"}], message="Dear {{contact_name}}")
    send(to=[{"name": "Ben", "email": "desk@acme.example"}], message="Dear {{contact_name}}")

    assert Message.objects.count() == 2


def test_a_statement_to_another_postal_address_is_another_document(send: Send, acme: Customer) -> None:
    send()
    acme.city = "Salem"
    acme.save()
    send()

    assert Message.objects.count() == 2


@pytest.mark.parametrize("words", [{"message": "{{#a}}"}, {"subject": "{{nobody_knows"}])
def test_bad_words_are_refused_also_right_after_a_good_mail(send: Send, words: dict[str, Any]) -> None:
    send()

    with pytest.raises(Refused):
        send(later=5, **words)

    assert Message.objects.count() == 1


def test_only_those_are_left_out_who_have_got_it(send: Send) -> None:
    [ann] = send(to=["ann@acme.example"])

    both = send(to=["ben@acme.example", "ann@acme.example"])

    assert [message.recipient for message in both] == ["ben@acme.example", "ann@acme.example"]
    assert both[1].pk == ann.pk
    assert Message.objects.count() == 2


@pytest.mark.parametrize("state", ["failed", "bounced", "canceled"])
def test_what_never_arrived_leaves_the_address_free(send: Send, state: str) -> None:
    [first] = send()
    Message.objects.filter(pk=first.pk).update(state=state)

    send(later=5)

    assert Message.objects.count() == 2


def test_a_mail_of_unclear_fate_may_have_arrived(send: Send) -> None:
    [first] = send()
    Message.objects.filter(pk=first.pk).update(state="unknown")

    send(later=5)

    assert Message.objects.count() == 1


def test_invoices_are_told_apart(acme: Customer, now: datetime) -> None:
    invoices = [acme.invoices.get(), bill(acme, at=now)]
    for _ in range(2):
        for invoice in invoices:
            send_document(document=invoice, channel="email", now=now, template="new_invoice_email")

    assert Message.objects.count() == 2


def test_an_invoice_goes_again_once_its_amounts_were_corrected(acme: Customer, now: datetime) -> None:
    invoice = bill(acme, at=now)

    def mail() -> list[str]:
        row = Invoice.objects.get(pk=invoice.pk)
        sent = send_document(document=row, channel="email", now=now, template="new_invoice_email")
        return [message.text for message in sent]

    first = mail()
    assert mail() == first
    lines = [LineInput(name="More goods", unit_cost=Decimal("5.00"))]
    update_invoice(invoice=Invoice.objects.get(pk=invoice.pk), changes={}, lines=lines, now=now)
    [corrected] = mail()

    assert "$30.00" in first[0]
    assert "$5.00" in corrected
    assert Message.objects.count() == 2


def test_a_setting_switches_it_off(send: Send, settings: Any) -> None:
    settings.EMAIL_DEBOUNCE_SECONDS = 0
    send()
    send()

    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_buttons_pressed_in_the_same_moment_send_once(send: Send, sink: Sink) -> None:
    barrier = Barrier(4)

    def press(_: int) -> None:
        barrier.wait()
        try:
            send()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(4)))

    assert Message.objects.count() == 1
    assert sum(sink.copies.values()) == 1

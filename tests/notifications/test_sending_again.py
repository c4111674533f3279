"""The same document with the same number, in a new message."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from customers.errors import Refused
from customers.models import Company, Customer
from notifications.models import Message
from notifications.sending import send_statement
from notifications.sending_again import send_again
from statements.documents import read_file
from statements.issuing import cancel_statements
from statements.models import IssuedStatement
from statements.statement import Options
from tests.desk import at_desk, staff, token_of
from tests.notifications.conftest import JULY_END, NOW, Debtor, company, debtor  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


@pytest.fixture
def acme(debtor: Debtor) -> Customer:  # noqa: F811
    return debtor("Acme")


@pytest.fixture
def issued(acme: Customer) -> IssuedStatement:
    [message] = send_statement(
        customer=acme, channel="email", options=Options(type="open_item", end=JULY_END), now=NOW
    )
    assert message.issued_statement is not None
    return message.issued_statement


def test_sends_the_same_bytes_and_number_and_issues_nothing(issued: IssuedStatement) -> None:
    before = read_file(issued)
    Company.objects.update(name="Another letterhead")

    [message] = send_again(issued=issued, channel="email", now=LATER)

    message.refresh_from_db()
    issued.refresh_from_db()
    assert message.issued_statement == issued
    assert message.state in ("sent", "queued")
    assert read_file(issued) == before
    assert issued.attempt == 1
    assert IssuedStatement.objects.count() == 1
    assert Message.objects.count() == 2


def test_goes_to_whom_it_is_now_addressed(issued: IssuedStatement) -> None:
    [message] = send_again(
        issued=issued, channel="email", now=LATER, to=[{"email": "new@acme.example"}], subject="Once more"
    )

    assert (message.recipient, message.subject) == ("new@acme.example", "Once more")


def test_what_was_canceled_or_belongs_to_nobody_is_not_sent(issued: IssuedStatement) -> None:
    issued.customer = None
    with pytest.raises(Refused, match="deleted"):
        send_again(issued=issued, channel="email", now=LATER)
    cancel_statements(statement_ids=[issued.pk], now=LATER)
    issued.refresh_from_db()

    with pytest.raises(Refused, match="canceled"):
        send_again(issued=issued, channel="email", now=LATER)

    assert Message.objects.count() == 1


def test_a_document_on_a4_does_not_go_by_post(issued: IssuedStatement) -> None:
    issued.paper = "a4"

    with pytest.raises(Refused, match="A4"):
        send_again(issued=issued, channel="letter", now=LATER)


def page_of(issued: IssuedStatement) -> str:
    return reverse("admin:notifications_message_send_again", args=[issued.pk])


def test_the_button_leads_to_a_form_that_sends_once(issued: IssuedStatement) -> None:
    desk = at_desk()
    shown = desk.get(reverse("admin:statements_issuedstatement_change", args=[issued.pk]))
    assert page_of(issued) in shown.content.decode()
    form = {"channel": "email", "to": "new@acme.example", "once": token_of(desk.get(page_of(issued)))}

    first, second = desk.post(page_of(issued), form), desk.post(page_of(issued), form)

    assert (first.status_code, second.status_code) == (302, 302)
    assert [row.recipient for row in Message.objects.order_by("pk")][1:] == ["new@acme.example"]
    assert {row.issued_statement_id for row in Message.objects.all()} == {issued.pk}


def test_a_refusal_is_shown_on_the_form(issued: IssuedStatement) -> None:
    desk = at_desk()
    form = {"channel": "email", "to": "nobody", "once": token_of(desk.get(page_of(issued)))}

    answer = desk.post(page_of(issued), form)

    assert answer.status_code == 422
    assert Message.objects.count() == 1


def test_only_those_who_may_send_their_own_customers_statements(issued: IssuedStatement) -> None:
    def seen(client: Client) -> int:
        return client.get(page_of(issued)).status_code

    assert seen(at_desk(staff("Rita", role="read_only"))) == 403
    assert seen(at_desk(staff("Max", role="account_manager"))) == 404
    cancel_statements(statement_ids=[issued.pk], now=LATER)
    assert seen(at_desk()) == 404

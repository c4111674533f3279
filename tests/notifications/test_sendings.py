"""What the log of views learns from the outbox: how and when a link went out."""

import pytest
from django.test import Client

from notifications.models import Message
from notifications.sending import send_statement
from notifications.sendings import sendings_of
from statements.models import StatementView
from statements.statement import Options
from tests.notifications.conftest import JULY_END, NOW, Debtor

pytestmark = pytest.mark.django_db

OPTIONS = Options(type="open_item", end=JULY_END)


def test_a_statement_is_known_by_the_messages_that_were_handed_over(debtor: Debtor) -> None:
    [mail] = send_statement(customer=debtor("Acme"), channel="email", options=OPTIONS, now=NOW)
    assert mail.issued_statement_id is not None

    [sending] = sendings_of(mail.issued_statement_id)

    mail.refresh_from_db()
    assert (sending.channel, sending.at) == ("email", mail.sent_at)


def test_what_still_waits_was_not_sent(debtor: Debtor) -> None:
    [mail] = send_statement(customer=debtor("Acme"), channel="email", options=OPTIONS, now=NOW, deliver=False)
    assert mail.issued_statement_id is not None

    assert sendings_of(mail.issued_statement_id) == []


def test_a_view_of_a_mailed_statement_names_the_channel(client: Client, debtor: Debtor) -> None:
    [mail] = send_statement(customer=debtor("Acme"), channel="email", options=OPTIONS, now=NOW)
    assert mail.issued_statement is not None

    client.get(f"/statements/{mail.issued_statement.token}", HTTP_USER_AGENT="Mozilla/5.0 Firefox/140.0")

    view = StatementView.objects.get()
    assert (view.channel, view.is_bot) == ("email", False)
    assert Message.objects.get().opens == 0

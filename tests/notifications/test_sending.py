"""One statement, sent."""

from datetime import datetime

import pytest

from customers.models import Event
from notifications.sending import send_statement
from statements.models import IssuedStatement
from statements.statement import Options
from tests.notifications.conftest import Debtor

pytestmark = pytest.mark.django_db


def test_sends_an_email_with_the_statement_and_its_link(
    debtor: Debtor, options: Options, now: datetime
) -> None:
    acme = debtor("Acme")

    [message] = send_statement(customer=acme, channel="email", options=options, now=now)

    issued = IssuedStatement.objects.get()
    assert message.state == "sent"
    assert message.vendor == "sandbox"
    assert message.recipient == "accounts1@example.test"
    assert message.subject == "Account statement from Harbour Supplies"
    assert "$120.00" in message.text
    assert f"/statements/{issued.token}" in message.text
    assert message.request is not None
    assert message.request["attachments"] == [
        {"filename": "Acme Statement.pdf", "sha256": issued.sha256, "pages": issued.page_count}
    ]
    assert message.request["headers"]["To"] == "Acme <accounts1@example.test>"
    assert Event.objects.filter(type="email.sent", object_id=message.public_id).count() == 1

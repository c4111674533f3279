"""Many workers at once, on real connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection

from notifications.delivering import deliver_batch
from notifications.models import Message
from notifications.sending import send_statement
from statements.issuing import render_batch
from statements.statement import Options
from tests.notifications.conftest import Debtor
from tests.notifications.mail_server import Sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_pdf")]


def test_four_workers_send_each_message_once(
    debtor: Debtor, options: Options, now: datetime, sink: Sink
) -> None:
    for _ in range(12):
        send_statement(customer=debtor(), channel="email", options=options, now=now, deliver=False)
    render_batch(now=now)

    def work(_: int) -> int:
        try:
            return deliver_batch(channel="email", now=now).handled
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        handled = sum(pool.map(work, range(8)))

    assert handled == 12
    assert set(sink.copies.values()) == {1}
    assert len(sink.copies) == 12
    assert Message.objects.filter(state="sent").count() == 12

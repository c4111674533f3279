"""The state on the wire is the same whether a row is shown or a list is filtered by it."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from notifications.models import Message
from notifications.wire.states import EMAIL_STATES, LETTER_STATES, TEXT_STATES, wire_state, wire_states

pytestmark = pytest.mark.django_db

NOW = timezone.now()
WORDS = {"email": EMAIL_STATES, "sms": TEXT_STATES, "letter": LETTER_STATES}


@pytest.mark.parametrize("channel", WORDS)
def test_one_row_and_a_whole_list_agree_about_every_state(channel: str) -> None:
    kinds = product(
        Message.State.values, Message.Reason.values, (0, 1), (None, NOW, NOW + timedelta(9)), (None, NOW)
    )  # the last: when a letter set out, and when a mail was put off
    rows = [
        Message(
            channel=channel, recipient="x", recipient_key="x", state=state, reason=reason, attempt=attempt,
            due_at=due, in_transit_at=moved, deferred_at=moved, vendor="v", sent_at=NOW, sending_since=NOW,
            lease_token="t" if state == "sending" else "", lease_until=NOW if state == "sending" else None,
        )
        for state, reason, attempt, due, moved in kinds
    ]  # fmt: skip
    Message.objects.bulk_create(rows, batch_size=200)

    found = Message.objects.annotate(word=wire_states(channel))

    assert [row.word for row in found] == [wire_state(row) for row in found]  # type: ignore[attr-defined]
    assert {wire_state(row) for row in found} == set(WORDS[channel])

"""Sends an issued statement again: the same document with the same number, in a new message."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.errors import Refused
from customers.models import Company
from notifications.composing import compose_messages
from notifications.debouncing import digest_statement
from notifications.delivering import deliver_now
from notifications.models import Message
from notifications.sending import BUDGET_SECONDS, admitted, open_letterbox, save_all
from statements.issuing import render_now
from statements.models import IssuedStatement


def send_again(
    *,
    issued: IssuedStatement,
    channel: str,
    now: datetime,
    to: Any = None,
    bcc: str | None = None,
    template: str | None = None,
    subject: str | None = None,
    message: str | None = None,
    address: Mapping[str, str] | None = None,
) -> list[Message]:
    """One message for each recipient; nothing is issued, numbered or computed anew.

    Raises Refused, with nothing created, for a canceled statement, one whose customer was deleted, one on A4
    by post, and whatever `send_statement` refuses. Must not be called inside a transaction.
    """
    customer, company = issued.customer, Company.get()
    if issued.canceled_at is not None:
        raise Refused("This statement was canceled.")
    if customer is None:
        raise Refused("The customer of this statement was deleted.")
    if channel == "letter" and issued.paper != IssuedStatement.Paper.LETTER:
        raise Refused(
            "This statement is on A4, and letters go on US Letter: send a new one.", param="channel"
        )
    box = open_letterbox(
        channel=channel, customer=customer, company=company, now=now, to=to, bcc=bcc, subject=subject,
        message=message, template=template, address=address,
    )  # fmt: skip
    with transaction.atomic():
        box = admitted(box, now=now)
        messages = compose_messages(issued=issued, customer=customer, company=company, box=box, now=now)
        digests = digest_statement(box=box, statement=issued.statement, company=company, customer=customer)
        save_all(messages, request_key="", digests=digests)
    if render_now(issued, now=now):
        Message.objects.filter(issued_statement=issued, due_at=None).update(due_at=now)
    deliver_now(messages=messages, now=now, seconds=BUDGET_SECONDS)
    return messages

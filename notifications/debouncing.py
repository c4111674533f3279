"""The same mail to the same address within a few minutes is one mail: a button pressed twice, a retry."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from customers.ledger.locking import lock_accounts
from notifications.composing import Letterbox
from notifications.models import Message
from statements.statement import Statement

State = Message.State
# What never arrived leaves the address free.
_NEVER_ARRIVED = (State.FAILED, State.BOUNCED, State.CANCELED)


def without_repeated(
    box: Letterbox, *, customer_id: int | None, same: Q, now: datetime
) -> tuple[Letterbox, list[Message]]:
    """The letterbox without who has just been written to, and the mails that those have got.

    `same` says which messages carry the same document. Called in the transaction that writes the
    mails: one sender at a time looks and writes for a customer. Only mails are held back.
    """
    if box.channel != Message.Channel.EMAIL or customer_id is None:
        return box, []
    lock_accounts([customer_id])
    repeated = recent_copies(box, customer_id=customer_id, same=same, now=now)
    served = {message.recipient_key for message in repeated}
    fresh = tuple(recipient for recipient in box.recipients if recipient.key not in served)
    return replace(box, recipients=fresh), repeated


def recent_copies(box: Letterbox, *, customer_id: int, same: Q, now: datetime) -> list[Message]:
    """The latest mail to each recipient with the same template and document, if it went just now."""
    recent = Message.objects.on_channel("email").filter(
        same,
        customer=customer_id,
        run=None,
        template=box.wording.name,
        recipient_key__in=[recipient.key for recipient in box.recipients],
        created_at__gt=now - timedelta(seconds=settings.EMAIL_DEBOUNCE_SECONDS),
    )
    arriving = recent.exclude(state__in=_NEVER_ARRIVED).order_by("pk")
    return list({message.recipient_key: message for message in arriving}.values())


def same_statement(statement: Statement) -> Q:
    """Messages with this very statement, issued for the same period with the same figures.

    One that ends now ends a moment later the next time.
    """
    options, window = statement.options, timedelta(seconds=settings.EMAIL_DEBOUNCE_SECONDS)
    end = _moment(options.end)
    return Q(
        issued_statement__type=options.type,
        issued_statement__items=options.items,
        issued_statement__currency=statement.currency,
        issued_statement__start_at=None if options.start is None else _moment(options.start),
        issued_statement__end_at__gt=end - window,
        issued_statement__end_at__lt=end + window,
        issued_statement__headline=statement.headline,
        issued_statement__line_count=len(statement.lines)
        + len(statement.open_lines)
        + len(statement.credit_lines),
    )


def in_order(box: Letterbox, sent: Iterable[Message]) -> list[Message]:
    """One message for each recipient, as they were named."""
    by_key = {message.recipient_key: message for message in sent}
    return [by_key[recipient.key] for recipient in box.recipients if recipient.key in by_key]


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)

"""The same mail to the same address within a few minutes is one mail: a button pressed twice, a retry.

The same is what reads the same, carries the same document and goes to no further blind copy. A mail
with a corrected word, amount or copy is another one.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db.models import Q

from customers.ledger.locking import lock_accounts
from customers.links import statement_url
from customers.models import Company, Customer
from notifications.composing import Letterbox, write_texts
from notifications.models import Message
from notifications.wording import Variables, statement_variables
from statements.document import BilledDocument
from statements.documents import addressee_of, locale_of, sender_of, template_version
from statements.facts import to_facts
from statements.models import StatementTemplate
from statements.parties import Parties, to_kept
from statements.statement import Statement

State = Message.State
# What never arrived leaves the address free.
_NEVER_ARRIVED = (State.FAILED, State.BOUNCED, State.CANCELED)
# In the place of a link that is drawn anew each time.
_ANY_TOKEN = "x" * 24

# What each recipient reads and gets, as one word, by the recipient's key.
Digests = Mapping[str, str]


def without_repeated(
    box: Letterbox, *, customer_id: int | None, same: Q, digests: Digests, now: datetime
) -> tuple[Letterbox, list[Message]]:
    """The letterbox without who has just been written to, and the mails that those have got.

    `same` says which messages are about the same document at all. Called in the transaction that writes
    the mails: one sender at a time looks and writes for a customer. Only mails are held back.
    """
    if box.channel != Message.Channel.EMAIL or customer_id is None:
        return box, []
    lock_accounts([customer_id])
    repeated = recent_copies(box, customer_id=customer_id, same=same, digests=digests, now=now)
    served = {message.recipient_key for message in repeated}
    fresh = tuple(recipient for recipient in box.recipients if recipient.key not in served)
    return replace(box, recipients=fresh), repeated


def recent_copies(
    box: Letterbox, *, customer_id: int, same: Q, digests: Digests, now: datetime
) -> list[Message]:
    """The latest mail to each recipient that was this very one, if it went just now."""
    recent = Message.objects.on_channel("email").filter(
        same,
        customer=customer_id,
        run=None,
        template=box.wording.name,
        created_at__gt=now - timedelta(seconds=settings.EMAIL_DEBOUNCE_SECONDS),
    )
    arriving = list(recent.exclude(state__in=_NEVER_ARRIVED).order_by("pk"))
    copied: dict[datetime, set[str]] = {}
    for message in arriving:  # mails of one moment are those of one send: the first of them has the copies
        copied.setdefault(message.created_at, set()).update(message.bcc)
    return list(
        {
            message.recipient_key: message
            for message in arriving
            if message.content_digest
            and message.content_digest == digests.get(message.recipient_key)
            and copied[message.created_at].issuperset(box.bcc)
        }.values()
    )


def digest_statement(
    *, box: Letterbox, statement: Statement, company: Company, customer: Customer
) -> Digests:
    """What a statement would say to each recipient. Raises Refused for bad words, sent just now or not.

    One that ends now ends a moment later the next time, so that its end does not count here; nor does how
    it differs from the one before, which is the first of the two then.
    """

    def words_for(name: str) -> Variables:
        return statement_variables(
            statement=statement,
            company=company,
            customer=customer,
            url=statement_url(_ANY_TOKEN),
            contact_name=name,
        )

    lasting = replace(statement, options=replace(statement.options, end=0), changed_since=None)
    return _digests(box, words_for, [to_facts(lasting), *_frame(company, customer)])


def digest_document(
    *,
    box: Letterbox,
    words_for: Callable[[str], Variables],
    document: BilledDocument,
    company: Company,
    customer: Customer,
) -> Digests:
    """What an invoice, credit note or receipt would say to each, called by name. Raises as above."""
    return _digests(box, words_for, [asdict(document), *_frame(company, customer)])


def _digests(box: Letterbox, words_for: Callable[[str], Variables], carried: list[Any]) -> Digests:
    return {
        recipient.key: _digest(
            [write_texts(box, words_for(recipient.name), label=""), box.carries_document, carried]
        )
        for recipient in box.recipients
    }


def _frame(company: Company, customer: Customer) -> list[Any]:
    """Who writes to whom, and in which look. The file itself does not tell: its date differs each time."""
    template = StatementTemplate.current()
    sender = sender_of(company, template, logo=False)
    locale = locale_of(company=company, customer=customer)
    parties = Parties(sender, addressee_of(customer), locale, company.zone)
    return [to_kept(parties), template.pk, template_version(template, company)]


def _digest(parts: list[Any]) -> str:
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


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

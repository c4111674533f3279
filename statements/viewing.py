"""The log of views: who opened which link when, people and programs told apart.

Only people count as having read. Mail scanners do not say what they are: they give themselves away
by opening a link in the seconds after it was sent.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Count, Min, Q, QuerySet

from customers.models import Customer
from statements.models import IssuedStatement, StatementView
from statements.visitors import Visitor

logger = logging.getLogger("duebook.links")

# Looking again within this time is the same look.
ONE_LOOK = timedelta(seconds=60)
# Nobody reads a mail and follows its link so fast; within the longer time, several visitors are scanners.
AT_ONCE = timedelta(seconds=5)
SOON = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that carried the link of an issued statement."""

    channel: str
    at: datetime


# Given the id of an issued statement, how and when it was sent. Filled by the floor that sends.
SendingsOf = Callable[[int], Sequence[Sending]]

_lookups: list[SendingsOf] = []


def ask_for_sendings(lookup: SendingsOf) -> None:
    """Register who knows what was sent; called once, when an app is ready."""
    if lookup not in _lookups:
        _lookups.append(lookup)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the log says of one link: when it was first read, how often, and by how many programs."""

    first_at: datetime | None = None
    readers: int = 0
    programs: int = 0


def record_view(
    *,
    customer: Customer,
    issued: IssuedStatement | None,
    part: str,
    visitor: Visitor,
    now: datetime,
) -> bool:
    """Log that a link was opened; False for staff, and for the same look once more.

    A page is shown whether or not this works: a log that fails is told to operators.
    """
    if visitor.is_staff:
        return False
    try:
        with transaction.atomic():
            return _record(customer, issued, part, visitor, now)
    except DatabaseError:
        logger.warning("A view of a statement was not logged.", exc_info=True)
        return False


def readings_of(issued_ids: Collection[int]) -> dict[int, Reading]:
    """The readings of issued statements by id, in one query."""
    rows = (
        StatementView.objects.filter(issued__in=issued_ids)
        .values("issued")
        .annotate(
            first=Min("at", filter=Q(is_bot=False)),
            people=Count("pk", filter=Q(is_bot=False)),
            programs=Count("pk", filter=Q(is_bot=True)),
        )
        .order_by("issued")
    )
    return {row["issued"]: Reading(row["first"], row["people"], row["programs"]) for row in rows}


def forget_views(*, now: datetime) -> int:
    """Drop what is older than `VIEW_LOG_DAYS`; the sweep behind the promise."""
    old = StatementView.objects.filter(at__lt=now - timedelta(days=settings.VIEW_LOG_DAYS))
    return old.delete()[0]


def _record(
    customer: Customer, issued: IssuedStatement | None, part: str, visitor: Visitor, now: datetime
) -> bool:
    whose = {"issued": issued} if issued else {"issued": None, "customer": customer}
    link = StatementView.objects.filter(**whose)
    same = link.filter(part=part, address=visitor.address, user_agent=visitor.user_agent)
    if same.filter(at__gt=now - ONE_LOOK).exists():
        return False
    sent = [found for lookup in _lookups for found in lookup(issued.pk)] if issued else []
    channels = {sending.channel for sending in sent}
    StatementView.objects.create(
        customer=customer,
        issued=issued,
        at=now,
        part=part,
        channel=channels.pop() if len(channels) == 1 else "",
        address=visitor.address,
        user_agent=visitor.user_agent,
        is_bot=visitor.is_program or _is_scanner(link, sent, visitor, now),
    )
    return True


def _is_scanner(
    link: QuerySet[StatementView], sent: Sequence[Sending], visitor: Visitor, now: datetime
) -> bool:
    """By the time since a mail went; a second visitor within the longer time gives away the first, too.

    Who goes on from a page, to its PDF or lines, is who opened the page; such a reader is not taken back.
    """
    mails = [sending.at for sending in sent if sending.channel == "email"]
    recent = [at for at in mails if timedelta() <= now - at <= SOON]
    if not recent:
        return False
    looks: dict[tuple[str | None, str], list[StatementView]] = {}
    for look in link.filter(at__gte=max(recent)).order_by("pk"):
        looks.setdefault((look.address, look.user_agent), []).append(look)
    if own := looks.pop((visitor.address, visitor.user_agent), None):
        return own[0].is_bot and _was_at_once(own[0], recent)
    if not looks:
        return now - max(recent) <= AT_ONCE
    first = [views[0].pk for views in looks.values() if len(views) == 1]
    link.filter(pk__in=first).update(is_bot=True)
    return True


def _was_at_once(look: StatementView, mails: Sequence[datetime]) -> bool:
    return any(timedelta() <= look.at - at <= AT_ONCE for at in mails)

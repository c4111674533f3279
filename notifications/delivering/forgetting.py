"""What is not kept for ever: who looked into a mail from where, and, if so set, what messages said."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from notifications.models import Message, MessageEvent

State = Message.State
_PIECE = 500
# A letter's words are in its document.
_WORDED = (Message.Channel.EMAIL, Message.Channel.SMS)
# What may still go out, or be decided about, needs its words.
_IN_HAND = (*Message.OPEN_STATES, State.UNKNOWN)
# Where the request as sent repeats the words.
_SAYING = frozenset({"text", "html", "headers", "Body"})


def forget_readers(*, now: datetime) -> int:
    """Drop address and program of whoever opened a mail more than `OPEN_LOG_DAYS` ago; the open stays."""
    known = ~Q(ip=None) | ~Q(user_agent="")
    old = MessageEvent.objects.filter(known, occurred_at__lt=now - timedelta(days=settings.OPEN_LOG_DAYS))
    forgotten = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:_PIECE]):
        forgotten += MessageEvent.objects.filter(pk__in=ids).update(ip=None, user_agent="")
    return forgotten


def forget_words(*, now: datetime) -> int:
    """Empty subject and text of mails and texts older than `MESSAGE_KEEP_DAYS`; 0 keeps them for ever.

    That there was a message, to whom and what became of it stays. Returns how many were emptied.
    """
    if not settings.MESSAGE_KEEP_DAYS:
        return 0
    before = now - timedelta(days=settings.MESSAGE_KEEP_DAYS)
    old = Message.objects.filter(channel__in=_WORDED, created_at__lt=before).exclude(state__in=_IN_HAND)
    worded = old.exclude(text="", html="", subject="")
    worded = old.exclude(text="", html="", subject="").order_by("pk")
    forgotten, last = 0, 0
    while ids := list(worded.filter(pk__gt=last).values_list("pk", flat=True)[:_PIECE]):
        last = ids[-1]
        with transaction.atomic():
            # Locked and looked at again: staff may just be sending one of them once more.
            rows = list(worded.filter(pk__in=ids).only("pk", "request").select_for_update(of=("self",)))
            for row in rows:
                row.subject, row.text, row.html = "", "", ""
                row.request = {k: v for k, v in (row.request or {}).items() if k not in _SAYING} or None
            forgotten += Message.objects.bulk_update(rows, ["subject", "text", "html", "request"])
    return forgotten


def is_forgotten(message: Message) -> bool:
    """Whether a message's words were dropped: it cannot go again."""
    return message.channel in _WORDED and not (message.text or message.html or message.subject)

"""Everything of unclear fate on one page, with what to do about it on each channel."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from customers.admin.figures import minute_of
from customers.admin.pages import act_page, demand, page
from customers.admin.roles import Right
from customers.admin.zone import desk_zone
from customers.errors import Refused
from notifications.delivering import cancel_messages, mark_as_sent, send_again
from notifications.models import Message
from notifications.tasks import ring_channels

PER_PAGE = 100
MOST_AT_ONCE = 1000
ACTS = {"send-again": send_again, "mark-as-sent": mark_as_sent, "cancel": cancel_messages}
DONE = {"send-again": "queued again", "mark-as-sent": "marked as sent", "cancel": "canceled"}

_REPORTING = (
    "The mail vendor reports what it delivers by itself, usually within ten minutes: a mail that arrived "
    "leaves this list without you. "
)
_MAIL = (
    "Ask the recipient, or look for the Message-ID in the log of the mail server. A mail that is sent again "
    "keeps its Message-ID, so that most programs show both copies as one."
)
_TEXT = (
    "Twilio is asked twice by itself and did not know the text, or did not answer. Look it up there. Sent "
    "again, its reader may get it twice."
)
_LETTER = (
    "Lob is asked by itself under the same key for about a day, which never makes a second letter. What is "
    "still here after that has to be looked up there before it is sent again."
)


def advice_for(channel: str) -> str:
    """What to do about unclear messages of a channel."""
    if channel == Message.Channel.EMAIL:
        return (_REPORTING if settings.ANYMAIL.get("WEBHOOK_SECRET") else "") + _MAIL
    return _TEXT if channel == Message.Channel.SMS else _LETTER


def unclear_rows() -> QuerySet[Message]:
    return Message.objects.filter(state=Message.State.UNKNOWN)


def unclear_page(request: HttpRequest) -> HttpResponse:
    """The list by channel; posting decides about the chosen ones, or about all of one channel."""
    demand(request, Right.RUN)
    here = reverse("admin:notifications_message_unclear")
    if request.method == "POST":
        return _decide(request, here)
    zone = desk_zone()
    sections = [
        _section(request, str(channel), str(label), zone) for channel, label in Message.Channel.choices
    ]
    return page(
        request,
        "admin/desk/unclear.html",
        title="Unclear messages",
        back=reverse("admin:notifications_message_changelist"),
        sections=[section for section in sections if section["count"]],
    )


def _section(request: HttpRequest, channel: str, label: str, zone: ZoneInfo) -> dict[str, Any]:
    rows = unclear_rows().filter(channel=channel).select_related("customer").defer("html", "request", "text")
    pages = Paginator(rows.order_by("pk"), PER_PAGE)
    shown = pages.get_page(request.GET.get(f"{channel}_page"))
    return {
        "channel": channel,
        "label": label,
        "count": pages.count,
        "advice": advice_for(channel),
        "rows": [_row(message, zone) for message in shown],
        "newer": shown.previous_page_number() if shown.has_previous() else None,
        "older": shown.next_page_number() if shown.has_next() else None,
    }


def _row(message: Message, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "pk": message.pk,
        "url": reverse("admin:notifications_message_change", args=[message.pk]),
        "when": minute_of(message.handed_over_at or message.updated_at, zone),
        "to": message.recipient.splitlines()[0],
        "customer": message.customer.name if message.customer else "–",
        "run": f"Run {message.run_id}" if message.run_id else "–",
        "why": message.error_text or message.error_code,
        "asks": minute_of(message.ask_at, zone),
    }


def _decide(request: HttpRequest, here: str) -> HttpResponse:
    act, everything = request.POST.get("act", ""), request.POST.get("all", "")
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isascii() and pk.isdigit()]
    counted: list[int] = []

    def perform() -> str:
        if act not in ACTS:
            raise Refused("Choose what to do with them.")
        rows = (
            unclear_rows().filter(channel=everything) if everything else unclear_rows().filter(pk__in=chosen)
        )
        found = list(rows.order_by("pk")[:MOST_AT_ONCE])
        if not found:
            raise Refused("Choose at least one message: those you chose may be settled by now.")
        counted.append(ACTS[act](messages=found, now=timezone.now()))
        ring_channels()
        return here

    answer = act_page(request, act=perform, back=here, done="")
    if counted:
        _tell(request, act, counted[0])
    return answer


def _tell(request: HttpRequest, act: str, count: int) -> None:
    messages.success(request, f"{count} message{'' if count == 1 else 's'} {DONE[act]}.")

"""What this floor shows on the dashboard and on the customer's page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from customers.admin.as_of import AsOf
from customers.admin.figures import minute_of
from customers.admin.registry import Panel, Tab, add_panel, add_tab
from customers.admin.roles import Right, may, own_rows, sees_own_only
from customers.models import Customer
from notifications.admin.message_page import COLOURS
from notifications.admin.run_page import STATE_COLOURS, title_of
from notifications.admin.stops import describe_stops
from notifications.models import Message, StatementRun, StatementSchedule, WebhookEndpoint
from notifications.runs import next_moments, progress_of

MOST = 50
MOST_FAILED = 5
TROUBLE = ("failed", "bounced", "unknown")


def messages_panel(request: HttpRequest, as_of: AsOf) -> Mapping[str, Any]:
    """Messages that wait for a person; they are counted as they are now."""
    rows = own_rows(Message.objects.filter(state__in=TROUBLE), request.user)
    counts = dict(rows.values_list("state").annotate(count=Count("pk")).order_by("state"))
    outbox = reverse("admin:notifications_message_changelist")
    names = {"failed": "Failed", "bounced": "Returned", "unknown": "Unclear"}
    decides = may(request.user, Right.RUN)
    links = {"unknown": reverse("admin:notifications_message_unclear")} if decides else {}
    return {
        "rows": [
            (names[state], counts.get(state, 0), links.get(state, f"{outbox}?state={state}"))
            for state in TROUBLE
        ],
        "total": sum(counts.values()),
        "url": outbox,
        **describe_stops(request),
    }


def runs_panel(request: HttpRequest, as_of: AsOf) -> Mapping[str, Any]:
    """The last run and the next one."""
    if sees_own_only(request.user):
        return {"hidden": True}
    last = StatementRun.objects.select_related("schedule").order_by("-pk").first()
    upcoming = [
        (next_moments(row, zone=as_of.zone, after=max(row.starts_after, timezone.now()), count=1)[0].at, row)
        for row in StatementSchedule.objects.filter(enabled=True).order_by("pk")
    ]
    soonest = min(upcoming, key=lambda pair: pair[0]) if upcoming else None
    shown: dict[str, Any] = {
        "last": None,
        "next": (minute_of(soonest[0], as_of.zone), soonest[1].name) if soonest else None,
        "next_url": reverse("admin:notifications_statementschedule_change", args=[soonest[1].pk])
        if soonest
        else "",
        "runs_url": reverse("admin:notifications_statementrun_changelist"),
        "new_url": reverse("admin:notifications_statementrun_add"),
        "schedules_url": reverse("admin:notifications_statementschedule_changelist"),
    }
    if last is not None:
        shown["last"] = {
            "title": title_of(last, as_of.zone),
            "url": reverse("admin:notifications_statementrun_change", args=[last.pk]),
            "state": last.get_state_display(),
            "colour": STATE_COLOURS.get(StatementRun.State(last.state), ""),
            "summary": progress_of(last).summary,
            "when": minute_of(last.created_at, as_of.zone),
        }
    return shown


def webhooks_panel(request: HttpRequest, as_of: AsOf) -> Mapping[str, Any]:
    """Webhooks that failed for good, for those who can mend them."""
    if not may(request.user, Right.SETTINGS):
        return {"rows": []}
    failed = (
        WebhookEndpoint.objects.filter(enabled=False).exclude(disabled_reason="").order_by("-disabled_at")
    )
    return {
        "rows": [
            {
                "address": urlsplit(row.url).hostname,
                "url": reverse("admin:notifications_webhookendpoint_change", args=[row.pk]),
                "when": minute_of(row.disabled_at, as_of.zone),
                "reason": row.disabled_reason,
            }
            for row in failed[:MOST_FAILED]
        ]
    }


def messages_tab(request: HttpRequest, customer: Customer, as_of: AsOf) -> Mapping[str, Any]:
    rows = Message.objects.filter(customer=customer).defer("html", "request").order_by("-pk")[:MOST]
    return {
        "rows": [
            {
                "when": minute_of(row.created_at, as_of.zone),
                "channel": row.get_channel_display(),
                "to": row.recipient.splitlines()[0],
                "subject": row.subject or row.text[:60],
                "url": reverse("admin:notifications_message_change", args=[row.pk]),
                "state": row.get_state_display(),
                "colour": COLOURS.get(Message.State(row.state), ""),
            }
            for row in rows
        ]
    }


add_panel(Panel("admin/desk/panel_messages.html", messages_panel, order=10))
add_panel(Panel("admin/desk/panel_runs.html", runs_panel, order=20))
add_panel(Panel("admin/desk/panel_webhooks.html", webhooks_panel, order=15))
add_tab(Tab("messages", "Messages", "admin/desk/tab_messages.html", messages_tab, order=40))

"""Stopped channels: the notice that names them, and the button that lets them run again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from customers.admin.figures import minute_of
from customers.admin.once import new_form_token
from customers.admin.pages import act_page, demand
from customers.admin.roles import Right, may
from customers.admin.zone import desk_zone
from notifications.delivering import list_stops, release_channel
from notifications.models import Message
from notifications.tasks import ring_channels


def describe_stops(request: HttpRequest) -> dict[str, Any]:
    """What `admin/desk/stops.html` shows: nothing while every channel runs."""
    return {
        "stops": [
            {
                "label": stop.label,
                "since": minute_of(stop.held_at, desk_zone()),
                "reason": stop.reason,
                "waiting": stop.waiting,
                "url": reverse("admin:notifications_message_release", args=[stop.channel]),
                "cause": _address_of(stop.message),
            }
            for stop in list_stops()
        ],
        "may_release": may(request.user, Right.RUN),
        "stop_token": new_form_token(),
    }


def _address_of(message: Message | None) -> str:
    return reverse("admin:notifications_message_change", args=[message.pk]) if message else ""


def release_page(request: HttpRequest, channel: str) -> HttpResponse:
    """Answer the button: release the channel and ring for what waited."""
    demand(request, Right.RUN)
    labels = dict(Message.Channel.choices)
    if channel not in labels:
        raise Http404("There is no such channel.")
    outbox = reverse("admin:notifications_message_changelist")

    def perform() -> str:
        if channel not in [stop.channel for stop in list_stops()]:
            messages.info(request, f"{labels[channel]} runs already.")
            return outbox
        freed = release_channel(channel=channel, now=timezone.now())
        ring_channels()
        messages.success(
            request,
            f"{labels[channel]} runs again; {freed} messages that waited are on their way. "
            "Statement runs that were paused are resumed on their own pages.",
        )
        return outbox

    return act_page(request, act=perform, back=outbox, done="")

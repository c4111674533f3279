"""One webhook as staff read it: the form, the facts, and its latest events."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.urls import reverse

from customers.admin.figures import minute_of
from customers.admin.forms import DeskForm
from customers.admin.zone import desk_zone
from customers.errors import Refused
from customers.wire.event import FAMILIES
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.outgoing.addresses import LONGEST_URL
from notifications.webhooks_out.endpoints import ALL

MOST = 50
State = WebhookDelivery.State
COLOURS = {
    State.SUCCEEDED: "success",
    State.FAILED: "danger",
    State.QUEUED: "warning",
    State.SENDING: "warning",
}

_GROUPS = [(f"{kind}.{ALL}", kind.replace("_", " ").capitalize() + "s") for kind in FAMILIES]


class WebhookForm(DeskForm):
    """Whole families are ticked, single events written down; nothing of both is everything."""

    url = forms.CharField(
        max_length=LONGEST_URL, label="Address", widget=forms.URLInput(attrs={"autocomplete": "off"})
    )  # fmt: skip
    families = forms.MultipleChoiceField(
        choices=_GROUPS, required=False, label="Events about", widget=forms.CheckboxSelectMultiple
    )
    single = forms.CharField(
        required=False, label="Single events", help_text="For example invoice.paid, payment.created. "
        "Nothing ticked and nothing written: every event.",
    )  # fmt: skip
    enabled = forms.BooleanField(required=False, initial=True, label="Switched on")

    def __init__(self, data: Any = None, *, endpoint: WebhookEndpoint | None = None) -> None:
        groups = {name for name, _ in _GROUPS}
        initial = {} if endpoint is None else {
            "url": endpoint.url,
            "enabled": endpoint.enabled,
            "families": [event for event in endpoint.events if event in groups],
            "single": ", ".join(event for event in endpoint.events if event not in {ALL, *groups}),
        }  # fmt: skip
        super().__init__(data, initial=initial)
        scheme = "https or http" if settings.WEBHOOK_ALLOW_HTTP else "https"
        self.fields["url"].help_text = f"{scheme}, port 443, 80 or 8000 to 8999. Not inside your own network."

    def refuse(self, refused: Refused) -> None:
        """Families are chosen from a list: an event that is not known was written down."""
        name = (refused.param or "").partition(".")[0]
        self.add_error({"events": "single"}.get(name, name) or None, refused.message)

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, in the words of the domain."""
        single = self.cleaned_data["single"].replace(",", " ").split()
        return {
            "url": self.cleaned_data["url"],
            "events": [*self.cleaned_data["families"], *single] or [ALL],
            "enabled": self.cleaned_data["enabled"],
        }


def facts_of(row: WebhookEndpoint) -> list[tuple[str, str]]:
    zone = desk_zone()
    facts = [
        ("Made", minute_of(row.created_at, zone)),
        ("Switched off", minute_of(row.disabled_at, zone)),
        ("Because", row.disabled_reason),
        ("Old secret signs until", minute_of(row.old_secret_until, zone) if row.old_secret else ""),
    ]
    return [(name, value) for name, value in facts if value]


def describe_deliveries(row: WebhookEndpoint) -> list[dict[str, Any]]:
    """The latest events on their way to this endpoint, each with its tries."""
    zone = desk_zone()
    latest = row.deliveries.order_by("-pk").prefetch_related("attempts")[:MOST]
    return [_describe(delivery, zone) for delivery in latest]


def _describe(delivery: WebhookDelivery, zone: ZoneInfo) -> dict[str, Any]:
    tries = sorted(delivery.attempts.all(), key=lambda attempt: attempt.number)
    waits = delivery.state == State.QUEUED
    return {
        "pk": delivery.pk,
        "when": minute_of(delivery.created_at, zone),
        "type": delivery.event_type,
        "event": delivery.event_id,
        "state": delivery.get_state_display(),
        "colour": COLOURS.get(State(delivery.state), ""),
        "tries": len(tries),
        "last": _said(tries[-1]) if tries else "",
        "next": minute_of(delivery.due_at, zone) if waits and tries else "",
        "again": ""
        if delivery.state == State.SENDING
        else reverse("admin:notifications_webhookendpoint_again", args=[delivery.endpoint_id, delivery.pk]),
    }


def _said(attempt: WebhookAttempt) -> str:
    """Never what the receiver wrote: only its status, or why there was none."""
    return attempt.error or f"{attempt.status}, {attempt.milliseconds} ms"

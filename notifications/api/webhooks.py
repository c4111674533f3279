"""Webhooks and the tries to reach them (Invoiced API, Webhooks).

Only keys of admins see them, as only admins do in the back office: an address is often a secret by itself,
and what was sent there is about all customers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Resource, WireObject
from customers.api.columns import Column
from customers.api.fields import Choice, Flag, Integer, Text, Timestamp
from customers.api.permissions import SETUP
from customers.api.shapes import ListOf, Shape
from customers.wire.event import WIRE_TYPES
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.outgoing.addresses import LONGEST_URL
from notifications.tasks import ring_webhooks
from notifications.webhooks_out import (
    create_endpoint,
    delete_endpoint,
    queue_test,
    rotate_secret,
    send_again,
    update_endpoint,
)
from notifications.wire.webhook import describe_deliveries, describe_webhook

SECRET = "secret"  # noqa: S105 - the name of a key of the answer


class WebhookShape(Shape):
    url = Text(required=True, max_length=LONGEST_URL, one_line=True)
    events = ListOf(Text(max_length=64), max_items=len(WIRE_TYPES))
    enabled = Flag()


class Webhooks(Resource):
    noun = "Webhook"
    model = WebhookEndpoint
    shape = WebhookShape
    power = reading = SETUP
    columns = {
        "id": Column(Integer()),
        "enabled": Column(Flag()),
        "disabled_at": Column(Timestamp()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }

    # The secret that the running request has drawn; no other answer has one.
    drawn: str | None = None

    def project(self, rows: Sequence[Any]) -> list[WireObject]:
        shown = {} if self.drawn is None else {SECRET: self.drawn}
        return [describe_webhook(row) | shown for row in rows]

    def create_row(self, values: dict[str, Any], *, now: datetime) -> WebhookEndpoint:
        row, self.drawn = create_endpoint(now=now, **values)
        return row

    def change_row(self, row: WebhookEndpoint, values: dict[str, Any], *, now: datetime) -> None:
        update_endpoint(endpoint=row, changes=values, now=now)

    def delete_row(self, row: WebhookEndpoint, *, now: datetime) -> None:
        delete_endpoint(endpoint=row, now=now)

    def rotate(self, request: Request, **kwargs: Any) -> Response:
        row = self.find_row()
        self.drawn = rotate_secret(endpoint=row, now=timezone.now())
        return Response(self.shown(self.fetch([row.pk]))[0])

    def test(self, request: Request, **kwargs: Any) -> Response:
        delivery = queue_test(endpoint=self.find_row(), now=timezone.now())
        ring_webhooks()
        return Response(describe_deliveries([delivery])[0], status=201)

    def _run(self, request: Request) -> Any:
        """A repeated request gets the kept answer: kept without the secret, which is shown once."""
        response = super()._run(request)
        if self.claim is not None and self.drawn is not None:
            kept = response.content.replace(self.drawn.encode(), b"shown once")
            self.claim.keep(response.status_code, kept)
        return response


class WebhookAttempts(Resource):
    """One object for each event and endpoint; what official clients call an attempt holds all tries."""

    noun = "Webhook attempt"
    model = WebhookDelivery
    power = reading = SETUP
    columns = {
        "id": Column(Integer()),
        "webhook": Column(Integer(), source="endpoint_id"),
        "event_id": Column(Integer()),
        "event_type": Column(Text()),
        "state": Column(Choice(WebhookDelivery.State.values)),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    ordering = ("-id",)
    whole_list_for_go = True

    def wire_rows(self) -> QuerySet[Any]:
        return self.rows().select_related("endpoint", "event__user").prefetch_related("attempts")

    def project(self, rows: Sequence[Any]) -> list[WireObject]:
        return describe_deliveries(rows)

    def retry(self, request: Request, **kwargs: Any) -> Response:
        row = send_again(delivery=self.find_row(), now=timezone.now())
        ring_webhooks()
        return Response(self.shown(self.fetch([row.pk]))[0], status=201)

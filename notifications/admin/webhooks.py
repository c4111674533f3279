"""Webhooks in the back office: endpoints, their secrets, and what became of each event."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin.document_list import pill
from customers.admin.figures import minute_of
from customers.admin.pages import act_page, demand, form_page, page
from customers.admin.roles import Right, RoleRights
from customers.admin.zone import desk_zone
from notifications.admin.webhook_page import WebhookForm, describe_deliveries, facts_of
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.tasks import ring_webhooks
from notifications.webhooks_out import (
    create_endpoint,
    delete_endpoint,
    queue_test,
    rotate_secret,
    send_again,
    update_endpoint,
)

LIST = "admin:notifications_webhookendpoint_changelist"
CHANGE = "admin:notifications_webhookendpoint_change"
LEAD = "Your program needs it to check that an event is ours. It is shown only now."


@admin.register(WebhookEndpoint)
class WebhookAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    view_right = Right.SETTINGS
    add_right = change_right = Right.SETTINGS
    list_display = ["shown_address", "shown_events", "shown_state", "shown_since"]
    ordering = ["pk"]
    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(request, {"title": "Webhooks", **(extra_context or {})})
        return shown

    @admin.display(description="Address", ordering="url")
    def shown_address(self, row: WebhookEndpoint) -> str:
        return row.url

    @admin.display(description="Events")
    def shown_events(self, row: WebhookEndpoint) -> str:
        return "all" if "*" in row.events else ", ".join(row.events)

    @admin.display(description="State")
    def shown_state(self, row: WebhookEndpoint) -> SafeString:
        if row.enabled:
            return pill("On", "success")
        return pill("Failed", "danger") if row.disabled_reason else pill("Off", "")

    @admin.display(description="Made")
    def shown_since(self, row: WebhookEndpoint) -> str:
        return minute_of(row.created_at, desk_zone())

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "notifications_webhookendpoint"
        own = [
            path("<int:pk>/rotate/", view(self.rotate), name=f"{name}_rotate"),
            path("<int:pk>/test/", view(self.test), name=f"{name}_test"),
            path("<int:pk>/remove/", view(self.remove), name=f"{name}_remove"),
            path("<int:pk>/again/<int:delivery>/", view(self.again), name=f"{name}_again"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.SETTINGS)
        form, drawn = WebhookForm(request.POST or None), list[str]()
        back = reverse(LIST)

        def perform() -> tuple[str, str]:
            endpoint, secret = create_endpoint(now=timezone.now(), **form.values)
            drawn.append(secret)
            return reverse(CHANGE, args=[endpoint.pk]), ""

        answer = form_page(request, title="New webhook", form=form, perform=perform, back=back)
        return (
            self._secret_page(request, drawn[0], form.values["url"], answer["Location"]) if drawn else answer
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.SETTINGS)
        row = self._row(request, object_id)
        form = WebhookForm(request.POST or None, endpoint=row)
        here = reverse(CHANGE, args=[row.pk])

        def perform() -> tuple[str, str]:
            update_endpoint(endpoint=row, changes=form.values, now=timezone.now())
            return here, "The webhook was saved."

        return form_page(
            request, title="Webhook", form=form, perform=perform, template="admin/desk/webhook.html",
            back=reverse(LIST), row=row, facts=facts_of(row), deliveries=describe_deliveries(row),
        )  # fmt: skip

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def rotate(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.SETTINGS)
        row, here, drawn = self._row(request, pk), reverse(CHANGE, args=[pk]), list[str]()

        def act() -> str:
            drawn.append(rotate_secret(endpoint=row, now=timezone.now()))
            return here

        answer = act_page(request, act=act, back=here, done="")
        return self._secret_page(request, drawn[0], row.url, here) if drawn else answer

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.SETTINGS)
        row, here = self._row(request, pk), reverse(CHANGE, args=[pk])

        def act() -> str:
            queue_test(endpoint=row, now=timezone.now())
            ring_webhooks()
            return here

        done = "A test event is on its way. Load this page again to see what became of it."
        return act_page(request, act=act, back=here, done=done)

    def again(self, request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
        demand(request, Right.SETTINGS)
        found = WebhookDelivery.objects.filter(pk=delivery, endpoint=pk).first()
        here = reverse(CHANGE, args=[pk])
        if found is None:
            raise Http404("There is no such delivery.")

        def act() -> str:
            send_again(delivery=found, now=timezone.now())
            ring_webhooks()
            return here

        return act_page(request, act=act, back=here, done="The event is on its way again.")

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.SETTINGS)
        row, here = self._row(request, pk), reverse(CHANGE, args=[pk])

        def act() -> str:
            delete_endpoint(endpoint=row, now=timezone.now())
            return reverse(LIST)

        return act_page(request, act=act, back=here, done="The webhook was deleted.")

    def _row(self, request: HttpRequest, pk: Any) -> WebhookEndpoint:
        row: WebhookEndpoint | None = self.get_object(request, str(pk))
        if row is None:
            raise Http404("There is no such webhook.")
        return row

    def _secret_page(self, request: HttpRequest, secret: str, url: str, back: str) -> HttpResponse:
        return page(
            request, "admin/desk/secret.html", title="Secret of the webhook", secret=secret, name=url,
            lead=LEAD, back=back,
        )  # fmt: skip

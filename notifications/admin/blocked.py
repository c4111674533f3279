"""Addresses that get no mails any more, and lifting that."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin.figures import minute_of
from customers.admin.pages import demand
from customers.admin.roles import Right, RoleRights, may, sees_own_only
from customers.admin.zone import desk_zone
from notifications.channels.email.blocking import unblock_address
from notifications.models import BlockedAddress

LIST = "admin:notifications_blockedaddress_changelist"


@admin.register(BlockedAddress)
class BlockedAddressAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    list_display = ["address", "shown_reason", "detail", "shown_since", "shown_message"]
    list_display_links = None
    list_filter = ["reason"]
    list_select_related = ["message"]
    list_fullwidth = True
    list_before_template = "admin/desk/blocked_head.html"
    ordering = ["-blocked_at", "-pk"]
    search_fields = ["address"]
    actions = ["unblock"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not sees_own_only(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_actions(request) if may(request.user, Right.RUN) else {}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(
            request, {"title": "Blocked addresses", **(extra_context or {})}
        )
        return shown

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse(LIST))

    @admin.action(description="Write to them again")
    def unblock(self, request: HttpRequest, queryset: QuerySet[BlockedAddress]) -> None:
        demand(request, Right.RUN)
        now = timezone.now()
        lifted = sum(unblock_address(address=row.address, now=now) for row in queryset.order_by("pk"))
        plural = "address is" if lifted == 1 else "addresses are"
        messages.success(request, f"{lifted} {plural} written to again.")

    @admin.display(description="Why", ordering="reason")
    def shown_reason(self, row: BlockedAddress) -> str:
        return row.get_reason_display()

    @admin.display(description="Since", ordering="blocked_at")
    def shown_since(self, row: BlockedAddress) -> str:
        return minute_of(row.blocked_at, desk_zone())

    @admin.display(description="Message")
    def shown_message(self, row: BlockedAddress) -> str | SafeString:
        if row.message_id is None:
            return "–"
        where = reverse("admin:notifications_message_change", args=[row.message_id])
        return format_html('<a href="{}">{}</a>', where, "Open")

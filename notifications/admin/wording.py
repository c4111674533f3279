"""Wording of mails and texts that staff may change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from customers.admin.roles import Right, RoleRights
from notifications.models import MessageTemplate


@admin.register(MessageTemplate)
class WordingAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    add_right = change_right = Right.SETTINGS
    list_display = ["name", "channel", "language"]
    ordering = ["name", "language", "pk"]
    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(request, {"title": "Wording", **(extra_context or {})})
        return shown

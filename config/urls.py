"""Mounts the floors. Pages for people have prefixes of their own; all else is API.

The prefixes without API authentication are listed in config/api/paths.py; keep both lists alike.
"""

from typing import Any

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView

from config import health
from config.api.openapi.document import Document

handler400 = "config.api.errors.handler400"
handler403 = "config.api.errors.handler403"
handler404 = "config.api.errors.handler404"
handler500 = "config.api.errors.handler500"

open_to_all: dict[str, list[Any]] = {"authentication_classes": [], "permission_classes": []}

urlpatterns = [
    # Tried one after the other: what programs ask for most comes first.
    path("", include("customers.api.urls")),
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("schema", Document.as_view(**open_to_all), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema", **open_to_all), name="docs"),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    # The floors above, top floor first: one line for each floor's pages, then one for its API.
    path("", include("notifications.urls")),
    path("", include("notifications.api.urls")),
    path("", include("statements.urls")),
]

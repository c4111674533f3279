"""The doors of mail vendors: django-anymail checks and reads, we keep."""

from collections.abc import Callable
from typing import Any

from anymail.exceptions import (  # type: ignore[import-untyped]
    AnymailConfigurationError,
    AnymailError,
    AnymailWebhookValidationFailure,
)
from anymail.urls import urlpatterns as vendors  # type: ignore[import-untyped]
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from notifications.channels.sandbox import is_sandbox
from notifications.inbox import store_report
from notifications.inbox.mail import report_of
from notifications.tasks import ring, work_off_inbox

View = Callable[..., HttpResponseBase]


def routes() -> list[URLPattern]:
    """One route for each mail vendor's reports: `postmark/tracking/`. Mails to us are not taken."""
    return [
        URLPattern(route.pattern, guarded(route.callback), name=f"mail_{route.name}")
        for route in vendors
        if "inbound" not in route.name
    ]


def guarded(view: View) -> View:
    """400 for what is not the vendor's or cannot be read, 503 while no secret is set, else 2xx once kept."""

    @csrf_exempt
    def answer(request: HttpRequest, **words: Any) -> HttpResponseBase:
        if is_sandbox() or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
            return _plain("Reports of mail vendors are not configured.", 503)
        try:
            return view(request, **words)
        except (AnymailConfigurationError, ImproperlyConfigured):
            return _plain("This mail vendor is not configured.", 503)
        except AnymailWebhookValidationFailure:
            return _plain("The signature or the secret is wrong.", 400)
        except (AnymailError, ValueError, LookupError, TypeError, AttributeError):
            return _plain("This report cannot be read.", 400)

    return answer


def on_tracking(*, event: Any, esp_name: str, **_: Any) -> None:
    """Keep one report; what it means is found out later, from the row (anymail.signals.tracking)."""
    if store_report(report_of(event, vendor=esp_name.lower()), now=timezone.now()) is not None:
        ring(work_off_inbox)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")

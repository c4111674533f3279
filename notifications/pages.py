"""The picture in our mails that tells of their opening."""

import base64
import ipaddress
import re

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from notifications.tracking import record_open

_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
_TRACKING_ID = re.compile(r"[0-9a-f]{32}")


@require_safe
def email_open(request: HttpRequest, tracking_id: str) -> HttpResponse:
    """Always the same 43 bytes, whatever the id; staff looking at a mail do not count."""
    if request.method == "GET" and _TRACKING_ID.fullmatch(tracking_id) and not _is_staff(request):
        record_open(
            tracking_id=tracking_id,
            ip=_address(request),
            user_agent=request.headers.get("User-Agent", ""),
            now=timezone.now(),
        )
    answer = HttpResponse(_PIXEL, content_type="image/gif")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _is_staff(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_staff", False)) if hasattr(request, "user") else False


def _address(request: HttpRequest) -> str | None:
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None

"""One line in the log for each API request, and its id on every line that is written meanwhile."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.api.paths import is_api

logger = structlog.get_logger("duebook.api.requests")


class RequestLine:
    """Requests of browsers get theirs from django-structlog, which knows who is logged in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        context = {
            "request_id": getattr(request, "request_id", ""),
            "ip": request.META.get("REMOTE_ADDR", ""),
        }
        with structlog.contextvars.bound_contextvars(**context):
            response = self.get_response(request)
            code = response.status_code
            level = settings.DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL if code < 500 else 40
            logger.log(
                level,
                "request_finished",
                code=code,
                request=f"{request.method} {request.get_full_path()}",
                user_agent=request.META.get("HTTP_USER_AGENT"),
            )
        return response

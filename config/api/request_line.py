"""One line in the log for each API request, and its id on every line that is written meanwhile."""

import logging
from collections.abc import Callable

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.api.paths import is_api

_lines = logging.getLogger("duebook.api.requests")
logger = structlog.get_logger(_lines.name)


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
            level = logging.INFO if response.status_code < 500 else logging.ERROR
            if _lines.isEnabledFor(level):
                self._write(request, response, level)
        return response

    def _write(self, request: HttpRequest, response: HttpResponseBase, level: int) -> None:
        logger.log(
            level,
            "request_finished",
            code=response.status_code,
            request=f"{request.method} {request.get_full_path()}",
            user_agent=request.META.get("HTTP_USER_AGENT"),
        )

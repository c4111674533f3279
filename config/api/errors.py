"""Any exception as `{type, message[, param]}` with one of the few statuses clients understand.

Official clients map 400, 401, 403, 404 and 429; everything else they treat as a fault of the server and
some retry it. So nothing but 400, 401, 403, 404, 405, 429, 500 and 503 ever leaves (Invoiced API, Errors).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import exceptions as django_exceptions
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import defaults
from rest_framework import exceptions as rest_exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.api.authentication import CHALLENGE
from config.api.paths import is_api
from config.api.renderers import reads_by_eye
from customers.encoding import to_json
from customers.errors import Refused

logger = logging.getLogger("duebook.api")

LONGEST_MESSAGE = 1000
LONGEST_PARAM = 255

_ALLOWED = frozenset({400, 401, 403, 404, 405, 429, 500, 503})
# PostgreSQL: lock not available, deadlock, serialization failure, statement cancelled, shutting down.
_PASSING_STATES = frozenset({"55P03", "40P01", "40001", "57014", "57P01", "57P02", "57P03"})
_BUSY_SECONDS = "1"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a client is told."""

    status: int
    message: str
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, str]:
        kind = "api" if self.status >= 500 else "invalid_request"
        body = {"type": kind, "message": _printable(self.message, LONGEST_MESSAGE)}
        if self.param:
            body["param"] = _printable(self.param, LONGEST_PARAM)
        return body


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """For the views: every exception becomes an answer, unexpected ones are logged with their trace."""
    request, view = context.get("request"), context.get("view")
    problem = problem_of(exc, request=request, allowed=getattr(view, "allowed_methods", []))
    if problem.status == 500:
        logger.error("Unexpected error on %s", getattr(request, "path", ""), exc_info=exc)
    set_rollback()
    return Response(problem.body(), status=problem.status, headers=dict(problem.headers))


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """For everything that happens outside of the views."""
    content = to_json(problem.body(), pretty=reads_by_eye(request.META))
    return HttpResponse(
        content, status=problem.status, content_type="application/json", headers=dict(problem.headers)
    )


def problem_of(exc: Exception, *, request: Any = None, allowed: Any = ()) -> Problem:
    """The one translation from exceptions to answers."""
    if isinstance(exc, Refused):
        return Problem(400, exc.message, exc.param)
    if isinstance(exc, rest_exceptions.APIException):
        return _from_rest(exc, request, allowed)
    if isinstance(exc, Http404):
        return Problem(404, str(exc) or "The object was not found.")
    if isinstance(exc, django_exceptions.PermissionDenied):
        return forbidden()
    if isinstance(exc, django_exceptions.ValidationError):
        message, param = _first_error(_as_plain(exc))
        return Problem(400, message, param)
    if isinstance(exc, django_exceptions.SuspiciousOperation | django_exceptions.BadRequest):
        return Problem(400, "The request was not understood.")
    if isinstance(exc, IntegrityError | DataError):
        logger.warning("The database refused a validated request: %s", type(exc).__name__, exc_info=exc)
        return Problem(400, "The request conflicts with data that is already stored.")
    if isinstance(exc, OperationalError) and _passes(exc):
        return busy()
    return unexpected(request)


def unauthenticated(message: str = "The API key is missing or not valid.") -> Problem:
    return Problem(401, message, headers={"WWW-Authenticate": CHALLENGE})


def forbidden(message: str = "This API key does not have the permission for this request.") -> Problem:
    return Problem(403, message)


def unknown_route(request: HttpRequest) -> Problem:
    return Problem(404, f"There is no route for {request.method} {request.path}.")


def busy() -> Problem:
    return Problem(503, "The server is busy. Try again in a moment.", headers={"Retry-After": _BUSY_SECONDS})


def unexpected(request: Any) -> Problem:
    return Problem(500, f"An unexpected error occurred. Request: {getattr(request, 'request_id', 'unknown')}")


def problem_for_status(request: HttpRequest, status: int) -> Problem:
    """For an answer that something else made: only its status is known."""
    if status == 404:
        return unknown_route(request)
    if status == 401:
        return unauthenticated()
    if status == 403:
        return forbidden()
    if status == 405:
        return Problem(405, f"{request.method} is not allowed for {request.path}.")
    if status == 429:
        return Problem(429, "Too many requests.", headers={"Retry-After": "1"})
    if status == 503:
        return busy()
    return Problem(400, "The request was not understood.") if status < 500 else unexpected(request)


def _from_rest(exc: rest_exceptions.APIException, request: Any, allowed: Any) -> Problem:
    if isinstance(exc, rest_exceptions.NotAuthenticated | rest_exceptions.AuthenticationFailed):
        return unauthenticated()
    if isinstance(exc, rest_exceptions.MethodNotAllowed):
        method, path = getattr(request, "method", ""), getattr(request, "path", "")
        message = f"{method} is not allowed for {path}."
        return Problem(405, message, headers={"Allow": ", ".join(allowed)})
    if isinstance(exc, rest_exceptions.PermissionDenied):
        return forbidden()
    message, param = _first_error(exc.detail)
    status = exc.status_code
    if status not in _ALLOWED:
        status = 400 if status < 500 else 500
    if status == 500:
        return unexpected(request)
    if not isinstance(exc, rest_exceptions.ValidationError):
        param = None
    wait = getattr(exc, "wait", None)
    headers = {"Retry-After": str(max(1, int(wait or 1)))} if status in (429, 503) else {}
    return Problem(status, message, param, headers)


def _first_error(detail: Any, path: str = "") -> tuple[str, str | None]:
    """The first sentence in declaration order, with the dotted name of its parameter."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            if value:
                inner = path if key in ("non_field_errors", "__all__") else _joined(path, str(key))
                return _first_error(value, inner)
    elif isinstance(detail, list | tuple):
        for index, value in enumerate(detail):
            if isinstance(value, Mapping | list | tuple):
                if value:
                    return _first_error(value, _joined(path, str(index)))
            else:
                return str(value), path or None
    elif detail:
        return str(detail), path or None
    return "The request was not understood.", path or None


def _joined(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step


def _as_plain(exc: django_exceptions.ValidationError) -> Any:
    return exc.message_dict if hasattr(exc, "error_dict") else exc.messages


def _passes(exc: OperationalError) -> bool:
    """Whether trying again soon can help: a lock, a deadlock, a database that is starting."""
    cause = exc.__cause__
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return state in _PASSING_STATES or state.startswith("08")
    text = str(exc).lower()
    if "locked" in text or "busy" in text:
        return True
    return hasattr(cause, "sqlstate")  # PostgreSQL without a state: no connection


def _printable(text: str, longest: int) -> str:
    kept = text.encode("utf-8", "replace").decode()
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def handler400(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if is_api(request):
        return answer(request, Problem(400, "The request was not understood."))
    return defaults.bad_request(request, exception)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return answer(request, forbidden()) if is_api(request) else defaults.permission_denied(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return (
        answer(request, unknown_route(request))
        if is_api(request)
        else defaults.page_not_found(request, exception)
    )


def handler500(request: HttpRequest) -> HttpResponseBase:
    return answer(request, unexpected(request)) if is_api(request) else defaults.server_error(request)

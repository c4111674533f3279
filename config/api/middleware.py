"""What surrounds every API request: its id, its door, the shape and headers of its answer.

Order in settings, outermost first: `TrustedProxies` (config.proxies), `RequestId`, `RequestLogged`
(config.api.request_log), `ApiAnswers`, then Django's own security middleware, then `ApiDoor`.
"""

import io
import re
import uuid
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils import timezone

from config.api.authentication import find_key, shown_key
from config.api.errors import Problem, answer, problem_for_status, problem_of, unauthenticated
from config.api.links import link_base, query_pairs
from config.api.paths import is_api, is_list
from config.api.query_limits import limit_queries_of_api, limits_of_pages
from config.api.short_way import way_to_the_view
from config.api.throttling import TooMany, count_bad_key, slot_for
from customers.models import ApiKey

Next = Callable[[HttpRequest], HttpResponseBase]

MAX_BODY = 10 * 1024 * 1024
_VALID_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_WITH_BODY = frozenset({"POST", "PATCH", "PUT"})


class RequestId:
    """`request.request_id` and the header `X-Request-Id`; a valid incoming one is kept."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        shown = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = shown if _VALID_ID.fullmatch(shown) else str(uuid.uuid4())
        request.request_id = request_id  # type: ignore[attr-defined]
        # Whoever logs inside reads the header; it must not see an invalid one.
        request.META["HTTP_X_REQUEST_ID"] = request_id
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class ApiAnswers:
    """API paths answer JSON with the right headers, whoever made the answer."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        # No cookies on the API: a browser's login must not leak into it.
        request.META.pop("HTTP_COOKIE", None)
        response = self._refusal(request) or self.get_response(request)
        response = _in_json(request, response)
        if response.status_code >= 400 and is_list(request):
            _as_empty_list(request, response)
        response["Cache-Control"] = "no-cache, no-store"
        # Nothing in an answer is a page: a browser must not run or frame it.
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response["X-Frame-Options"] = "DENY"
        if isinstance(response, HttpResponse) and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))
        response.cookies.clear()
        return response

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            # A redirect would make clients lose the method or the body.
            return answer(request, Problem(403, "Use https for API requests."))
        try:
            request.get_host()
        except DisallowedHost:
            return answer(request, Problem(400, "This host name is not served here."))
        return None


def _in_json(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Replace error pages of the framework (debug pages, too) by JSON with the same meaning."""
    kind = response.get("Content-Type", "").partition(";")[0]
    if response.status_code < 400 or kind == "application/json":
        return response
    replaced = answer(request, problem_for_status(request, response.status_code))
    if "Allow" in response:
        replaced["Allow"] = response["Allow"]
    return replaced


def _as_empty_list(request: HttpRequest, response: HttpResponseBase) -> None:
    """One official client reads both headers of a list before it looks at the status."""
    try:
        here = link_base(request) + request.path_info
    except DisallowedHost:
        return
    query = urlencode(query_pairs(request))
    response["Link"] = f'<{here}{query and "?"}{query}>; rel="self"'
    response["X-Total-Count"] = "0"


class ApiDoor:
    """Before routing: a whole body, a live key, a free place. Browser paths pass.

    Behind it API requests go straight to their view: all middleware after it in settings is for browsers.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.get_answer = way_to_the_view(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            with limits_of_pages():
                return self.get_response(request)
        try:
            limit_queries_of_api()
            key = self._key_of(request)
            if key is None:
                return answer(request, unauthenticated())
            with slot_for(key.pk):
                problem = _body_problem(request)
                return self.get_answer(request) if problem is None else answer(request, problem)
        except TooMany as limit:
            wait = {"Retry-After": str(limit.retry_after)}
            return answer(request, Problem(429, "Too many requests. Try again later.", headers=wait))
        except OperationalError as problem:
            # The key could not be looked up. What goes wrong further inside is an answer already.
            return answer(request, problem_of(problem, request=request))

    def _key_of(self, request: HttpRequest) -> ApiKey | None:
        key = find_key(request, now=timezone.now())
        if key is None and (shown := shown_key(request)):
            count_bad_key(request.META.get("REMOTE_ADDR", ""), ApiKey.digest_of(shown)[:16])
        request.api_key = key  # type: ignore[attr-defined]
        return key


def _body_problem(request: HttpRequest) -> Problem | None:
    """A body that is too long, packed, or was cut on its way. Read here, before any view runs."""
    if request.method not in _WITH_BODY:
        return None
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
        return Problem(400, "Compressed bodies are not accepted.")
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not (announced.isascii() and announced.isdigit()):
        return Problem(400, "The Content-Length is not valid.")
    if int(announced) > MAX_BODY:
        return _too_long()
    try:
        if _is_chunked(request):
            return _read_chunks(request)
        if len(request.body) != int(announced):
            return Problem(400, "The body was cut off: it is shorter than its Content-Length.")
    except (UnreadablePostError, OSError):
        return Problem(400, "The body was cut off.")
    return None


def _is_chunked(request: HttpRequest) -> bool:
    return "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()


def _read_chunks(request: HttpRequest) -> Problem | None:
    """Read a body without announced length; the framework would take it for an empty one."""
    body = request.META["wsgi.input"].read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return _too_long()
    request._stream = io.BytesIO(body)
    request.META["CONTENT_LENGTH"] = str(len(body))
    return None


def _too_long() -> Problem:
    return Problem(400, f"The body is longer than {MAX_BODY // 1024 // 1024} MB.")

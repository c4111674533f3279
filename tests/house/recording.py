"""Which routes of the API the running test has called with success. In the settings of tests, outermost.

For `script/wire_table` it also spoils the answers of one route, to see which tests notice.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")

Row = tuple[str, str]  # method, path as in docs/wire.md

# Of this process, since it was cleared, in the order of the calls.
CALLED: list[Row] = []
# Whose answers say nothing true, and whose work is undone where there is no answer but a status.
SPOILED: set[Row] = set()


class RecordRoutes:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._spoiling(request) if SPOILED else self.get_response(request)
        row = row_of(request)
        # Some tests have a small API of their own.
        if row is not None and response.status_code < 300 and settings.ROOT_URLCONF == "config.urls":
            CALLED.append(row)
        return response

    def _spoiling(self, request: HttpRequest) -> HttpResponseBase:
        with transaction.atomic():
            response = self.get_response(request)
            is_spoiled = row_of(request) in SPOILED and response.status_code < 300
            if is_spoiled and response.status_code == 204:
                transaction.set_rollback(True)
        if is_spoiled and isinstance(response, HttpResponse) and response.content:
            response.content = json.dumps(spoiled(json.loads(response.content), request.method))
        return response


def row_of(request: HttpRequest) -> Row | None:
    found = request.resolver_match
    return None if found is None else (request.method or "", path_of(found.route))


def path_of(pattern: str) -> str:
    """`^customers/(?P<id>[0-9]{1,18})/?$` as `/customers/:id`."""
    return "/" + _GROUP.sub(r":\1", pattern).removeprefix("^").removesuffix("/?$")


def spoiled(answer: Any, method: str | None) -> Any:
    """Nothing in it is true any more but the id, by which a test goes on after it has set something up."""
    if isinstance(answer, dict):
        return {name: value if name == "id" else None for name, value in answer.items()}
    if not answer:
        return [{"id": 0}]
    return [] if method == "GET" else [spoiled(one, method) for one in answer]

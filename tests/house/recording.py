"""Which routes of the API the running test has called with success. In the settings of tests, outermost."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")

# Of this process, since it was cleared: (method, path as in docs/wire.md).
CALLED: set[tuple[str, str]] = set()


class RecordRoutes:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        found = request.resolver_match
        # Some tests have a small API of their own.
        if found is not None and response.status_code < 300 and settings.ROOT_URLCONF == "config.urls":
            CALLED.add((request.method or "", path_of(found.route)))
        return response


def path_of(pattern: str) -> str:
    """`^customers/(?P<id>[0-9]{1,18})/?$` as `/customers/:id`."""
    return "/" + _GROUP.sub(r":\1", pattern).removeprefix("^").removesuffix("/?$")

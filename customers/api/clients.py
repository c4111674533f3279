"""Which official client is calling, for the few answers that must differ by client.

Every such difference is one shim (Invoiced API, compatibility shims; see `customers.api.shims`);
`CLIENT_SHIMS` turns all off. An answer for which somebody asked here says so in its `Vary` header.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

GO = "Invoiced Go/"
PYTHON = "Invoiced Python/"
RUBY = "Invoiced Ruby/"
PHP = "Invoiced PHP/"
DOT_NET = "Invoiced .NET/"
JAVA = "unirest-java/"

_ASKED = "_duebook_asked_for_client"


def comes_from(request: HttpRequest | Request, *clients: str) -> bool:
    """Whether the request is one of these clients' and shims are on."""
    if not settings.CLIENT_SHIMS:
        return False
    setattr(_plain(request), _ASKED, True)
    return str(request.META.get("HTTP_USER_AGENT", "")).startswith(clients)


def tell_caches(request: HttpRequest | Request, response: Any) -> None:
    """`Vary: User-Agent` on an answer that depended on the client."""
    if getattr(_plain(request), _ASKED, False):
        patch_vary_headers(response, ["User-Agent"])


def _plain(request: HttpRequest | Request) -> HttpRequest:
    return request._request if isinstance(request, Request) else request

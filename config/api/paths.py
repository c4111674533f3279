"""Which paths are the API and which are for browsers."""

import re

from django.http import HttpRequest
from django.urls import Resolver404, resolve

# Pages for people and callbacks of vendors; everything else belongs to API clients. Document links
# carry a token of 24 characters, ids of the API are shorter.
_BROWSER = re.compile(
    r"/(?:$"
    r"|(?:admin|static|statements|pay|sign_up|email/open|health|docs|schema)(?:/|$)"
    r"|(?:invoices|credit_notes|payments)/[A-Za-z0-9]{24}(?:/|$)"
    r"|(?:favicon\.ico|robots\.txt)$)"
)
# Webhooks of the API have numbers, vendors call in under their names.
_PERHAPS_VENDOR = re.compile(r"/webhooks/[a-z]")


def is_api(request: HttpRequest) -> bool:
    path = request.path_info
    return _BROWSER.match(path) is None and not (_PERHAPS_VENDOR.match(path) and _is_route(path))


def _is_route(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def is_list(request: HttpRequest) -> bool:
    """Whether the request reads a list: those answers carry `Link` and `X-Total-Count`, errors too."""
    if request.method not in ("GET", "HEAD"):
        return False
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    actions = getattr(view, "actions", None) or {}
    return actions.get("get") == "list_rows" or getattr(getattr(view, "cls", None), "is_list", False)

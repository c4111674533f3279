"""The addresses that paging links start with."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def link_base(request: HttpRequest) -> str:
    """The very base the client called: one official client cuts it off and puts its own before the rest.

    `API_BASE_URL` overrides it. `PUBLIC_URL` stands in when it names the host that was called: behind a
    proxy that ends TLS it knows the scheme, the request may not. Raises `DisallowedHost`.
    """
    if fixed := settings.API_BASE_URL:
        return str(fixed).rstrip("/")
    prefix = request.META.get("SCRIPT_NAME", "").rstrip("/")
    public = str(settings.PUBLIC_URL).rstrip("/")
    if public and urlsplit(public).netloc == request.get_host() and urlsplit(public).path == prefix:
        return public
    return f"{request.scheme}://{request.get_host()}{prefix}"


def query_pairs(request: HttpRequest | Request) -> list[tuple[str, str]]:
    """The query as pairs. Repeated names are kept once: one client sends link and parameters together,
    and would otherwise grow the address on every page."""
    text = request.META.get("QUERY_STRING", "").encode("latin-1", "replace").decode("utf-8", "replace")
    pairs = parse_qsl(text, keep_blank_values=True)
    kept: dict[Any, tuple[str, str]] = {}
    for name, value in pairs:
        kept[(name, value) if "[]" in name else name] = (name, value)
    return list(kept.values())

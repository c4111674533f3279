"""The addresses that paging links start with."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


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

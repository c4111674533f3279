"""Believe X-Forwarded-* only from proxies that are named in settings."""

import ipaddress
from collections.abc import Callable, Iterable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrustedProxies:
    """Takes scheme, host, prefix and client address from the headers of a proxy in `TRUSTED_PROXIES`.

    The setting lists addresses or networks (`10.0.0.0/8`). From everyone
    else they are dropped; without the setting nobody here reads them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        trusted = _networks(tuple(settings.TRUSTED_PROXIES))
        if trusted and _is_in(request.META.get("REMOTE_ADDR", ""), trusted):
            _take_over(request, trusted)
        elif trusted:
            for name in ("HOST", "PROTO", "PREFIX", "FOR"):
                request.META.pop(f"HTTP_X_FORWARDED_{name}", None)
        return self.get_response(request)


def _take_over(request: HttpRequest, trusted: Iterable[Network]) -> None:
    headers = request.META
    if host := _first(headers.get("HTTP_X_FORWARDED_HOST", "")):
        headers["HTTP_HOST"] = host
    if (scheme := _first(headers.get("HTTP_X_FORWARDED_PROTO", "")).lower()) in ("http", "https"):
        headers["wsgi.url_scheme"] = scheme
    if prefix := _first(headers.get("HTTP_X_FORWARDED_PREFIX", "")).rstrip("/"):
        headers["SCRIPT_NAME"] = prefix
        request.path = prefix + request.path_info
        set_script_prefix(prefix + "/")
    # From the right: the nearest hop that is not one of ours is the client.
    for hop in reversed(headers.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if hop.strip() and not _is_in(hop.strip(), trusted):
            headers["REMOTE_ADDR"] = hop.strip()
            break


def _first(header: str) -> str:
    return header.split(",", maxsplit=1)[0].strip()


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def _is_in(address: str, networks: Iterable[Network]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)

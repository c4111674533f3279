"""Brakes for pages behind secret links: per address, and for addresses that guess."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse

logger = logging.getLogger("duebook.links")

MINUTE, HOUR = 60, 3600

Page = Callable[..., HttpResponse]


def limited(page: Page) -> Page:
    """Answer 429 beyond so many requests a minute; after many wrong links only right ones pass.

    A counter that fails lets requests pass. Source: reliability rules for public links.
    """

    @wraps(page)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        if _over(f"link:{address}", settings.PUBLIC_LINKS_PER_MINUTE, MINUTE):
            return _too_many(MINUTE)
        try:
            return page(request, *args, **kwargs)
        except Http404:
            if _over(f"link-wrong:{address}", settings.PUBLIC_WRONG_LINKS_PER_HOUR, HOUR):
                return _too_many(HOUR)
            raise

    return guarded


def _over(counter: str, limit: int, seconds: int) -> bool:
    if not limit:
        return False
    try:
        cache.add(counter, 0, seconds)
        return cache.incr(counter) > limit
    except Exception:
        # Any kind of store may stand behind the cache, with any kind of failure.
        logger.warning("The limiter of public links is not working.", exc_info=True)
        return False


def _too_many(seconds: int) -> HttpResponse:
    answer = HttpResponse("Too many requests. Please try again later.\n", "text/plain", 429)
    answer["Retry-After"] = str(seconds)
    answer["Cache-Control"] = "private, no-store"
    return answer

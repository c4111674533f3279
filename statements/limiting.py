"""Brakes for pages behind secret links: per address, per link, and for addresses that guess."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from customers.models import Company
from statements.formatting import locale_for
from statements.page_frame import frame_values
from statements.private_answers import private

logger = logging.getLogger("duebook.links")

MINUTE, HOUR = 60, 3600

Page = Callable[..., HttpResponse]


def limited(page: Page) -> Page:
    """Answer 429 beyond so many requests a minute from an address or for a link, whoever asks; after
    many wrong links only right ones pass.

    A counter that fails lets requests pass. Source: reliability rules for public links.
    """

    @wraps(page)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        # The cache of a large installation is another machine: it need not learn the link itself.
        link = sha256(str(kwargs.get("token", "")).encode()).hexdigest()[:32]
        many = over_limit(f"link:{address}", settings.PUBLIC_LINKS_PER_MINUTE, MINUTE)
        if many or over_limit(f"link-of:{link}", settings.PUBLIC_LINK_OPENS_PER_MINUTE, MINUTE):
            return too_many(MINUTE)
        try:
            return page(request, *args, **kwargs)
        except Http404:
            if over_limit(f"link-wrong:{address}", settings.PUBLIC_WRONG_LINKS_PER_HOUR, HOUR):
                return too_many(HOUR)
            return _nothing_there(request)

    return guarded


def over_limit(counter: str, limit: int, seconds: int) -> bool:
    """Count once more; whether that is more than the limit (0: none) within so many seconds."""
    if not limit:
        return False
    count = 0
    with _store_may_be_away():
        cache.add(counter, 0, seconds)
        count = cache.incr(counter)
    return count > limit


def uncount(counter: str) -> None:
    """What was counted did not take place."""
    with _store_may_be_away():
        cache.delete(counter)


@contextmanager
def _store_may_be_away() -> Iterator[None]:
    try:
        yield
    except Exception:
        # Any kind of store may stand behind the cache, with any kind of failure.
        logger.warning("The limiter of public links is not working.", exc_info=True)


def _nothing_there(request: HttpRequest) -> HttpResponse:
    """The one answer for links that are unknown, revoked, ended or malformed; in the company's language."""
    company = Company.get()
    context = frame_values(company=company, locale=locale_for(company.language, company.country))
    return private(render(request, "pages/nothing_there.html", context, status=404))


def too_many(seconds: int) -> HttpResponse:
    """The answer beyond a limit."""
    answer = HttpResponse("Too many requests. Please try again later.\n", "text/plain", 429)
    answer["Retry-After"] = str(seconds)
    answer["Cache-Control"] = "private, no-store"
    return answer

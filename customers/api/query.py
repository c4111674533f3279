"""The query string of an API request, read once per request."""

from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from customers.api.brackets import FormData, parse_form

_KEPT_AS = "_duebook_query"


def query_of(request: HttpRequest | Request) -> FormData:
    """The query as nested maps and lists of text; raises `Refused` for broken or oversized text."""
    plain = request._request if isinstance(request, Request) else request
    kept: FormData | None = getattr(plain, _KEPT_AS, None)
    if kept is None:
        kept = parse_form(plain.META.get("QUERY_STRING", ""))
        setattr(plain, _KEPT_AS, kept)
    return kept


def words_of(value: Any) -> list[str]:
    """`customer,invoice`, `["customer", "invoice"]` or nothing, as a list of words."""
    if isinstance(value, list):
        return [word for item in value for word in words_of(item)]
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    return []

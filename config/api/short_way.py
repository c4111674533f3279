"""The way from the API's door straight to the view, past everything that is for browsers only.

Sessions, cookies, logins, messages and frames mean nothing to an API request, and passing through them
costs more than looking up a customer.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Next = Callable[[HttpRequest], HttpResponseBase]


def way_to_the_view(get_response: Next) -> Next:
    """What calls the view, behind all middleware in between.

    The framework wraps each middleware in a function that remembers it; should it ever stop doing so,
    requests take the long way and are answered just the same.
    """
    while (inner := getattr(getattr(get_response, "__wrapped__", None), "get_response", None)) is not None:
        get_response = inner
    return get_response

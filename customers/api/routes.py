"""Routes in the words of the wire: ids are plain numbers, a trailing slash makes no difference.

urlpatterns = [
    *resource("customers", Customers),                            # /customers, /customers/:id
    *resource("customers/:customer/contacts", Contacts),          # kwargs["customer"]
    endpoint("invoices/:id/void", VoidInvoice),
]
"""

import re
from typing import Any

from django.urls import URLPattern, re_path

from customers.api.base import Resource
from customers.api.view import ApiView

NUMBER = "[0-9]{1,18}"


def resource(path: str, view: type[Resource]) -> list[URLPattern]:
    """The list and the single object of a resource, with the methods it has."""
    patterns = []
    if methods := view.methods_of({"get": "list_rows", "post": "create"}):
        patterns.append(re_path(_regex(path), view.as_view(methods)))
    if methods := view.methods_of({"get": "retrieve", "patch": "update", "delete": "destroy"}):
        patterns.append(re_path(_regex(f"{path}/:id", view.id_pattern), view.as_view(methods)))
    return patterns


def endpoint(path: str, view: type[ApiView], **options: Any) -> URLPattern:
    """One view that is not a resource: `get`, `post`, … are its methods."""
    return re_path(_regex(path, getattr(view, "id_pattern", NUMBER)), view.as_view(**options))


def _regex(path: str, id_pattern: str = NUMBER) -> str:
    def group(match: re.Match[str]) -> str:
        return f"(?P<{match[1]}>{id_pattern if match[1] == 'id' else NUMBER})"

    return "^" + re.sub(r":([a-z_]+)", group, path) + "/?$"

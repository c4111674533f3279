"""All routes of the API as the URL resolver knows them: what is added there is swept by itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from customers.api.view import ApiView

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


@dataclass(frozen=True)
class Route:
    """`path` names its ids: `/customers/:customer/contacts/:id`."""

    path: str
    methods: frozenset[str]
    view: type[ApiView]
    is_list: bool

    @property
    def ids(self) -> list[str]:
        return re.findall(r":(\w+)", self.path)

    @property
    def allowed(self) -> frozenset[str]:
        return self.methods | ({"HEAD"} if "GET" in self.methods else set())

    def at(self, ids: Mapping[str, Any]) -> str:
        return re.sub(r":(\w+)", lambda match: str(ids[match[1]]), self.path)

    def __str__(self) -> str:
        return self.path


def _patterns(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern


def _route(pattern: URLPattern) -> Route | None:
    view = getattr(pattern.callback, "cls", None)
    if view is None or not issubclass(view, ApiView):
        return None
    actions = getattr(pattern.callback, "actions", None)
    # Resources say in the route what they offer, single endpoints by the methods that they have.
    offered = (
        actions if actions is not None else {name for name in view.http_method_names if hasattr(view, name)}
    )
    methods = frozenset(name.upper() for name in offered) & set(METHODS)
    path = "/" + _GROUP.sub(r":\1", str(pattern.pattern)).removeprefix("^").removesuffix("/?$")
    is_list = (actions or {}).get("get") == "list_rows" or view.is_list
    return Route(path, methods, view, is_list)


ROUTES = [route for pattern in _patterns(get_resolver().url_patterns) if (route := _route(pattern))]
LISTS = [route for route in ROUTES if route.is_list]

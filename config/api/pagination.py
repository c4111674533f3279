"""Pages of ids, and the two headers that most official clients cannot live without.

Ids only: a joined query is never paged, the rows are fetched by id afterwards. `next` is there when one
id more than the page was found; `last` is never before it (Invoiced API, pagination).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from rest_framework.request import Request

from config.api.keyset import Walk, after, comes_after, is_after, terms_of
from config.api.links import link_base, query_pairs
from config.api.remembering import recall, remember
from config.api.whole_tables import by_id_alone, count_of_all, first_ids_of_all, ids_of_all, is_whole
from customers.api.query import query_of

MAX_PER_PAGE = 100
COUNT_SECONDS = 60
LARGEST_COUNT = 2**31 - 1
_LARGEST_PAGE = 10**9


@dataclass(frozen=True, slots=True)
class Page:
    """One page of ids with what the headers need."""

    ids: Sequence[Any]
    number: int
    size: int
    has_next: bool
    total: int

    @property
    def last(self) -> int:
        by_count = max(1, -(-self.total // self.size))
        if self.has_next:
            return max(by_count, self.number + 1)
        return self.number if self.ids else by_count


class WirePagination:
    """`page`, `per_page`, `paginate`; garbage means the default, pages beyond the end are empty."""

    def paginate(self, request: Request, queryset: QuerySet[Any], view: Any) -> Page:
        """Needs an ordered queryset: pages of an unordered one repeat and lose rows."""
        if not queryset.ordered:
            raise ValueError("A list without order cannot be paged.")
        query = query_of(request)
        size = min(_number(query.get("per_page"), MAX_PER_PAGE), MAX_PER_PAGE)
        if "per_page" not in query:
            size = view.default_page_size() or MAX_PER_PAGE
        number = min(_number(query.get("page"), 1), _LARGEST_PAGE)
        ids, walked, total = _find(request, queryset, number, size)
        has_next = len(ids) > size
        ids = ids[:size]
        # What was seen is the least there is; the last page needs no count at all, unless rows have moved
        # since the walk began.
        seen = (number - 1) * size + len(ids) + has_next if ids else 0
        if total is not None:
            _remember_count(request, total)
        elif walked:
            total = _count(request, queryset, number)
        elif has_next or (not ids and number > 1):
            total = max(_count(request, queryset, number), seen)
        else:
            total = seen
        return Page(ids, number, size, has_next, min(total, LARGEST_COUNT))

    def headers(self, request: Request, page: Page, view: Any) -> dict[str, str]:
        if query_of(request).get("paginate") == "none":
            return {}
        return {"Link": _link(request, page), "X-Total-Count": str(page.total)}


class _Found(NamedTuple):
    """The page's ids and one more, whether they follow a page that was asked for before, and how many
    there are in all where that came along."""

    ids: list[Any]
    walked: bool = False
    total: int | None = None


def _find(request: Request, queryset: QuerySet[Any], number: int, size: int) -> _Found:
    start = (number - 1) * size
    terms = terms_of(queryset)
    if terms is None:
        return _Found(list(queryset.values_list("pk", flat=True)[start : start + size + 1]))
    key_id = getattr(request.auth, "pk", None)
    walk = Walk(key_id=key_id, path=request.path, query=_kept(request), size=size, terms=terms)
    begins = walk.ends_of(number - 1) if number > 1 else []
    ends = walk.ends_of(number)
    # Only the database knows its order of texts.
    by_database = any(isinstance(value, str) for end in ends for value in end.values)
    begin = begins[0].values if begins else None
    found: Sequence[Any]
    total = None
    if is_whole(queryset) and by_id_alone(terms):
        falling, behind = terms[0].falling, begin[0] if begin else None
        if number == 1:
            found, total = first_ids_of_all(queryset, falling=falling, most=size + 1)
        else:
            found = ids_of_all(queryset, falling=falling, behind=behind, start=start, most=size + 1)
    else:
        marks = {f"_after_{n}": is_after(terms, end.values) for n, end in enumerate(ends) if by_database}
        rows = queryset.annotate(**marks).values_list(*(term.name for term in terms), *marks)
        found = list(after(rows, terms, begin)[: size + 1] if begin else rows[start : start + size + 1])
    width = len(terms)
    if found:
        last = found[:size][-1]
        values, told = last[:width], last[width:]
        if not by_database:
            told = [comes_after(terms, values, end.values) for end in ends]
        behind = [end for end, is_behind in zip(ends, told, strict=True) if is_behind]
        walk.keep_end(number, values, behind=behind)
    # The order ends with the id.
    return _Found([values[width - 1] for values in found], bool(begins), total)


def _number(raw: Any, default: int) -> int:
    if not isinstance(raw, str) or not raw.strip().isascii() or not raw.strip().isdigit():
        return default
    number = int(raw.strip()[:12])
    return number if number >= 1 else default


def _count(request: Request, queryset: QuerySet[Any], number: int) -> int:
    """How many match: exact on page 1, up to a minute old on later pages of the same query."""
    total = recall(_count_key(request)) if number > 1 else None
    if total is None:
        total = count_of_all(queryset) if is_whole(queryset) else queryset.order_by().count()
        _remember_count(request, total)
    return int(total)


def _remember_count(request: Request, total: int) -> None:
    remember(_count_key(request), total, seconds=COUNT_SECONDS)


def _count_key(request: Request) -> str:
    key = f"{getattr(request.auth, 'pk', None)} {request.path} {sorted(_kept(request))}"
    return "api-count:" + hashlib.sha256(key.encode()).hexdigest()


def _link(request: Request, page: Page) -> str:
    places = [("self", page.number), ("first", 1)]
    if page.number > 1:
        places.append(("previous", page.number - 1))
    if page.has_next:
        places.append(("next", page.number + 1))
    places.append(("last", page.last))
    kept = _kept(request)
    base = link_base(request._request) + request.path_info
    size = [("per_page", page.size)] if "per_page" in query_of(request) and page.size != MAX_PER_PAGE else []
    urls = ((name, f"{base}?{urlencode([*kept, ('page', number), *size])}") for name, number in places)
    return ", ".join(f'<{url}>; rel="{name}"' for name, url in urls)


def _kept(request: Request) -> list[tuple[str, str]]:
    """The query without what says which page."""
    return [pair for pair in query_pairs(request) if pair[0] not in ("page", "per_page")]

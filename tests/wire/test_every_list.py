"""What all clients need of every list. Lists come from the URL resolver: a new one is checked by itself."""

from typing import Any
from urllib.parse import urlencode

from django.urls import resolve

from customers.api.short_lists import ShortList
from tests.wire.calls import Answer, Caller
from tests.wire.house import NOBODY, furnish
from tests.wire.links import python_links
from tests.wire.routes import LISTS, ROUTES

EMPTY = {
    "/estimates": "no such objects: there for the sync tool",
    "/plans": "no such objects: there for the sync tool",
    "/subscriptions": "no such objects: there for the sync tool",
    "/invoices/:id/attachments": "documents have no files yet",
    "/credit_notes/:id/attachments": "documents have no files yet",
    "/webhook_attempts": "nothing was delivered",
}
# Differ from answer to answer.
OF_THE_MOMENT = {"Date", "X-Request-Id"}
BOTH = {"Link", "X-Total-Count"}


def answers(caller: Caller, path: str) -> None:
    answer = caller.read(path)

    assert (answer.version, answer.status, answer.reason) == ("HTTP/1.1", 200, "OK")
    assert isinstance(answer.json, list)
    assert answer.header("Content-Type") == "application/json"
    assert answer.header("Cache-Control") == "no-cache, no-store"
    assert answer.header("X-Request-Id")
    assert total(answer) == len(answer.json)
    page = f"{caller.url}{path}?page=1"
    assert links(answer) == {"self": page, "first": page, "last": page}
    assert not answer.has("Set-Cookie")
    assert not any(name.startswith("Access-Control") for name in names(answer))


def answers_head_slash_and_curl_alike(caller: Caller, path: str) -> None:
    answer = caller.read(path)
    head = caller.send("HEAD", path)
    slash = caller.read(path + "/")
    by_eye = caller.like(user_agent="curl/8.0").read(path)

    same = [pair for pair in answer.headers if pair[0] not in OF_THE_MOMENT]
    assert [pair for pair in head.headers if pair[0] not in OF_THE_MOMENT] == same
    assert (head.status, head.body) == (200, b"")
    assert (slash.status, slash.body) == (200, answer.body)
    assert names(slash) == names(answer)
    assert by_eye.json == answer.json
    assert answer.json == [] or b"\n  " in by_eye.body


def can_be_walked_by_page_and_by_link(caller: Caller, path: str) -> None:
    whole = caller.read(path).json
    size = max(1, len(whole) // 3)
    pages: list[Any] = []
    address: str | None = f"{caller.url}{path}?per_page={size}"
    while address is not None:
        answer = caller.read(address.removeprefix(caller.url))
        assert len(answer.json) <= size
        assert links(answer).keys() >= {"self", "first", "last"}
        assert total(answer) == len(whole)
        pages += answer.json
        address = links(answer).get("next")
    assert links(answer)["self"] == links(answer)["last"]
    assert pages == whole
    second = caller.read(f"{path}?per_page=1&page=2")
    assert second.json == whole[1:2]
    assert "previous" in links(second)


def takes_any_page_for_what_it_is(caller: Caller, path: str) -> None:
    first = caller.read(path)
    for strange in ("page=0", "page=-1", "page=x", "page=", "per_page=0", "per_page=1000", "per_page=x"):
        assert caller.read(f"{path}?{strange}").json == first.json, strange
    beyond = caller.read(f"{path}?page=9999")
    assert (beyond.status, beyond.json) == (200, [])
    assert names(beyond) >= BOTH
    assert total(beyond) == total(first)
    assert not names(caller.read(f"{path}?paginate=none")) & BOTH
    unknown = caller.read(f"{path}?&nonsense=1&include=updated_at&expand=nonsense&exclude=nonsense")
    assert unknown.json == first.json


def sorts_as_the_sync_tool_asks(caller: Caller, path: str) -> None:
    asked = "include=updated_at&page=1&per_page=100&sort=updated_at%20ASC&updated_after=1"
    by_change = caller.read(f"{path}?{asked}")
    moments = [row.get("updated_at") for row in by_change.json]
    assert len(moments) == len(caller.read(path).json)
    assert None in moments or moments == sorted(moments)
    backwards = caller.read(f"{path}?sort=updated_at+desc")
    assert backwards.status == 200
    if has_columns(path):
        assert caller.read(f"{path}?sort=nonsense+asc").refusal == (400, "sort")
        assert caller.read(f"{path}?sort=updated_at+upwards").refusal == (400, "sort")


def refuses_with_both_headers(caller: Caller, path: str) -> None:
    refused = {
        "no key": caller.send("GET", path, key=""),
        "wrong key": caller.send("GET", path, key="wrong"),
    }
    expected: dict[str, tuple[int, str | None]] = {"no key": (401, None), "wrong key": (401, None)}
    if has_columns(path):
        for name in ("filter[nonsense]", "sort", "advanced_filter"):
            refused[name] = caller.read(f"{path}?{name}=nonsense")
            expected[name] = (400, name.partition("[")[0])
    assert {name: answer.refusal for name, answer in refused.items()} == expected
    for name, answer in refused.items():
        query = f"?{urlencode({name: 'nonsense'})}" if expected[name][0] == 400 else ""
        assert answer.header("Link") == f'<{caller.url}{path}{query}>; rel="self"'
        assert answer.header("X-Total-Count") == "0"
        assert answer.header("Content-Type") == "application/json"
    assert refused["no key"].header("WWW-Authenticate") == 'Basic realm="Invoiced"'


def keeps_separators_in_links_encoded(caller: Caller, path: str) -> None:
    answer = caller.read(f"{path}?sort=updated_at+asc,updated_at+desc&x[a;b]=%3C1,2%3E&per_page=1")
    assert answer.status == 200
    assert all(not set(url) & set(',;<>"') for url in links(answer).values())
    assert "sort=updated_at+asc%2Cupdated_at+desc" in links(answer)["self"]


CHECKS = (
    answers,
    answers_head_slash_and_curl_alike,
    can_be_walked_by_page_and_by_link,
    takes_any_page_for_what_it_is,
    sorts_as_the_sync_tool_asks,
    refuses_with_both_headers,
    keeps_separators_in_links_encoded,
)


def has_columns(path: str) -> bool:
    """A handful of values that is no table has nothing to sort or filter by."""
    return not issubclass(resolve(path).func.cls, ShortList)  # type: ignore[attr-defined]


def total(answer: Answer) -> int:
    return int(answer.header("X-Total-Count"))


def links(answer: Answer) -> dict[str, str]:
    return python_links(answer.header("Link"))


def names(answer: Answer) -> set[str]:
    return {name for name, _ in answer.headers}


def test_every_list_keeps_the_conventions(caller: Caller) -> None:
    """All that fail are told together."""
    house = furnish(caller)
    assert len(LISTS) > 5

    problems = {}
    for route in LISTS:
        path = house.path(route)
        for check in CHECKS:
            try:
                check(caller, path)
            except (AssertionError, KeyError, ValueError) as problem:
                problems[f"{route} {check.__name__}"] = f"{type(problem).__name__}: {problem}"
        # A new kind of object needs a line in `house.FURNITURE`.
        if (rows := len(caller.read(path).json)) < 2 and route.path not in EMPTY:
            problems[f"{route} has rows here"] = str(rows)

    assert problems == {}


def test_whatever_answers_an_array_is_a_list(caller: Caller) -> None:
    house = furnish(caller, sent=False)
    for route in ROUTES:
        if "GET" in route.methods and not route.path.endswith("/:id"):
            answer = caller.read(house.path(route))
            if answer.status == 200:
                assert isinstance(answer.json, list) == route.is_list, route.path


def test_every_nested_list_of_nobody_is_not_found(caller: Caller) -> None:
    for route in LISTS:
        if route.ids:
            nobody = caller.read(route.at(dict.fromkeys(route.ids, NOBODY)))
            assert nobody.refusal == (404, None), route.path
            assert names(nobody) >= BOTH, route.path

"""What all clients need of every list. Lists come from the URL resolver: a new one is checked by itself."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.wire.calls import Answer, Caller
from tests.wire.house import House, furnish
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


@pytest.fixture
def house(caller: Caller) -> House:
    return furnish(caller)


def on_every_list(house: House, check: Callable[[str], None]) -> None:
    """Run a check on each list; all that fail are told together."""
    problems = {}
    for route in LISTS:
        try:
            check(house.path(route))
        except (AssertionError, KeyError, ValueError) as problem:
            problems[route.path] = f"{type(problem).__name__}: {problem}"
    assert problems == {}


def total(answer: Answer) -> int:
    return int(answer.header("X-Total-Count"))


def links(answer: Answer) -> dict[str, str]:
    return python_links(answer.header("Link"))


def names(answer: Answer) -> set[str]:
    return {name for name, _ in answer.headers}


def test_there_are_lists_and_each_has_rows_here(caller: Caller, house: House) -> None:
    assert len(LISTS) > 5
    for route in LISTS:
        rows = caller.read(house.path(route)).json
        if route.path in EMPTY:
            assert rows == []
        else:
            # A new kind of object needs a line in `house.FURNITURE`.
            assert len(rows) >= 2, route.path


def test_whatever_answers_an_array_is_a_list(caller: Caller, house: House) -> None:
    for route in ROUTES:
        if "GET" in route.methods and not route.path.endswith("/:id"):
            answer = caller.read(house.path(route))
            if answer.status == 200:
                assert isinstance(answer.json, list) == route.is_list, route.path


def test_every_list_is_a_bare_array_with_both_headers(caller: Caller, house: House) -> None:
    def check(path: str) -> None:
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

    on_every_list(house, check)


def test_every_list_answers_head_slash_and_curl_alike(caller: Caller, house: House) -> None:
    def check(path: str) -> None:
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

    on_every_list(house, check)


def test_every_list_can_be_walked_by_page_or_by_link(caller: Caller, house: House) -> None:
    def check(path: str) -> None:
        whole = caller.read(path).json
        pages: list[Any] = []
        address: str | None = f"{caller.url}{path}?per_page=1"
        while address is not None:
            answer = caller.read(address.removeprefix(caller.url))
            assert len(answer.json) <= 1
            assert links(answer).keys() >= {"self", "first", "last"}
            assert total(answer) == len(whole)
            pages += answer.json
            address = links(answer).get("next")
        assert links(answer)["self"] == links(answer)["last"]
        assert pages == whole
        second = caller.read(f"{path}?per_page=1&page=2")
        assert second.json == whole[1:2]
        assert ("previous" in links(second)) is True

    on_every_list(house, check)


def test_every_list_takes_any_page_for_what_it_is(caller: Caller, house: House) -> None:
    def check(path: str) -> None:
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

    on_every_list(house, check)


def test_every_list_sorts_as_the_sync_tool_asks(caller: Caller, house: House) -> None:
    def check(path: str) -> None:
        by_change = caller.read(
            f"{path}?include=updated_at&page=1&per_page=100&sort=updated_at%20ASC&updated_after=1"
        )
        moments = [row.get("updated_at") for row in by_change.json]
        assert len(moments) == len(caller.read(path).json)
        assert None in moments or moments == sorted(moments)
        assert caller.read(f"{path}?sort=updated_at+desc,id").status == 200
        assert caller.read(f"{path}?sort=nonsense+asc").refusal == (400, "sort")
        assert caller.read(f"{path}?sort=id+upwards").refusal == (400, "sort")

    on_every_list(house, check)


def test_every_list_refuses_with_both_headers(caller: Caller, house: House) -> None:
    def check(path: str) -> None:
        refused = {
            "no key": caller.send("GET", path, key=""),
            "wrong key": caller.send("GET", path, key="wrong"),
            "filter": caller.read(f"{path}?filter[nonsense]=1"),
            "sort": caller.read(f"{path}?sort=nonsense"),
            "advanced": caller.read(f"{path}?advanced_filter=%5B%5D"),
        }
        statuses = {name: answer.refusal for name, answer in refused.items()}
        assert statuses == {
            "no key": (401, None), "wrong key": (401, None), "filter": (400, "filter"), "sort": (400, "sort"),
            "advanced": (400, "advanced_filter"),
        }  # fmt: skip
        for answer in refused.values():
            assert answer.header("Link") == f'<{caller.url}{path}>; rel="self"'
            assert answer.header("X-Total-Count") == "0"
            assert answer.header("Content-Type") == "application/json"
        assert refused["no key"].header("WWW-Authenticate") == 'Basic realm="Invoiced"'

    on_every_list(house, check)


def test_every_nested_list_of_nobody_is_not_found(caller: Caller) -> None:
    for route in LISTS:
        if route.ids:
            nobody = caller.read(route.at(dict.fromkeys(route.ids, 999999)))
            assert nobody.refusal == (404, None), route.path
            assert names(nobody) >= BOTH, route.path


def test_links_keep_their_own_separators_encoded(caller: Caller, house: House) -> None:
    def check(path: str) -> None:
        answer = caller.read(f"{path}?sort=id+asc,updated_at+desc&metadata[a;b]=%3C1,2%3E&per_page=1")
        if answer.status == 200:
            assert all(not set(url) & set(',;<>"') for url in links(answer).values())
            assert "sort=id+asc%2Cupdated_at+desc" in links(answer)["self"]

    on_every_list(house, check)

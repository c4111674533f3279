"""Walks over several pages by the rules of each official client, from the first page to the last."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from tests.wire.calls import Answer, Caller
from tests.wire.links import dot_net_next, go_next, java_next, python_links

# Everything that must not stand raw in a link.
CITY = 'Acme, Inc.; <Ltd> "A" & Söhne'
ASKED = f"per_page=2&sort=name%20asc%2Cid%20desc&filter%5Bcity%5D={quote(CITY)}"
Walk = Callable[[Caller], Iterator[Answer]]


def python_walk(caller: Caller) -> Iterator[Answer]:
    """Counts pages for as long as there is a next one; so do Ruby, PHP and the sync tool."""
    page, more = 1, True
    while more:
        answer = caller.read(f"/customers?{ASKED}&page={page}")
        yield answer
        more = "next" in python_links(answer.header("Link"))
        page += 1


def java_walk(caller: Caller) -> Iterator[Answer]:
    """Calls the link and adds all that it had asked for once more."""
    address: str | None = f"{caller.url}/customers"
    while address:
        joint = "&" if "?" in address else "?"
        answer = caller.read(f"{address.removeprefix(caller.url)}{joint}{ASKED.replace('%20', '+')}")
        yield answer
        address = java_next(answer.header("Link"))


def dot_net_walk(caller: Caller) -> Iterator[Answer]:
    address: str | None = f"{caller.url}/customers?{ASKED}"
    while address:
        answer = caller.read(address.removeprefix(caller.url))
        yield answer
        address = dot_net_next(answer.header("Link"))


def go_walk(caller: Caller) -> Iterator[Answer]:
    rest: str | None = f"/customers?{ASKED}"
    while rest:
        answer = caller.read(rest)
        yield answer
        rest = go_next(answer.header("Link"), caller.url)


@pytest.mark.parametrize("walk", [python_walk, java_walk, dot_net_walk, go_walk])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 6])
def test_every_client_sees_each_row_once_and_stops(caller: Caller, walk: Walk, count: int) -> None:
    names = [f"Customer {number}" for number in range(count)]
    for name in reversed(names):
        caller.create("/customers", name=name, city=CITY)
    caller.create("/customers", name="Elsewhere")

    seen, pages = [], 0
    for answer in walk(caller):
        pages += 1
        assert pages <= 10, "an endless walk"
        assert answer.status == 200
        assert answer.header("X-Total-Count") == str(count)
        seen += [row["name"] for row in answer.json]

    assert (seen, pages) == (names, max(1, -(-count // 2)))


def test_addresses_do_not_grow_from_page_to_page(caller: Caller) -> None:
    for number in range(8):
        caller.create("/customers", name=f"Customer {number}", city=CITY)

    lengths = [len(answer.header("Link").split(",")[0]) for answer in java_walk(caller)]

    assert len(lengths) == 4
    assert len(set(lengths)) == 1


def test_links_start_with_the_base_that_was_called(caller: Caller) -> None:
    """Under each of its names: one client cuts its own base off and puts it before the rest."""
    port = caller.url.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        links = python_links(Caller(f"http://{host}", caller.key).read("/customers").header("Link"))

        assert {link.partition("?")[0] for link in links.values()} == {f"http://{host}/customers"}


def test_single_objects_and_refusals_of_writes_carry_no_link(caller: Caller) -> None:
    """One client parses the header on every answer to a GET, and falls over a strange one."""
    acme = caller.create("/customers", name="Acme")

    assert not acme.has("Link")
    assert not caller.read(f"/customers/{acme['id']}").has("Link")
    assert not caller.send("POST", "/customers").has("Link")

"""Pages and their headers, as six official clients read them."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries, Settings

from customers.models import Contact, Customer
from tests.config.api.conftest import Api


@pytest.fixture
def contacts(acme: Customer, noon: datetime) -> list[Contact]:
    """Seven people, all changed in the same second, and named so that names repeat."""
    rows = [
        Contact(customer=acme, name=f"Person {n % 3}", created_at=noon, updated_at=noon) for n in range(7)
    ]
    return Contact.objects.bulk_create(rows)


def links(response: Any) -> dict[str, str]:
    """The header as clients cut it: at every comma, then at every semicolon."""
    parts = {}
    for part in response["Link"].split(","):
        url, rel = part.split(";")
        match = re.fullmatch(r' rel="([a-z]+)"', rel)
        assert match is not None
        parts[match[1]] = url.strip().removeprefix("<").removesuffix(">")
    return parts


def path(acme: Customer, query: str = "") -> str:
    return f"/customers/{acme.pk}/contacts{query}"


def test_an_empty_list_has_both_headers(api: Api) -> None:
    response = api.get("/customers")

    assert response.content == b"[]"
    assert response["X-Total-Count"] == "0"
    assert list(links(response)) == ["self", "first", "last"]
    assert links(response)["self"] == links(response)["last"] == "http://testserver/customers?page=1"


def test_the_elements_come_in_their_order(api: Api, acme: Customer, contacts: list[Contact]) -> None:
    base = f"http://testserver/customers/{acme.pk}/contacts"

    response = api.get(path(acme, "?per_page=3&page=2"))

    assert response["X-Total-Count"] == "7"
    assert response["Link"] == (
        f'<{base}?page=2&per_page=3>; rel="self", <{base}?page=1&per_page=3>; rel="first", '
        f'<{base}?page=1&per_page=3>; rel="previous", <{base}?page=3&per_page=3>; rel="next", '
        f'<{base}?page=3&per_page=3>; rel="last"'
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("sort", ["", "name+desc", "updated_at+ASC", "name,id+desc"])
def test_walking_next_meets_every_row_once(
    api: Api, acme: Customer, contacts: list[Contact], size: int, sort: str
) -> None:
    url: str | None = path(acme, f"?per_page={size}&sort={sort}")
    met: list[int] = []
    while url is not None:
        response = api.get(url)
        met += [row["id"] for row in response.json()]
        at = links(response)
        assert response["X-Total-Count"] == "7"
        assert ("next" in at) is (at["self"] != at["last"])
        url = at["next"].removeprefix("http://testserver") if "next" in at else None

    assert sorted(met) == sorted(row.pk for row in contacts)


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("per_page=0", 7),
        ("per_page=-1", 7),
        ("per_page=x", 7),
        ("per_page=5000", 7),
        ("per_page=2", 2),
        ("per_page[]=2", 7),
    ],
)
def test_garbage_means_the_default_size(
    api: Api, acme: Customer, contacts: list[Contact], query: str, size: int
) -> None:
    response = api.get(path(acme, f"?{query}"))

    assert response.status_code == 200
    assert len(response.json()) == size
    assert ("per_page=" in links(response)["self"]) is (size == 2)


@pytest.mark.parametrize("page", ["0", "-3", "x", "", "1.5", "²"])
def test_a_page_below_one_is_the_first(api: Api, acme: Customer, contacts: list[Contact], page: str) -> None:
    response = api.get(path(acme), {"page": page})

    assert len(response.json()) == 7
    assert "page=1" in links(response)["self"]


@pytest.mark.parametrize("page", ["4", "99999999999999999999999"])
def test_beyond_the_end_is_empty(api: Api, acme: Customer, contacts: list[Contact], page: str) -> None:
    response = api.get(path(acme, f"?per_page=3&page={page}"))

    assert response.status_code == 200
    assert response.json() == []
    assert response["X-Total-Count"] == "7"
    assert "page=3" in links(response)["last"]
    assert "next" not in links(response)


def test_paginate_none_drops_both_headers(api: Api, acme: Customer, contacts: list[Contact]) -> None:
    response = api.get(path(acme, "?paginate=none"))

    assert len(response.json()) == 7
    assert "Link" not in response
    assert "X-Total-Count" not in response


def test_no_character_inside_of_a_link_can_cut_it(api: Api, acme: Customer, contacts: list[Contact]) -> None:
    response = api.get(path(acme, "?sort=name%20asc,id%20desc&x=\"<a>;,b'&per_page=3"))

    url = links(response)["next"]
    assert "sort=name+asc%2Cid+desc" in url
    assert not set('<>",; ') & set(url)
    assert parse_qs(urlsplit(url).query)["x"] == ["\"<a>;,b'"]


def test_links_keep_brackets_and_repeated_names_once(api: Api) -> None:
    query = "?filter%5Bname%5D=A&filter%5Bname%5D=B&expand[]=a&expand[]=b&page=9&page=1&updated_after=0"

    url = links(api.get("/customers" + query))["self"]

    expected = {"filter[name]": ["B"], "expand[]": ["a", "b"], "updated_after": ["0"], "page": ["1"]}
    assert parse_qs(urlsplit(url).query) == expected


def test_text_beyond_ascii_survives_in_links(api: Api) -> None:
    url = links(api.get("/customers", {"filter[name]": "Zoë"}))["self"]

    assert parse_qs(urlsplit(url).query)["filter[name]"] == ["Zoë"]


@pytest.mark.parametrize(
    ("setting", "value", "base"),
    [
        ("API_BASE_URL", "https://ar.example.com/api/", "https://ar.example.com/api"),
        ("PUBLIC_URL", "https://testserver", "https://testserver"),
        ("PUBLIC_URL", "https://elsewhere.example", "http://testserver"),
    ],
)
def test_links_start_with_the_base_the_client_called(
    api: Api, settings: Settings, setting: str, value: str, base: str
) -> None:
    setattr(settings, setting, value)

    assert links(api.get("/customers"))["self"] == f"{base}/customers?page=1"


def test_links_keep_a_prefix_and_a_trailing_slash(api: Api) -> None:
    response = api.get("/customers/", SCRIPT_NAME="/api", HTTP_HOST="localhost:8000")

    assert links(response)["self"] == "http://localhost:8000/api/customers/?page=1"


def test_a_full_walk_needs_no_count_on_its_last_page(
    api: Api,
    acme: Customer,
    contacts: list[Contact],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api.get(path(acme))

    with django_assert_num_queries(4):  # the key, the parent, the ids, the rows
        api.get(path(acme))
    with django_assert_num_queries(5):  # and the count
        api.get(path(acme, "?per_page=3"))
    with django_assert_num_queries(4):  # the count is a minute old at most
        api.get(path(acme, "?per_page=3&page=2"))


def test_the_total_is_exact_on_page_one_and_never_below_what_was_seen(
    api: Api, acme: Customer, contacts: list[Contact]
) -> None:
    api.get(path(acme, "?per_page=2"))
    Contact.objects.bulk_create(
        [Contact(customer=acme, name="Z", created_at=contacts[0].created_at) for _ in range(4)]
    )

    assert api.get(path(acme, "?per_page=2&page=2"))["X-Total-Count"] == "7"  # remembered
    late = api.get(path(acme, "?per_page=2&page=4"))
    assert late["X-Total-Count"] == "9"
    assert "page=5" in links(late)["next"]
    assert "page=5" in links(late)["last"]
    assert api.get(path(acme, "?per_page=2"))["X-Total-Count"] == "11"
    cache.clear()
    assert api.get(path(acme, "?per_page=2&page=2"))["X-Total-Count"] == "11"


def test_one_client_gets_whole_lists_where_its_loop_never_moves(
    api: Api, acme: Customer, noon: datetime, settings: Settings
) -> None:
    rows = [Contact(customer=acme, name=f"P{n}", created_at=noon + timedelta(seconds=n)) for n in range(101)]
    Contact.objects.bulk_create(rows)

    go = api.get(path(acme), HTTP_USER_AGENT="Invoiced Go/2.15.0")
    assert len(go.json()) == 101
    assert "next" not in links(go)
    assert "per_page" not in links(go)["self"]
    assert len(api.get(path(acme, "?per_page=50"), HTTP_USER_AGENT="Invoiced Go/2.15.0").json()) == 50
    assert len(api.get(path(acme)).json()) == 100

    settings.CLIENT_SHIMS = False
    assert len(api.get(path(acme), HTTP_USER_AGENT="Invoiced Go/2.15.0").json()) == 100

"""Walking a list page by page: nothing is lost while rows move, and every order is kept."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
import time_machine
from pytest_django import Settings

from config.api import pagination
from config.api.keyset import comes_after, is_after, terms_of
from customers.api.columns import directed
from customers.models import ApiKey, Customer
from tests.config.api.conftest import Api, basic


@pytest.fixture(autouse=True)
def _whole_api(_small_api: None, settings: Settings) -> None:
    """The product's own routes: the small API has too few columns."""
    settings.ROOT_URLCONF = "config.urls"


@pytest.fixture
def people(db: None, noon: datetime) -> list[Customer]:
    """Eleven customers; some share a name, a limit, a moment, and some have none of what can be unset."""
    rows = [
        Customer(
            name=f"Person {n % 3}",
            number=f"P-{n}",
            number_key=f"p-{n}",
            type="person" if n % 4 else "company",
            credit_limit=None if n % 3 == 0 else Decimal(n % 2) + Decimal("0.5"),
            autopay_delay_days=None if n < 4 else n % 2,
            updated_at=noon,
        )
        for n in range(11)
    ]
    Customer.objects.bulk_create(rows)
    for n, row in enumerate(rows):
        Customer.objects.filter(pk=row.pk).update(updated_at=noon + timedelta(microseconds=n // 2))
    return rows


def walk(api: Api, query: str, size: int, *, meanwhile: Any = None) -> list[int]:
    met: list[int] = []
    for page in range(1, 40):
        rows = api.get(f"/customers?per_page={size}&page={page}&{query}").json()
        if not rows:
            return met
        met += [row["id"] for row in rows]
        if meanwhile:
            meanwhile(page)
    raise AssertionError("The walk does not end.")


def whole(api: Api, query: str) -> list[int]:
    return [row["id"] for row in api.get(f"/customers?{query}").json()]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize(
    "sort",
    [
        "", "id desc", "name", "name desc", "updated_at ASC", "updated_at desc", "type,name desc",
        "credit_limit", "credit_limit desc", "autopay_delay_days desc,credit_limit",
        "credit_limit,autopay_delay_days desc,name", "autopay_delay_days,id desc", "name desc,id",
    ],
)  # fmt: skip
def test_a_walk_meets_the_rows_in_the_order_of_the_whole_list(
    api: Api, people: list[Customer], sort: str, size: int
) -> None:
    query = f"sort={sort}" if sort else ""

    assert walk(api, query, size) == whole(api, query)


@pytest.mark.parametrize("sort", ["credit_limit desc", "updated_at", "name"])
def test_a_jump_lands_where_a_walk_would(api: Api, people: list[Customer], sort: str) -> None:
    jumped = [row["id"] for row in api.get(f"/customers?per_page=3&page=3&sort={sort}").json()]

    assert jumped == whole(api, f"sort={sort}")[6:9]


@pytest.mark.parametrize(
    "order", [["-pk"], ["updated_at", "pk"], ["credit_limit", "-autopay_delay_days", "pk"]]
)
def test_what_comes_after_is_the_same_here_and_in_the_database(
    people: list[Customer], order: list[str]
) -> None:
    rows = Customer.objects.order_by(*(directed(Customer, *_split(name)) for name in order))
    terms = terms_of(rows) or []
    names = [term.name for term in terms]
    told = {
        (tuple(values), pk): bool(behind)
        for values in rows.values_list(*names)
        for pk, behind in rows.annotate(behind=is_after(terms, values)).values_list("pk", "behind")
    }

    assert len(told) == len(people) ** 2
    for (values, pk), behind in told.items():
        [mine] = rows.filter(pk=pk).values_list(*names)
        assert comes_after(terms, mine, values) == behind, (mine, values)


def _split(name: str) -> tuple[str, Literal["asc", "desc"]]:
    return name.removeprefix("-"), "desc" if name.startswith("-") else "asc"


def test_rows_that_change_during_a_walk_by_change_push_nobody_past_the_reader(
    api: Api, people: list[Customer]
) -> None:
    touched: list[int] = []

    def touch(page: int) -> None:
        """Each time two rows that were already read move to the end of the list."""
        if len(touched) < 6:
            rows = people[len(touched) : len(touched) + 2]
            touched.extend(row.pk for row in rows)
            for row in rows:
                row.save()

    met = walk(api, "sort=updated_at ASC", 2, meanwhile=touch)

    assert set(met) == {row.pk for row in people}
    assert set(met[len(people) :]) <= set(touched)
    assert met[: len(people)] == [row.pk for row in people]


@pytest.mark.parametrize(
    "sort", ["updated_at ASC", "updated_at ASC,autopay_delay_days", "name", "name,type desc"]
)
def test_a_second_reader_with_the_same_key_takes_nothing_from_the_first(
    api: Api, people: list[Customer], sort: str
) -> None:
    query, expected = f"sort={sort}&per_page=4", whole(api, f"sort={sort}")
    first = whole(api, f"{query}&page=1")
    for pk in first[:3]:
        row = Customer.objects.get(pk=pk)
        row.name = "Zoë"
        row.save()

    second = whole(api, f"{query}&page=1")
    met = [pk for page in (2, 3, 4) for pk in whole(api, f"{query}&page={page}")]

    assert second != first
    assert met[: len(expected) - 4] == expected[4:]


def test_the_second_reader_loses_nothing_either(api: Api, people: list[Customer]) -> None:
    """Its first page ends before that of the first reader did: a row came in between."""
    whole(api, "sort=name&per_page=4&page=1")
    Customer.objects.filter(pk=people[10].pk).update(name="Aaron")

    met = walk(api, "sort=name", 4)

    assert met == whole(api, "sort=name")


def test_an_end_is_forgotten_when_no_reader_can_rely_on_it(api: Api, people: list[Customer]) -> None:
    """Who walks every minute begins each page a few minutes back at most, not where the first walk did."""
    query, begun = "sort=updated_at ASC&per_page=4", people[0].updated_at
    second: list[list[int]] = []

    for minute in range(8):
        with time_machine.travel(begun + timedelta(minutes=minute), tick=False):
            first = whole(api, f"{query}&page=1")
            second.append(whole(api, f"{query}&page=2"))
        for row in people[:3] if minute == 0 else []:
            row.save()

    assert first == [row.pk for row in people[3:7]]
    assert second[4] == [row.pk for row in people[4:8]]
    assert second[7] == [row.pk for row in (*people[7:], *people[:3])][:4]


def test_rows_that_vanish_during_a_walk_push_nobody_past_the_reader(api: Api, people: list[Customer]) -> None:
    first = whole(api, "per_page=4&page=1")
    Customer.objects.filter(pk__in=first[:2]).delete()

    second = api.get("/customers?per_page=4&page=2")

    assert [row["id"] for row in second.json()] == [row.pk for row in people[4:8]]
    # The count is a minute old at most: it was taken with the first page.
    assert second["X-Total-Count"] == "11"


def test_the_last_page_of_a_walk_counts_what_is_there(
    api: Api, people: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagination, "COUNT_SECONDS", 0)
    api.get("/customers?per_page=6&page=1")
    Customer.objects.filter(pk=people[0].pk).delete()

    last = api.get("/customers?per_page=6&page=2")

    assert len(last.json()) == 5
    assert last["X-Total-Count"] == "10"


def test_a_page_that_is_asked_for_again_is_the_same(api: Api, people: list[Customer]) -> None:
    whole(api, "per_page=4&page=1")
    once = whole(api, "per_page=4&page=2")

    assert whole(api, "per_page=4&page=2") == once
    assert whole(api, "per_page=4&page=3") == [row.pk for row in people[8:]]


def test_walks_of_other_queries_sizes_and_keys_are_others(api: Api, people: list[Customer]) -> None:
    whole(api, "per_page=4&page=1")
    Customer.objects.filter(pk=people[0].pk).delete()
    left = [row.pk for row in people[1:]]

    assert whole(api, "per_page=2&page=2") == left[2:4]
    assert whole(api, "per_page=4&page=2&filter[type]=company") == []
    other = Api(HTTP_AUTHORIZATION=basic(ApiKey.issue(name="Other")[1]))
    assert whole(other, "per_page=4&page=2") == left[4:8]


def test_lists_answer_without_their_memory(api: Api, people: list[Customer], settings: Settings) -> None:
    """The store is away: its address refuses every connection."""
    store = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": store, "LOCATION": "redis://127.0.0.1:1/0"}}

    assert walk(api, "sort=name", 4) == whole(api, "sort=name")

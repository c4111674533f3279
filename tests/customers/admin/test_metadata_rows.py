"""Metadata as rows of the customer's form."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Event
from tests.customers.admin.test_account_form import ACCOUNT
from tests.desk import lines, page_text
from tests.ledgers import Books

pytestmark = pytest.mark.django_db
TYPED = {"region": "north", "stores": 12, "rate": 0.5, "vip": True}


@pytest.fixture
def customer(books: Books) -> Customer:
    Customer.objects.update(metadata=TYPED)
    books.customer.refresh_from_db()
    return books.customer


def edit_url(customer: Customer) -> str:
    return reverse("admin:customers_customer_edit", args=[customer.pk])


def send(desk: Client, customer: Customer, *rows: dict[str, Any]) -> Any:
    return desk.post(edit_url(customer), {**ACCOUNT, **lines(*rows, prefix="metadata")})


def as_shown(desk: Client, customer: Customer) -> list[dict[str, str]]:
    """The rows as a browser sends them back."""
    rows = desk.get(edit_url(customer)).context["metadata"].forms
    return [{name: row[name].value() for name in ("was", "key", "value")} for row in rows]


def types(metadata: dict[str, Any]) -> dict[str, tuple[type, Any]]:
    """1 and True are equal, and still not the same."""
    return {key: (type(value), value) for key, value in metadata.items()}


def stored(customer: Customer) -> dict[str, tuple[type, Any]]:
    customer.refresh_from_db()
    return types(customer.metadata)


def test_a_new_customer_gets_pairs(desk: Client) -> None:
    rows = lines({"key": " region ", "value": "north"}, {"key": "size", "value": "12"}, prefix="metadata")

    desk.post(reverse("admin:customers_customer_add"), {**ACCOUNT, **rows, "number": "NP-7"})

    assert Customer.objects.get(number="NP-7").metadata == {"region": "north", "size": "12"}


def test_values_show_as_they_are_on_the_wire(desk: Client, customer: Customer) -> None:
    shown = {row["key"]: row["value"] for row in as_shown(desk, customer)}

    assert shown == {"region": "north", "stores": "12", "rate": "0.5", "vip": "true"}


def test_untouched_pairs_keep_their_type_and_nothing_is_recorded(desk: Client, customer: Customer) -> None:
    send(desk, customer, *as_shown(desk, customer))
    count = Event.objects.filter(type="customer.updated").count()

    send(desk, customer, *as_shown(desk, customer))

    assert stored(customer) == types(TYPED)
    assert Event.objects.filter(type="customer.updated").count() == count


@pytest.mark.parametrize(
    ("key", "entered", "kept"),
    [
        ("stores", "13", 13),
        ("stores", "13.5", 13.5),
        ("stores", "twelve", "twelve"),
        ("vip", "False", False),
        ("vip", "1", "1"),
        ("region", "12", "12"),
        ("region", "true", "true"),
        ("stores", "1234567890123456", "1234567890123456"),
    ],
)
def test_a_changed_value_keeps_the_type_when_it_reads_as_one(
    desk: Client, customer: Customer, key: str, entered: str, kept: Any
) -> None:
    rows = [{**row, "value": entered} if row["key"] == key else row for row in as_shown(desk, customer)]

    send(desk, customer, *rows)

    assert stored(customer) == types({**TYPED, key: kept})


def test_a_renamed_pair_keeps_its_typed_value(desk: Client, customer: Customer) -> None:
    rows = [{**row, "key": "shops"} if row["key"] == "stores" else row for row in as_shown(desk, customer)]

    send(desk, customer, *rows)

    assert stored(customer) == types({"region": "north", "shops": 12, "rate": 0.5, "vip": True})


def test_removed_and_emptied_pairs_go(desk: Client, customer: Customer) -> None:
    first, second, *others = as_shown(desk, customer)

    send(desk, customer, {**first, "DELETE": "on"}, {**second, "key": "", "value": ""}, *others)

    assert set(stored(customer)) == {row["key"] for row in others}
    assert "metadata" in (Event.objects.filter(type="customer.updated").latest("pk").previous or {})


def test_a_pair_that_was_added_meanwhile_stays(desk: Client, customer: Customer) -> None:
    rows = as_shown(desk, customer)
    Customer.objects.update(metadata={**TYPED, "late": 1})

    send(desk, customer, *rows, {"key": "mine", "value": "x"})

    assert stored(customer) == types({**TYPED, "late": 1, "mine": "x"})


def test_line_breaks_in_a_value_survive_the_browser(desk: Client, customer: Customer) -> None:
    Customer.objects.update(metadata={"note": "one\ntwo"})

    send(desk, customer, {"was": "note", "key": "note", "value": "one\r\ntwo"})

    assert stored(customer) == types({"note": "one\ntwo"})


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        ({"key": "k" * 41, "value": "x"}, "key", "Metadata keys must have 1 to 40 characters."),
        ({"key": "", "value": "x"}, "key", "Metadata keys must have 1 to 40 characters."),
        (
            {"key": "k", "value": "v" * 256},
            "value",
            "Metadata values must not be longer than 255 characters.",
        ),
    ],
)
def test_the_limits_of_the_api_are_refused_beside_the_row(
    desk: Client, customer: Customer, row: dict[str, str], field: str, said: str
) -> None:
    answer = send(desk, customer, *as_shown(desk, customer), row)

    assert answer.status_code == 422
    assert answer.context["metadata"].forms[-1].errors[field] == [said]
    assert "Please mend what is marked below." in page_text(answer)
    assert stored(customer) == types(TYPED)


def test_what_is_at_the_limits_is_taken(desk: Client, books: Books) -> None:
    rows = [{"key": f"{index}".rjust(40, "k"), "value": "v" * 255} for index in range(10)]

    send(desk, books.customer, *rows)

    assert stored(books.customer) == types({row["key"]: row["value"] for row in rows})


def test_an_eleventh_pair_is_refused(desk: Client, books: Books) -> None:
    answer = send(desk, books.customer, *({"key": f"k{index}", "value": "x"} for index in range(11)))

    assert answer.status_code == 422
    assert "Metadata has more than 10 keys." in page_text(answer)
    assert stored(books.customer) == {}


def test_a_key_twice_is_refused(desk: Client, customer: Customer) -> None:
    answer = send(desk, customer, *as_shown(desk, customer), {"key": "region", "value": "south"})

    assert answer.status_code == 422
    assert answer.context["metadata"].forms[-1].errors["key"] == ["This key is already in the list."]

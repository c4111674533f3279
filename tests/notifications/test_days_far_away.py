"""Days at and beyond both edges of what can be reckoned with: on every page, link and command with a day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django import forms
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from customers.admin.forms import DayField, DeskForm
from customers.dates import FIRST_DAY, LAST_DAY, is_known_day
from customers.models import Company, Customer
from tests.customers.admin.test_every_page import PAGES
from tests.desk import at_desk
from tests.ledgers import open_books

pytestmark = pytest.mark.django_db

ONE = timedelta(days=1)
EDGES = (date.min, FIRST_DAY - ONE, FIRST_DAY, LAST_DAY, LAST_DAY + ONE, date.max)
# Far from Greenwich on either side, where a day reaches furthest out of the range in seconds.
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12")
WORDS = ("as_of", "start", "end", "start_day", "end_day", "date", "due_date", "last_day")
OF_A_CUSTOMER = (
    ("customers_customer_change", ()),
    ("statements_issuedstatement_preview", ()),
    ("statements_issuedstatement_preview_pdf", ()),
    ("statements_issuedstatement_preview_facts", ("csv",)),
    ("statements_issuedstatement_preview_facts", ("json",)),
    ("notifications_message_send", ()),
    ("notifications_message_look", ()),
)


@pytest.fixture(params=ZONES)
def anchor(request: pytest.FixtureRequest, db: None) -> Customer:
    books = open_books("Blue Anchor", number="BA-1", email="ap@anchor.example")
    books.invoice("2026-01-06", "I-1", "500", due="2026-02-05")
    books.pay("2026-03-20", "120", "CHK 1", on=[("I-1", "100")])
    Company.objects.update(time_zone=request.param)
    return books.customer


def addresses(customer: Customer) -> Iterator[tuple[str, str]]:
    """Each with a kind of statement; only pages about a customer's ask for one."""
    yield from ((reverse(f"admin:{name}"), "open_item") for name in PAGES)
    for name, more in OF_A_CUSTOMER:
        where = reverse(f"admin:{name}", args=[customer.pk, *more])
        yield from ((where, kind) for kind in ("open_item", "balance_forward"))


@pytest.mark.parametrize("day", EDGES, ids=str)
def test_no_page_of_the_back_office_fails(anchor: Customer, day: date) -> None:
    desk, failed = at_desk(), {}

    for address, kind in addresses(anchor):
        words = dict.fromkeys(WORDS, str(day)) | {"type": kind, "written": f"{day}..{day}"}
        status = desk.get(address, words).status_code
        if status >= 500:
            failed[address, kind] = status

    assert failed == {}


@pytest.mark.parametrize("day", EDGES, ids=str)
def test_the_statement_of_a_day_out_of_range_is_refused_beside_the_day(anchor: Customer, day: date) -> None:
    where = reverse("admin:statements_issuedstatement_preview", args=[anchor.pk])

    answer = at_desk().get(where, {"type": "open_item", "end": str(day)})

    assert answer.status_code == (200 if is_known_day(day) else 422)
    assert bool(answer.context["form"].errors.get("end")) == (not is_known_day(day))


@pytest.mark.parametrize("day", EDGES, ids=str)
@pytest.mark.parametrize("part", ["", "/pdf", "/csv"])
def test_a_link_falls_back_to_today(client: Client, anchor: Customer, day: date, part: str) -> None:
    link = f"/statements/{anchor.statement_token}{part}"

    assert client.get(link, {"type": "balance_forward", "month": str(day)[:7]}).status_code == 200


@pytest.mark.parametrize("kind", ["open_item", "balance_forward"])
def test_a_link_takes_any_second(client: Client, anchor: Customer, kind: str) -> None:
    link = f"/statements/{anchor.statement_token}"

    for start, end in (("1", "4102444800"), ("4102444801", "9" * 12)):
        assert client.get(link, {"type": kind, "start": start, "end": end}).status_code == 200


@pytest.mark.parametrize("day", EDGES, ids=str)
@pytest.mark.parametrize(
    "words",
    [
        ("aging", "--as-of", "{}"),
        ("roll_forward", "--start", "1970-01-02", "--end", "{}"),
        ("roll_forward", "--start", "{}", "--end", "2100-01-01"),
        ("run_statements", "--type", "open_item", "--end", "{}", "--dry-run"),
        ("run_statements", "--type", "balance_forward", "--start", "{}", "--end", "2100-01-01", "--dry-run"),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_a_command_says_in_one_line_what_is_wrong(
    anchor: Customer, words: tuple[str, ...], day: date
) -> None:
    arguments = [word.format(day) for word in words]
    if is_known_day(day):
        call_command(*arguments)
        return

    with pytest.raises(CommandError, match="days go from 1970-01-02 to 2100-01-01") as refused:
        call_command(*arguments)

    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_every_form_of_the_desk_has_days_of_this_range() -> None:
    found = [kind for kind in _below(DeskForm) if kind.__module__.split(".")[0] != "tests"]
    days: list[tuple[str, Any]] = [
        (f"{kind.__name__}.{name}", item)
        for kind in found
        for name, item in kind.base_fields.items()
        if isinstance(item, forms.DateField)
    ]

    assert days
    assert [name for name, item in days if not isinstance(item, DayField)] == []


@pytest.mark.parametrize("day", EDGES, ids=str)
def test_a_field_takes_the_edges_and_nothing_beyond(day: date) -> None:
    if is_known_day(day):
        assert DayField().clean(str(day)) == day
    else:
        with pytest.raises(forms.ValidationError, match="1970-01-02"):
            DayField().clean(str(day))


def _below(kind: type[DeskForm]) -> Iterator[type[DeskForm]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)

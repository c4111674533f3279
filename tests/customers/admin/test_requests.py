"""The request log at the desk: to look up what a program asked, for admins only."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.ledger.accounts import update_customer
from customers.ledger.events import Actor, acting_as
from customers.models import ApiKey, RequestLog, Role
from tests.desk import at_desk, page_text, staff
from tests.ledgers import Books

LIST = reverse("admin:customers_requestlog_changelist")


def asked(**values: Any) -> RequestLog:
    given: dict[str, Any] = {
        "request_id": "0c1d2e3f", "method": "GET", "path": "/customers", "status": 200, "milliseconds": 12,
        "created_at": timezone.now(),
    }  # fmt: skip
    return RequestLog.objects.create(**(given | values))


def test_a_request_is_found_by_its_whole_id(desk: Client) -> None:
    asked(path="/customers/15")
    asked(request_id="99999999", path="/payments")

    found = page_text(desk.get(LIST, {"q": " 0c1d2e3f "}))

    assert "GET /customers/15" in found
    assert "/payments" not in found
    assert "/customers/15" not in page_text(desk.get(LIST, {"q": "0c1d"}))


def test_who_finds_no_request_is_told_how_far_the_log_reaches_back(desk: Client, settings: Any) -> None:
    asked()

    for days, told in (
        (7, "it may be older than 7 days."),
        (1, "older than 1 day."),
        (0, "REQUEST_LOG_DAYS is 0"),
    ):
        settings.REQUEST_LOG_DAYS = days
        assert told in page_text(desk.get(LIST, {"q": "99999999"}))
    assert "Nothing matches" in page_text(desk.get(LIST, {"answer": "5"}))
    RequestLog.objects.all().delete()
    assert "There is nothing here yet." in page_text(desk.get(LIST))


def test_times_are_told_to_the_second(desk: Client) -> None:
    row = asked(created_at=datetime(2026, 3, 5, 14, 5, 9, tzinfo=UTC))

    for page in (LIST, reverse("admin:customers_requestlog_change", args=[row.pk])):
        assert "Mar 5, 2026, 08:05:09" in page_text(desk.get(page))


def test_the_list_is_narrowed_by_answer_method_and_key(desk: Client) -> None:
    key, _ = ApiKey.issue(name="Warehouse")
    asked(path="/one", status=400, message="Name is missing.", method="POST", api_key=key)
    asked(path="/two", status=200)
    asked(path="/three", status=503)

    assert "/one" in (refused := page_text(desk.get(LIST, {"answer": "4"})))
    assert "/two" not in refused
    assert "Name is missing." in refused
    assert "/three" in page_text(desk.get(LIST, {"answer": "5"}))
    assert "/two" not in page_text(desk.get(LIST, {"method": "POST"}))
    assert "/two" not in page_text(desk.get(LIST, {"key": str(key.pk)}))
    assert "/one" not in page_text(desk.get(LIST, {"key": "none"}))


def test_the_newest_stands_first(desk: Client) -> None:
    asked(path="/earlier")
    asked(path="/later")

    shown = page_text(desk.get(LIST))

    assert shown.index("/later") < shown.index("/earlier")


def test_the_page_of_a_request_tells_what_it_changed(desk: Client, books: Books) -> None:
    key, _ = ApiKey.issue(name="Warehouse")
    now = timezone.now()
    with acting_as(Actor(name="API key Warehouse", api_key=key, request_id="0c1d2e3f")):
        update_customer(customer=books.customer, changes={"name": "Blue Anchor Ltd"}, now=now)
    row = asked(method="PATCH", path=f"/customers/{books.customer.pk}", api_key=key)

    shown = page_text(desk.get(reverse("admin:customers_requestlog_change", args=[row.pk])))

    assert f"customer.updated {books.customer.pk}" in shown
    assert "12 ms" in shown
    assert "Warehouse" in shown


def test_the_history_of_a_customer_leads_to_the_request(desk: Client, books: Books) -> None:
    key, _ = ApiKey.issue(name="Warehouse")
    with acting_as(Actor(name="API key Warehouse", api_key=key, request_id="0c1d2e3f")):
        update_customer(customer=books.customer, changes={"name": "Blue Anchor Ltd"}, now=timezone.now())
    page = reverse("admin:customers_customer_change", args=[books.customer.pk]) + "?tab=history"

    assert f"{LIST}?q=0c1d2e3f" in page_text(desk.get(page, follow=True))
    assert LIST not in page_text(at_desk(staff("Fin", role=Role.FINANCE)).get(page, follow=True))


def test_an_address_of_a_forgotten_request_leads_back_to_the_list(desk: Client) -> None:
    assert desk.get(reverse("admin:customers_requestlog_change", args=[4711])).headers["Location"] == LIST


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.ACCOUNT_MANAGER, Role.FINANCE])
def test_only_admins_see_it(db: None, role: str) -> None:
    row = asked()
    seat = at_desk(staff("Max", role=role))

    assert seat.get(LIST).status_code == 403
    assert seat.get(reverse("admin:customers_requestlog_change", args=[row.pk])).status_code == 403


def test_nobody_changes_or_deletes_a_row(desk: Client) -> None:
    row = asked()

    assert desk.get(reverse("admin:customers_requestlog_add")).status_code == 403
    assert desk.post(reverse("admin:customers_requestlog_delete", args=[row.pk])).status_code == 403
    assert RequestLog.objects.count() == 1

"""A query that takes too long, or waits too long for a lock, ends with 503 instead of holding a worker."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from customers.models import Customer
from tests.config.api.conftest import Api

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer and no limits"),
]


@pytest.fixture(autouse=True)
def _short_limits(settings: Settings) -> Iterator[None]:
    settings.API_STATEMENT_SECONDS, settings.API_LOCK_SECONDS = 1.0, 0.2
    connection.close()
    yield
    connection.close()


def shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


def test_a_query_that_takes_too_long_asks_to_come_back(api: Api) -> None:
    response = api.get("/slow")

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert response.json()["type"] == "api"
    assert api.get("/customers").status_code == 200


def test_a_row_that_somebody_else_holds_is_not_waited_for_long(api: Api, acme: Customer) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Customer.objects.select_for_update().get(pk=acme.pk)
            held.set()
            done.wait(timeout=20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(timeout=20)
    try:
        response = api.send("POST", "/slow", {})
    finally:
        done.set()
        holder.join()

    assert response.status_code == 503
    assert api.send("POST", "/slow", {}).status_code == 200


def test_pages_of_browsers_have_the_servers_own_limits(api: Api) -> None:
    before = shown("statement_timeout")

    api.get("/customers")
    assert (shown("statement_timeout"), shown("lock_timeout")) == ("1s", "200ms")
    Client().get("/admin/counted")

    assert shown("statement_timeout") == before


def test_a_page_that_asks_nothing_does_not_touch_the_connection(api: Api) -> None:
    api.get("/customers")
    Client().get("/admin/nowhere")

    assert shown("statement_timeout") == "1s"


def test_a_page_alone_opens_no_connection() -> None:
    Client().get("/admin/nowhere")

    assert connection.connection is None

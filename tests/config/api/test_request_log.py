"""Every API request leaves a row without secrets, and never waits for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from config.api import log_buffer
from config.api.log_buffer import LogBuffer
from config.api.request_log import masked, masked_query
from customers.models import ApiKey, RequestLog
from customers.tasks import forget_requests
from tests.config.api.conftest import Api, basic


@pytest.fixture(autouse=True)
def _logging(settings: Settings) -> None:
    settings.REQUEST_LOG_DAYS = 7


def test_a_request_is_found_by_the_id_its_answer_carried(api: Api) -> None:
    response = api.get("/customers?page=2", HTTP_USER_AGENT="Invoiced Python/3.0.0")

    row = RequestLog.objects.get(request_id=response["X-Request-Id"])
    assert (row.method, row.path, row.query, row.status) == ("GET", "/customers", "page=2", 200)
    assert (row.address, row.user_agent) == ("127.0.0.1", "Invoiced Python/3.0.0")
    assert row.api_key == ApiKey.objects.get()
    assert row.message == ""
    assert not row.replayed


def test_a_refusal_is_kept_with_its_message(api: Api) -> None:
    api.send("POST", "/customers", {"email": "ap@acme.example"})

    row = RequestLog.objects.get()
    assert (row.status, row.message) == (400, "Name is missing.")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"HTTP_AUTHORIZATION": basic("wrong")}, 401), ({"HTTP_HOST": "evil.example"}, 400)],
    ids=["bad key", "bad host"],
)
def test_what_is_refused_before_any_view_is_kept_too(api: Api, headers: dict[str, str], status: int) -> None:
    api.get("/customers", **headers)  # type: ignore[arg-type]

    row = RequestLog.objects.get()
    assert (row.status, row.api_key) == (status, None)
    assert row.message


def test_a_replayed_answer_is_marked(api: Api) -> None:
    for _ in range(2):
        api.send("POST", "/customers", {"name": "Acme"}, HTTP_IDEMPOTENCY_KEY="order-4711")

    assert list(RequestLog.objects.order_by("pk").values_list("replayed", flat=True)) == [False, True]


def test_pages_of_browsers_are_not_kept(db: None) -> None:
    Client().get("/admin/")

    assert not RequestLog.objects.exists()


def test_none_is_kept_when_it_is_switched_off(api: Api, settings: Settings) -> None:
    settings.REQUEST_LOG_DAYS = 0

    api.get("/customers")

    assert not RequestLog.objects.exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/customers/15/contacts", "/customers/15/contacts"),
        ("/statements/abcdEFGH1234abcdEFGH1234/pdf", "/statements/abcd***/pdf"),
        ("/anything/abcdEFGH1234abcdEFGH1234", "/anything/abcd***"),
        ("/emails/0123456789abcdef0123456789abcdef", "/emails/0123456789abcdef0123456789abcdef"),
        ("the card 4242 4242 4242 4242 is unknown", "the card ***4242 is unknown"),
        ("/4242/4242/4242/4242", "/***4242"),
        ("There is no route for GET /4242424242424242.", "There is no route for GET /***4242."),
        ("sk_live_abcdefghij", "sk_***"),
        ("Source was not found: pm_1Nabcdef", "Source was not found: pm_***"),
        ("disabled_payment_methods_are_kept", "disabled_payment_methods_are_kept"),
    ],
)
def test_secrets_are_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("filter%5Bname%5D=Blue+Anchor&page=1", "filter[name]=Blue Anchor&page=1"),
        ("invoiced_token=tok_visa", "invoiced_token=***"),
        ("api_key=x&password=y&q=", "api_key=***&password=***&q="),
        ("note=4242424242424242", "note=***4242"),
        ("note=4242+4242+4242+4242+12/27", "note=***4242 12/27"),
        ("q=%00a%0d%0ab", "q=\x00a\r\nb"),
        ("\xff\xfe=1", "��=1"),
    ],
)
def test_the_query_is_kept_without_secrets(query: str, kept: str) -> None:
    assert masked_query(query) == kept


def test_control_characters_and_endless_texts_are_stored_harmlessly(api: Api) -> None:
    api.get("/nowhere/" + "x" * 600 + "?q=%00%1b" + "a" * 2000, HTTP_USER_AGENT="agent\x00" * 100)

    row = RequestLog.objects.get()
    assert len(row.path) == 500
    assert row.query.startswith("q=a")
    assert len(row.user_agent) == 255
    assert "\x00" not in row.user_agent + row.message


def test_a_card_number_in_a_path_is_kept_nowhere(api: Api) -> None:
    api.get("/4242424242424242")
    api.get("/customers?filter[4242%204242%204242%204242]=x")

    assert "4242424242424242" not in str(RequestLog.objects.values())
    assert "4242 4242 4242 4242" not in str(RequestLog.objects.values())


def test_neither_bodies_nor_keys_are_kept(api: Api, key: str) -> None:
    api.send("POST", "/customers", {"name": "Acme", "email": "private@acme.example"})

    row = RequestLog.objects.values().get()
    assert not any(secret in str(row) for secret in (key, "private@acme.example", "Basic"))


def test_a_request_pays_no_query_for_its_row(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is served: the rows are written by a thread of the process."""
    settings.REQUEST_LOG_DAYS = 0
    api.get("/customers")
    with CaptureQueriesContext(connection) as without:
        api.get("/customers")
    settings.REQUEST_LOG_DAYS, settings.REQUEST_LOG_SECONDS = 7, 3600.0
    monkeypatch.setattr(log_buffer, "buffer", LogBuffer())

    with CaptureQueriesContext(connection) as logged:
        api.get("/customers")

    assert len(logged) == len(without)
    assert not RequestLog.objects.exists()
    log_buffer.buffer.flush()
    assert RequestLog.objects.count() == 1


def row(**values: Any) -> RequestLog:
    given = {"request_id": "r-1", "method": "GET", "path": "/customers", "status": 200, "milliseconds": 3}
    return RequestLog(**({"created_at": timezone.now()} | given | values))


@pytest.mark.django_db(transaction=True)
def test_the_thread_writes_what_was_gathered_within_its_time(settings: Settings) -> None:
    settings.REQUEST_LOG_SECONDS = 0.05
    gathered = LogBuffer()

    for index in range(3):
        gathered.add(row(request_id=f"r-{index}"))

    deadline = timezone.now() + timedelta(seconds=10)
    while RequestLog.objects.count() < 3 and timezone.now() < deadline:
        pass
    assert RequestLog.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_gone_does_not_lose_the_rows_of_others(settings: Settings) -> None:
    settings.REQUEST_LOG_SECONDS = 3600.0
    key, _ = ApiKey.issue(name="Warehouse")
    gathered = LogBuffer()
    gathered.add(row(api_key_id=key.pk))
    gathered.add(row(api_key_id=key.pk + 1000))

    gathered.flush()

    assert set(RequestLog.objects.values_list("api_key_id", flat=True)) == {key.pk, None}


def test_a_database_that_is_away_costs_neither_the_request_nor_the_row(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(rows: Any) -> None:
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as trouble:
        trouble.setattr(log_buffer, "_insert", away)
        response = api.get("/customers")
    assert response.status_code == 200
    assert not RequestLog.objects.exists()

    api.get("/customers")

    assert RequestLog.objects.count() == 2


def test_memory_is_bounded_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(rows: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(log_buffer, "_insert", away)
    gathered = LogBuffer()

    for _ in range(log_buffer.MOST_ROWS + 5):
        gathered._rows.append(row())
    gathered.flush()

    assert len(gathered._rows) == log_buffer.MOST_ROWS


def test_the_sweep_forgets_what_is_older_than_a_week(db: None) -> None:
    now = timezone.now()
    RequestLog.objects.bulk_create(
        [row(request_id="old", created_at=now - timedelta(days=8)), row(request_id="new")]
    )

    forget_requests()

    assert RequestLog.objects.get().request_id == "new"

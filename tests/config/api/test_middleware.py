"""What surrounds a request: ids, headers, hosts, bodies, limits."""

import io
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client, RequestFactory
from pytest_django import Settings

from config.api import throttling
from config.api.middleware import MAX_BODY, ApiDoor
from config.api.throttling import slot_for
from customers.models import ApiKey, Customer
from tests.config.api.conftest import Api, basic


def test_answers_carry_the_headers_of_the_api(api: Api) -> None:
    response = api.get("/customers")

    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-cache, no-store"
    assert len(response["X-Request-Id"]) == 36
    assert not response.cookies


@pytest.mark.parametrize(
    ("sent", "kept"), [("abcDEF-123", True), ("short", False), ("bad id!!", False), ("x" * 65, False)]
)
def test_a_valid_request_id_is_kept(api: Api, sent: str, kept: bool) -> None:
    assert (api.get("/customers", HTTP_X_REQUEST_ID=sent)["X-Request-Id"] == sent) is kept


def test_browser_paths_keep_their_own_headers(db: None) -> None:
    response = Client().get("/admin/nowhere")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert "X-Request-Id" in response


def test_cookies_of_a_browser_do_not_reach_the_api(api: Api) -> None:
    api.cookies["sessionid"] = "stolen"

    response = api.get("/customers")

    assert response.status_code == 200
    assert "Cookie" not in response.get("Vary", "")


def test_an_unknown_host_is_refused_in_json(api: Api) -> None:
    response = api.get("/customers", HTTP_HOST="evil.example")

    assert response.status_code == 400
    assert response.json()["message"] == "This host name is not served here."


def test_plain_http_is_refused_and_never_redirected_when_tls_is_demanded(
    api: Api, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    response = api.get("/customers")

    assert response.status_code == 403
    assert "https" in response.json()["message"]
    assert api.get("/customers", secure=True).status_code == 200


def test_a_body_shorter_than_announced_writes_nothing(api: Api) -> None:
    cut: dict[str, Any] = {
        "CONTENT_LENGTH": "40",
        "wsgi.input": io.BytesIO(b'{"name": "Acme", "credit_limit": 5}'),
    }

    response = api.generic("POST", "/customers", b"", "application/json", **cut)

    assert response.status_code == 400
    assert "cut off" in response.json()["message"]
    assert not Customer.objects.exists()


def test_a_body_over_ten_megabytes_is_refused_unread(api: Api) -> None:
    response = api.generic("POST", "/echo", b"{}", "application/json", CONTENT_LENGTH=str(MAX_BODY + 1))

    assert response.status_code == 400
    assert "10 MB" in response.json()["message"]


@pytest.mark.parametrize("length", ["abc", "-5", "1.5", "²"])
def test_a_nonsensical_length_is_refused(db: None, key: str, length: str) -> None:
    request = RequestFactory().post("/echo", b"{}", "application/json", HTTP_AUTHORIZATION=basic(key))
    request.META["CONTENT_LENGTH"] = length

    assert ApiDoor(_unreachable)(request).status_code == 400


def _unreachable(request: Any) -> Any:
    raise AssertionError("the door let it through")


def test_a_packed_body_is_refused(api: Api) -> None:
    response = api.send("POST", "/echo", {"a": 1}, HTTP_CONTENT_ENCODING="gzip")

    assert response.status_code == 400


def test_a_body_in_chunks_is_read(api: Api) -> None:
    body = b'{"name": "Acme"}'
    chunked: dict[str, Any] = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
        "wsgi.input": io.BytesIO(body),
    }

    response = api.generic("POST", "/customers", b"", "application/json", **chunked)

    assert response.status_code == 201
    assert response.json()["name"] == "Acme"


def test_a_database_that_is_busy_at_the_door_asks_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("database is locked")

    monkeypatch.setattr("config.api.middleware.find_key", locked)

    response = api.get("/customers")

    assert (response.status_code, response["Retry-After"]) == (503, "1")


def test_the_twenty_first_concurrent_request_waits(api: Api) -> None:
    taken = [slot_for(ApiKey.objects.get().pk) for _ in range(20)]
    for slot in taken:
        slot.__enter__()

    response = api.get("/customers")

    assert response.status_code == 429
    assert response["Retry-After"] == "1"
    assert response.json()["type"] == "invalid_request"

    taken[0].__exit__(None, None, None)
    assert api.get("/customers").status_code == 200


def test_a_failing_limiter_lets_requests_pass(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("no store")

    monkeypatch.setattr(
        throttling, "cache", type("Broken", (), {"add": broken, "incr": broken, "delete": broken})()
    )

    assert api.get("/customers").status_code == 200


def test_places_are_free_again_after_each_request(api: Api) -> None:
    for _ in range(25):
        assert api.get("/customers").status_code == 200


def test_a_rate_can_be_capped(api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_REQUESTS_PER_SECOND = 2
    monkeypatch.setattr("time.time", lambda: 1000.0)

    assert [api.get("/customers").status_code for _ in range(3)] == [200, 200, 429]


def test_guessing_keys_is_slowed_down_but_a_right_key_still_passes(api: Api) -> None:
    answers = [
        Client().get("/customers", HTTP_AUTHORIZATION=basic(f"guess-{n}")).status_code for n in range(11)
    ]

    assert answers == [401] * 10 + [429]
    assert api.get("/customers").status_code == 200


def test_one_wrong_key_may_knock_as_often_as_it_likes(db: None) -> None:
    answers = {Client().get("/customers", HTTP_AUTHORIZATION=basic("old-key")).status_code for _ in range(15)}

    assert answers == {401}
    assert cache.get("api-bad-keys:127.0.0.1") == 1

"""Who gets in: the key as Basic user name or Bearer token, checked before routing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import ApiKey
from tests.config.api.conftest import Api, basic


def test_the_key_is_the_user_name_of_basic_or_the_bearer_token(api: Api, key: str) -> None:
    assert api.get("/customers").status_code == 200
    assert Client().get("/customers", HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 200
    assert Client().get("/customers", HTTP_AUTHORIZATION=f"bearer {key}").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic aGVsbG8=",
        basic("unknown-key"),
        basic(""),
        "Bearer ",
        "Bearer unknown",
        "Digest x",
        "Basic " + "A" * 5000,
        "Bearer \x00\xff",
        basic("ключ"),
    ],
)
def test_everything_else_is_turned_away(db: None, header: str) -> None:
    response = Client().get("/customers/1", HTTP_AUTHORIZATION=header)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Basic realm="Invoiced"'
    assert response.json()["type"] == "invalid_request"
    assert "param" not in response.json()


def test_a_password_beside_the_key_is_refused(key: str) -> None:
    assert Client().get("/customers", HTTP_AUTHORIZATION=basic(key, "secret")).status_code == 401


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
def test_revoked_and_expired_keys_are_refused_at_once(api: Api, column: str) -> None:
    assert api.get("/customers").status_code == 200

    ApiKey.objects.update(**{column: timezone.now() - timedelta(seconds=1)})

    assert api.get("/customers").status_code == 401


def test_the_key_is_checked_before_the_route(api: Api) -> None:
    assert Client().get("/nowhere").status_code == 401

    response = api.get("/nowhere")

    assert response.status_code == 404
    assert response.json() == {"type": "invalid_request", "message": "There is no route for GET /nowhere."}


def test_the_time_of_use_is_written_at_most_every_half_hour(api: Api) -> None:
    api.get("/customers")
    first = ApiKey.objects.get().last_used_at
    api.get("/customers")

    assert first is not None
    assert ApiKey.objects.get().last_used_at == first

    ApiKey.objects.update(last_used_at=first - timedelta(minutes=31))
    api.get("/customers")
    again = ApiKey.objects.get().last_used_at
    assert again is not None
    assert again >= first


@pytest.mark.parametrize(
    ("role", "read", "write", "send"),
    [
        ("read_only", 200, 403, 403),
        ("account_manager", 200, 403, 201),
        ("finance", 200, 201, 201),
        ("admin", 200, 201, 201),
    ],
)
def test_a_key_may_do_what_its_role_allows(api: Api, role: str, read: int, write: int, send: int) -> None:
    ApiKey.objects.update(role=role)

    assert api.get("/customers").status_code == read
    assert api.send("POST", "/customers", {"name": "Acme"}).status_code == write
    assert api.send("POST", "/send", {"to": "a"}).status_code == send


def test_the_key_signs_what_it_changes(api: Api) -> None:
    from customers.models import Event

    response: Any = api.send("POST", "/customers", {"name": "Acme"}, HTTP_X_REQUEST_ID="request-12345")

    event = Event.objects.get()
    assert response.status_code == 201
    assert (event.api_key, event.actor, event.request_id, event.address) == (
        ApiKey.objects.get(),
        "API key Warehouse",
        "request-12345",
        "127.0.0.1",
    )

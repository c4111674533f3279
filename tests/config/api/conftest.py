"""A client with a key, and a small API to call."""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
import pytest
from django.test import Client
from pytest_django import Settings

from customers.ledger.accounts import create_customer
from customers.models import ApiKey, Customer
from tests.config.api.routes import Send


def basic(key: str, password: str = "") -> str:
    return "Basic " + base64.b64encode(f"{key}:{password}".encode()).decode()


class Api(Client):
    """The test client in the words of the API: JSON bodies, a key, answers read back."""

    def send(self, method: str, path: str, body: Any = None, **headers: Any) -> Any:
        if isinstance(body, dict | list):
            body = orjson.dumps(body)
            headers.setdefault("content_type", "application/json")
        return self.generic(method, path, body if body is not None else b"", **headers)


@pytest.fixture(autouse=True)
def _small_api(settings: Settings) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.config.api.routes"
    Send.sent.clear()
    yield
    Send.pause = 0.0


@pytest.fixture
def key(db: None) -> str:
    return ApiKey.issue(name="Warehouse")[1]


@pytest.fixture
def api(key: str) -> Api:
    return Api(HTTP_AUTHORIZATION=basic(key))


@pytest.fixture
def acme(db: None, noon: datetime) -> Customer:
    return create_customer(values={"name": "Acme"}, now=noon)

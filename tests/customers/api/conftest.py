"""A client with a key that talks to the product's own routes, and books that must add up afterwards."""

import base64
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from customers.ledger.reconciling import differences
from customers.models import ApiKey, Company, Event, Role, TaxRate, User


class Wire(Client):
    """The test client in the words of the API: JSON in, exact JSON out."""

    def send(self, method: str, path: str, body: Any = None, **headers: Any) -> "Answer":
        if isinstance(body, dict | list):
            body = json.dumps(body, default=str)
            headers.setdefault("content_type", "application/json")
        return Answer(self.generic(method, path, "" if body is None else body, **headers))

    def read(self, path: str, **query: Any) -> "Answer":
        return Answer(self.get(path, query))

    def create(self, path: str, body: Any = None, **fields: Any) -> "Answer":
        return self.send("POST", path, fields if body is None else body)

    def change(self, path: str, body: Any = None, **fields: Any) -> "Answer":
        return self.send("PATCH", path, fields if body is None else body)

    def remove(self, path: str) -> "Answer":
        return self.send("DELETE", path)


class Answer:
    """A status, headers and the body as plain values; amounts are exact."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.text: str = response.content.decode()
        self.json: Any = json.loads(self.text, parse_float=Decimal) if self.text else None

    def __getitem__(self, key: Any) -> Any:
        assert self.status < 300, f"{self.status}: {self.text}"
        return self.json[key]

    @property
    def refusal(self) -> tuple[int, str | None]:
        """Status and blamed parameter; a refusal always has the one flat shape."""
        assert self.json["type"] == ("invalid_request" if self.status < 500 else "api"), self.text
        assert self.json.keys() <= {"type", "message", "param"}
        assert self.json["message"]
        return self.status, self.json.get("param")


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


@pytest.fixture
def wire_as(db: None) -> Iterator[Callable[..., Wire]]:
    """A client for a key of any role; at the end every stored figure must equal what its rows say."""

    def connect(role: str = Role.FINANCE, user: User | None = None) -> Wire:
        return Wire(HTTP_AUTHORIZATION=basic(ApiKey.issue(name="Warehouse", role=role, user=user)[1]))

    yield connect
    if Event.objects.exclude(object_type__in=["customer", "contact"]).exists():
        assert [str(difference) for difference in differences(now=timezone.now())] == []


@pytest.fixture
def wire(wire_as: Callable[..., Wire]) -> Wire:
    return wire_as()


@pytest.fixture
def acme(wire: Wire) -> int:
    """The id of a customer that was created over the wire."""
    pk: int = wire.create("/customers", name="Acme", email="ap@acme.example")["id"]
    return pk


@pytest.fixture
def gst(db: None) -> TaxRate:
    return TaxRate.objects.create(code="gst", name="GST", value=Decimal(5))


def bill(wire: Wire, customer: int, amount: str = "100", **fields: Any) -> dict[str, Any]:
    """An invoice with one line."""
    items = [{"name": "Services", "quantity": 1, "unit_cost": amount}]
    answer = wire.create("/invoices", {"customer": customer, "items": items, **fields})
    assert answer.status == 201, answer.text
    shape: dict[str, Any] = answer.json
    return shape


def events() -> list[str]:
    """The types of all events so far, oldest first."""
    return list(Event.objects.order_by("pk").values_list("type", flat=True))


@pytest.fixture
def new_year(db: None) -> Iterator[int]:
    """It is noon on 1 January in Chicago, in seconds, and nothing is applied by itself."""
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False, "time_zone": "America/Chicago"})
    moment = 1_767_290_400
    with time_machine.travel(moment, tick=False):
        yield moment

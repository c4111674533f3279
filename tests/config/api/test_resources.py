"""The views every resource shares: the five acts, nesting, expand, include, exclude."""

import json
from typing import Any

import pytest

from customers.ledger.accounts import create_customer
from customers.models import Customer, Event
from tests.config.api.conftest import Api


def test_a_life_of_one_object(api: Api) -> None:
    created = api.send("POST", "/customers", {"name": "Acme", "notes": "a\r\nb"})
    assert created.status_code == 201
    path = f"/customers/{created.json()['id']}"

    changed = api.send("PATCH", path, {"notes": None, "id": 99, "object": "x", "created_at": 1, "balance": 5})
    assert changed.status_code == 200
    assert (changed.json()["notes"], changed.json()["name"]) == (None, "Acme")
    assert api.get(path).json() == changed.json()

    deleted = api.generic("DELETE", path, b"{broken", "application/json")
    assert deleted.status_code == 204
    assert deleted.content == b""
    assert api.get(path).status_code == 404
    assert api.delete(path).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null"])
def test_an_empty_change_changes_nothing(api: Api, acme: Customer, body: bytes) -> None:
    before = Event.objects.count()

    response = api.generic("PATCH", f"/customers/{acme.pk}", body, "application/json")

    assert response.status_code == 200
    assert Customer.objects.get().updated_at == acme.updated_at
    assert Event.objects.count() == before


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_trailing_slash_makes_no_difference(api: Api, acme: Customer, slash: str) -> None:
    assert api.send("POST", f"/customers{slash}", {"name": "Bob"}).status_code == 201
    assert api.get(f"/customers/{acme.pk}{slash}").status_code == 200
    assert api.send("PATCH", f"/customers/{acme.pk}{slash}", {"name": "Bo"}).status_code == 200


def test_a_nested_object_belongs_to_its_parent(api: Api, acme: Customer) -> None:
    other = create_customer(values={"name": "Other"}, now=acme.created_at)
    contact = api.send("POST", f"/customers/{acme.pk}/contacts", {"name": "Ann", "primary": None}).json()

    assert contact["primary"] is True
    assert api.get(f"/customers/{acme.pk}/contacts/{contact['id']}").status_code == 200
    assert api.get(f"/customers/{other.pk}/contacts").json() == []
    foreign = api.get(f"/customers/{other.pk}/contacts/{contact['id']}")
    assert foreign.status_code == 404
    assert foreign.json()["message"] == f"Contact was not found: {contact['id']}"
    missing = api.get("/customers/77/contacts")
    assert missing.json()["message"] == "Customer was not found: 77"
    assert api.send("POST", "/customers/77/contacts", {"name": "Ann"}).status_code == 404


@pytest.fixture
def contacts(api: Api, acme: Customer) -> str:
    parent = create_customer(values={"name": "Parent"}, now=acme.created_at)
    acme.parent_customer = parent
    acme.save()
    path = f"/customers/{acme.pk}/contacts"
    for name in ("Ann", "Bob"):
        api.send("POST", path, {"name": name, "email": f"{name}@blue.example"})
    return path


@pytest.mark.parametrize(
    "query", ["expand=customer", "expand[]=customer", "expand=bogus,customer", "expand=customer,customer"]
)
def test_expand_replaces_the_id_by_the_object(api: Api, contacts: str, query: str) -> None:
    rows = api.get(f"{contacts}?{query}").json()

    assert [row["customer"]["name"] for row in rows] == ["Acme", "Acme"]
    assert isinstance(rows[0]["customer"]["parent_customer"], int)


def test_expand_goes_inside_by_dots(api: Api, contacts: str) -> None:
    rows = api.get(f"{contacts}?expand=customer.parent_customer.bogus").json()

    assert rows[0]["customer"]["parent_customer"]["name"] == "Parent"


def test_expand_asks_once_for_a_whole_page(api: Api, contacts: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        api.get(contacts)
    with django_assert_num_queries(6):  # customers, their tax rates
        api.get(f"{contacts}?expand=customer")


def test_include_adds_and_exclude_drops(api: Api, contacts: str) -> None:
    row = api.get(f"{contacts}?include=aging,updated_at&exclude=email,name,id,object,bogus").json()[0]

    assert row["aging"] == []
    assert not {"email", "name"} & row.keys()
    assert {"object", "id"} <= row.keys()
    single = api.get(f"{contacts}/{row['id']}?exclude=email").json()
    assert "email" not in single


def test_poisonous_text_does_not_break_the_list(api: Api) -> None:
    body = {
        "name": "=1+1 <b> O'Brien \u202e😀\x00",
        "notes": "{{name}}",
        "metadata": {"k\x00": "v\x00\x1b", "n": 10**40, "deep": {"a": [1, {"b": 2}]}},
    }
    created = api.send("POST", "/customers", json.dumps(body).encode(), content_type="application/json")

    assert created.status_code == 201, created.content
    row = api.get("/customers").json()[0]
    assert row["name"] == "=1+1 <b> O'Brien \u202e😀"
    assert row["metadata"] == {"k": "v", "n": str(10**40), "deep": '{"a":[1,{"b":2}]}'}

"""The answers that differ by client: only for that client, only while shims are on."""

from typing import Any

import pytest
from django.test import override_settings

from customers.models import Note, TaxRate
from tests.customers.api.conftest import Answer, Wire, bill
from tests.customers.api.test_cadences import cadence

GO = "Invoiced Go/2.15.0"
NET = "Invoiced .NET/3.0"


def read_as(wire: Wire, client: str, path: str, **query: Any) -> Answer:
    return Answer(wire.get(path, query, HTTP_USER_AGENT=client))


def varies(answer: Answer) -> bool:
    return "user-agent" in answer.headers.get("Vary", "").lower()


@pytest.fixture
def taxed(wire: Wire, gst: TaxRate) -> int:
    pk: int = wire.create("/customers", name="Acme", taxes=["gst"], tax_id="DE 1", chase=False)["id"]
    return pk


@pytest.mark.parametrize("body", [{"name": "B", "taxid": "7"}, {"taxid": "7"}], ids=["created", "refused"])
def test_a_repeated_request_gets_the_headers_of_the_first(wire: Wire, body: dict[str, str]) -> None:
    """A cache must learn from either that the answer depends on the client."""
    first, again = (
        wire.send("POST", "/customers", body, HTTP_USER_AGENT=GO, HTTP_IDEMPOTENCY_KEY="order-4711")
        for _ in range(2)
    )

    replayed = dict(again.headers)
    assert (replayed.pop("Idempotent-Replayed"), varies(first)) == ("true", first.status == 201)
    assert {**replayed, "X-Request-Id": ""} == {**first.headers, "X-Request-Id": ""}


def test_one_client_reads_two_attributes_under_other_names(wire: Wire, taxed: int) -> None:
    shown = read_as(wire, GO, f"/customers/{taxed}")

    assert (shown["taxid"], shown["tax_id"]) == ("DE 1", "DE 1")
    assert (shown["boolean"], shown["chase"]) == (False, False)
    assert varies(shown)
    assert read_as(wire, GO, "/customers")[0]["taxid"] == "DE 1"
    created = wire.send("POST", "/customers", {"name": "B", "taxid": "7"}, HTTP_USER_AGENT=GO)
    assert (created["taxid"], created["tax_id"]) == ("7", "7")


def test_expanded_customers_are_adapted_as_well(wire: Wire, taxed: int) -> None:
    bill(wire, taxed)

    (invoice,) = read_as(wire, GO, "/invoices", expand="customer").json

    assert invoice["customer"]["taxid"] == "DE 1"


def test_one_client_takes_the_rates_of_a_customer_for_taxes(wire: Wire, taxed: int, gst: TaxRate) -> None:
    plain = wire.read(f"/customers/{taxed}")["taxes"]

    shown = read_as(wire, NET, f"/customers/{taxed}")

    assert shown["taxes"] == [{"id": gst.pk, "object": "tax", "amount": 0, "tax_rate": plain[0]}]
    assert varies(shown)
    back = wire.send("PATCH", f"/customers/{taxed}", shown.json, HTTP_USER_AGENT=NET)
    assert back.json == shown.json
    assert wire.read(f"/customers/{taxed}")["taxes"] == plain


def test_everybody_else_reads_what_is_documented(wire: Wire, taxed: int) -> None:
    for client in ("curl/8", "unirest-java/1.3.11", "Invoiced Python/3.0.0", "Not Invoiced Go/1"):
        shown = read_as(wire, client, f"/customers/{taxed}")
        assert "taxid" not in shown.json
        assert shown["taxes"][0]["id"] == "gst"
        assert varies(shown)
    assert not varies(wire.read("/tax_rates"))


def test_shims_can_be_turned_off(wire: Wire, taxed: int) -> None:
    with override_settings(CLIENT_SHIMS=False):
        shown = read_as(wire, GO, f"/customers/{taxed}")
        roles = wire.send("POST", "/roles", {"notes": "A", "customer_id": taxed}, HTTP_USER_AGENT=GO)

    assert "taxid" not in shown.json
    assert not varies(shown)
    assert roles.refusal == (404, None)


def test_one_client_posts_its_notes_to_roles(wire: Wire, taxed: int) -> None:
    body = {"notes": "From afar", "customer_id": taxed}

    created = wire.send("POST", "/roles", body, HTTP_USER_AGENT=GO)

    assert (created.status, created["object"], created["notes"]) == (201, "note", "From afar")
    assert varies(created)
    assert wire.send("POST", "/roles", {"notes": "A"}, HTTP_USER_AGENT=GO).refusal == (400, "customer_id")
    assert Note.objects.count() == 1


def test_roles_are_nothing_else(wire: Wire, taxed: int) -> None:
    body = {"notes": "A", "customer_id": taxed}

    assert wire.create("/roles", body).refusal == (404, None)
    assert wire.send("POST", "/roles", {"name": "Clerk"}, HTTP_USER_AGENT=GO).refusal == (404, None)
    assert read_as(wire, GO, "/roles").refusal == (404, None)
    assert wire.remove("/roles").refusal == (404, None)
    assert not Note.objects.exists()


@pytest.mark.parametrize("path", ["/notes", "/customers/{customer}/notes", "/chasing_cadences"])
def test_lists_that_one_client_never_pages_come_whole(wire: Wire, taxed: int, path: str) -> None:
    Note.objects.bulk_create(Note(customer_id=taxed, notes=str(number)) for number in range(101))
    path = path.format(customer=taxed)
    if path == "/chasing_cadences":
        for number in range(2):
            cadence(wire, name=str(number))

    whole = read_as(wire, GO, path)

    assert 'rel="next"' not in whole.headers["Link"]
    assert len(whole.json) == (2 if path == "/chasing_cadences" else 101)
    assert len(read_as(wire, GO, path, per_page=1).json) == 1
    assert len(wire.read(path).json) <= 100
    assert varies(whole)

"""What the PHP client sends, byte by byte, and what it must get back (Invoiced API, client quirks).

Written down from runs of the real library against a recording server.
"""

import pytest

from tests.wire.calls import JSON, Caller

LINE = [{"name": "Paper", "quantity": 1, "unit_cost": 100}]


@pytest.fixture
def php(caller: Caller) -> Caller:
    return caller.like(user_agent="Invoiced PHP/2.4.2")


def test_an_empty_parameter_list_is_an_array(php: Caller, acme: int) -> None:
    invoice = php.bill(acme)["id"]

    voided = php.send("POST", f"/invoices/{invoice}/void", b"[]", kind=JSON)

    assert (voided.status, voided["status"]) == (200, "voided")
    assert php.send("PATCH", f"/customers/{acme}", b"[]", kind=JSON).status == 200
    assert php.send("POST", "/customers", b"[]", kind=JSON).refusal == (400, "name")


def test_empty_maps_are_written_as_lists(php: Caller, acme: int) -> None:
    body = b'{"name":"Branch","metadata":[],"payment_source":[]}'
    branch = php.send("POST", "/customers", body, kind=JSON)
    invoice = php.create("/invoices", customer=acme, items=LINE, ship_to=[], metadata=[])

    assert (branch["metadata"], branch["payment_source"]) == ({}, None)
    assert (invoice["ship_to"], invoice["metadata"]) == (None, {})
    php.change(f"/customers/{acme}", metadata={"region": "north"})
    assert php.change(f"/customers/{acme}", metadata=[])["metadata"] == {}


def test_query_lists_carry_numbers_and_booleans_are_digits(php: Caller, acme: int) -> None:
    listed = php.read(f"/customers?expand%5B0%5D=owner&filter%5Bautopay%5D=0&filter%5Bid%5D={acme}")

    assert [row["id"] for row in listed.json] == [acme]
    assert php.read("/customers?payment_source=0&filter%5Bchase%5D=1").json[0]["id"] == acme
    assert php.read("/customers?filter%5Bname%5D=No%20body").json == []


def test_a_letter_is_an_array(php: Caller, acme: int) -> None:
    address = {"address1": "1 Main St", "city": "Austin", "state": "TX", "postal_code": "78735"}
    php.change(f"/customers/{acme}", address)

    letters = php.send("POST", f"/customers/{acme}/letters", b"[]", kind=JSON)

    assert [letter["num_pages"] for letter in letters.json] == [1]

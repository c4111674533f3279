"""Forms in which several clients write the same thing (Invoiced API, client quirks)."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from customers.models import Customer
from tests.wire.calls import FORM, JSON, Caller


@pytest.mark.parametrize(
    ("written", "meant"),
    [(form, True) for form in (True, 1, "1", "true", "True", "yes", "on")]
    + [(form, False) for form in (False, 0, "0", "false", "False", "no", "off")],
)
def test_booleans_in_all_forms(caller: Caller, written: Any, meant: bool) -> None:
    in_json = caller.create("/customers", name="Acme", credit_hold=written)
    in_form = caller.send("POST", "/customers", f"name=Acme&credit_hold={written}".encode(), kind=FORM)
    in_query = caller.read(f"/customers?filter[credit_hold]={written}")

    assert (in_json["credit_hold"], in_form["credit_hold"]) == (meant, meant)
    assert len(in_query.json) == 2


def test_brackets_raw_and_encoded(caller: Caller, acme: int) -> None:
    for left, right in (("[", "]"), ("%5B", "%5D"), ("%5b", "%5d")):
        listed = caller.read(f"/customers?filter{left}name{right}=Acme")
        assert [row["id"] for row in listed.json] == [acme]
        form = f"name=Branch&metadata{left}region{right}=north"
        assert caller.send("POST", "/customers", form.encode(), kind=FORM).status == 201
        assert caller.read(f"/customers?metadata{left}region{right}=south").json == []
    assert Customer.objects.filter(metadata__region="north").count() == 3


@pytest.mark.parametrize("empty", ["taxes=", "taxes[]=", "taxes[0]=", "taxes%5B%5D="])
def test_an_empty_list_in_forms(caller: Caller, empty: str) -> None:
    caller.create("/tax_rates", id="gst", name="GST", value=5)
    taxed = caller.create("/customers", name="Acme", taxes=["gst"])

    made = caller.send("POST", "/customers", f"name=Branch&{empty}".encode(), kind=FORM)
    changed = caller.send("PATCH", f"/customers/{taxed['id']}", empty.encode(), kind=FORM)

    assert [tax["id"] for tax in taxed["taxes"]] == ["gst"]
    assert (made["taxes"], changed["taxes"]) == ([], [])


def test_the_last_of_two_equal_query_keys_wins(caller: Caller, acme: int) -> None:
    caller.create("/customers", name="Branch")

    second = caller.read("/customers?page=1&per_page=1&page=2&per_page=1&sort=id+asc")

    assert [row["name"] for row in second.json] == ["Branch"]
    assert second.header("Link").count("per_page=1") == second.header("Link").count("rel=")


def test_blanks_in_queries_as_plus_and_as_percent(caller: Caller) -> None:
    caller.create("/customers", name="Blue Anchor & Söhne")

    for blank in ("+", "%20"):
        name = quote("Blue Anchor & Söhne").replace("%20", blank)
        assert len(caller.read(f"/customers?filter[name]={name}&sort=name{blank}asc").json) == 1


def test_headers_keep_their_letter_case_on_the_socket(caller: Caller) -> None:
    """PHP and Java look for exactly these letters."""
    listed = caller.read("/customers")

    assert listed.version == "HTTP/1.1"
    assert {"Link", "X-Total-Count", "Content-Type", "X-Request-Id"} <= {name for name, _ in listed.headers}


def test_json_under_a_form_type_is_json(caller: Caller) -> None:
    body = json.dumps({"name": "Acme", "metadata": {"a": "1"}}).encode()

    assert caller.send("POST", "/customers", body, kind=FORM)["metadata"] == {"a": "1"}
    assert caller.send("POST", "/customers", body, kind=f"{JSON};charset=UTF-8")["name"] == "Acme"
    assert caller.send("POST", "/customers", body)["name"] == "Acme"

"""Bodies: strict JSON, forms, and every spelling of "no parameters"."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from config.api.parsers import FORM_TYPE, parse_json
from customers.errors import Refused
from customers.models import Customer
from tests.config.api.conftest import Api

JSON = "application/json"


def echo(api: Api, body: bytes, content_type: str = JSON, path: str = "/echo") -> Any:
    return api.generic("POST", path, body, content_type)


@pytest.mark.parametrize("body", [b"", b"{}", b"{ }", b"[]", b"null", b" \n"])
@pytest.mark.parametrize("content_type", [JSON, "", FORM_TYPE])
def test_every_spelling_of_no_parameters(api: Api, body: bytes, content_type: str) -> None:
    response = echo(api, body, content_type)

    assert response.status_code == 200
    assert response.json()["parameters"] == {}


@pytest.mark.parametrize(
    "body", [b"[1]", b'"text"', b"true", b"{", b"{'a': 1}", b"a=1", b"\xff\xfe", b"{}x", b"nul"]
)
def test_what_is_not_a_json_object_is_refused_without_a_param(api: Api, body: bytes) -> None:
    response = echo(api, body)

    assert response.status_code == 400
    assert "param" not in response.json()


def test_a_byte_order_mark_is_no_garbage_but_garbage_behind_it_is(api: Api) -> None:
    assert echo(api, b'\xef\xbb\xbf{"a": 1}').json()["parameters"] == {"a": 1}
    assert echo(api, b"\xef\xbb\xbfgarbage").status_code == 400


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "garbage"]
)
def test_other_content_types_are_refused(api: Api, content_type: str) -> None:
    assert echo(api, b'{"a": 1}', content_type).status_code == 400


def test_any_charset_parameter_is_read_over(api: Api) -> None:
    assert echo(api, b'{"a": 1}', "application/json; charset=utf-8").json()["parameters"] == {"a": 1}


def test_forms_and_json_are_told_apart_by_sight(api: Api) -> None:
    assert echo(api, b'{"a": 1}', FORM_TYPE).json()["parameters"] == {"a": 1}
    assert echo(api, b'{"a": 1}', "").json()["parameters"] == {"a": 1}
    assert echo(api, b"a[b]=1", "").json()["parameters"] == {"a": {"b": "1"}}
    assert echo(api, b"a=1\n", FORM_TYPE).json()["parameters"] == {"a": "1"}
    assert echo(api, b"[a]=1", FORM_TYPE).json()["parameters"] == {"[a]": "1"}


def test_a_bare_number_and_single_quotes_count_only_where_a_client_sends_them(api: Api) -> None:
    assert echo(api, b"1415222128").json()["parameters"] == {"cutoff_date": 1415222128}
    assert echo(api, b"{'amount':12.5}", path="/quoted").json()["parameters"] == {"amount": 12.5}
    assert echo(api, b"{'amount':12.5}").status_code == 400
    assert api.send("POST", "/customers", b"5", content_type=JSON).status_code == 400


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b'{"a": NaN}', "a"),
        (b'{"a": [1, -Infinity]}', "a.1"),
        (b'{"a": 1e400}', "a"),
        (b'{"a": ' + b"1" * 51 + b"}", "a"),
        (b'{"a": 0.' + b"1" * 50 + b"}", "a"),
        (b'{"name": "x", "b": {"name": 1, "name": 2}}', "b.name"),
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"a": "\\ud800"}', "a"),
        (b'{"m": {"k": ["\\udfff x"]}}', "m.k.0"),
        (b'{"m": {"\\ud800": 1}}', "m"),
        (b'{"a": ' * 9 + b"1" + b"}" * 9, "a"),
        (b'{"a": [[[[[[[[1]]]]]]]]}', "a"),
        (b'{"a": {' + b",".join(b'"%d": 1' % n for n in range(1001)) + b"}}", "a"),
    ],
)
def test_the_place_of_what_is_wrong_is_named(api: Api, body: bytes, param: str) -> None:
    response = echo(api, body)

    assert response.status_code == 400
    assert response.json()["param"] == param


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 900 + b"]" * 900])
def test_bottomless_nesting_is_refused(api: Api, body: bytes) -> None:
    assert echo(api, body).status_code == 400


def test_eight_levels_and_a_surrogate_pair_are_fine(api: Api) -> None:
    assert echo(api, b'{"a": ' * 8 + b"1" + b"}" * 8).status_code == 200
    assert echo(api, b'{"a": "\\ud83d\\ude00"}').json()["parameters"] == {"a": "😀"}


def test_numbers_stay_exact_on_their_way_through(api: Api) -> None:
    response = echo(
        api, b'{"a": 0.1, "b": 51.150, "c": 470.00, "d": 1E+3, "e": -0.0, "f": 12345678901234.56}'
    )

    assert (
        b'"parameters":{"a":0.1,"b":51.15,"c":470,"d":1000,"e":0,"f":12345678901234.56}' in response.content
    )


def test_a_refused_body_writes_nothing(api: Api) -> None:
    assert echo(api, b'{"name": "Acme", "metadata": {"a": "\\ud800"}}', path="/customers").status_code == 400
    assert not Customer.objects.exists()


def test_a_form_creates_what_json_creates(api: Api) -> None:
    form = b"name=Blue+Anchor&email=AP%40Blue.example&metadata[region]=north&credit_limit=50000.005&chase=0"

    customer = echo(api, form, FORM_TYPE, "/customers").json()

    assert customer["name"] == "Blue Anchor"
    assert customer["email"] == "ap@blue.example"
    assert customer["metadata"] == {"region": "north"}
    assert customer["credit_limit"] == 50000.01
    assert customer["chase"] is False


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=10,
)


def outcome(body: bytes) -> Any:
    """What the parser makes of a body: the value, or the refusal itself."""
    try:
        return parse_json(body)
    except (ParseError, Refused) as refusal:
        return refusal


@given(values)
def test_json_survives_or_is_too_deep(value: Any) -> None:
    read = outcome(json.dumps(value).encode())

    assert read == value or "nested deeper" in str(read)


@given(st.binary(max_size=200) | st.text('{}[]":,0eE+-.\\ud8 ntf', max_size=60).map(str.encode))
def test_any_bytes_are_read_as_json_or_refused(body: bytes) -> None:
    assert isinstance(outcome(body), dict | list | str | int | Decimal | None | ParseError | Refused)


def test_decimals_come_from_text_and_never_through_a_float() -> None:
    assert parse_json(b"[0.1]") == [Decimal("0.1")]

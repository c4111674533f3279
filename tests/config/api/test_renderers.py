"""Answers as JSON and PDF."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.encoding import digits, to_json
from customers.models import Customer, Invoice
from tests.config.api.conftest import Api


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("470.00", "470"),
        ("51.150", "51.15"),
        ("0", "0"),
        ("-0.00", "0"),
        ("0E+2", "0"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
        ("100", "100"),
        ("-12.30", "-12.3"),
        ("123456789012345678901234567890.12", "123456789012345678901234567890.12"),
    ],
)
def test_amounts_are_written_with_their_exact_digits(amount: str, text: str) -> None:
    assert digits(Decimal(amount)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_every_amount_is_a_json_number_equal_to_itself(amount: Decimal) -> None:
    text = to_json(amount).decode()

    assert Decimal(text) == amount
    assert "e" not in text.lower()
    assert orjson.loads(text) is not None


@pytest.mark.parametrize(
    "value", [Decimal("NaN"), Decimal("Infinity"), datetime(2026, 3, 2, tzinfo=UTC), object()]
)
def test_what_has_no_wire_form_is_an_error(value: object) -> None:
    with pytest.raises(TypeError):
        to_json({"a": value})


def test_answers_are_compact_except_for_people_with_curl(api: Api, acme: Customer) -> None:
    assert b"\n" not in api.get("/customers").content
    assert b'\n  {\n    "id": ' in api.get("/customers", HTTP_USER_AGENT="curl/8.5.0").content
    assert b"\n  " in api.get("/nowhere", HTTP_USER_AGENT="curl/8.5.0").content


@pytest.mark.parametrize("accept", ["", "*/*", "text/html", "application/xml;q=0.9", "image/png", "garbage"])
def test_no_accept_header_leads_to_406(api: Api, acme: Customer, accept: str) -> None:
    response = api.get("/customers", HTTP_ACCEPT=accept)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("accept", "pdf"),
    [
        ("application/pdf", True),
        ("application/pdf, */*", True),
        ("application/pdf, application/json", True),
        ("application/json, application/pdf", False),
        ("application/json;q=0.5, application/pdf", True),
        ("application/pdf;q=0.1, application/json", False),
        ("application/pdf;q=0", False),
        ("*/*", False),
        ("", False),
        ("text/html", False),
    ],
)
def test_pdf_goes_to_who_prefers_it(api: Api, acme: Customer, noon: datetime, accept: str, pdf: bool) -> None:
    values: dict[str, Any] = {"number": "INV-1", "currency": "usd", "date": noon, "created_at": noon}
    invoice = Invoice.objects.create(customer=acme, **values)

    response = api.get(f"/invoices/{invoice.pk}", HTTP_ACCEPT=accept)

    assert response.status_code == 200
    assert (response["Content-Type"] == "application/pdf") is pdf
    if pdf:
        assert response["Content-Disposition"] == 'inline; filename="Invoice-1-.pdf"'
        assert response["Cache-Control"] == "no-cache, no-store"


def test_errors_stay_json_for_who_wants_pdf(api: Api) -> None:
    assert (
        api.get("/invoices/77", HTTP_ACCEPT="application/pdf").json()["message"]
        == "Invoice was not found: 77"
    )

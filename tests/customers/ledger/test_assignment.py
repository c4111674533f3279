"""The small language in which cadences say whom they take."""

from decimal import Decimal
from typing import Any

import pytest

from customers.errors import Refused
from customers.ledger.assignment import parse_conditions
from customers.models import Customer


def holds(text: str, **values: Any) -> bool:
    customer = Customer(name="Acme", **values)
    return all(condition.holds(customer) for condition in parse_conditions(text))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("country == US", {"country": "US"}),
        ('country = "us"', {"country": "US"}),
        ("customer.country == 'US'", {"country": "US"}),
        ("country != DE", {"country": "US"}),
        ("country in [DE, 'US' , FR]", {"country": "US"}),
        ("COUNTRY == US".lower(), {"country": "US"}),
        ("type == company and taxable == true", {}),
        ("autopay = FALSE AND consolidated = true", {"consolidated": True}),
        ("currency == null", {}),
        ("currency != null", {"currency": "eur"}),
        ("owner == 7", {"owner_id": 7}),
        ("owner == null", {}),
        ("parent_customer in [6, 7]", {"parent_customer_id": 7}),
        ("credit_limit >= 1000", {"credit_limit": Decimal("1000.00")}),
        ("credit_limit == 1000.0", {"credit_limit": Decimal("1000.00")}),
        ("credit_limit < 5 and credit_limit > -1", {"credit_limit": Decimal(0)}),
        ("credit_limit == null", {}),
        ("metadata.region == north", {"metadata": {"region": "North"}}),
        ("metadata.'sales region' == \"far north\"", {"metadata": {"sales region": "Far North"}}),
        ("metadata.vip == true and metadata.level == 3", {"metadata": {"vip": True, "level": 3}}),
        ("metadata.missing == null", {}),
        ("metadata.missing != north", {}),
        ("payment_terms == 'NET 30'", {"payment_terms": "NET 30"}),
    ],
)
def test_conditions_that_hold(text: str, values: dict[str, Any]) -> None:
    assert holds(text, **values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("country == DE", {"country": "US"}),
        ("country == US and type == person", {"country": "US"}),
        ("country in [DE, FR]", {"country": "US"}),
        ("country == 'null'", {"country": "US"}),
        ("credit_limit > 1000", {"credit_limit": Decimal(1000)}),
        ("credit_limit < 1000", {}),
        ("credit_limit != null", {}),
        ("metadata.region == north", {"metadata": {}}),
    ],
)
def test_conditions_that_do_not_hold(text: str, values: dict[str, Any]) -> None:
    assert not holds(text, **values)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "country",
        "country ==",
        "country == US and",
        "country == US or type == person",
        "country == US type == person",
        "country > US",
        "country is US",
        "country in US",
        "country in [US",
        "country in [US FR]",
        "country in []",
        "country == ]",
        "country == 'US",
        "height == 5",
        "taxes == gst",
        "statement_token == x",
        "metadata. == x",
        "metadata.",
        "autopay == perhaps",
        "owner == jan",
        "credit_limit >= much",
        "credit_limit >= null",
        "credit_limit == NaN",
        "'country' == !",
        "country == US" + " and country == US" * 20,
        "x" * 3000,
    ],
)
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_conditions(text)

    assert refused.value.param == "assignment_conditions"

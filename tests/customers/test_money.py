"""Exact money in every currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.money import currencies_in_use, exponent, is_currency, to_amount, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.345", "usd", 1235),
        ("-12.345", "usd", -1235),
        ("12.344", "usd", 1234),
        ("54000", "jpy", 54000),
        ("0.5", "jpy", 1),
        ("1.2345", "kwd", 1235),
        ("100", "huf", 10000),
        ("100", "clp", 100),
        ("100", "iqd", 100000),
    ],
)
def test_amounts_are_rounded_half_up_to_the_minor_unit(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@given(minor=st.integers(-(10**15), 10**15), currency=st.sampled_from(["usd", "jpy", "kwd", "eur"]))
def test_minor_units_survive_the_way_out_and_back(minor: int, currency: str) -> None:
    assert to_minor(to_amount(minor, currency), currency) == minor


def test_amounts_show_the_decimals_of_their_currency() -> None:
    assert [str(to_amount(1234, code)) for code in ("usd", "jpy", "kwd")] == ["12.34", "1234", "1.234"]


@pytest.mark.parametrize(
    ("code", "known"),
    [("usd", True), ("USD", True), ("xof", True), ("dem", True), ("clf", True), ("zzz", False), ("us", False),
     ("", False), ("xxx", False), ("xts", False), ("xau", False), ("xdr", False), ("cnh", False),
     ("\u212arw", False)],
)  # fmt: skip
def test_only_iso_codes_are_currencies(code: str, known: bool) -> None:
    assert is_currency(code) is known


def test_nothing_new_is_priced_in_what_was_given_up() -> None:
    today = currencies_in_use()

    assert {"usd", "eur", "jpy", "kwd", "ves", "xof", "xcd", "clf", "uyw", "svc"} <= today
    assert not today & {"dem", "vef", "frf", "hrk", "yun", "xau", "xxx", "cnh"}
    assert len(today) > 150


def test_currencies_have_the_decimals_of_iso_4217() -> None:
    expected = {
        "usd": 2,
        "jpy": 0,
        "krw": 0,
        "vnd": 0,
        "clp": 0,
        "isk": 0,
        "kwd": 3,
        "bhd": 3,
        "tnd": 3,
        "huf": 2,
    }

    assert {code: exponent(code) for code in expected} == expected

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.importing.cells import (
    as_written,
    minor_units,
    read_country,
    read_currency,
    read_decimal,
    read_email,
    read_language,
    read_text,
    read_yes_no,
)
from customers.importing.faults import BadCell

AMOUNTS = st.decimals(
    min_value=Decimal("-999999999999"), max_value=Decimal("999999999999"), places=2, allow_nan=False
)


@given(AMOUNTS)
def test_reads_every_plain_and_every_grouped_amount_exactly(amount):
    assert read_decimal(str(amount)) == amount
    assert read_decimal(f"{amount:,}") == amount


@given(AMOUNTS)
def test_reads_amounts_with_a_decimal_comma_exactly(amount):
    written = f"{amount:,}".translate(str.maketrans(",.", ".,"))

    assert read_decimal(written, ",") == amount


@given(st.text(max_size=30))
def test_a_text_is_an_exact_amount_or_refused_never_anything_else(text):
    try:
        amount = read_decimal(text)
    except BadCell:
        return
    assert Decimal(text.strip().replace(",", "")) == amount


@given(AMOUNTS, st.sampled_from(["usd", "eur", "huf"]))
def test_minor_units_lose_nothing(amount, currency):
    assert Decimal(minor_units(amount, currency)) / 100 == amount


@given(st.integers(-(10**16), 10**16), st.sampled_from([("usd", 2), ("jpy", 0), ("kwd", 3)]))
def test_minor_units_are_written_as_a_plain_decimal(minor, currency):
    code, places = currency

    assert Decimal(as_written(minor, code)) == Decimal(minor).scaleb(-places)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,23", "12,34.5", "1.2.3", "--1", "1e5", "NaN", "Infinity", "$5"]
)
def test_refuses_garbage_amounts(text):
    with pytest.raises(BadCell, match="is no amount"):
        read_decimal(text)


def test_hints_at_decimal_commas():
    with pytest.raises(BadCell, match="decimal_mark"):
        read_decimal("1.234,56")


def test_refuses_more_decimals_than_the_currency_has_instead_of_rounding():
    with pytest.raises(BadCell, match="more decimals than JPY"):
        minor_units(Decimal("10.5"), "jpy")
    with pytest.raises(BadCell, match="too large"):
        minor_units(Decimal(10) ** 15, "usd")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("=1+1", "formula"), ("a\x00b", "U\\+0000"), ("a\u202eb", "U\\+202E"), ("x" * 11, "too long"),
     ("a\nb", "U\\+000A")],
)  # fmt: skip
def test_refuses_texts_that_hide_or_do_something(text, reason):
    with pytest.raises(BadCell, match=reason):
        read_text(text, 10)


def test_keeps_letters_of_every_language_and_leading_zeros():
    assert read_text("  Łódź Størm 東京 ", 30) == "Łódź Størm 東京"
    assert read_text("0000611365", 32) == "0000611365"
    assert read_text("two\nlines", 30, several_lines=True) == "two\nlines"


def test_reads_codes_in_any_letter_case():
    assert (read_currency(" USD"), read_country("us"), read_language("DE")) == ("usd", "US", "de")
    assert read_email("Ann.Berg@Example.test") == "ann.berg@example.test"
    assert [read_yes_no(word) for word in ("Yes", "no", "TRUE", "0")] == [True, False, True, False]


@pytest.mark.parametrize("code", ["UN", "EZ", "XA", "IC", "ZZ", "EU", "419"])
def test_refuses_territories_that_the_api_refuses_as_countries(code):
    with pytest.raises(BadCell, match="is no country"):
        read_country(code)


@pytest.mark.parametrize(
    ("reader", "text"),
    [(read_currency, "XQQ"), (read_currency, "dollar"), (read_country, "USA"), (read_language, "eng"),
     (read_email, "ann@"), (read_email, "a b@c.test"),
     (read_email, "ſales@example.test"), (read_yes_no, "maybe"),
     (read_country, "ß"), (read_language, "\u212ak"), (read_currency, "\u212aRW"),
     (read_email, "a@" + ".".join(["İ" * 30] * 5) + ".com")],
)  # fmt: skip
def test_refuses_unknown_codes_and_bad_addresses(reader, text):
    with pytest.raises(BadCell):
        reader(text)

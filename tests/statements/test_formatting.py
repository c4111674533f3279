from datetime import date

import pytest

from customers.money import exponent
from statements.formatting import amounts, country_name, locale_for, medium_date, month_name


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "printed"),
    [
        (123450, "usd", "en_US", "$1,234.50"),
        (-123450, "usd", "en_US", "-$1,234.50"),
        (123450, "eur", "de_DE", "1.234,50\u00a0€"),
        (123450, "eur", "fr_FR", "1\u202f234,50\u00a0€"),
        (123456, "jpy", "en_US", "¥123,456"),
        (123456, "jpy", "ja_JP", "￥123,456"),
        (1234567, "kwd", "en_US", "KWD1,234.567"),
        (123450, "gbp", "en_GB", "£1,234.50"),
        (12345670, "inr", "en_IN", "₹1,23,456.70"),
        (123450, "chf", "de_CH", "CHF\u00a01’234.50"),
        (123450, "eur", "nl_NL", "€\u00a01.234,50"),
        (123450, "usd", "en_CA", "US$1,234.50"),
    ],
)
def test_prints_money_as_the_reader_writes_it(minor, currency, locale, printed):
    assert amounts(locale, currency).money(minor) == printed


@pytest.mark.parametrize(
    ("locale", "printed"),
    [
        ("en_US", "Mar 5, 2026"),
        ("de_DE", "05.03.2026"),
        ("fr_FR", "5 mars 2026"),
        ("ja_JP", "2026/03/05"),
        ("en_GB", "5 Mar 2026"),
        ("de_CH", "05.03.2026"),
        ("nl_NL", "5 mrt 2026"),
        ("en_CA", "Mar 5, 2026"),
    ],
)
def test_prints_days_as_the_reader_writes_them(locale, printed):
    assert medium_date(date(2026, 3, 5), locale) == printed


@pytest.mark.parametrize("currency", ["usd", "jpy", "kwd", "huf", "isk", "clf"])
def test_always_prints_the_decimals_of_the_currency(currency):
    plain = amounts("en_US", currency).plain(1_000_000_007)

    assert len(plain.partition(".")[2]) == exponent(currency)


def test_a_total_carries_the_sign_only_where_the_digits_stay_in_line():
    assert amounts("en_US", "usd").column_total(123450) == "$1,234.50"
    assert amounts("en_US", "usd").column_total(-123450) == "-$1,234.50"
    assert amounts("de_DE", "eur").column_total(123450) == "1.234,50"


def test_in_arabic_the_minus_stands_before_the_digits():
    dirham = amounts("ar_AE", "aed")

    assert dirham.plain(-92840) == "\u200e-928.40"
    assert dirham.plain(92840) == "928.40"
    assert dirham.money(-92840) == "\u200f\u200e-928.40\u00a0د.إ.\u200f\u200e"


def test_takes_the_locale_of_language_and_country_else_of_the_language_else_english():
    assert locale_for("de", "ch") == "de_CH"
    assert locale_for("fr", "US") == "fr"
    assert locale_for("xx", "US") == "en"
    assert locale_for("", "") == "en"


def test_names_months_and_countries_in_the_language():
    assert month_name(date(2026, 3, 5), "fr_FR") == "mars 2026"
    assert country_name("de", "es") == "Alemania"
    assert country_name("zz", "en") in {"ZZ", "Unknown Region"}

"""Card numbers are told from other digits, and are never let in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.logs import mask_text
from customers.card_numbers import is_card_number, refuse_card_numbers
from customers.errors import Refused

NUMBERS = [
    "4242424242424242",
    "4242 4242 4242 4242",
    "3782-822463-10005",
    "5555555555554444",
    "4222222222222",
    "2223003122003222",
    "3056 930902 5904",
    "3566002020360505",
    "6011 1111 1111 1117",
    "6205500000000000004",
    "4242\t4242\t4242\t4242",
    "4242\xa04242\xa04242\xa04242",
    "4242  4242  4242  4242",
    "4242/4242/4242/4242",
    "4242 - 4242 - 4242 - 4242",
    "4242–4242–4242–4242",
    "4242.4242.4242.4242",
    "4242%204242+4242%C2%A04242",
    "\uff14\uff12" * 8,
]
AROUND = [
    ("", ""),
    ("paid by card ", "."),
    ("card no.", ", thanks"),
    ("", " 12/27"),
    ("Visa ", " 100 USD"),
    ("CC", ""),
    ("ref 77 ", " 123"),
    ("GET /", "."),
    ("(", ")"),
    ("pan=", "&cvc=123"),
    ("Zahlung von DE44 5001 0517 5407 3249 31 mit ", "!"),
]
groups = st.sampled_from([[16], [4, 4, 4, 4], [8, 8], [4, 6, 6], [4, 4, 8], [6, 10]])
between = st.text(" -/.\t\xa0\u2009\u2011–—", min_size=1, max_size=3)


def last4(number: str) -> str:
    return number.replace("%20", "").replace("%C2%A0", "")[-4:]


@pytest.mark.parametrize(("before", "after"), AROUND)
@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_is_found_whatever_is_around_it(number: str, before: str, after: str) -> None:
    with pytest.raises(Refused):
        refuse_card_numbers({"notes": before + number + after})
    assert mask_text(before + number + after) == f"{before}***{last4(number)}{after}"


@given(
    digits=st.from_regex(r"(4[0-9]|5[1-5])[0-9]{13}", fullmatch=True),
    sizes=groups,
    gaps=st.lists(between, min_size=4, max_size=4),
)
def test_a_card_number_is_found_in_any_groups(digits: str, sizes: list[int], gaps: list[str]) -> None:
    number = next(digits + check for check in "0123456789" if is_card_number(digits + check))
    text, place = "", 0
    for size, gap in zip(sizes, gaps, strict=False):
        text, place = text + gap * bool(place) + number[place : place + size], place + size

    shown = mask_text(f"Card {text}, 12/27")

    assert shown == f"Card ***{number[-4:]}, 12/27"


@given(st.text("0123456789 -/.+%2abAB_\xa0", max_size=80))
def test_what_is_masked_is_what_is_refused(text: str) -> None:
    try:
        refuse_card_numbers(text)
    except Refused:
        assert "***" in mask_text(text)
    else:
        assert mask_text(text) == text


@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_is_refused_wherever_it_stands_and_is_not_repeated(number: str) -> None:
    for value, place in (
        (number, "reference"),
        ({"a": [1, {"b": f"card {number} until 12/30"}]}, "reference.a.1.b"),
        ([True, None, number], "reference.2"),
        ({number: "x"}, "reference"),
    ):
        with pytest.raises(Refused) as caught:
            refuse_card_numbers({"reference": value})
        assert caught.value.param == place
        assert number not in caught.value.message


def test_a_number_that_came_as_a_number_is_one_too() -> None:
    with pytest.raises(Refused):
        refuse_card_numbers({"number": 4242424242424242})


@pytest.mark.parametrize(
    "harmless",
    ["4242424242424241", "tok_4242424242424242", "pm_1", "123456789012", "2026-03-02 12:00", 1767290400, True,
     None, "42424242424242424242424242", {"amount": 12.5}, [[]]],
)  # fmt: skip
def test_other_digits_pass(harmless: Any) -> None:
    refuse_card_numbers({"reference": harmless})


@pytest.mark.parametrize(
    "harmless",
    [
        "1234567890123452",  # right check digit, no issuer
        "0000000000000000",
        "20261126120009",  # a moment as digits, right check digit
        "1767290400004",  # milliseconds, right check digit
        "23.11.2026 - 26.11.2033",  # right check digit
        "+1 415 555 2671 / +1 415 555 2672",
        "DE44 5001 0517 5407 3249 31",
        "de44500105175407324931",
        "IBAN DK4300400000000209, thanks",  # 16 digits with a right check digit, and an IBAN
        "4242424242424242.50",
        "0.4242424242424242",
        "9d4c4242-4242-4242-8242-424242424242",
        "invoices 4242, 4242, 4242, 4242",
        "42 42 42 42 42 42 42 42",
    ],
)
def test_what_only_resembles_a_card_number_passes(harmless: str) -> None:
    refuse_card_numbers({"reference": harmless})
    assert mask_text(harmless) == harmless


@pytest.mark.parametrize("number", NUMBERS[:5])
def test_the_log_shows_the_last_four_digits_only(number: str) -> None:
    digits = "".join(sign for sign in number if sign.isdigit())

    assert is_card_number(digits)
    assert mask_text(f"card={number}") in (f"card=***{digits[-4:]}", f"card={'***' + digits[-4:]}")

"""Card numbers are told from other digits, and are never let in."""

from typing import Any

import pytest

from config.logs import mask_text
from customers.card_numbers import is_card_number, refuse_card_numbers
from customers.errors import Refused

NUMBERS = [
    "4242424242424242",
    "4242 4242 4242 4242",
    "3782-822463-10005",
    "5555555555554444",
    "4222222222222",
]


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


@pytest.mark.parametrize("number", NUMBERS)
def test_the_log_shows_the_last_four_digits_only(number: str) -> None:
    digits = "".join(sign for sign in number if sign.isdigit())

    assert is_card_number(digits)
    assert mask_text(f"card={number}") in (f"card=***{digits[-4:]}", f"card={'***' + digits[-4:]}")

"""The coercion table of the wire, field by field."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.api.brackets import FormData
from customers.api.fields import Amount, Choice, Email, Flag, Integer, Text, Timestamp
from customers.api.parameter import Field
from customers.api.shapes import Shape
from customers.errors import Refused


def read(field: Field, value: Any, *, form: bool = False) -> Any:
    shape: Any = type("Params", (Shape,), {"credit_limit": field})
    data = {"credit_limit": value}
    return shape.read(FormData(data) if form else data)["credit_limit"]


def refusal(field: Field, value: Any, *, form: bool = False) -> Refused:
    with pytest.raises(Refused) as caught:
        read(field, value, form=form)
    assert caught.value.param == "credit_limit"
    return caught.value


@pytest.mark.parametrize("value", [True, 1, Decimal(1), "1", "true", "True", "yes", "on", " TRUE "])
def test_flags_read_yes(value: Any) -> None:
    assert read(Flag(), value) is True


@pytest.mark.parametrize("value", [False, 0, Decimal(0), "0", "false", "False", "no", "off"])
def test_flags_read_no(value: Any) -> None:
    assert read(Flag(), value) is False


def test_an_empty_flag_is_no_in_forms_and_refused_in_json() -> None:
    assert read(Flag(), "", form=True) is False
    refusal(Flag(), "")


@pytest.mark.parametrize("value", [2, -1, "maybe", [], {}, Decimal("0.5")])
def test_flags_refuse_everything_else(value: Any) -> None:
    assert refusal(Flag(), value).message == "Credit limit must be true or false."


@pytest.mark.parametrize(
    ("value", "number"), [(5, 5), (Decimal("5.0"), 5), ("5", 5), (" -7 ", -7), ("007", 7)]
)
def test_integers_read_whole_numbers(value: Any, number: int) -> None:
    assert read(Integer(), value) == number


@pytest.mark.parametrize(
    "value", [Decimal("5.5"), "5.5", "five", True, [], {}, "٣", "1_0", 2**63, Decimal("1E+60")]
)
def test_integers_refuse_everything_else(value: Any) -> None:
    refusal(Integer(), value)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (470, "470"),
        (Decimal("51.15"), "51.15"),
        ("51.15", "51.15"),
        ("-.5", "-0.5"),
        ("5.", "5"),
        ("+1", "1"),
    ],
)
def test_amounts_are_exact(value: Any, amount: str) -> None:
    assert read(Amount(), value) == Decimal(amount)


@pytest.mark.parametrize(
    "value", ["1,5", "1e5", "abc", True, [], {}, 10**15, Decimal("1E+400"), "NaN", Decimal("1E-90"), "0x1"]
)
def test_amounts_refuse_everything_else(value: Any) -> None:
    refusal(Amount(), value)


def test_amounts_round_half_up_to_the_places_that_are_asked_for() -> None:
    assert str(read(Amount(decimals=2), "12.345")) == "12.35"
    assert str(read(Amount(decimals=2), 470)) == "470.00"


def test_amounts_keep_within_their_bounds() -> None:
    assert refusal(Amount(minimum=0), -1).message == "Credit limit must be at least 0."


@pytest.mark.parametrize(
    ("value", "text"), [(5, "5"), (True, "true"), (Decimal("1.50"), "1.5"), ("  a b ", "a b")]
)
def test_text_writes_out_numbers_and_booleans(value: Any, text: str) -> None:
    assert read(Text(), value) == text


def test_text_loses_control_characters_but_keeps_line_feeds_and_tabs() -> None:
    assert read(Text(), "a\x00b\r\nc\td\x7f\x85") == "ab\nc\td"


def test_text_refuses_lists_maps_and_what_is_too_long() -> None:
    refusal(Text(), [])
    refusal(Text(), {})
    assert "longer than 3" in refusal(Text(max_length=3), "abcd").message
    assert read(Text(max_length=3), " abc ") == "abc"


def test_one_line_text_refuses_line_breaks() -> None:
    refusal(Text(one_line=True), "a\nBcc: b")


def test_addresses_are_checked_and_stored_in_lower_case() -> None:
    assert read(Email(), " AP@Blue.example ") == "ap@blue.example"
    for bad in ("blue", "a@b", "a@b.example, c@d.example", "a\n@b.example", "a" * 250 + "@b.example"):
        refusal(Email(), bad)


@pytest.mark.parametrize(
    ("value", "second"), [(0, 0), ("1415222128", 1415222128), (Decimal("5.0"), 5), (4102444800,) * 2]
)
def test_timestamps_are_unix_seconds(value: Any, second: int) -> None:
    assert read(Timestamp(), value) == datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize("value", [-1, 4102444801, 1415222128000, "2026-01-01", "5.5", True, []])
def test_timestamps_refuse_everything_else(value: Any) -> None:
    refusal(Timestamp(), value)


def test_the_word_now_is_this_second() -> None:
    moment = read(Timestamp(), "now")

    assert abs((datetime.now(UTC) - moment).total_seconds()) < 5
    assert moment.microsecond == 0


def test_choices_name_the_words_they_take() -> None:
    assert read(Choice(("company", "person")), "person") == "person"
    assert refusal(Choice(("company", "person")), "robot").message.endswith("company, person.")


@pytest.mark.parametrize("field", [Text(), Email(), Integer(), Amount(), Flag(), Timestamp(), Choice(("a",))])
@given(
    value=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.decimals(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=4,
    )
)
def test_any_value_is_read_or_refused(field: Field, value: Any) -> None:
    shape = type("Params", (Shape,), {"x": field})

    assert outcome(shape, {"x": value}) in ("read", "x")
    assert outcome(shape, FormData({"x": value})) in ("read", "x")


def outcome(shape: Any, data: Any) -> str | None:
    """Whether the parameters could be read, else the one that was blamed."""
    try:
        shape.read(data)
    except Refused as refusal:
        return refusal.param
    return "read"

"""What a request's words become."""

from datetime import date
from typing import Any

import pytest

from customers.errors import Refused
from statements.options import day_options, lenient_options, parse_options
from tests.ledgers import CHICAGO, at, first_second, last_second

NOW = at("2026-07-20", "15:30:00")


def parsed(**words: Any) -> Any:
    return parse_options(words, zone=CHICAGO, now=NOW)


def test_a_statement_is_balance_forward_of_the_current_month_unless_told() -> None:
    options = parsed()

    assert (options.type, options.start, options.end) == (
        "balance_forward",
        first_second("2026-07-01"),
        int(NOW.timestamp()),
    )


def test_the_period_begins_with_the_company_month_of_its_end() -> None:
    options = parsed(end=last_second("2026-03-31"))

    assert options.start == first_second("2026-03-01")


@pytest.mark.parametrize("empty", [0, "0", "", None])
def test_zero_and_empty_moments_are_not_given(empty: object) -> None:
    assert parsed(start=empty, end=empty) == parsed()


def test_seconds_may_come_as_text() -> None:
    assert parsed(type="open_item", end="1785560399").end == 1785560399


@pytest.mark.parametrize(
    ("words", "param"),
    [
        ({"type": "monthly"}, "type"),
        ({"type": "open_item", "items": "all"}, "items"),
        ({"start": "yesterday"}, "start"),
        ({"end": "2026-07-01"}, "end"),
        ({"end": 1785560399000}, "end"),
        ({"start": 1785560400, "end": 1785560399}, "start"),
        ({"currency": "zzz"}, "currency"),
        ({"currency": "\u212aRW"}, "currency"),
    ],
)
def test_words_that_are_not_understood_are_refused_by_name(words: dict[str, Any], param: str) -> None:
    with pytest.raises(Refused) as refusal:
        parsed(**words)

    assert refusal.value.param == param


def test_items_are_ignored_for_a_period() -> None:
    assert parsed(items="whatever").items == "open"


def test_a_link_falls_back_instead_of_failing() -> None:
    words = {"type": "nonsense", "items": "all", "end": "x", "currency": "zzz"}

    options = lenient_options(words, zone=CHICAGO, now=NOW)

    assert (options.type, options.items, options.end, options.currency) == (
        "open_item", "open", int(NOW.timestamp()), None,
    )  # fmt: skip


def test_a_link_knows_months_and_ends_the_present_one_now() -> None:
    words = {"statement_type": "balance_forward", "month": "2026-06"}
    june = lenient_options(words, zone=CHICAGO, now=NOW)
    july = lenient_options(words | {"month": "2026-07"}, zone=CHICAGO, now=NOW)

    assert (june.start, june.end) == (first_second("2026-06-01"), last_second("2026-06-30"))
    assert (july.start, july.end) == (first_second("2026-07-01"), int(NOW.timestamp()))


def test_whole_days_reach_from_their_first_second_to_their_last() -> None:
    options = day_options(
        type="balance_forward", zone=CHICAGO, start_day=date(2026, 3, 8), end_day=date(2026, 3, 8)
    )

    assert options.start is not None
    assert options.end - options.start + 1 == 23 * 3600  # the day on which the clocks go forward


def test_a_period_that_makes_no_sense_loses_nothing_else() -> None:
    words = {
        "type": "balance_forward", "start": "1785560399", "end": "1782882000", "currency": "EUR",
        "include_children": "false",
    }  # fmt: skip

    options = lenient_options(words, zone=CHICAGO, now=NOW)

    assert (options.type, options.currency, options.include_children) == ("balance_forward", "eur", False)
    assert options.end == int(NOW.timestamp())

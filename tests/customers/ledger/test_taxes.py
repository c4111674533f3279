"""Discounts and taxes of a document, by the rules of docs/ledger.md; figures worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.errors import Refused
from customers.ledger.drafting import LevyInput, LineInput
from customers.ledger.taxes import DocumentTotals, document_totals
from customers.models import TaxRate

FIVE = TaxRate(code="gst", value=Decimal(5))
CONTAINED = TaxRate(code="vat", value=Decimal(20), inclusive=True)
CITY = TaxRate(code="city", value=Decimal(5), inclusive=True)
ON_FIVE = (LevyInput(tax_rate=FIVE),)


def line(amount: str, **values: object) -> LineInput:
    return LineInput(name="Services", unit_cost=Decimal(amount), **values)  # type: ignore[arg-type]


def totals(
    *lines: LineInput, off: int = 0, taxes: tuple[LevyInput, ...] = (), rates: tuple[TaxRate, ...] = ()
) -> DocumentTotals:
    discounts = [LevyInput(amount=off)] if off else []
    return document_totals(
        lines=lines, discounts=discounts, taxes=taxes, customer_rates=rates, currency="usd"
    )


def line_taxes(computed: DocumentTotals) -> list[list[int]]:
    return [[amount for _, amount in row.taxes] for row in computed.lines]


def test_a_line_that_is_not_taxable_gets_no_taxes_also_none_of_its_own() -> None:
    fixed = LevyInput(amount=300)

    computed = totals(line("100", taxable=False, taxes=(*ON_FIVE, fixed)), line("20"), taxes=ON_FIVE)

    assert line_taxes(computed) == [[], []]
    assert (computed.subtotal, computed.total) == (12000, 12100)


def test_a_rate_on_the_line_is_levied_on_what_the_same_rate_on_the_document_is() -> None:
    on_line = totals(line("100", taxes=ON_FIVE), off=1000)
    on_document = totals(line("100"), off=1000, taxes=ON_FIVE)

    assert line_taxes(on_line) == [[450]]
    assert on_line.total == on_document.total == 9450


def test_shares_of_discounts_are_not_rounded_before_the_tax_is() -> None:
    # A cent off three lines of ten leaves 9.66… of each: 46 per cent are 4.4…, of 10 they were 4.6.
    on_line = (LevyInput(tax_rate=TaxRate(code="high", value=Decimal(46))),)
    line_computed = totals(line("0.10"), line("0.10"), line("0.10", taxes=on_line), off=1)
    # Two of the three: 19.33…, and 2.6 per cent of that are 0.502…, of 19 they were 0.494.
    fine = (LevyInput(tax_rate=TaxRate(code="fine", value=Decimal("2.6"))),)
    computed = totals(line("0.10"), line("0.10"), line("0.10", taxable=False), off=1, taxes=fine)

    assert line_taxes(line_computed) == [[], [], [4]]
    assert [amount for _, amount, _ in computed.taxes] == [1]


def test_only_discountable_lines_bear_the_discount() -> None:
    computed = totals(line("100", taxes=ON_FIVE), line("100", discountable=False, taxes=ON_FIVE), off=5000)

    assert line_taxes(computed) == [[250], [500]]


def test_an_inclusive_rate_on_a_line_is_contained_in_what_the_discount_left() -> None:
    computed = totals(line("120", taxes=(LevyInput(tax_rate=CONTAINED),)), off=1200)

    assert line_taxes(computed) == [[1800]]
    assert (computed.subtotal, computed.total) == (10200, 10800)


def test_inclusive_rates_are_contained_together() -> None:
    """100.00 are 80.00 with a fifth and a twentieth of them on top."""
    both = (LevyInput(tax_rate=CONTAINED), LevyInput(tax_rate=CITY))

    on_document = totals(line("100"), taxes=both)
    on_line = totals(line("100", taxes=both))
    one_each = totals(line("100", taxes=both[:1]), rates=(CITY,))

    assert [amount for _, amount, _ in on_document.taxes] == [1600, 400]
    assert line_taxes(on_line) == [[1600, 400]]
    assert (line_taxes(one_each), [amount for _, amount, _ in one_each.taxes]) == ([[1600]], [400])
    for computed in (on_document, on_line, one_each):
        assert (computed.subtotal, computed.total) == (8000, 10000)


def test_what_comes_on_top_is_levied_on_what_inclusive_rates_leave() -> None:
    """100.00 with a fifth inside are 83.33⅓: 7.25 per cent of that are 6.0416…"""
    on_top = TaxRate(code="local", value=Decimal("7.25"))

    computed = totals(line("100"), taxes=(LevyInput(tax_rate=CONTAINED), LevyInput(tax_rate=on_top)))

    assert [amount for _, amount, _ in computed.taxes] == [1667, 604]
    assert (computed.subtotal, computed.total) == (8333, 10604)


def test_each_line_is_freed_of_what_it_contains_itself() -> None:
    """125.00 with a fifth and a twentieth inside and 105.00 with a twentieth are 100.00 net each."""
    computed = totals(
        line("125", taxes=(LevyInput(tax_rate=CONTAINED),)),
        line("105"),
        line("30", taxable=False),
        taxes=(LevyInput(tax_rate=CITY), *ON_FIVE, LevyInput(amount=300)),
    )

    assert line_taxes(computed) == [[2000], [], []]
    assert [amount for _, amount, _ in computed.taxes] == [1000, 1000, 300]
    assert (computed.subtotal, computed.total) == (23000, 26000 + 1000 + 300)


def test_an_inclusive_tax_that_is_an_amount_leaves_the_rates_alone() -> None:
    fee = LevyInput(tax_rate=TaxRate(code="fee", value=Decimal(5), is_percent=False, inclusive=True))

    computed = totals(line("100"), taxes=(fee, *ON_FIVE))

    assert [amount for _, amount, _ in computed.taxes] == [500, 500]
    assert (computed.subtotal, computed.total) == (9500, 10500)


@settings(deadline=None)
@given(
    amounts=st.lists(st.integers(-5_000, 50_000), min_size=1, max_size=5),
    inside=st.lists(st.integers(1, 30), max_size=3),
    on_top=st.lists(st.integers(1, 30), max_size=3),
)
def test_inclusive_taxes_never_change_what_is_paid(
    amounts: list[int], inside: list[int], on_top: list[int]
) -> None:
    def levies(values: list[int], *, inclusive: bool) -> tuple[LevyInput, ...]:
        rates = [TaxRate(code=f"r{value}", value=Decimal(value), inclusive=inclusive) for value in values]
        return tuple(LevyInput(tax_rate=rate) for rate in rates)

    taxes = levies(inside, inclusive=True) + levies(on_top, inclusive=False)
    computed = totals(*(line(str(Decimal(amount) / 100)) for amount in amounts), taxes=taxes)

    contained = sum(amount for _, amount, _ in computed.taxes[: len(inside)])
    added = sum(amount for _, amount, _ in computed.taxes[len(inside) :])
    assert computed.subtotal + contained == sum(amounts)
    assert computed.total == sum(amounts) + added


@pytest.mark.parametrize(
    ("lines", "off"),
    [
        ([line("100", discountable=False)], 1000),
        ([line("100", discountable=False), line("5")], 501),
        ([line("100", discountable=False), line("-5")], 1),
    ],
)
def test_a_discount_never_reaches_lines_that_cannot_be_discounted(lines: list[LineInput], off: int) -> None:
    with pytest.raises(Refused, match="larger than what may be discounted") as refusal:
        totals(*lines, off=off)

    assert refusal.value.param == "discounts"


def test_all_that_may_be_discounted_may_be_given_away() -> None:
    computed = totals(line("100", discountable=False), line("5"), off=500, rates=(FIVE,))

    assert computed.total == 10000 + 500


def test_discounts_of_the_line_come_off_first() -> None:
    computed = totals(line("100", discounts=(LevyInput(amount=2000),), taxes=ON_FIVE), off=1000)

    assert (computed.subtotal, line_taxes(computed), computed.total) == (8000, [[350]], 7350)

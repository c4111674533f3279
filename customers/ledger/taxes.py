"""Totals of a document: line amounts, discounts, taxes. Pure; integers in, integers out.

The rules are in `docs/ledger.md`, "Discounts and taxes".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from customers.errors import Refused
from customers.ledger.drafting import LevyInput, LineInput
from customers.models import TaxRate
from customers.money import to_amount, to_minor


@dataclass(frozen=True, slots=True)
class LineTotals:
    """A computed line: its amount before discounts and taxes, and each of those in minor units."""

    line: LineInput
    amount: int
    discounts: tuple[tuple[LevyInput, int], ...]
    taxes: tuple[tuple[LevyInput, int], ...]

    @property
    def discounted(self) -> int:
        return self.amount - sum(amount for _, amount in self.discounts)

    def base(self, share: Fraction) -> Fraction:
        """What is taxed, exactly, when the document's discounts take this share of a line."""
        if not self.line.taxable:
            return Fraction(0)
        return self.discounted * (1 - share) if self.line.discountable else Fraction(self.discounted)

    def net(self, share: Fraction, contained: Fraction) -> Fraction:
        """What every percentage is taken of: the base without the taxes that are contained in it, which
        are those of the line and, as a part of the net price, `contained` ones of the document."""
        return self.base(share) / (1 + contained + _contained(self.line.taxes))


@dataclass(frozen=True, slots=True)
class DocumentTotals:
    """subtotal - discounts + taxes = total, in minor units (Invoiced API, Invoices)."""

    lines: tuple[LineTotals, ...]
    discounts: tuple[tuple[LevyInput, int], ...]
    taxes: tuple[tuple[LevyInput, int, bool], ...]  # levy, amount, calculated by us
    subtotal: int
    total: int


def document_totals(
    *,
    lines: Sequence[LineInput],
    discounts: Sequence[LevyInput],
    taxes: Sequence[LevyInput],
    customer_rates: Sequence[TaxRate],
    currency: str,
) -> DocumentTotals:
    """Compute a document. `customer_rates` are the rates that the customer's standing adds.

    Each tax is rounded half up once per rate; inclusive taxes are carved out of the subtotal together.
    Raises Refused (`discounts`) for discounts that would reach lines which cannot be discounted.
    """
    priced = [_priced(line, currency) for line in lines]
    gross = sum(line.discounted for line in priced)
    reductions = tuple((levy, levy.amount or 0) for levy in discounts)
    reduction = sum(amount for _, amount in reductions)
    share = _share(priced, reduction, currency)
    own = [LevyInput(tax_rate=rate) for rate in customer_rates]
    contained = _contained([*taxes, *own])
    computed = tuple(_taxed(line, share, contained, currency) for line in priced)
    net = sum((line.net(share, contained) for line in computed), start=Fraction(0))
    levied = [(levy, levy_amount(levy, net, currency), False) for levy in taxes]
    if sum(line.base(share) for line in computed):
        levied += [(levy, levy_amount(levy, net, currency), True) for levy in own]
    line_levies = [(levy, amount) for line in computed for levy, amount in line.taxes]
    added = sum(amount for _, amount in line_levies) + sum(amount for _, amount, _ in levied)
    inclusive = sum(amount for levy, amount in line_levies if _inclusive(levy))
    inclusive += sum(amount for levy, amount, _ in levied if _inclusive(levy))
    subtotal = gross - inclusive
    return DocumentTotals(
        lines=computed,
        discounts=reductions,
        taxes=tuple(levied),
        subtotal=subtotal,
        total=subtotal - reduction + added,
    )


def levy_amount(levy: LevyInput, net: Fraction, currency: str) -> int:
    """A tax on `net` minor units: fixed, or per cent of them."""
    if levy.tax_rate is None:
        return levy.amount or 0
    rate = levy.tax_rate
    if not rate.is_percent:
        return to_minor(rate.value, currency)
    return _rounded(net * Fraction(rate.value) / 100)


def line_totals(line: LineInput, currency: str) -> LineTotals:
    """One line by itself: its amount, discounts and taxes."""
    return _taxed(_priced(line, currency), Fraction(0), Fraction(0), currency)


def _priced(line: LineInput, currency: str) -> LineTotals:
    amount = to_minor(line.quantity * line.unit_cost, currency)
    discounts = tuple((levy, levy.amount or 0) for levy in line.discounts)
    return LineTotals(line=line, amount=amount, discounts=discounts, taxes=())


def _taxed(line: LineTotals, share: Fraction, contained: Fraction, currency: str) -> LineTotals:
    if not line.line.taxable or not line.line.taxes:
        return line
    net = line.net(share, contained)
    return replace(line, taxes=tuple((levy, levy_amount(levy, net, currency)) for levy in line.line.taxes))


def _contained(levies: Sequence[LevyInput]) -> Fraction:
    """The percentages that a price contains, as a part of its net; an amount changes no percentage."""
    rates = [levy.tax_rate for levy in levies if levy.tax_rate is not None]
    return sum(
        (Fraction(rate.value) / 100 for rate in rates if rate.inclusive and rate.is_percent), Fraction(0)
    )


def _share(lines: Sequence[LineTotals], reduction: int, currency: str) -> Fraction:
    """The part of every discountable line that the document's discounts take. Exact: rounding it would
    tax a cent too much or too little."""
    discountable = sum(line.discounted for line in lines if line.line.discountable)
    if not reduction:
        return Fraction(0)
    if reduction > max(discountable, 0) and not all(line.line.discountable for line in lines):
        most = f"{to_amount(max(discountable, 0), currency)} {currency.upper()}"
        raise Refused(f"The discounts are larger than what may be discounted: {most}.", "discounts")
    return Fraction(reduction, discountable) if discountable else Fraction(0)


def _rounded(amount: Fraction) -> int:
    """Half up, away from zero, as all money is."""
    whole = int(abs(amount) + Fraction(1, 2))
    return whole if amount >= 0 else -whole


def _inclusive(levy: LevyInput) -> bool:
    return levy.tax_rate is not None and levy.tax_rate.inclusive

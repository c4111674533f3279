"""Totals of a document: line amounts, discounts, taxes. Pure; integers in, integers out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from customers.ledger.drafting import LevyInput, LineInput
from customers.models import TaxRate
from customers.money import to_minor


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

    Each tax is rounded half up once per rate; an inclusive tax is carved out of the subtotal.
    """
    computed = tuple(line_totals(line, currency) for line in lines)
    gross = sum(line.discounted for line in computed)
    reductions = tuple((levy, levy.amount or 0) for levy in discounts)
    reduction = sum(amount for _, amount in reductions)
    taxable = _taxable(computed, reduction)
    levied = [(levy, levy_amount(levy, taxable, currency), False) for levy in taxes]
    levied += [
        (levy, levy_amount(levy, taxable, currency), True)
        for levy in (LevyInput(tax_rate=rate) for rate in customer_rates)
        if taxable
    ]
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


def levy_amount(levy: LevyInput, base: int, currency: str) -> int:
    """A tax on `base` minor units: fixed, per cent on top, or per cent contained in it."""
    if levy.tax_rate is None:
        return levy.amount or 0
    rate = levy.tax_rate
    if not rate.is_percent:
        return to_minor(rate.value, currency)
    share = rate.value / (Decimal(100) + rate.value) if rate.inclusive else rate.value / Decimal(100)
    return int((Decimal(base) * share).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def line_totals(line: LineInput, currency: str) -> LineTotals:
    """One line by itself: its amount, discounts and taxes."""
    amount = to_minor(line.quantity * line.unit_cost, currency)
    discounts = tuple((levy, levy.amount or 0) for levy in line.discounts)
    base = amount - sum(value for _, value in discounts)
    taxes = tuple((levy, levy_amount(levy, base, currency)) for levy in line.taxes)
    return LineTotals(line=line, amount=amount, discounts=discounts, taxes=taxes)


def _taxable(lines: Sequence[LineTotals], reduction: int) -> int:
    """What document taxes are levied on: taxable lines, less their share of the discounts."""
    base = sum(line.discounted for line in lines if line.line.taxable)
    discountable = sum(line.discounted for line in lines if line.line.discountable)
    both = sum(line.discounted for line in lines if line.line.discountable and line.line.taxable)
    if not reduction or not discountable:
        return base
    share = Decimal(reduction) * both / discountable
    return base - int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _inclusive(levy: LevyInput) -> bool:
    return levy.tax_rate is not None and levy.tax_rate.inclusive

"""Storing the lines, discounts and taxes of a document."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from customers.errors import Refused
from customers.ledger.drafting import LevyInput, LineInput, same_lines
from customers.ledger.taxes import DocumentTotals, LineTotals, document_totals
from customers.models import CreditNote, Customer, Invoice, Levy, LineItem, TaxRate
from customers.money import LARGEST_MINOR, exponent, to_amount, to_minor


def compute_document(
    *,
    customer: Customer,
    lines: Sequence[LineInput],
    discounts: Sequence[LevyInput],
    taxes: Sequence[LevyInput],
    currency: str,
    calculate_taxes: bool,
) -> DocumentTotals:
    """Totals of a document for this customer; its own rates are added when taxes are calculated.

    Raises Refused for discounts that leave less than nothing, and (`items`) for sums that no database
    column should have to add up.
    """
    named = {levy.tax_rate.pk for levy in taxes if levy.tax_rate}
    rates: list[TaxRate] = []
    if calculate_taxes and customer.taxable:
        # Also those that were archived since: a tax must not fall away unseen.
        own = customer.taxes.exclude(pk__in=named).order_by("pk")
        rates = [rate for rate in own if rate.is_percent or rate.currency == currency]
    totals = document_totals(
        lines=lines, discounts=discounts, taxes=taxes, customer_rates=rates, currency=currency
    )
    if totals.total < 0 and (blamed := _too_large(totals)):
        raise Refused("The discounts are larger than what they come off.", param=blamed)
    levied = sum(abs(amount) for _, amount, _ in totals.taxes)
    if max(abs(totals.subtotal), abs(totals.total), levied) >= LARGEST_MINOR:
        raise Refused("The total is too large.", param="items")
    return totals


def _too_large(totals: DocumentTotals) -> str | None:
    """Which discounts make a total negative: those of the document, or of the first line that they use up."""
    if totals.discounts and sum(line.discounted for line in totals.lines) >= 0:
        return "discounts"
    lines = enumerate(totals.lines)
    return next((f"items.{at}.discounts" for at, line in lines if line.discounted < 0 <= line.amount), None)


def store_lines(*, document: Invoice | CreditNote, totals: DocumentTotals) -> None:
    """Replace what a document consists of; a line that is named by its id keeps it."""
    owner = "invoice" if isinstance(document, Invoice) else "credit_note"
    kept = {item.pk: item for item in document.items.all()}
    document.levies.all().delete()
    for position, line in enumerate(totals.lines):
        item = kept.pop(line.line.id or 0, None) or LineItem(**{owner: document})
        store_line(item, line, position, **{owner: document})
    for stale in kept.values():
        stale.delete()
    for _, amount in totals.discounts:
        Levy.objects.create(kind=Levy.Kind.DISCOUNT, amount=amount, **{owner: document})
    for levy, amount, calculated in totals.taxes:
        Levy.objects.create(
            kind=Levy.Kind.TAX,
            tax_rate=levy.tax_rate,
            amount=amount,
            calculated=calculated,
            **{owner: document},
        )


def store_line(item: LineItem, totals: LineTotals, position: int, **owner: Any) -> None:
    """Write one line and what is levied on it; levies that it had must be gone."""
    line = totals.line
    item.position = position
    item.amount = totals.amount
    item.metadata = dict(line.metadata)
    for name in _COLUMNS:
        setattr(item, name, getattr(line, name))
    item.save()
    for kind, levies in ((Levy.Kind.DISCOUNT, totals.discounts), (Levy.Kind.TAX, totals.taxes)):
        for levy, amount in levies:
            Levy.objects.create(kind=kind, line_item=item, tax_rate=levy.tax_rate, amount=amount, **owner)


def stored_lines(document: Invoice | CreditNote, *, was: str) -> list[LineInput]:
    """The lines of a document as inputs again; `was` is the currency in which they were stored.

    Fixed discounts and taxes keep their number, also where the new currency has other decimals.
    """
    by_line: dict[int, list[Levy]] = {}
    for levy in document.levies.exclude(line_item=None).select_related("tax_rate").order_by("pk"):
        by_line.setdefault(levy.line_item_id or 0, []).append(levy)
    return [
        stored_line(item, by_line.get(item.pk, []), currency=document.currency, was=was)
        for item in document.items.order_by("position", "pk")
    ]


def stored_line(item: LineItem, levies: Iterable[Levy], *, currency: str, was: str) -> LineInput:
    """One line with its levies as an input again."""
    levied = list(levies)
    return LineInput(
        **{name: getattr(item, name) for name in (*_COLUMNS, "metadata")},
        id=item.pk,
        discounts=_inputs(levied, "discount", currency, was),
        taxes=_inputs(levied, "tax", currency, was),
    )


def check_line(line: LineInput, currency: str, *, param: str | None = None) -> None:
    """Refuse (`param`) a line whose amount is beyond reach.

    Compared before anything is rounded: the exact product may have more digits than decimals keep.
    """
    if abs(line.quantity * line.unit_cost) >= Decimal(LARGEST_MINOR).scaleb(-exponent(currency)):
        raise Refused("The amount of this line is too large.", param)


def stored_levies(document: Invoice | CreditNote, kind: str, *, was: str) -> tuple[LevyInput, ...]:
    """The discounts or taxes of a whole document as inputs again."""
    rows = document.levies.filter(line_item=None).select_related("tax_rate").order_by("pk")
    return _inputs(rows, kind, document.currency, was)


def is_rewritten(
    document: Invoice | CreditNote,
    was: str,
    lines: Sequence[LineInput] | None,
    discounts: Sequence[LevyInput] | None,
    taxes: Sequence[LevyInput] | None,
) -> bool:
    """Whether these inputs (None: as they are) differ from what is stored, or the currency changed.

    Clients send whole objects back: lines that are the same must not count as a change.
    """
    return (
        document.currency != was
        or (lines is not None and not same_lines(lines, stored_lines(document, was=was)))
        or (discounts is not None and tuple(discounts) != stored_levies(document, "discount", was=was))
        or (taxes is not None and tuple(taxes) != stored_levies(document, "tax", was=was))
    )


def _inputs(rows: Any, kind: str, currency: str, was: str) -> tuple[LevyInput, ...]:
    return tuple(
        LevyInput(tax_rate=row.tax_rate)
        if row.tax_rate_id
        else LevyInput(amount=to_minor(to_amount(row.amount, was), currency))
        for row in rows
        if row.kind == kind
    )


WORDS = ("name", "description", "type", "catalog_item")
_COLUMNS = (*WORDS, "unit_cost", "quantity", "discountable", "taxable")

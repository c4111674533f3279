"""What a line of a credit note takes over from the invoice's line beyond what its form shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from customers.ledger.drafting import LevyInput, LineInput
from customers.models import Invoice, Levy, LineItem


@dataclass(frozen=True, slots=True)
class Source:
    """A line of an invoice with its own discounts and taxes."""

    row: LineItem
    levies: tuple[Levy, ...]

    def continued(self, line: LineInput) -> LineInput:
        """The line with the item, kind, discounts and taxes of this one.

        Amounts without a rate shrink and grow with the line: half of it has half of its discount.
        """
        return replace(
            line,
            catalog_item=self.row.catalog_item,
            type=self.row.type,
            discountable=self.row.discountable,
            discounts=tuple(self._levies(Levy.Kind.DISCOUNT, line)),
            taxes=tuple(self._levies(Levy.Kind.TAX, line)),
        )

    def _levies(self, kind: Levy.Kind, line: LineInput) -> list[LevyInput]:
        before = self.row.quantity * self.row.unit_cost
        part = line.quantity * line.unit_cost / before if before else Decimal(1)
        return [
            LevyInput(tax_rate=levy.tax_rate)
            if levy.tax_rate is not None
            else LevyInput(amount=int((levy.amount * part).to_integral_value(ROUND_HALF_UP)))
            for levy in self.levies
            if levy.kind == kind
        ]


def sources_of(invoice: Invoice) -> Mapping[int, Source]:
    """Each line of the invoice by its id."""
    levies: dict[int, list[Levy]] = {}
    for levy in Levy.objects.filter(line_item__invoice=invoice).select_related("tax_rate").order_by("pk"):
        levies.setdefault(levy.line_item_id or 0, []).append(levy)
    return {row.pk: Source(row, tuple(levies.get(row.pk, ()))) for row in invoice.items.all()}

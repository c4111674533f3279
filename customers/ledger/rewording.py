"""Lines of a document that get other words and keep their figures."""

from collections.abc import Sequence
from dataclasses import replace

from customers.ledger.drafting import LevyInput, LineInput, same_lines
from customers.ledger.lines import WORDS, is_rewritten, stored_lines
from customers.models import CreditNote, Invoice


def reword_lines(
    *,
    document: Invoice | CreditNote,
    was: str,
    lines: Sequence[LineInput] | None,
    discounts: Sequence[LevyInput] | None,
    taxes: Sequence[LevyInput] | None,
) -> bool:
    """Write new words into stored lines, when nothing but words is new; False when there is more to it.

    Nothing is computed: a document keeps what was levied on it by the rules of its day, also when a
    spelling is corrected.
    """
    if lines is None or is_rewritten(document, was, None, discounts, taxes):
        return False
    stored = stored_lines(document, was=was)
    if [_figures(line) for line in lines] != [_figures(line) for line in stored]:
        return False
    items = {item.pk: item for item in document.items.all()}
    for line, before in zip(lines, stored, strict=True):
        if same_lines([line], [before]):
            continue
        item = items[line.id or 0]
        item.metadata = dict(line.metadata)
        for name in WORDS:
            setattr(item, name, getattr(line, name))
        item.save()
    return True


def _figures(line: LineInput) -> LineInput:
    return replace(line, name="", description="", type="", catalog_item="", metadata={})

"""The slip at the foot of the last page, which comes back with the money."""

from collections.abc import Iterator
from typing import Any

from statements.letterhead import Addressee, Edition, Sender
from statements.paper.envelope import ASIDE_ROOM
from statements.paper.figures import are_packed, fitting
from statements.paper.measuring import cut, text_width
from statements.paper.payment_codes import creditor_reference
from statements.paper.phrasing import Phrases
from statements.paper.ways import WORDS_ROOM, bank_lines
from statements.statement import Statement

# As many items are listed, to be ticked.
SLIP_ITEMS = 8
# As many lines to remit to leave room for the smallest slip.
SNUG_LINES = 5
# Points that a box, its gaps and the room behind an amount take.
_TICK_ROOM = 46.0

Cells = list[list[list[str]]]


def slip(
    statement: Statement, sender: Sender, addressee: Addressee, edition: Edition, say: Phrases
) -> dict[str, Any] | None:
    """The part that comes back with the money; none when nothing is to be paid by hand."""
    due = statement.to_pay
    if not due or not edition.slip:
        return None
    room = ASIDE_ROOM[edition.paper]
    remit_to = [say.name(line) for line in sender.remit_to or (sender.name, *sender.address_lines)]
    if sender.iban:
        remit_to += bank_lines(sender).split("\n")
    pairs = [
        ("customer_number", say.name(addressee.number)),
        ("statement_number", say.name(edition.number or "")),
        ("statement_date", say.day(statement.options.end)),
        ("payment_reference", creditor_reference(edition.number or "")),
        ("left_to_pay" if due < statement.amount_due else "amount_due", say.money(due)),
    ]
    cells = [(say.name(number), say.plain(amount)) for number, amount in _to_tick(statement)]
    facts = fitting([(say.word(label), text) for label, text in pairs if text], room)
    rows = _ticked(cells, WORDS_ROOM[edition.paper]) if len(cells) <= SLIP_ITEMS else []
    return {
        "label": cut(say.word("slip"), 284, 8.5, "semibold"),
        "remit_label": say.word("remit_to"),
        "remit_to": [cut(line, 230, 8.5) for line in remit_to[:8]],
        "facts": facts,
        "packed": are_packed(facts),
        "enclosed": say.word("amount_enclosed"),
        "items_label": say.word("items_paid"),
        "items": rows,
        "across": len(rows[0]) if rows else 0,
    }


def smaller_slips(slip: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """The slip without items to tick, then set closer: for when it would need a sheet of its own."""
    if slip and slip["items"]:
        yield {**slip, "items": []}
    if slip and len(slip["remit_to"]) <= SNUG_LINES:
        yield {**slip, "items": [], "snug": True}


def _to_tick(statement: Statement) -> list[tuple[str, int]]:
    """Invoices that the customer pays by hand, each with what it counts for on the statement."""
    collected = statement.autopay.numbers if statement.autopay else ()
    late_only = statement.options.items == "past_due"
    return [
        (line.number, line.overdue if late_only else line.balance)
        for line in statement.open_lines
        if line.balance > 0 and line.number not in collected
    ]


def _ticked(cells: list[tuple[str, str]], room: float) -> Cells:
    """Items beside a box to tick, three side by side where they fit, else two; the last row is filled up."""
    if not cells:
        return []
    widest = max(text_width(number, 8.5) + text_width(amount, 8.5) for number, amount in cells)
    across = 3 if widest <= room / 3 - _TICK_ROOM else 2
    left = room / across - _TICK_ROOM
    found = [[cut(number, left - text_width(amount, 8.5), 8.5), amount] for number, amount in cells]
    found += [["", ""]] * (-len(found) % across)
    return [found[at : at + across] for at in range(0, len(found), across)]

"""Statement → plain context of finished strings: the only place that formats, clips and pads.

The context holds dicts, lists, strings, bools and whole numbers. What changes the layout is a bool,
a number or the length of a list, never the wording of a string.
"""

from typing import Any

from statements.formatting import is_right_to_left
from statements.letterhead import Addressee, Edition, Sender
from statements.paper import envelope, figures
from statements.paper.measuring import clean
from statements.paper.open_items_table import open_items_table
from statements.paper.phrasing import Phrases, phrases_for
from statements.paper.slip import slip
from statements.paper.tables import credit_table, movements_table
from statements.paper.ways import payment_lines
from statements.statement import Statement

Model = dict[str, Any]

# Points from edge to edge of a table: the texts stand in line with the margins, the bands reach 8
# points beyond them on either side. The style sheets of the two sizes agree.
TABLE = {"letter": 526, "a4": 483}

# A table of so few rows stays on one page.
SHORT_TABLE = 12


def build_model(*, statement: Statement, sender: Sender, addressee: Addressee, edition: Edition) -> Model:
    """Everything the page shows, finished."""
    look = edition.look
    say = phrases_for(locale=edition.locale, currency=statement.currency, zone=edition.zone, own=look.labels)
    title, size = envelope.title(say.word("statement"), edition)
    facts = figures.facts(statement, addressee, edition, say)
    room = float(TABLE[edition.paper])
    forward = statement.options.type == "balance_forward"
    credit = credit_table(statement, say, room, edition.lines_url) if _has_credit(statement) else None
    before, between, after = say.word("page").replace("{pages}", "{page}").split("{page}")
    return {
        "language": edition.locale.replace("_", "-"),
        "right_to_left": is_right_to_left(edition.locale),
        "a4": edition.paper == "a4",
        "tagged": edition.variant == "ua",
        "preview": say.word("preview") if edition.preview else None,
        "meta": _metadata(statement, sender, addressee, edition, say),
        "sender": envelope.sender_block(sender, edition, say),
        "address": None if edition.blank_address else envelope.address_block(sender, addressee, edition, say),
        "foot": envelope.foot_lines(sender, edition, say),
        "head": envelope.running_head(statement, addressee, edition, say),
        "page": [before, between, after],
        "title": title,
        "title_size": size,
        "subtitle": figures.subtitle(statement, edition, say),
        "facts": facts,
        "packed": figures.are_packed(facts),
        "due": figures.due_box(statement, sender, edition, say),
        "summary_label": say.word("summary"),
        "summary": figures.strip(figures.summary(statement, say), room, 10),
        "detail": (movements_table if forward else open_items_table)(
            statement, say, room, look, edition.lines_url
        ),
        "changed": figures.changed_note(statement, say),
        "memo_label": say.word("memo"),
        "memo": figures.memo(statement, say) if look.memo else [],
        "memo_note": say.word("whole_account") if statement.options.items == "past_due" else None,
        "aging_label": say.word("aging" if statement.aging.basis == "due_date" else "aging_by_date"),
        "aging": figures.strip(figures.aging(statement, say), room, 9) if look.aging else None,
        "credit_label": say.word("credit_balance"),
        "credit": credit,
        "credit_short": credit is not None and len(credit["rows"]) <= SHORT_TABLE,
        "ways_label": say.word("how_to_pay"),
        "ways": [say.name(line) for line in payment_lines(statement, edition)],
        "slip": slip(statement, sender, addressee, edition, say),
    }


def _has_credit(statement: Statement) -> bool:
    if statement.options.type == "open_item":
        return False
    return bool(statement.credit_lines or statement.opening_credit or statement.closing_credit)


def _metadata(
    statement: Statement, sender: Sender, addressee: Addressee, edition: Edition, say: Phrases
) -> dict[str, str]:
    """What the file says about itself; names without hyphens, which the writer would drop."""
    options = statement.options
    values = {
        "title": f"{say.word('statement')} {addressee.name} {say.day(options.end)}",
        "author": sender.name,
        "type": options.type,
        "start": "" if options.start is None else str(options.start),
        "end": str(options.end),
        "currency": statement.currency,
        "number": addressee.number,
        "statement": edition.number or "",
    }
    return {name: clean(text) for name, text in values.items()}

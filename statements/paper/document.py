"""Invoice, credit note or receipt → plain context of finished strings, on the statement's letterhead."""

from typing import Any

from statements.document import BilledDocument
from statements.formatting import is_right_to_left
from statements.letterhead import Addressee, Edition, Sender
from statements.paper import document_figures as figures
from statements.paper import envelope
from statements.paper.document_tables import lines_table, settled_table
from statements.paper.figures import are_packed
from statements.paper.measuring import clean, cut, text_width
from statements.paper.phrasing import Phrases, phrases_for

Model = dict[str, Any]

# Points from edge to edge of a table, as on statements.
TABLE = {"letter": 526, "a4": 483}
# Sizes in points of the word across the page; its room is the page's width seen at a slant.
MARK_SIZES = (110, 90, 70, 50)
MARK_ROOM = 520.0
# Notes are the writer's own text; a page of them is enough for any terms of sale.
MOST_NOTE_LINES = 200


def build_document_model(
    *, document: BilledDocument, sender: Sender, addressee: Addressee, edition: Edition
) -> Model:
    """Everything the page shows, finished."""
    say = phrases_for(
        locale=edition.locale, currency=document.currency, zone=edition.zone, own=edition.look.labels
    )
    title, size = envelope.title(say.word(document.kind), edition)
    facts = figures.facts(document, addressee, edition, say)
    room = float(TABLE[edition.paper])
    before, between, after = say.word("page").replace("{pages}", "{page}").split("{page}")
    titled = f"{say.word(document.kind)} {say.name(document.number)}"
    return {
        "language": edition.locale.replace("_", "-"),
        "right_to_left": is_right_to_left(edition.locale),
        "a4": edition.paper == "a4",
        "tagged": edition.variant == "ua",
        "meta": _metadata(document, titled, sender, addressee),
        "mark": _mark(document, edition, say),
        "sender": envelope.sender_block(sender, edition, say),
        "address": None if edition.blank_address else envelope.address_block(sender, addressee, edition, say),
        "foot": envelope.foot_lines(sender, edition, say),
        "head": _running_head(titled, document, addressee, edition, say),
        "page": [before, between, after],
        "title": title,
        "title_size": size,
        "subtitle": figures.subtitle(document, edition, say),
        "facts": facts,
        "packed": are_packed(facts),
        "due": figures.due_box(document, sender, edition, say),
        "details_label": say.word("online_details"),
        "strip": figures.strip_of(document, say, room),
        "ship_to_label": say.word("ship_to"),
        "ship_to": [cut(say.name(line), room / 2, 8.5) for line in document.ship_to[:8]],
        "table": settled_table(document, say, room)
        if document.kind == "receipt"
        else lines_table(document, say, room),
        "summary_label": say.word("summary"),
        "sums": figures.sums(document, say),
        "ways_label": say.word("how_to_pay"),
        "ways": [cut(line, room, 8.5) for line in figures.ways_to_pay(document, sender, say)],
        "notes_label": say.word("notes"),
        "notes": _note_lines(document.notes, say),
    }


def _running_head(
    titled: str, document: BilledDocument, addressee: Addressee, edition: Edition, say: Phrases
) -> list[str]:
    """From the second page on: whose document this is, and which."""
    whose = say.joined(say.name(addressee.name), say.name(addressee.number))
    what = say.joined(titled, say.day(document.at))
    return [
        cut(whose, envelope.HEAD_ROOM[edition.paper], 7.5),
        cut(what, envelope.HEAD_END_ROOM[edition.paper], 7.5),
    ]


def _mark(document: BilledDocument, edition: Edition, say: Phrases) -> Model | None:
    """The word across the page that nobody can overlook: paid, void or draft; or preview."""
    if edition.preview:
        text, kind = say.word("preview"), "draft"
    elif document.mark:
        text, kind = say.word(f"mark_{document.mark}"), document.mark
    else:
        return None
    size = next((s for s in MARK_SIZES if text_width(text, s, "semibold") <= MARK_ROOM), MARK_SIZES[-1])
    return {"text": text, "kind": kind, "size": size}


def _note_lines(notes: str, say: Phrases) -> list[str]:
    lines = [say.name(line) for line in notes.replace("\r\n", "\n").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines[:MOST_NOTE_LINES]


def _metadata(document: BilledDocument, titled: str, sender: Sender, addressee: Addressee) -> dict[str, str]:
    """What the file says about itself; names without hyphens, which the writer would drop."""
    values = {
        "title": f"{titled} {addressee.name}",
        "author": sender.name,
        "kind": document.kind,
        "document": document.number,
        "currency": document.currency,
        "number": addressee.number,
    }
    return {name: clean(text) for name, text in values.items()}

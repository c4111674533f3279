"""What makes the page a letter: sender, addressee behind the window, lines at head and foot."""

from typing import Any

from statements.formatting import country_name
from statements.letterhead import Addressee, Edition, Sender
from statements.paper.measuring import clean, cut, text_width, wrap
from statements.paper.phrasing import Phrases
from statements.statement import Statement

# Points that the boxes of the style sheets offer to texts.
NAME_ROOM = {"letter": 272.0, "a4": 244.0}
WINDOW_ROOM = {"letter": 209.0, "a4": 220.0}
RIGHT_WINDOW_ROOM = 198.0
FOOT_ROOM = {"letter": 410.0, "a4": 380.0}
HEAD_ROOM = {"letter": 295.0, "a4": 270.0}
HEAD_END_ROOM = {"letter": 195.0, "a4": 180.0}
ASIDE_ROOM = {"letter": 214.0, "a4": 204.0}
TITLE_SIZES = (21, 17, 14, 11)
RETURN_LINES = 3
# A block of three lines is the least; more than eight do not fit behind any window.
ADDRESS_LINES = (3, 8)


def sender_block(sender: Sender, edition: Edition, say: Phrases) -> dict[str, Any]:
    """The letterhead: a logo or the name set large, and the address where a return window shows it."""
    room = NAME_ROOM[edition.paper]
    name = say.name(sender.name)
    # A print house writes the sender's address, too, where ours would stand.
    lines = [] if edition.blank_address else [say.name(line) for line in sender.address_lines]
    if sender.logo and not edition.blank_address:
        lines.insert(0, name)
    size = next((size for size in (15, 12) if text_width(name, size, "semibold") <= room), 10)
    return {
        "logo": sender.logo is not None,
        "name": "\n".join(wrap(name, room, size, 2, "semibold")),
        "size": size,
        "lines": _padded(_joined([cut(line, room, 8) for line in lines], RETURN_LINES), RETURN_LINES),
        "return_lines": _return_lines(sender, edition, say),
    }


def window_room(edition: Edition) -> float:
    """How wide a line of the address may be."""
    right = edition.paper == "a4" and edition.look.window == "right"
    return RIGHT_WINDOW_ROOM if right else WINDOW_ROOM[edition.paper]


def _return_lines(sender: Sender, edition: Edition, say: Phrases) -> list[str]:
    """The sender above the addressee in the window, on the lower of two lines or on both."""
    parts = (sender.name, *sender.address_lines)
    # One text in the direction of the sender's name: a postman reads it, not the addressee.
    lines = wrap(say.name(" · ".join(filter(None, map(clean, parts)))), window_room(edition), 6.5, 2)
    return ["", *lines] if len(lines) < 2 else lines


def address_block(sender: Sender, addressee: Addressee, edition: Edition, say: Phrases) -> dict[str, Any]:
    """The addressee as the post reads it, in as many lines as the block is drawn for."""
    least, most = ADDRESS_LINES
    room = window_room(edition)
    (name, rest), size = _address_lines(sender, addressee, say, room, 10), 10
    for smaller, above in ((9, least), (8, most - 1)):
        if len(name) + len(rest) > above:
            (name, rest), size = _address_lines(sender, addressee, say, room, smaller), smaller
    lines = [cut(line, room, size) for line in _joined([*name, *rest], most, alone=len(name))]
    # The style sheets set three lines in 10 points, four to seven in 9, eight in 8.
    slots = {10: least, 9: max(least + 1, len(lines)), 8: most}[size]
    return {"lines": _padded(lines, slots), "size": slots}


def _address_lines(
    sender: Sender, addressee: Addressee, say: Phrases, room: float, size: float
) -> tuple[list[str], list[str]]:
    """The name, on as many lines as the rest leaves it and on two at least, and the rest."""
    lines: list[str] = []
    if addressee.attention_to:
        lines += wrap(say.say("attention", name=say.name(addressee.attention_to)), room, size, 2)
    for line in addressee.address_lines:
        lines += wrap(say.name(line), room, size, 2)
    if addressee.country.upper() != sender.country.upper():
        # The posts of the world read country names in English.
        lines.append(country_name(addressee.country, "en").upper())
    return wrap(say.name(addressee.name), room, size, max(2, ADDRESS_LINES[1] - len(lines))), lines


def title(word: str, edition: Edition) -> tuple[str, int]:
    """The name of the document, and the size in which it fits."""
    room = ASIDE_ROOM[edition.paper]
    size = next((size for size in TITLE_SIZES if text_width(word, size, "semibold") <= room), TITLE_SIZES[-1])
    return cut(word, room, size, "semibold"), size


def foot_lines(sender: Sender, edition: Edition, say: Phrases) -> list[str]:
    """The company's own line, then how to reach it, on one or two lines at the foot of every page."""
    tax = say.say("company_tax_id", number=say.name(sender.tax_id)) if sender.tax_id else ""
    parts = (sender.name, sender.phone, sender.email, sender.website, tax)
    lines: list[str] = []
    for part in filter(None, map(say.name, parts)):
        joined = say.joined(lines[-1], part) if lines else part
        if lines and text_width(joined, 7) <= FOOT_ROOM[edition.paper]:
            lines[-1] = joined
        else:
            lines.append(cut(part, FOOT_ROOM[edition.paper], 7))
    own = say.name(edition.look.footer)
    return [*([cut(own, FOOT_ROOM[edition.paper], 7)] if own else []), *lines[:2]]


def running_head(statement: Statement, addressee: Addressee, edition: Edition, say: Phrases) -> list[str]:
    """From the second page on: whose statement this is, and of which day."""
    whose = say.joined(say.name(addressee.name), say.name(addressee.number))
    what = say.joined(say.name(edition.number or ""), say.day(statement.options.end))
    titled = f"{say.word('statement')} {what}"
    room = HEAD_END_ROOM[edition.paper]
    return [
        cut(whose, HEAD_ROOM[edition.paper], 7.5),
        titled if text_width(titled, 7.5) <= room else cut(what, room, 7.5),
    ]


def _joined(lines: list[str], most: int, *, alone: int = 1) -> list[str]:
    """At most so many lines: the two shortest neighbours share one; the `alone` first and the last stay."""
    while len(lines) > most:
        pairs = range(alone, len(lines) - 2)
        at = min(pairs, key=lambda index: len(lines[index]) + len(lines[index + 1]))
        lines = [*lines[:at], f"{lines[at]}, {lines[at + 1]}", *lines[at + 2 :]]
    return lines


def _padded(lines: list[str], least: int) -> list[str]:
    return [*lines, *[""] * (least - len(lines))]

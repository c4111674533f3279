"""The figures around the table: facts, amount due, summary, aging and memo."""

from typing import Any, NamedTuple

from statements.formatting import days
from statements.letterhead import Addressee, Edition, Sender
from statements.paper.envelope import ASIDE_ROOM
from statements.paper.measuring import clean, cut, text_width, wrap
from statements.paper.phrasing import Phrases
from statements.paper.ways import link_words, way_to_pay
from statements.statement import Statement

# Points that the boxes of the style sheets offer to texts.
CODE_SIDE = 80.0
FIGURE_SIZES = (20, 17, 14, 11)
STRIP_SIZES = (10, 9, 8, 7, 6)
FACT_SIZES = (8.5, 6.5)

Pair = list[str]


class Fact(NamedTuple):
    """A line of the facts; `small` sets the text in the smaller of FACT_SIZES, on two lines if it must."""

    label: str
    text: str
    small: bool


def heading(statement: Statement, say: Phrases) -> str:
    """What the statement shows: a day's open items, or a period."""
    options = statement.options
    if options.type == "open_item":
        message = "past_due_as_of" if options.items == "past_due" else "open_items_as_of"
        return say.say(message, date=say.long_day(options.end))
    start = say.day(options.end if options.start is None else options.start)
    return say.say("period", start=start, end=say.day(options.end))


def subtitle(statement: Statement, edition: Edition, say: Phrases) -> dict[str, Any]:
    text = heading(statement, say)
    room = ASIDE_ROOM[edition.paper]
    small = text_width(text, 9.5, "semibold") > room
    return {"text": cut(text, room, 8 if small else 9.5, "semibold"), "small": small}


def facts(statement: Statement, addressee: Addressee, edition: Edition, say: Phrases) -> list[Fact]:
    found = [
        ("statement_date", say.day(statement.options.end)),
        ("statement_number", edition.number or ""),
        ("customer_number", addressee.number),
        ("customer_tax_id", addressee.tax_id),
        ("currency", statement.currency.upper()),
    ]
    pairs = [(say.word(label), say.name(text)) for label, text in found if text]
    return fitting(pairs, ASIDE_ROOM[edition.paper])


def fitting(pairs: list[tuple[str, str]], room: float) -> list[Fact]:
    """Label and text side by side: a text too long for it is set small, then on two lines."""
    found = []
    for label, text in pairs:
        left = room - text_width(label, FACT_SIZES[0]) - 12
        small = text_width(text, FACT_SIZES[0]) > left
        lines = wrap(text, left, FACT_SIZES[small], 2 if small else 1)
        found.append(Fact(label, "\n".join(lines), small))
    return found


def are_packed(lines: list[Fact]) -> bool:
    """Whether a text stands on two lines, so that the rest has to move together."""
    return any("\n" in fact.text for fact in lines)


def due_box(statement: Statement, sender: Sender, edition: Edition, say: Phrases) -> dict[str, Any]:
    """What to pay and how: one figure, one sentence, one link with its code."""
    room = ASIDE_ROOM[edition.paper]
    link, words = way_to_pay(statement, sender, edition, say)
    code = bool(words)
    room -= CODE_SIDE if code and edition.look.code else 0
    label, figure = due_figure(statement, say)
    return {
        "label": cut(label, room, 8.5),
        "figure": figure,
        "size": next((s for s in FIGURE_SIZES if text_width(figure, s, "semibold") <= room), 9),
        "notes": [line for note in due_notes(statement, say) for line in wrap(note, room, 8, 2)],
        "link": link,
        "link_label": cut(words[0], room, 8.5, "semibold") if words else None,
        "link_words": link_words("\n".join(map(say.name, words[1].split("\n"))), room) if words else None,
        "code": code and edition.look.code and not edition.preview,
        "code_label": say.word("payment_code"),
    }


def due_figure(statement: Statement, say: Phrases) -> tuple[str, str]:
    """The one figure that a reader looks for: a credit, what AutoPay leaves to pay, or all that is due."""
    if statement.headline < 0:
        return say.word(total_label(statement)), say.money(statement.headline)
    if 0 < statement.to_pay < statement.amount_due:
        return say.word("left_to_pay"), say.money(statement.to_pay)
    return say.word("amount_due"), say.money(statement.amount_due)


def total_label(statement: Statement) -> str:
    if statement.options.type == "balance_forward":
        return "account_balance"
    return "past_due_balance" if statement.options.items == "past_due" else "total_balance"


def due_notes(statement: Statement, say: Phrases) -> list[str]:
    due, autopay = statement.amount_due, statement.autopay
    if not due:
        credit = -statement.headline
        notes = [say.word("nothing_due")]
        return notes + ([say.say("credit_of", amount=say.money(credit))] if credit else [])
    if autopay:
        values = {"amount": say.money(autopay.amount), "source": clean(autopay.source)}
        if autopay.at is not None:
            values["date"] = say.day(autopay.at)
        return [say.say("autopay" if autopay.at is None else "autopay_on", **values)]
    late = statement.past_due
    if late and statement.options.items != "past_due":
        return [f"{say.word('past_due')} {say.money(late)}"]
    return []


def summary(statement: Statement, say: Phrases) -> list[Pair]:
    """The statement in one row of figures."""
    if statement.options.type == "open_item":
        late_only = statement.options.items == "past_due"
        pairs = [[say.word("past_due_items" if late_only else "open_items"), str(len(statement.open_lines))]]
        late = statement.past_due
        middle = (
            [("all_open_items", statement.open_total)]
            if late_only
            else [("not_yet_due", statement.open_total - late), ("past_due", late)]
        )
        amounts = [*middle, (total_label(statement), statement.total)]
    else:
        pairs = []
        amounts = [("previous_balance", statement.opening)] if statement.opening else []
        amounts += [("total_invoiced", statement.invoiced), ("total_paid", statement.paid)]
        amounts += [("adjustments", statement.adjusted)] if statement.adjusted else []
        amounts += [("account_balance", statement.closing)]
        amounts += [("credit_balance", statement.closing_credit)] if statement.closing_credit else []
    return pairs + [[say.word(label), say.money(amount)] for label, amount in amounts]


def aging(statement: Statement, say: Phrases) -> list[Pair]:
    if not any(statement.aging.buckets):
        return []
    buckets = zip(statement.aging.spans, statement.aging.buckets, strict=True)
    pairs = [[age_label(*span, say), say.plain(amount)] for span, amount in buckets]
    return [*pairs, [say.word("all_open_items"), say.plain(statement.aging.total)]]


def age_label(first: int | None, last: int | None, say: Phrases) -> str:
    """A bucket in words: Current, 1–30 days, Over 90 days."""
    if last is None:
        return say.say("aging_over", days=str((first or 1) - 1))
    if first is None:
        return say.say("aging_up_to", days=str(last)) if last else say.word("aging_current")
    if first == last:
        return days(first, say.locale)
    return say.say("aging_range", first=str(first), last=str(last))


def memo(statement: Statement, say: Phrases) -> list[tuple[str, str, bool]]:
    """Money beside the open items, each line only when there is any, and what it comes to."""
    held = statement.memo
    rows: list[tuple[str, int]] = []
    if statement.options.type == "balance_forward":
        # The bridge from the aging (open items only) to the balance of the account.
        if held.unapplied:
            rows = [("open_items", statement.open_total), ("unapplied_payments", -held.unapplied)]
            rows += [("account_balance", statement.closing)]
    else:
        rows += [("unapplied_payments", -held.unapplied)] if held.unapplied else []
        rows += [("credit_balance", -held.credit)] if held.credit else []
        if rows:
            net = statement.open_total - held.unapplied - held.credit
            if statement.options.items == "past_due":
                rows.insert(0, ("all_open_items", statement.open_total))
            rows += [("balance_after_credits", net)]
    rows += [("pending_payments", held.pending)] if held.pending else []
    sums = ("account_balance", "balance_after_credits")
    return [(say.word(label), say.plain(amount), label in sums) for label, amount in rows]


def strip(pairs: list[Pair], room: float, largest: int) -> dict[str, Any] | None:
    """Labelled figures side by side, in the size at which the widest fits its share."""
    if not pairs:
        return None
    share = room / len(pairs) - 12
    widest = max(text_width(figure, 1, "semibold") for _, figure in pairs)
    labels = max(text_width(label, 7) for label, _ in pairs)
    return {
        "pairs": pairs,
        "size": next((s for s in STRIP_SIZES if s <= largest and widest * s <= share), STRIP_SIZES[-1]),
        "tight": labels > share,
    }


def changed_note(statement: Statement, say: Phrases) -> str | None:
    if statement.changed_since is None:
        return None
    end, difference = statement.changed_since
    return say.say("changed_since", date=say.day(end), amount=say.money(difference))

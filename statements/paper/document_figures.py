"""The figures around the table of an invoice, credit note or receipt."""

from typing import Any

from customers.money import to_amount
from statements.document import BilledDocument, Tax
from statements.letterhead import Addressee, Edition, Sender
from statements.paper.envelope import ASIDE_ROOM
from statements.paper.figures import (
    CODE_SIDE,
    FIGURE_SIZES,
    Fact,
    Pair,
    fitting,
    strip,
)
from statements.paper.measuring import clean, cut, text_width, wrap
from statements.paper.payment_codes import MOST_CENTS, creditor_reference, transfer_payload
from statements.paper.phrasing import Phrases
from statements.paper.ways import bank_lines, link_words

_NUMBER = {"invoice": "invoice_number", "credit_note": "credit_note_number", "receipt": "reference"}
_DATE = {"invoice": "invoice_date", "credit_note": "credit_note_date", "receipt": "payment_date"}


def subtitle(document: BilledDocument, edition: Edition, say: Phrases) -> dict[str, Any]:
    """The document's own name, if it has one."""
    text, room = say.name(document.name), ASIDE_ROOM[edition.paper]
    small = text_width(text, 9.5, "semibold") > room
    return {"text": cut(text, room, 8 if small else 9.5, "semibold"), "small": small}


def facts(document: BilledDocument, addressee: Addressee, edition: Edition, say: Phrases) -> list[Fact]:
    found = [
        (_NUMBER[document.kind], document.number),
        (_DATE[document.kind], say.day(document.at)),
        ("customer_number", addressee.number),
        ("customer_tax_id", addressee.tax_id),
        ("currency", document.currency.upper()),
    ]
    pairs = [(say.word(label), say.name(text)) for label, text in found if text]
    return fitting(pairs, ASIDE_ROOM[edition.paper])


def strip_of(document: BilledDocument, say: Phrases, room: float) -> dict[str, Any] | None:
    """What was agreed, side by side above the lines; what is not known has no field."""
    found = [
        ("due_date", "" if document.due_at is None else say.day(document.due_at)),
        ("payment_terms", say.word("terms_autopay") if document.autopay else document.terms),
        ("applied_to_invoice", document.invoice_number),
        ("payment_method", say.say_kind("method", document.method) if document.method else ""),
        ("order_number", document.purchase_order),
        ("on_behalf_of", document.on_behalf_of),
    ]
    pairs = [[say.word(label), say.name(text)] for label, text in found if text]
    share = room / max(1, len(pairs)) - 12
    return strip([[label, cut(text, share, 9, "semibold")] for label, text in pairs], room, 9)


def due_box(document: BilledDocument, sender: Sender, edition: Edition, say: Phrases) -> dict[str, Any]:
    """What it comes to, in one figure; what to do about it, in one sentence and one link."""
    room = ASIDE_ROOM[edition.paper]
    link, words = _way_to_pay(document, sender, edition, say)
    room -= CODE_SIDE if words else 0
    label, amount = headline(document)
    figure = say.money(amount)
    return {
        "label": say.word(label),
        "figure": figure,
        "size": next((s for s in FIGURE_SIZES if text_width(figure, s, "semibold") <= room), 9),
        "notes": [line for note in due_notes(document, say) for line in wrap(note, room, 8, 2)],
        "link": link,
        "link_label": words[0] if words else None,
        "link_words": link_words(words[1], room) if words else None,
        "code": bool(words) and not edition.preview,
        "code_label": say.word("payment_code"),
    }


def payment_code(document: BilledDocument, sender: Sender, edition: Edition) -> str | None:
    """The text behind the QR code of this document, if it has one."""
    if edition.preview or not document.to_pay:
        return None
    return edition.pay_url or _transfer_code(document, sender)


def sums(document: BilledDocument, say: Phrases) -> list[tuple[str, str, bool]]:
    """From the lines to what is left to pay: label, figure, and whether it is a sum."""
    rows: list[tuple[str, int, bool]] = []
    if document.kind == "receipt":
        rows.append((say.word("amount_received"), document.total, True))
        rows += [(say.word(part.label), part.amount, False) for part in document.parts]
        return [_printed(row, say) for row in rows]
    if document.discounts or document.taxes:
        rows.append((say.word("subtotal"), document.subtotal, False))
    rows += [(say.word("discount"), -amount, False) for amount in document.discounts]
    rows += [(_tax_name(tax, say), tax.amount, False) for tax in document.taxes]
    rows.append((say.word("grand_total"), document.total, True))
    if document.parts:
        rows += [(say.word(part.label), part.amount, False) for part in document.parts]
        last = "remaining_credit" if document.kind == "credit_note" else "amount_due"
        rows.append((say.word(last), document.balance, True))
    return [_printed(row, say) for row in rows]


def ways_to_pay(document: BilledDocument, sender: Sender, say: Phrases) -> list[str]:
    """How to pay without a browser; empty when nothing is to be paid by hand."""
    if not document.to_pay or not sender.iban:
        return []
    reference = creditor_reference(document.number)
    lines = [say.say("transfer_to", name=say.name(sender.name)), *bank_lines(sender).split("\n")]
    return [*lines, *([f"{say.word('payment_reference')} {reference}"] if reference else [])]


def headline(document: BilledDocument) -> tuple[str, int]:
    """The one figure that the reader looks for, with its label's message id."""
    if document.kind == "receipt":
        return "amount_received", document.total
    if document.kind == "credit_note" or document.mark in ("void", "draft"):
        return "grand_total", document.total
    return "amount_due", document.due


def due_notes(document: BilledDocument, say: Phrases) -> list[str]:
    """What there is to say about the figure: when it is due, who collects it, or that nothing is."""
    if document.mark == "void":
        return [say.word("voided_note")]
    if document.kind == "credit_note" and document.mark != "draft":
        return [f"{say.word('remaining_credit')} {say.money(document.balance)}"]
    if document.kind != "invoice":
        return []
    if document.mark == "paid":
        return [say.word("paid_in_full")]
    if document.charge:
        values = {"amount": say.money(document.due), "source": clean(document.charge.source)}
        if document.charge.at is None:
            return [say.say("autopay", **values)]
        return [say.say("autopay_on", **values, date=say.day(document.charge.at))]
    if document.mark != "draft" and not document.due:
        return [say.word("nothing_due")]
    if document.due_at is None:
        return []
    return [say.say("was_due_on" if document.late else "due_on", date=say.day(document.due_at))]


def _way_to_pay(
    document: BilledDocument, sender: Sender, edition: Edition, say: Phrases
) -> tuple[str | None, Pair]:
    """The link (None where a transfer is the way, or in a preview) and its two lines of words."""
    if not document.to_pay:
        return None, []
    if edition.pay_url:
        words = [say.word("pay_online"), edition.pay_url.split("://", 1)[-1]]
        return (None if edition.preview else edition.pay_url), words
    if _transfer_code(document, sender):
        return None, [say.word("pay_by_transfer"), bank_lines(sender)]
    return None, []


def _transfer_code(document: BilledDocument, sender: Sender) -> str | None:
    """A euro transfer to the sender's account; other currencies have no such code."""
    if not sender.iban or document.currency != "eur" or document.to_pay > MOST_CENTS:
        return None
    return transfer_payload(
        name=clean(sender.name),
        iban=sender.iban,
        bic=sender.bic,
        amount=str(to_amount(document.to_pay, document.currency)),
        reference=creditor_reference(document.number),
    )


def _tax_name(tax: Tax, say: Phrases) -> str:
    name = say.name(tax.name) or say.word("tax")
    if tax.percent is not None:
        name = f"{name} {say.amounts.percent(tax.percent)}"
    return say.say("tax_included", name=name) if tax.inclusive else name


def _printed(row: tuple[str, int, bool], say: Phrases) -> tuple[str, str, bool]:
    label, amount, is_sum = row
    return label, say.money(amount) if is_sum else say.plain(amount), is_sum

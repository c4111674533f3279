"""How the amount due can be paid: a link, a bank transfer, and the codes that carry either."""

from customers.money import to_amount
from statements.letterhead import Edition, Sender
from statements.paper.measuring import clean, wrap
from statements.paper.payment_codes import MOST_CENTS, creditor_reference, grouped, transfer_payload
from statements.paper.phrasing import Phrases
from statements.statement import Statement

# Points between the margins.
WORDS_ROOM = {"letter": 510.0, "a4": 467.0}
MOST_PAYMENT_LINES = 10


def way_to_pay(
    statement: Statement, sender: Sender, edition: Edition, say: Phrases
) -> tuple[str | None, list[str]]:
    """The link (None where a transfer is the way, or in a preview) and its two lines of words."""
    if not statement.to_pay:
        return None, []
    if not edition.pay_url and transfer_code(statement, sender, edition):
        return None, [say.word("pay_by_transfer"), bank_lines(sender)]
    link = edition.pay_url or edition.view_url
    if not link:
        return None, []
    label = "pay_online" if edition.pay_url else "view_online"
    return (None if edition.preview else link), [say.word(label), link.split("://", 1)[-1]]


def payment_code(statement: Statement, sender: Sender, edition: Edition) -> str | None:
    """The text behind the QR code of this statement, if it has one."""
    if edition.preview or not edition.look.code or not statement.to_pay:
        return None
    return edition.pay_url or transfer_code(statement, sender, edition) or edition.view_url


def transfer_code(statement: Statement, sender: Sender, edition: Edition) -> str | None:
    """A euro transfer to the sender's account; other currencies have no such code."""
    if not sender.iban or statement.currency != "eur" or statement.to_pay > MOST_CENTS:
        return None
    return transfer_payload(
        name=clean(sender.name),
        iban=sender.iban,
        bic=sender.bic,
        amount=str(to_amount(statement.to_pay, statement.currency)),
        reference=creditor_reference(edition.number or ""),
    )


def payment_lines(statement: Statement, edition: Edition) -> list[str]:
    """The company's own words on paying, as they fit between the margins."""
    if not statement.to_pay:
        return []
    room = WORDS_ROOM[edition.paper]
    lines = [part for line in edition.look.payment_text for part in wrap(clean(line), room, 8.5, 4)]
    return lines[:MOST_PAYMENT_LINES]


def bank_lines(sender: Sender) -> str:
    return "\n".join(filter(None, (f"IBAN {grouped(sender.iban)}", sender.bic and f"BIC {sender.bic}")))


def link_words(words: str, room: float) -> str:
    return "\n".join(part for line in words.split("\n") for part in wrap(line, room, 6.5, 3))

"""What a single send would do, before anybody presses the button: texts, recipients, rules and costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings

from customers.errors import Refused
from customers.links import statement_url
from customers.models import Company, Customer
from notifications.channels import CHANNELS
from notifications.channels.accounts import options_of
from notifications.channels.letter.paper import expected_delivery
from notifications.channels.letter.request import paper_of
from notifications.channels.sandbox import is_sandbox
from notifications.channels.sms.days import taken_until
from notifications.channels.sms.hours import apart_reason, quiet_reason
from notifications.channels.sms.optouts import opted_out
from notifications.composing import Letterbox, write_texts
from notifications.debouncing import digest_statement, recent_copies, same_statement
from notifications.recipients import Recipient, choose_recipients, named_copies, usual_copies
from notifications.rewording import Look, look_of
from notifications.wording import Wording, chosen_wording, statement_variables
from statements.statement import Statement

Found = TypeVar("Found")

_TOKEN = "x" * 24
# More sheets need a flat envelope, which costs more.
SHEETS_OF_A_SMALL_ENVELOPE = 6


@dataclass(frozen=True, slots=True)
class Hint:
    """One sentence about a rule or a cost; `stops`: with this the send would be refused."""

    text: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """What would go to whom. `look` is empty when the words themselves are refused."""

    recipients: tuple[str, ...]
    copies: tuple[str, ...]
    look: Look | None
    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A send as it stands on a form: whom to, in which words. None means: as usual."""

    channel: str
    to: Any = None
    bcc: str | None = None
    subject: str | None = None
    message: str | None = None
    template: str | None = None


def look_ahead(*, draft: Draft, statement: Statement, customer: Customer, pages: int, now: datetime) -> Ahead:
    """Everything that sending at this moment would meet. Reads only; refusals become hints.

    `pages` is how many the document has, 0 when that is not known.
    """
    company, hints = Company.get(), list[Hint]()
    _try(hints, CHANNELS[draft.channel].check)
    recipients = _try(hints, lambda: _recipients(draft, customer)) or []
    copies = _try(hints, lambda: _copies(draft, company, recipients)) or []
    wording = _try(hints, lambda: _wording(draft, customer, company))
    look = None
    if wording is not None:
        name = recipients[0].name if recipients else customer.name
        look = _try(hints, lambda: _look(draft, wording, statement, customer, company, name))
        if look is not None:
            box = Letterbox(channel=draft.channel, recipients=recipients, wording=wording, bcc=copies)
            hints += _rules(box, statement, customer, company, now)
    hints += _costs(draft, look, recipients, pages, now)
    return Ahead(
        recipients=tuple(recipient.shown for recipient in recipients),
        copies=tuple(copies),
        look=look,
        hints=tuple(hints),
    )


def _try(hints: list[Hint], read: Callable[[], Found]) -> Found | None:
    """What `read` finds; a refusal becomes a hint that stops."""
    try:
        return read()
    except Refused as refused:
        hints.append(Hint(refused.message, stops=True))
        return None


def _recipients(draft: Draft, customer: Customer) -> list[Recipient]:
    contacts = list(customer.contacts.order_by("pk"))
    return choose_recipients(channel=draft.channel, customer=customer, contacts=contacts, to=draft.to)


def _copies(draft: Draft, company: Company, recipients: Sequence[Recipient]) -> list[str]:
    if draft.channel != "email":
        return []
    if draft.bcc is None:
        return usual_copies(company.bcc, recipients)
    return named_copies(draft.bcc, recipients)


def _wording(draft: Draft, customer: Customer, company: Company) -> Wording:
    return chosen_wording(
        channel=draft.channel, name=draft.template, language=customer.language or company.language,
        subject=draft.subject, message=draft.message,
    )  # fmt: skip


def _look(
    draft: Draft, wording: Wording, statement: Statement, customer: Customer, company: Company, name: str
) -> Look:
    words = statement_variables(
        statement=statement, company=company, customer=customer, url=statement_url(_TOKEN), contact_name=name
    )
    box = Letterbox(channel=draft.channel, recipients=(), wording=wording)
    subject, text, page = write_texts(box, words, label="")
    language = words.language
    return look_of(channel=draft.channel, subject=subject, text=text, page=page, language=language)


def _rules(
    box: Letterbox, statement: Statement, customer: Customer, company: Company, now: datetime
) -> list[Hint]:
    if box.channel == "sms":
        return _text_rules(box.recipients, company, now)
    if box.channel == "email":
        digests = digest_statement(box=box, statement=statement, company=company, customer=customer)
        same = same_statement(statement)
        recent = recent_copies(box, customer_id=customer.pk, same=same, digests=digests, now=now)
        minutes = settings.EMAIL_DEBOUNCE_SECONDS // 60
        return [
            Hint(
                f"{mail.recipient} got this very mail less than {minutes} minutes ago and gets no second one."
            )
            for mail in recent
        ]
    return []


def _text_rules(recipients: Sequence[Recipient], company: Company, now: datetime) -> list[Hint]:
    hints, numbers = [], [recipient.key for recipient in recipients]
    gone, taken = opted_out(numbers), {}
    if settings.SMS_ONCE_PER_DAY:
        taken = taken_until(numbers, now=now)
    served = 0
    for recipient in recipients:
        asked: Any = {"moment": now, "zone": company.zone, "hours": settings.SMS_QUIET_HOURS}
        quiet = quiet_reason(number=recipient.key, **asked)
        if apart := apart_reason(number=recipient.key, **asked):
            hints.append(Hint(apart))
        if recipient.key in gone:
            hints.append(Hint(f"{recipient.shown} has opted out of text messages and gets none."))
        elif recipient.key in taken:
            free = taken[recipient.key].astimezone(company.zone)
            hints.append(
                Hint(
                    f"{recipient.shown} has had a text; the next one may go on {free:%b %-d} at {free:%H:%M}."
                )
            )
        elif quiet:
            sandbox = " The sandbox sends all the same." if is_sandbox() else ""
            hints.append(Hint(quiet + sandbox, stops=not is_sandbox()))
        served += recipient.key not in gone and recipient.key not in taken
    if recipients and not served:
        hints.append(Hint("Nobody is left to send this text to.", stops=True))
    return hints


def _costs(
    draft: Draft, look: Look | None, recipients: Sequence[Recipient], pages: int, now: datetime
) -> list[Hint]:
    if draft.channel == "sms" and look is not None and look.segments is not None and recipients:
        count, people = look.segments.count, len(recipients)
        wide = (
            " A character outside the basic alphabet makes it long."
            if look.segments.encoding == "UCS-2"
            else ""
        )
        return [Hint(f"Costs {_many(count * people, 'segment')}: {count} for each of {people}.{wide}")]
    if draft.channel == "letter" and pages:
        return _postage(pages, (recipients[0].address if recipients else None) or {}, now)
    return []


def _postage(pages: int, address: Mapping[str, str], now: datetime) -> list[Hint]:
    paper = paper_of(pages, address=address, options=options_of("letter"))
    if not paper.fits:
        where = "" if paper.domestic else " abroad"
        return [
            Hint(f"{paper.sheets} sheets are more than an envelope{where} holds ({paper.most}).", stops=True)
        ]
    large = (
        " It needs a large envelope, which costs more." if paper.sheets > SHEETS_OF_A_SMALL_ENVELOPE else ""
    )
    sides = "both sides" if paper.double_sided else "one side"
    addresses = " and the address page" if paper.address_page else ""
    day = expected_delivery(now.date())
    return [
        Hint(
            f"Costs one letter of {_many(paper.sheets, 'sheet')}: {_many(pages, 'page')} on {sides}"
            f"{addresses}.{large} It arrives around {day:%b %-d}."
        )
    ]


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"

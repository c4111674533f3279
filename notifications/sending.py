"""Sends one statement or one document: both stages in one call, for a view or a button."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Company, Contact, Customer
from notifications.channels import CHANNELS
from notifications.channels.sms.days import fill_day
from notifications.composing import Letterbox, compose_messages
from notifications.debouncing import Digests, digest_statement, in_order, same_statement, without_repeated
from notifications.delivering import deliver_now
from notifications.models import Message
from notifications.recipients import choose_recipients, named_copies, usual_copies
from notifications.texting import check_hours, without_opted_out, without_texted
from notifications.wording import Subject, chosen_wording
from statements.building import build_statement
from statements.issuing import Plan, issue_statements, render_now
from statements.statement import Options

# A request answers within this time; what is not handed over by then goes on in the background.
BUDGET_SECONDS = 10.0


def send_statement(
    *,
    customer: Customer,
    channel: str,
    options: Options,
    now: datetime,
    to: Any = None,
    bcc: str | None = None,
    subject: str | None = None,
    message: str | None = None,
    template: str | None = None,
    address: Mapping[str, str] | None = None,
    deliver: bool = True,
    request_key: str = "",
) -> list[Message]:
    """Issue a statement and send it to the customer's people, or to those named in `to`.

    Returns one message for each recipient in its present state: `sent` when the channel took it over
    within the budget, else `queued`. Who got this very mail a moment ago gets no second one: the
    first is returned. `address` overrides fields of a letter's address. With
    `deliver=False` the rows are written and left to the workers. Raises Refused, with nothing
    created, for a channel that is not connected and for bad words of the request. Must not be called
    inside a transaction. Source: Invoiced API, Customers (emails, text messages, letters).
    """
    company = Company.get()
    box = open_letterbox(
        channel=channel, customer=customer, company=company, now=now, to=to, bcc=bcc, subject=subject,
        message=message, template=template, address=address,
    )  # fmt: skip
    statement = build_statement(customer=customer, options=options, now=now)
    same = same_statement(statement)
    digests = digest_statement(box=box, statement=statement, company=company, customer=customer)
    with transaction.atomic():
        box = admitted(box, now=now)
        fresh, repeated = without_repeated(box, customer_id=customer.pk, same=same, digests=digests, now=now)
        if not fresh.recipients:
            return in_order(box, repeated)
        plan = Plan(statement, customer, by_post=channel == "letter")
        [issued] = issue_statements(plans=[plan], now=now)
        messages = compose_messages(issued=issued, customer=customer, company=company, box=fresh, now=now)
        save_all(messages, request_key=request_key, digests=digests)
    if deliver:
        if render_now(issued, now=now):
            Message.objects.filter(issued_statement=issued, due_at=None).update(due_at=now)
        deliver_now(messages=messages, now=now, seconds=BUDGET_SECONDS)
    return in_order(box, [*repeated, *messages])


def open_letterbox(
    *,
    channel: str,
    customer: Customer,
    company: Company,
    now: datetime,
    about: Subject = "statement",
    to: Any = None,
    bcc: str | None = None,
    subject: str | None = None,
    message: str | None = None,
    template: str | None = None,
    address: Mapping[str, str] | None = None,
) -> Letterbox:
    """To whom and in which words a single send goes. Raises Refused naming the parameter."""
    CHANNELS[channel].check()
    contacts: list[Contact] = list(customer.contacts.order_by("pk")) if customer.pk else []
    recipients = choose_recipients(
        channel=channel, customer=customer, contacts=contacts, to=to, address=address
    )
    wording = chosen_wording(
        channel=channel, name=template, language=customer.language or company.language, about=about,
        subject=subject, message=message,
    )  # fmt: skip
    copies: list[str] = []
    if channel == "email":
        copies = usual_copies(company.bcc, recipients) if bcc is None else named_copies(bcc, recipients)
    remarks: Mapping[str, str] = {}
    if channel == "sms":
        recipients = without_opted_out(recipients=recipients)
        remarks = check_hours(recipients=recipients, company=company, now=now)
    return Letterbox(channel=channel, recipients=recipients, wording=wording, bcc=copies, remarks=remarks)


def admitted(box: Letterbox, *, now: datetime) -> Letterbox:
    """The letterbox without numbers that had their text of the day; inside the writing transaction."""
    if box.channel != "sms":
        return box
    left = without_texted(recipients=box.recipients, now=now)
    return Letterbox(box.channel, left, box.wording, box.bcc, box.remarks)


def save_all(messages: list[Message], *, request_key: str, digests: Digests) -> None:
    """Write the rows; `request_key` lets a repeated request find them, the digests a repeated mail."""
    for row in messages:
        row.request_key = request_key
        row.content_digest = digests.get(row.recipient_key, "")
        row.save(force_insert=True)
        if row.channel == "sms":
            fill_day(row)

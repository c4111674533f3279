"""Sends one statement: both stages in one call, for a view or a button."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.errors import Refused
from customers.models import Company, Contact, Customer
from notifications.channels import CHANNELS
from notifications.composing import LONGEST_SUBJECT, Letterbox, compose_messages
from notifications.delivering import deliver_now
from notifications.models import Message
from notifications.recipients import (
    Recipient,
    billing_address,
    find_recipients,
    letter_recipient,
    named_copies,
    named_emails,
    named_phones,
)
from notifications.wording import Wording, find_wording
from statements.building import build_statement
from statements.issuing import Plan, issue_statements, render_now
from statements.statement import Options

LONGEST_MESSAGE = 65_535
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
    within the budget, else `queued`. `address` overrides fields of a letter's address. With
    `deliver=False` the rows are written and left to the workers. Raises Refused, with nothing
    created, for a channel that is not connected and for bad words of the request. Must not be called
    inside a transaction. Source: Invoiced API, Customers (emails, text messages, letters).
    """
    CHANNELS[channel].check()
    company = Company.get()
    contacts = list(customer.contacts.order_by("pk"))
    recipients = _recipients(channel, customer, contacts, to, address)
    wording = _wording(channel, customer.language or company.language, template, subject, message)
    copies = named_copies(company.bcc if bcc is None else bcc, recipients) if channel == "email" else []
    box = Letterbox(channel=channel, recipients=recipients, wording=wording, bcc=copies)
    statement = build_statement(customer=customer, options=options)
    with transaction.atomic():
        plan = Plan(statement, customer, by_post=channel == "letter")
        [issued] = issue_statements(plans=[plan], now=now)
        messages = compose_messages(issued=issued, customer=customer, company=company, box=box, now=now)
        for row in messages:
            row.request_key = request_key
            row.save(force_insert=True)
    if deliver:
        if render_now(issued, now=now):
            Message.objects.filter(issued_statement=issued, due_at=None).update(due_at=now)
        deliver_now(messages=messages, now=now, seconds=BUDGET_SECONDS)
    return messages


def _recipients(
    channel: str,
    customer: Customer,
    contacts: Sequence[Contact],
    to: Any,
    address: Mapping[str, str] | None,
) -> list[Recipient]:
    if channel == "letter":
        given = {name: text for name, text in (address or {}).items() if text}
        return [letter_recipient({**billing_address(customer), **given})]
    if to:
        return named_emails(customer, to) if channel == "email" else named_phones(customer, contacts, to)
    found = find_recipients(channel=channel, customer=customer, contacts=contacts)
    if found:
        return found
    if channel == "email":
        raise Refused(
            f"{customer.name} has no email address and no primary contact with one: name a recipient.",
            param="to",
        )
    raise Refused(f"No contact of {customer.name} agreed to text messages.", param="to")


def _wording(
    channel: str, language: str, template: str | None, subject: str | None, message: str | None
) -> Wording:
    if channel == "letter":
        return Wording(name="", subject="", body="")
    if subject and re.search(r"[\r\n]", subject):
        raise Refused("The subject cannot hold line breaks.", param="subject")
    if subject and len(subject) > LONGEST_SUBJECT:
        raise Refused(f"The subject can have at most {LONGEST_SUBJECT} characters.", param="subject")
    if message and len(message) > LONGEST_MESSAGE:
        raise Refused(f"The message can have at most {LONGEST_MESSAGE} characters.", param="message")
    wording = find_wording(channel=channel, name=template, language=language)
    return replace(wording, subject=subject or wording.subject, body=message or wording.body)

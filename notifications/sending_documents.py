"""Sends one invoice, credit note or receipt: printed once, then handed over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from customers.errors import Refused
from customers.ledger.marking import mark_sent
from customers.models import Company, CreditNote, Customer, Invoice, Payment
from customers.wire.invoice import invoice_status
from notifications.composing import Letterbox, write_message
from notifications.debouncing import Digests, digest_document, in_order, without_repeated
from notifications.delivering import deliver_now
from notifications.models import Message
from notifications.sending import BUDGET_SECONDS, admitted, open_letterbox, save_all
from notifications.wording import (
    LATE_INVOICE,
    NEW_INVOICE,
    UNPAID_INVOICE,
    Variables,
    document_variables,
    subject_of,
)
from statements.document import BilledDocument
from statements.document_facts import addressed_to, document_facts
from statements.document_files import KeptFile, document_file_name, keep_document

Row = Invoice | CreditNote | Payment


def send_document(
    *,
    document: Row,
    channel: str,
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
    """Send a document to those it is addressed to, or to those named in `to`, and mark it sent.

    The PDF is printed and kept before anything goes out: every try sends the same bytes. Without a
    template an invoice gets the one of its state. Returns and raises as `send_statement` does; also
    Refused for drafts and voided documents. Must not be called inside a transaction. Source:
    Invoiced API, Invoices, Credit Notes, Payments.
    """
    check_sendable(document)
    company = Company.get()
    customer = addressed_to(document, company=company)
    if isinstance(document, Invoice) and channel == "email":
        template = template or template_for(document, now=now)
    box = open_letterbox(
        channel=channel, customer=customer, company=company, now=now, about=subject_of(document), to=to,
        bcc=bcc, subject=subject, message=message, template=template, address=address,
    )  # fmt: skip
    facts = document_facts(document, company=company, now=now)
    # Read once before the printing: bad words must not cost a print nor leave a file behind.
    digests = digests_of(document, facts, box, company, customer)
    kept = keep_document(document, now=now, by_post=channel == "letter") if box.carries_document else None
    with transaction.atomic():
        box = admitted(box, now=now)
        same = Q(**{subject_of(document): document})
        fresh, repeated = without_repeated(
            box, customer_id=document.customer_id, same=same, digests=digests, now=now
        )
        messages = compose_document(document, facts, fresh, company, customer, kept, now)
        save_all(messages, request_key=request_key, digests=digests)
        if not isinstance(document, Payment):
            mark_sent(document=document, now=now)
    if deliver:
        deliver_now(messages=messages, now=now, seconds=BUDGET_SECONDS)
    return in_order(box, [*repeated, *messages])


def template_for(invoice: Invoice, *, now: datetime) -> str:
    """The mail that fits an invoice: the first one, a reminder, or one for who is late."""
    status = invoice_status(invoice, now)
    if status == "past_due" and invoice.due_date is not None:
        return LATE_INVOICE
    if status in ("paid", "bad_debt") or invoice.sent_at is None or invoice.balance <= 0:
        return NEW_INVOICE
    return UNPAID_INVOICE


def check_sendable(row: Row) -> None:
    """Raises Refused for what nobody is written to about: voided, drafts, payments that did not come."""
    name = subject_of(row).replace("_", " ")
    if row.voided:
        raise Refused(f"This {name} is voided and cannot be sent.")
    if isinstance(row, Payment):
        if row.status != Payment.Status.SUCCEEDED:
            raise Refused("There is no receipt for a payment that was not received.")
    elif row.draft:
        raise Refused(f"This {name} is a draft: issue it before sending it.")


def digests_of(
    row: Row, facts: BilledDocument, box: Letterbox, company: Company, customer: Customer
) -> Digests:
    """What a mail about the row would say, by the recipient's key."""

    def words_for(name: str) -> Variables:
        return document_variables(
            row=row, document=facts, company=company, customer=customer, contact_name=name
        )

    return digest_document(box=box, words_for=words_for, document=facts, company=company, customer=customer)


def compose_document(
    row: Row,
    facts: BilledDocument,
    box: Letterbox,
    company: Company,
    customer: Customer,
    kept: KeptFile | None,
    now: datetime,
) -> list[Message]:
    """One unsaved message with the document for each recipient; without `kept` its file is still to come."""
    messages = []
    for index, recipient in enumerate(box.recipients):
        words = document_variables(
            row=row, document=facts, company=company, customer=customer, contact_name=recipient.name
        )
        label = document_file_name(row).removesuffix(".pdf")
        message = write_message(box, index, words, label=label, now=now)
        # The list of a customer shows what was sent about it, also when its parent was written to.
        message.customer, message.currency = row.customer, facts.currency
        setattr(message, subject_of(row), row)
        if kept is not None:
            message.document_name, message.document_file = kept.name, kept.file
            message.document_sha256, message.document_pages = kept.sha256, kept.pages
        messages.append(message)
    return messages

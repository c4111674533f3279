"""From rows to paper for invoices, credit notes and receipts: the PDF, its name, its copy that is kept."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import cast

from django.conf import settings

from customers.links import invoice_url
from customers.models import Company, CreditNote, Invoice, Payment
from statements.archive import keep_file, page_count
from statements.document_facts import Row, addressed_to, document_facts
from statements.documents import addressee_of, locale_of, paper_for, plain_name, sender_of
from statements.letterhead import Edition, Variant
from statements.looks import look_of
from statements.models import StatementTemplate

_NOUNS = {Invoice: "Invoice", CreditNote: "Credit note", Payment: "Receipt"}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A printed file that lies in the archive: what somebody was sent."""

    name: str
    file: str
    sha256: str
    pages: int


def document_pdf(row: Row, *, now: datetime, by_post: bool = False) -> bytes:
    """The document as it stands now. The same row printed twice in the same state gives the same bytes."""
    from statements.rendering import render_document  # needs the system's Pango

    company, template = Company.get(), StatementTemplate.current()
    customer = addressed_to(row, company=company)
    locale = locale_of(company=company, customer=customer)
    edition = Edition(
        # Not the clock: nothing about the file changes until something about the row does.
        generated_at=int(row.updated_at.timestamp()),
        zone=company.zone,
        locale=locale,
        paper=paper_for(company=company, customer=customer, by_post=by_post),
        pay_url=payment_url(row),
        blank_address=by_post and template.blank_address,
        variant=cast(Variant, settings.PDF_VARIANT),
        look=look_of(template, company=company, locale=locale),
    )
    return render_document(
        document=document_facts(row, company=company, now=now),
        sender=sender_of(company, template),
        addressee=addressee_of(customer),
        edition=edition,
    )


def keep_document(row: Row, *, now: datetime, by_post: bool = False) -> KeptFile:
    """Print a document and keep the bytes, so that whoever sends them again sends the same."""
    pdf = document_pdf(row, now=now, by_post=by_post)
    stem = f"documents/{row._meta.model_name}/{row.pk // 1000:06d}/{row.pk}"
    return KeptFile(
        name=document_file_name(row),
        file=keep_file(stem, pdf),
        sha256=sha256(pdf).hexdigest(),
        pages=page_count(pdf),
    )


def payment_url(row: Row) -> str | None:
    """Where an invoice is paid; other documents, and drafts, are not."""
    if not isinstance(row, Invoice) or row.draft:
        return None
    return f"{invoice_url(row.token)}/payment"


def document_file_name(row: Row) -> str:
    """`Invoice INV-0001.pdf`, without what file systems and headers dislike."""
    number = (row.reference or str(row.pk)) if isinstance(row, Payment) else row.number
    return f"{_NOUNS[type(row)]} {plain_name(number)}.pdf"

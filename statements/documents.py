"""From rows to paper: the sender, the addressee and the edition of a statement, and its stored file."""

import json
import re
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

from django.conf import settings
from django.core.files.storage import default_storage

from customers.links import statement_csv_url, statement_url
from customers.models import Company, Customer
from statements.archive import keep_file, read_kept
from statements.formatting import locale_for
from statements.labels import spoken
from statements.letterhead import (
    Addressee,
    Edition,
    Logo,
    PaperSize,
    Sender,
    Variant,
    paper_size,
    postal_lines,
)
from statements.looks import look_of, remit_lines
from statements.models import IssuedStatement, StatementTemplate
from statements.online_payment import payment_page
from statements.parties import Parties, from_kept
from statements.statement import Statement

_MIMES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def sender_of(company: Company, template: StatementTemplate, *, logo: bool = True) -> Sender:
    """The company on the letterhead; its logo is a file to be read, and not every copy needs it."""
    return Sender(
        name=company.name,
        address_lines=_lines(company),
        country=company.country,
        phone=company.phone,
        email=company.email,
        website=company.website,
        tax_id=company.tax_id,
        logo=_logo(company) if logo else None,
        remit_to=remit_lines(template),
        iban=company.iban,
        bic=company.bic,
    )


def addressee_of(customer: Customer) -> Addressee:
    """The customer as the post sees it."""
    return Addressee(
        name=customer.name,
        number=customer.number,
        attention_to=customer.attention_to if customer.type == Customer.Type.COMPANY else "",
        address_lines=_lines(customer),
        country=customer.country,
        tax_id=customer.tax_id,
    )


def paper_for(*, company: Company, customer: Customer, by_post: bool = False) -> PaperSize:
    """Letters are always printed on US Letter: the print house takes nothing else."""
    if by_post:
        return "letter"
    if company.paper_size != Company.PaperSize.AUTO:
        return "letter" if company.paper_size == Company.PaperSize.LETTER else "a4"
    return paper_size(company_country=company.country, customer_country=customer.country)


def language_of(*, company: Company, customer: Customer) -> str:
    """In which language we write to a customer: its own, else the company's, else English."""
    return spoken(customer.language, company.language)


def locale_of(*, company: Company, customer: Customer) -> str:
    """How amounts and days are written to a customer: as its country does in the language of the words."""
    return locale_for(language_of(company=company, customer=customer), customer.country)


def parties_of(
    *, company: Company, customer: Customer, template: StatementTemplate, logo: bool = True
) -> Parties:
    """Who writes to whom as of now."""
    return Parties(
        sender=sender_of(company, template, logo=logo),
        addressee=addressee_of(customer),
        locale=locale_of(company=company, customer=customer),
        zone=company.zone,
    )


def issued_parties(
    issued: IssuedStatement, *, company: Company, customer: Customer, logo: bool = True
) -> Parties:
    """Who wrote to whom when it was issued; today's of what was issued before that was kept."""
    if not issued.parties:
        template = issued.template or StatementTemplate()
        return parties_of(company=company, customer=customer, template=template, logo=logo)
    kept = from_kept(issued.parties)
    return replace(kept, sender=replace(kept.sender, logo=_logo(company))) if logo else kept


def statement_pdf(
    *,
    statement: Statement,
    customer: Customer,
    now: datetime,
    link: str | None = None,
    lines_link: str | None = None,
    preview: bool = False,
) -> bytes:
    """A statement that was not issued, as PDF: the customer's live link, or a preview for staff.

    `lines_link` is where its single lines are, for the case that they are too many for paper.
    """
    company, template = Company.get(), StatementTemplate.current()
    parties = parties_of(company=company, customer=customer, template=template)
    edition = Edition(
        generated_at=int(now.timestamp()),
        zone=parties.zone,
        locale=parties.locale,
        paper=paper_for(company=company, customer=customer),
        pay_url=payment_page(customer=customer, statement=statement, company=company),
        view_url=link,
        lines_url=lines_link,
        preview=preview,
        slip=template.show_slip,
        variant=cast(Variant, settings.PDF_VARIANT),
        look=look_of(template, company=company, locale=parties.locale),
    )
    return _render(statement, parties, edition)


def issued_pdf(issued: IssuedStatement) -> bytes:
    """The document of an issued statement, made from its frozen facts and parties."""
    company = Company.get()
    customer = issued.customer
    if customer is None:
        raise LookupError("The customer of this statement was deleted before it was printed.")
    statement, template = issued.statement, issued.template or StatementTemplate()
    parties = issued_parties(issued, company=company, customer=customer)
    edition = Edition(
        generated_at=int(issued.created_at.timestamp()),
        zone=parties.zone,
        locale=parties.locale,
        paper=cast(PaperSize, issued.paper),
        number=issued.label,
        pay_url=payment_page(customer=customer, statement=statement, company=company),
        view_url=statement_url(issued.token),
        lines_url=statement_csv_url(issued.token),
        blank_address=issued.by_post and template.blank_address,
        slip=template.show_slip,
        variant=cast(Variant, settings.PDF_VARIANT),
        look=look_of(template, company=company, locale=parties.locale),
    )
    return _render(statement, parties, edition)


def _render(statement: Statement, parties: Parties, edition: Edition) -> bytes:
    from statements.rendering import render_statement  # needs the system's Pango

    return render_statement(
        statement=statement,
        sender=parties.sender,
        addressee=parties.addressee,
        edition=edition,
    )


def store_file(issued: IssuedStatement, pdf: bytes) -> str:
    """Keep the bytes under a name of their own; writing the same bytes again finds them there."""
    return keep_file(f"statements/{issued.number // 1000:06d}/{issued.label}", pdf)


def read_file(issued: IssuedStatement) -> bytes:
    """The stored document; raises ValueError when it is not the one that was issued."""
    return read_kept(str(issued.file.name), issued.sha256)


def store_lines(issued: IssuedStatement, lines: bytes) -> str:
    """Keep the single lines of a document that shows months only, beside it."""
    return keep_file(f"statements/{issued.number // 1000:06d}/{issued.label}", lines, kind="csv")


def read_lines(issued: IssuedStatement) -> bytes:
    """The stored file of lines; raises ValueError when it is not the one that was issued."""
    return read_kept(str(issued.lines_file.name), issued.lines_sha256)


def lines_file_name(pdf_name: str) -> str:
    """What the file of lines is called beside a document."""
    return pdf_name.removesuffix(".pdf") + ".csv"


def file_name(issued: IssuedStatement, *, of_a_run: bool = False) -> str:
    """`Acme Statement.pdf`, without what file systems and headers dislike.

    A run may send a customer several: then it is `Acme Statement USD 2026-07-31.pdf`.
    """
    more = f" {issued.currency.upper()} {issued.end_date.isoformat()}" if of_a_run else ""
    return statement_file_name(str(issued.facts["member"]["name"]), more)


def statement_file_name(name: str, more: str = "") -> str:
    return f"{plain_name(name)} Statement{more}.pdf".strip()


def plain_name(text: str) -> str:
    """A text as part of a file's name."""
    return " ".join(_UNFIT.sub(" ", text).split())[:120].strip(". ")


def template_version(template: StatementTemplate, company: Company) -> str:
    """What a document is made with: a fingerprint of the layout, and one of the company's choices."""
    chosen = json.dumps([template.values, str(company.logo.name or "")], sort_keys=True)
    return f"{_layout()}-{sha256(chosen.encode()).hexdigest()[:8]}"


@lru_cache(maxsize=1)
def _layout() -> str:
    """Of templates, sheets, fonts, words and layout code."""
    templates, rooms = settings.BASE_DIR / "templates", settings.BASE_DIR / "statements"
    digest = sha256()
    for folder in (templates / "statements", templates / "fonts", rooms / "labels", rooms / "paper"):
        for path in sorted(folder.iterdir()):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _lines(row: Any) -> tuple[str, ...]:
    return postal_lines(
        address1=row.address1,
        address2=row.address2,
        city=row.city,
        state=row.state,
        postal_code=row.postal_code,
        country=row.country,
    )


def _logo(company: Company) -> Logo | None:
    name = str(company.logo.name or "")
    mime = _MIMES.get(name.rpartition(".")[2].lower())
    if mime is None or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return Logo(data=file.read(), mime=mime)

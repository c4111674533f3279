"""What opens behind the link of an invoice, credit note or payment: the PDF, and a page for people."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.ledger.events import Actor, acting_as
from customers.ledger.marking import mark_viewed
from customers.models import Company, CreditNote, Invoice, Payment
from statements.admission import sign_in_first
from statements.document import BilledDocument
from statements.document_facts import Row, addressed_to, document_facts
from statements.document_files import document_file_name, document_pdf
from statements.documents import locale_of, sender_of
from statements.limiting import limited
from statements.looks import own_accent
from statements.models import StatementTemplate
from statements.paper.document_figures import due_notes, headline, sums, ways_to_pay
from statements.paper.phrasing import Phrases, phrases_for
from statements.private_answers import private, private_pdf
from statements.visitors import visitor_of

MODELS: dict[str, type[Row]] = {"invoices": Invoice, "credit_notes": CreditNote, "payments": Payment}


@require_safe
@limited
def document_file(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """The PDF of a document as it stands now."""
    row = get_row(kind, token)
    if ask := sign_in_first(request, account=row.customer, token=token):
        return ask
    content = document_pdf(row, now=timezone.now())
    _note_view(request, row)
    return private_pdf(content, document_file_name(row))


@require_safe
@limited
def document_page(request: HttpRequest, kind: str, token: str, payment: bool = False) -> HttpResponse:
    """The document at a glance, with the ways to pay what is due."""
    row = get_row(kind, token)
    if ask := sign_in_first(request, account=row.customer, token=token):
        return ask
    context = _page_values(row)
    answer = private(render(request, "pages/document.html", {**context, "payment": payment}))
    _note_view(request, row)
    return answer


def get_row(kind: str, token: str) -> Row:
    """The row behind a link. Unknown and malformed tokens, and drafts, get the same answer."""
    row: Any = MODELS[kind]._default_manager.filter(token=token).first()
    if row is None or getattr(row, "draft", False):
        raise Http404("There is no document behind this link.")
    found: Row = row
    return found


def _note_view(request: HttpRequest, row: Row) -> None:
    """An invoice counts as viewed when its customer looks: neither staff nor a program that says so."""
    if request.method != "GET" or not isinstance(row, Invoice) or row.viewed_at is not None:
        return
    visitor = visitor_of(request)
    if visitor.is_staff or visitor.is_program:
        return
    actor = Actor(
        name="Customer's link",
        request_id=getattr(request, "request_id", ""),
        address=visitor.address or "",
    )
    with acting_as(actor):
        mark_viewed(invoice=row, now=timezone.now())


def _page_values(row: Row) -> dict[str, Any]:
    company = Company.get()
    customer = addressed_to(row, company=company)
    locale = locale_of(company=company, customer=customer)
    document = document_facts(row, company=company, now=timezone.now())
    say = phrases_for(locale=locale, currency=document.currency, zone=company.zone)
    label, amount = headline(document)
    template = StatementTemplate.current()
    sender = sender_of(company, template)
    return {
        "words": say.words,
        "language": locale.split("_")[0],
        "direction": "rtl" if say.right_to_left else "ltr",
        "company": company.name,
        "accent": own_accent(template),
        "title": say.say(f"online_{document.kind}_of", number=document.number),
        "mark": say.word(f"mark_{document.mark}") if document.mark else "",
        "mark_kind": document.mark,
        "customer": customer.name,
        "customer_number": customer.number,
        "figures": _figures(document, say, label, amount),
        "notes": _notes(document, say),
        "lines": _lines(document, say),
        "sums": sums(document, say),
        "pdf_url": f"{_address(row)}/pdf",
        "pay": bool(document.to_pay),
        "ways": ways_to_pay(document, sender, say),
        "address": [sender.name, *sender.address_lines] if sender.address_lines else [],
        "contact": say.say("questions", contact=" · ".join(filter(None, (company.email, company.phone))))
        if company.email or company.phone
        else "",
    }


def _figures(document: BilledDocument, say: Phrases, label: str, amount: int) -> list[tuple[str, str]]:
    found = [(say.word(label), say.money(amount))]
    if label != "grand_total":
        found.append((say.word("grand_total"), say.money(document.total)))
    if document.due_at is not None:
        found.append((say.word("due_date"), say.day(document.due_at)))
    return found


def _notes(document: BilledDocument, say: Phrases) -> list[str]:
    """The due date stands among the figures: only that it has passed is news."""
    known = document.due_at is not None and document.to_pay and not document.late
    return [] if known else due_notes(document, say)


def _lines(document: BilledDocument, say: Phrases) -> list[tuple[str, str, str]]:
    return [
        (
            line.name,
            f"{say.amounts.quantity(line.quantity)} × {say.amounts.rate(line.unit_cost)}",
            say.plain(line.amount - sum(line.discounts)),
        )
        for line in document.lines
    ]


def _address(row: Row) -> str:
    kind = next(name for name, model in MODELS.items() if isinstance(row, model))
    return f"/{kind}/{row.token}"

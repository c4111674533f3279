"""What opens behind a statement's secret link: the PDF, its lines as a file, and the page for people.

One address serves two things: a customer's own link shows the account as it is now, the link of an
issued statement shows exactly that document for ever. Reading writes nothing but the log of views.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.links import statement_csv_url, statement_pdf_url, statement_url
from customers.models import Company, Customer
from statements.admission import sign_in_first
from statements.archive import kept_or_none
from statements.building import build_statement
from statements.documents import (
    issued_pdf,
    lines_file_name,
    read_file,
    read_lines,
    statement_pdf,
)
from statements.limiting import limited
from statements.lines_file import lines_csv
from statements.linking import link_ended
from statements.models import IssuedStatement, StatementView
from statements.online import choices, page_values
from statements.options import lenient_options
from statements.private_answers import private, private_csv, private_pdf, private_unavailable
from statements.statement import Statement
from statements.viewing import record_view
from statements.visitors import visitor_of

# What a file is called behind a link: in a shared folder of downloads a name would tell whose it is.
PUBLIC_NAME = "statement.pdf"
NOTHING_THERE = "There is no statement behind this link."


@dataclass(frozen=True, slots=True)
class Subject:
    """What a token stands for: a customer, and the issued statement if the link is one's own."""

    customer: Customer
    issued: IssuedStatement | None = None


@require_safe
@limited
def statement_file(request: HttpRequest, token: str) -> HttpResponse:
    """The PDF: the issued document as it was sent, or the customer's latest statement."""
    subject = get_subject(token)
    if ask := sign_in_first(request, account=subject.customer, token=token):
        return ask
    if subject.issued is not None:
        issued = subject.issued
        ready = issued.render_state == IssuedStatement.RenderState.READY
        kept = _kept(issued, read_file) if ready else issued_pdf(issued)
        if kept is None:
            return private_unavailable()
        answer = private_pdf(kept, PUBLIC_NAME)
    else:
        statement = _statement(subject, request.GET)
        query = request.GET.urlencode()
        content = statement_pdf(
            statement=statement,
            customer=subject.customer,
            now=timezone.now(),
            link=statement_url(token),
            lines_link=statement_csv_url(token) + (f"?{query}" if query else ""),
        )
        answer = private_pdf(content, PUBLIC_NAME)
    _note_view(request, subject, StatementView.Part.FILE)
    return answer


@require_safe
@limited
def statement_lines(request: HttpRequest, token: str) -> HttpResponse:
    """The lines of the same statement as a file for spreadsheets."""
    subject = get_subject(token)
    if ask := sign_in_first(request, account=subject.customer, token=token):
        return ask
    issued = subject.issued
    if issued is not None and issued.lines_file:
        kept = _kept(issued, read_lines)
        if kept is None:
            return private_unavailable()
        content = kept
    else:
        content = lines_csv(statement=_statement(subject, request.GET), zone=Company.get().zone)
    answer = private_csv(content, lines_file_name(PUBLIC_NAME))
    _note_view(request, subject, StatementView.Part.LINES)
    return answer


@require_safe
@limited
def statement_page(request: HttpRequest, token: str) -> HttpResponse:
    """The statement to be read on a screen, with the choice of period and kind on a live link."""
    subject, company = get_subject(token), Company.get()
    customer, issued = subject.customer, subject.issued
    if ask := sign_in_first(request, account=customer, token=token):
        return ask
    statement = _statement(subject, request.GET)
    context = page_values(statement=statement, customer=customer, company=company, issued=issued)
    query = request.GET.urlencode()
    query = f"?{query}" if query and issued is None else ""
    context |= {"pdf_url": statement_pdf_url(token) + query, "csv_url": statement_csv_url(token) + query}
    if issued is None:
        context |= choices(
            words=request.GET, statement=statement, customer=customer, company=company, now=timezone.now()
        )
    answer = private(render(request, "pages/statement.html", context))
    _note_view(request, subject, StatementView.Part.PAGE)
    return answer


@require_safe
def accent_sheet(request: HttpRequest, colour: str) -> HttpResponse:
    """The company's colour for the pages: a sheet of its own, since nothing stands inline there."""
    answer = HttpResponse(f":root {{ --accent: #{colour} }}\n", content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
@limited
def nothing_there(request: HttpRequest) -> HttpResponse:
    """What cannot be a link gets the answer of a link that nobody has."""
    raise Http404(NOTHING_THERE)


def get_subject(token: str) -> Subject:
    """Whom the token belongs to. Unknown, revoked, ended and malformed ones get the same answer."""
    customer = Customer.objects.filter(statement_token=token).first()
    if customer is not None:
        return Subject(customer)
    issued = (
        IssuedStatement.objects.select_related("customer", "template")
        .filter(token=token, canceled_at=None)
        .first()
    )
    if issued is None or issued.customer is None:
        raise Http404(NOTHING_THERE)
    if link_ended(issued=issued, company=Company.get(), now=timezone.now()):
        raise Http404(NOTHING_THERE)
    return Subject(issued.customer, issued)


def _statement(subject: Subject, words: Mapping[str, Any]) -> Statement:
    """As it was sent, or as the words of the address ask for."""
    if subject.issued is not None:
        return subject.issued.statement
    now = timezone.now()
    options = lenient_options(words, zone=Company.get().zone, now=now)
    # Of a past moment nobody can say what AutoPay was going to collect then.
    is_present = options.end >= int(now.timestamp())
    return build_statement(customer=subject.customer, options=options, now=now if is_present else None)


def _kept(issued: IssuedStatement, read: Callable[[IssuedStatement], bytes]) -> bytes | None:
    failure = f"a stored file of statement {issued.label} cannot be read"
    return kept_or_none(partial(read, issued), failure=failure)


def _note_view(request: HttpRequest, subject: Subject, part: StatementView.Part) -> None:
    record_view(
        customer=subject.customer,
        issued=subject.issued,
        part=part,
        visitor=visitor_of(request),
        now=timezone.now(),
    )

"""What opens behind a statement's secret link: the PDF, and the page for people.

One address serves two things: a customer's own link shows the account as it is now, the link of an
issued statement shows exactly that document for ever. Nothing is written by reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.dates import local_day
from customers.links import statement_csv_url, statement_pdf_url, statement_url
from customers.models import Company, Customer
from statements.building import build_statement
from statements.documents import (
    file_name,
    issued_pdf,
    locale_of,
    read_file,
    statement_file_name,
    statement_pdf,
)
from statements.formatting import amounts, is_right_to_left, local_date, long_date, month_name
from statements.labels import labels
from statements.limiting import limited
from statements.lines_file import lines_csv
from statements.models import IssuedStatement
from statements.options import lenient_options
from statements.private_answers import private, private_csv, private_pdf
from statements.statement import Statement

MOST_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Subject:
    """What a token stands for: a customer, and the issued statement if the link is one's own."""

    customer: Customer
    issued: IssuedStatement | None = None


@require_safe
@limited
def statement_file(request: HttpRequest, token: str) -> HttpResponse:
    """The PDF: the issued document as it was sent, or the customer's latest statement."""
    subject = _subject(token)
    if subject.issued is not None:
        issued = subject.issued
        ready = issued.render_state == IssuedStatement.RenderState.READY
        return private_pdf(read_file(issued) if ready else issued_pdf(issued), file_name(issued))
    statement = _live_statement(subject.customer, request.GET)
    content = statement_pdf(
        statement=statement, customer=subject.customer, now=timezone.now(), link=statement_url(token)
    )
    return private_pdf(content, statement_file_name(subject.customer.name))


@require_safe
@limited
def statement_lines(request: HttpRequest, token: str) -> HttpResponse:
    """The lines of the same statement as a file for spreadsheets."""
    subject = _subject(token)
    if subject.issued is not None:
        statement = subject.issued.statement
    else:
        statement = _live_statement(subject.customer, request.GET)
    name = statement_file_name(subject.customer.name).removesuffix(".pdf") + ".csv"
    return private_csv(lines_csv(statement=statement, zone=Company.get().zone), name)


@require_safe
@limited
def statement_page(request: HttpRequest, token: str) -> HttpResponse:
    """The statement at a glance, with the choice of period and kind on a live link."""
    subject = _subject(token)
    company = Company.get()
    if subject.issued is not None:
        statement = subject.issued.statement
    else:
        statement = _live_statement(subject.customer, request.GET)
    context = _page_values(statement, subject, company)
    query = request.GET.urlencode()
    query = f"?{query}" if query and subject.issued is None else ""
    context |= {"pdf_url": statement_pdf_url(token) + query, "csv_url": statement_csv_url(token) + query}
    if subject.issued is None:
        context |= _choices(request, subject.customer, company)
    return private(render(request, "pages/statement.html", context))


def _subject(token: str) -> Subject:
    """Whom the token belongs to. Unknown, revoked and malformed ones get the same answer."""
    customer = Customer.objects.filter(statement_token=token).first()
    if customer is not None:
        return Subject(customer)
    issued = IssuedStatement.objects.select_related("customer").filter(token=token, canceled_at=None).first()
    if issued is None or issued.customer is None:
        raise Http404("There is no statement behind this link.")
    return Subject(issued.customer, issued)


def _live_statement(customer: Customer, words: Mapping[str, Any]) -> Statement:
    company = Company.get()
    options = lenient_options(words, zone=company.zone, now=timezone.now())
    return build_statement(customer=customer, options=options)


def _page_values(statement: Statement, subject: Subject, company: Company) -> dict[str, Any]:
    locale = locale_of(company=company, customer=subject.customer)
    money = amounts(locale, statement.currency).money
    words = labels(locale)
    sent = subject.issued is not None
    return {
        "words": words,
        "language": locale.split("_")[0],
        "direction": "rtl" if is_right_to_left(locale) else "ltr",
        "company": company.name,
        "customer": subject.customer.name,
        "customer_number": subject.customer.number,
        "number": subject.issued.label if subject.issued else "",
        "title": _title(statement, words, company, locale),
        "balance": money(statement.headline),
        "amount_due": money(statement.amount_due),
        "past_due": money(statement.past_due) if statement.past_due > 0 else "",
        "current_url": statement_url(subject.customer.statement_token) if sent else None,
    }


def _title(statement: Statement, words: Mapping[str, str], company: Company, locale: str) -> str:
    options = statement.options
    end = long_date(local_date(options.end, company.zone), locale)
    if options.start is not None:
        start = long_date(local_date(options.start, company.zone), locale)
        return words["period"].format(start=start, end=end)
    message = "past_due_as_of" if options.items == "past_due" else "open_items_as_of"
    return words[message].format(date=end)


def _choices(request: HttpRequest, customer: Customer, company: Company) -> dict[str, Any]:
    """Months back to when the customer came, three years at most; the newest first."""
    locale = locale_of(company=company, customer=customer)
    month = local_day(timezone.now(), company.zone).replace(day=1)
    first = local_day(customer.created_at, company.zone).replace(day=1)
    months: list[tuple[str, str]] = []
    while len(months) < MOST_MONTHS and (month >= first or not months):
        months.append((f"{month:%Y-%m}", month_name(month, locale)))
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    return {
        "months": months,
        "chosen_month": request.GET.get("month", ""),
        "chosen_type": request.GET.get("type", "open_item"),
    }

"""The "Statement" button: choose type and days, see the facts, open the PDF, send it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.utils import timezone

from customers.admin.forms import CurrencyField, DayField, DeskForm, today
from customers.admin.pages import demand, page
from customers.admin.registry import Link, add_link
from customers.admin.roles import Right, visible_customers
from customers.errors import Refused
from customers.models import Company, Customer
from statements.admin.comparison import show_backdated
from statements.admin.facts import show_statement
from statements.admin.facts_answer import KINDS, facts_answer
from statements.admin.pdf_answer import pdf_answer
from statements.building import build_statement
from statements.changes import behind_the_last
from statements.documents import statement_file_name, statement_pdf
from statements.models import IssuedStatement
from statements.options import day_options
from statements.statement import Options


class OptionsForm(DeskForm):
    """Which statement: in company days, the way staff think of it."""

    refused_names = {"start": "start", "end": "end"}

    type = forms.ChoiceField(choices=IssuedStatement.Type.choices, initial="open_item")
    start = DayField(required=False, help_text="Balance forward only. Empty: the month of the end.")
    end = DayField(required=False)
    items = forms.ChoiceField(choices=IssuedStatement.Items.choices, initial="open", required=False)
    currency = CurrencyField(required=False)

    accounts = forms.ChoiceField(
        choices=[("all", "With child accounts"), ("own", "This account alone")], initial="all", required=False
    )

    field_order: tuple[str, ...] = ("type", "start", "end", "items", "currency", "accounts")

    def options(self) -> Options:
        """Raises Refused, for example when the period ends before it starts."""
        values = self.cleaned_data
        forward = values["type"] == "balance_forward"
        return day_options(
            type=values["type"],
            zone=Company.get().zone,
            start_day=values["start"] if forward else None,
            end_day=values["end"] or today(),
            items=values["items"] or "open",
            currency=values["currency"] or None,
            include_children=values["accounts"] != "own",
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """The statement that was asked for, or the form with what is wrong."""

    customer: Customer
    form: OptionsForm
    options: Options | None


def read_wanted(request: HttpRequest, pk: int) -> Wanted:
    """What the query string asks for; without one, open items as of today."""
    customer = visible_customers(request).filter(pk=pk).first()
    if customer is None:
        raise Http404("There is no such customer.")
    words: dict[str, Any] = {"type": "open_item", "items": "open", "end": today().isoformat()}
    if as_of := request.GET.get("as_of"):
        words["end"] = as_of
    words |= {name: request.GET[name] for name in OptionsForm.base_fields if name in request.GET}
    form = OptionsForm(words)
    options = None
    if form.is_valid():
        try:
            options = form.options()
        except Refused as refused:
            form.refuse(refused)
    return Wanted(customer, form, options)


def preview_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The facts of a statement that nobody has got yet."""
    demand(request, Right.SEE)
    wanted = read_wanted(request, pk)
    customer, zone = wanted.customer, Company.get().zone
    words = {name: wanted.form.data.get(name, "") for name in OptionsForm.base_fields}
    query = urlencode({name: value for name, value in words.items() if value})
    shown, changed_by = None, []
    if wanted.options is not None:
        statement = build_statement(customer=customer, options=wanted.options, now=timezone.now())
        shown = show_statement(statement, zone)
        changed_by = show_backdated(behind_the_last(statement=statement), zone)
    answer = page(
        request,
        "admin/desk/statement_preview.html",
        title=f"Statement for {customer.name}",
        customer=customer,
        form=wanted.form,
        statement=shown,
        changed_by=changed_by,
        pdf=f"{reverse('admin:statements_issuedstatement_preview_pdf', args=[pk])}?{query}",
        files=[
            (
                kind.upper(),
                f"{reverse('admin:statements_issuedstatement_preview_facts', args=[pk, kind])}?{query}",
            )
            for kind in KINDS
        ],
        send=f"{reverse('admin:notifications_message_send', args=[pk])}?{query}",
        back=reverse("admin:customers_customer_change", args=[pk]),
    )
    answer.status_code = 200 if shown else 422
    return answer


def _facts_url(pk: int, kind: str) -> str:
    return reverse("admin:statements_issuedstatement_preview_facts", args=[pk, kind])


def preview_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as PDF, with "preview" across it."""
    demand(request, Right.SEE)
    wanted = read_wanted(request, pk)
    if wanted.options is None:
        return HttpResponseBadRequest("This statement cannot be made with these words.")
    statement = build_statement(customer=wanted.customer, options=wanted.options, now=timezone.now())
    content = statement_pdf(statement=statement, customer=wanted.customer, now=timezone.now(), preview=True)
    return pdf_answer(content, statement_file_name(wanted.customer.name), request)


def preview_facts(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The same as a file of its facts."""
    demand(request, Right.SEE)
    if kind not in KINDS:
        raise Http404("There is no such file.")
    wanted = read_wanted(request, pk)
    if wanted.options is None:
        return HttpResponseBadRequest("This statement cannot be made with these words.")
    statement = build_statement(customer=wanted.customer, options=wanted.options, now=timezone.now())
    return facts_answer(request, statement=statement, kind=kind)


add_link(Link(
    "Statement", "description",
    lambda customer: reverse("admin:statements_issuedstatement_preview", args=[customer.pk]),
    right=Right.SEE, order=10,
))  # fmt: skip

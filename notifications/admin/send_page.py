"""Send one statement now: the form, what it would do beside it, and the button that does it once."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from customers.admin.forms import today
from customers.admin.once import FIELD, claim_form, give_back, new_form_token
from customers.admin.pages import demand, page
from customers.admin.roles import Right, visible_customers
from customers.errors import Refused
from customers.models import Company, Customer
from notifications.admin.sending_form import SendForm, StatementForm
from notifications.looking_ahead import Draft, look_ahead
from notifications.models import Message
from notifications.sending import send_statement
from statements.admin.facts import show_statement
from statements.admin.preview import OptionsForm
from statements.archive import page_count
from statements.building import build_statement
from statements.documents import statement_pdf
from statements.statement import Options, Statement

Send = Callable[..., list[Message]]


def send_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with what will be sent; sending happens while the page waits, ten seconds at most."""
    demand(request, Right.SEND)
    customer = _customer(request, pk)
    form = _form(request, customer)
    if request.method == "POST" and form.is_valid():
        options = _options(form)

        def act(**words: Any) -> list[Message]:
            assert options is not None
            return send_statement(customer=customer, options=options, now=timezone.now(), **words)

        sent = send_once(request, form, customer, act) if options else None
        if sent is not None:
            return sent
    return form_answer(
        request, form=form, title=f"Send statement to {customer.name}", look=_look(form, customer),
        look_url=reverse("admin:notifications_message_look", args=[pk]),
        back=f"{reverse('admin:statements_issuedstatement_preview', args=[pk])}?{request.GET.urlencode()}",
    )  # fmt: skip


def look_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the form would send as it stands, for the page to show beside it."""
    demand(request, Right.SEND)
    customer = _customer(request, pk)
    return render(request, "admin/desk/look.html", {"look": _look(_form(request, customer), customer)})


def form_answer(request: HttpRequest, *, form: SendForm, title: str, **context: Any) -> HttpResponse:
    """The page around the form, for new statements and for those that are sent again."""
    token = request.POST.get(FIELD) or new_form_token()
    answer = page(request, "admin/desk/send.html", title=title, form=form, once=token, **context)
    answer.status_code = 422 if request.method == "POST" else 200
    return answer


def send_once(request: HttpRequest, form: SendForm, customer: Customer, act: Send) -> HttpResponse | None:
    """Send and lead to the messages; None when it was refused, with the reason on the form."""
    outbox = reverse("admin:customers_customer_change", args=[customer.pk]) + "?tab=messages"
    try:
        words = form.words
    except Refused as refused:
        form.refuse(refused)
        return None
    already = claim_form(request, outbox)
    if already is not None:
        messages.info(request, "This form was already sent; here is its result.")
        return HttpResponseRedirect(already)
    begun = timezone.now()
    try:
        rows = act(**words)
    except Refused as refused:
        give_back(request)
        form.refuse(refused)
        return None
    for row in rows:
        row.refresh_from_db()
        _tell(request, row, repeated=row.created_at < begun)
    return HttpResponseRedirect(outbox)


def show_look(
    form: SendForm, customer: Customer, statement: Statement, *, pdf: str, pages: int
) -> dict[str, Any]:
    """What a form would send, as plain values; why it would not, as hints."""
    shown: dict[str, Any] = {
        "facts": _facts(statement), "pdf": pdf, "pages": pages, "channel": form.cleaned_data["channel"]
    }  # fmt: skip
    try:
        draft = Draft(**form.words)
    except Refused as refused:
        return {**shown, "refusal": refused.message}
    ahead = look_ahead(draft=draft, statement=statement, customer=customer, pages=pages, now=timezone.now())
    people = "\n".join(ahead.recipients)
    copies = [("Blind copies", ", ".join(ahead.copies))] if ahead.copies else []
    shown["facts"] += [("Goes to", people or "nobody"), *copies]
    return {**shown, "hints": ahead.hints, "message": ahead.look}


def _look(form: StatementForm, customer: Customer) -> dict[str, Any]:
    bound = form if form.is_bound else StatementForm(as_sent(form), customer=customer)
    options = _options(bound) if bound.is_valid() else None
    if options is None:
        wrong = [str(error) for errors in bound.errors.values() for error in errors]
        return {"refusal": wrong[0] if wrong else "This statement cannot be made."}
    statement = build_statement(customer=customer, options=options, now=timezone.now())
    words = {name: bound.data.get(name, "") for name in OptionsForm.base_fields}
    query = urlencode({name: value for name, value in words.items() if value})
    pdf = f"{reverse('admin:statements_issuedstatement_preview_pdf', args=[customer.pk])}?{query}"
    pages = 0
    if bound.cleaned_data["channel"] == "letter":
        pages = page_count(statement_pdf(statement=statement, customer=customer, now=timezone.now()))
    return show_look(bound, customer, statement, pdf=pdf, pages=pages)


def as_sent(form: SendForm) -> QueryDict:
    """What the form would send if nobody touched it."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = form.get_initial_for_field(form.fields[name], name)
        data.setlist(name, value if isinstance(value, list) else [str(value or "")])
    return data


def _form(request: HttpRequest, customer: Customer) -> StatementForm:
    asked = {"type": "open_item", "items": "open", "end": today().isoformat(), "accounts": "all"}
    if as_of := request.GET.get("as_of"):
        asked["end"] = as_of
    asked |= {name: request.GET[name] for name in OptionsForm.base_fields if name in request.GET}
    if request.method != "POST":
        return StatementForm(initial=asked, customer=customer)
    data = request.POST.copy()
    for name, value in asked.items():
        data.setdefault(name, value)
    return StatementForm(data, customer=customer)


def _options(form: StatementForm) -> Options | None:
    """The statement that is asked for; None when there is none of the kind, with the reason on the form."""
    try:
        return form.options()
    except Refused as refused:
        form.refuse(refused)
        return None


def _facts(statement: Statement) -> list[tuple[str, str]]:
    shown = show_statement(statement, Company.get().zone)
    kind = f"{shown['type']}, past due only" if shown["past_due_only"] else shown["type"]
    return [("Statement", f"{kind}, {shown['period']}"), ("Balance", shown["headline"])]


def _tell(request: HttpRequest, row: Message, *, repeated: bool) -> None:
    state = row.get_state_display().lower()
    if repeated:
        messages.info(request, f"{row} went out a moment ago and was not sent twice: {state}.")
        return
    tell = messages.success if row.state in ("sent", "delivered", "queued") else messages.warning
    tell(request, f"{row}: {state}.")


def _customer(request: HttpRequest, pk: int) -> Customer:
    customer = visible_customers(request).filter(pk=pk).first()
    if customer is None:
        raise Http404("There is no such customer.")
    return customer

"""Send an issued statement again: the document as it was, to people who are chosen now."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from customers.admin.pages import demand
from customers.admin.roles import Right, own_rows
from notifications.admin.send_page import as_sent, form_answer, send_once, show_look
from notifications.admin.sending_form import SendForm
from notifications.models import Message
from notifications.sending_again import send_again
from statements.models import IssuedStatement


def again_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a new sending, around what was issued."""
    demand(request, Right.SEND)
    issued = _issued(request, pk)
    assert issued.customer is not None
    form = SendForm(request.POST or None, customer=issued.customer)

    def act(**words: Any) -> list[Message]:
        return send_again(issued=issued, now=timezone.now(), **words)

    if request.method == "POST" and form.is_valid():
        sent = send_once(request, form, issued.customer, act)
        if sent is not None:
            return sent
    return form_answer(
        request, form=form, title=f"Send {issued.label} again", look=_look(form, issued),
        look_url=reverse("admin:notifications_message_look_again", args=[pk]),
        back=reverse("admin:statements_issuedstatement_change", args=[pk]),
    )  # fmt: skip


def look_again_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the form would send as it stands, for the page to show beside it."""
    demand(request, Right.SEND)
    issued = _issued(request, pk)
    assert issued.customer is not None
    form = SendForm(request.POST, customer=issued.customer)
    return render(request, "admin/desk/look.html", {"look": _look(form, issued)})


def _look(form: SendForm, issued: IssuedStatement) -> dict[str, Any]:
    assert issued.customer is not None
    bound = form if form.is_bound else SendForm(as_sent(form), customer=issued.customer)
    if not bound.is_valid():
        return {"refusal": "Mend the entries that are marked."}
    pdf = reverse("admin:statements_issuedstatement_pdf", args=[issued.pk])
    return show_look(bound, issued.customer, issued.statement, pdf=pdf, pages=issued.page_count)


def _issued(request: HttpRequest, pk: int) -> IssuedStatement:
    rows = own_rows(IssuedStatement.objects.select_related("customer"), request.user)
    issued: IssuedStatement | None = rows.filter(pk=pk, canceled_at=None, customer__isnull=False).first()
    if issued is None:
        raise Http404("There is no such statement to send again.")
    return issued

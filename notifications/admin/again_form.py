"""Send an issued statement again: the document as it was, to people who are chosen now."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from customers.admin.once import FIELD, new_form_token
from customers.admin.pages import demand, page
from customers.admin.roles import Right, own_rows
from customers.models import Company
from notifications.admin.sending_form import SendForm, first_words, own_addresses, send_once
from notifications.models import Message
from notifications.sending_again import send_again
from statements.admin.facts import show_statement
from statements.models import IssuedStatement


def again_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a new sending, around what was issued."""
    demand(request, Right.SEND)
    rows = own_rows(IssuedStatement.objects.select_related("customer"), request.user)
    issued = rows.filter(pk=pk, canceled_at=None).first()
    if issued is None or issued.customer is None:
        raise Http404("There is no such statement to send again.")
    form = SendForm(request.POST or None, initial=first_words(issued.customer))

    def act(**words: Any) -> list[Message]:
        return send_again(issued=issued, now=timezone.now(), **words)

    if request.method == "POST" and form.is_valid():
        sent = send_once(request, form, issued.customer, act)
        if sent is not None:
            return sent
    answer = page(
        request,
        "admin/desk/send.html",
        title=f"Send {issued.label} again",
        form=form,
        once=request.POST.get(FIELD) or new_form_token(),
        statement=show_statement(issued.statement, Company.get().zone),
        back=reverse("admin:statements_issuedstatement_change", args=[issued.pk]),
        facts=own_addresses(issued.customer),
    )
    answer.status_code = 422 if request.method == "POST" else 200
    return answer

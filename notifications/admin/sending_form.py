"""Send one statement now: who gets it, on which channel, with which words."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from customers.admin.forms import DeskForm
from customers.admin.once import FIELD, claim_form, give_back, new_form_token
from customers.admin.pages import demand, page
from customers.admin.roles import Right
from customers.errors import Refused
from customers.models import Company, Customer
from notifications.models import Message
from notifications.recipients import find_recipients
from notifications.sending import send_statement
from notifications.wording import find_wording
from statements.admin.facts import show_statement
from statements.admin.preview import Wanted, read_wanted
from statements.building import build_statement


class SendForm(DeskForm):
    channel = forms.ChoiceField(choices=Message.Channel.choices, initial="email")
    to = forms.CharField(
        required=False, label="To", help_text="Addresses separated by commas. Empty: the customer's own."
    )
    subject = forms.CharField(required=False, max_length=255, help_text="Mails only. Empty: as usual.")
    message = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Empty: as usual. {{words}} are filled in.",
    )

    def recipients(self) -> list[dict[str, str]] | None:
        """The named recipients in the words of the API, None for the customer's own."""
        named = [
            part.strip() for part in self.cleaned_data["to"].replace(";", ",").split(",") if part.strip()
        ]
        key = "phone" if self.cleaned_data["channel"] == "sms" else "email"
        return [{key: part} for part in named] or None

    def refuse(self, refused: Refused) -> None:
        name = (refused.param or "").partition(".")[0].partition("[")[0]
        self.add_error(name if name in self.fields else None, refused.message)


def send_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A form with what will be sent; sending happens while the page waits, ten seconds at most."""
    demand(request, Right.SEND)
    wanted = read_wanted(request, pk)
    preview = f"{reverse('admin:statements_issuedstatement_preview', args=[pk])}?{request.GET.urlencode()}"
    if wanted.options is None:
        return HttpResponseRedirect(preview)
    form = SendForm(request.POST or None, initial=first_words(wanted.customer))
    if request.method == "POST" and form.is_valid():
        sent = _send(request, form, wanted)
        if sent is not None:
            return sent
    statement = build_statement(customer=wanted.customer, options=wanted.options)
    answer = page(
        request,
        "admin/desk/send.html",
        title=f"Send statement to {wanted.customer.name}",
        form=form,
        once=request.POST.get(FIELD) or new_form_token(),
        statement=show_statement(statement, Company.get().zone),
        back=preview,
        facts=own_addresses(wanted.customer),
    )
    answer.status_code = 422 if request.method == "POST" else 200
    return answer


def first_words(customer: Customer) -> dict[str, Any]:
    wording = find_wording(channel="email", name=None, language=customer.language or Company.get().language)
    return {"subject": wording.subject, "message": wording.body}


def own_addresses(customer: Customer) -> list[tuple[str, str]]:
    """Where each channel would go when nobody is named."""
    contacts = list(customer.contacts.order_by("pk"))
    shown = []
    for channel, name in Message.Channel.choices:
        people = find_recipients(channel=str(channel), customer=customer, contacts=contacts)
        places = [person.shown.replace("\n", ", ") for person in people]
        shown.append((str(name), "; ".join(places) or "no address"))
    return shown


def _send(request: HttpRequest, form: SendForm, wanted: Wanted) -> HttpResponse | None:
    options = wanted.options
    assert options is not None

    def act(**words: Any) -> list[Message]:
        return send_statement(customer=wanted.customer, options=options, now=timezone.now(), **words)

    return send_once(request, form, wanted.customer, act)


def send_once(
    request: HttpRequest, form: SendForm, customer: Customer, act: Callable[..., list[Message]]
) -> HttpResponse | None:
    """Send and lead to the messages; None when it was refused, with the reason on the form."""
    outbox = reverse("admin:customers_customer_change", args=[customer.pk]) + "?tab=messages"
    already = claim_form(request, outbox)
    if already is not None:
        messages.info(request, "This form was already sent; here is its result.")
        return HttpResponseRedirect(already)
    values = form.cleaned_data
    mail = values["channel"] == "email"
    try:
        rows = act(
            channel=values["channel"],
            to=None if values["channel"] == "letter" else form.recipients(),
            subject=values["subject"] or None if mail else None,
            message=values["message"] or None if mail else None,
        )
    except Refused as refused:
        give_back(request)
        form.refuse(refused)
        return None
    for row in rows:
        row.refresh_from_db()
        tell = messages.success if row.state in ("sent", "delivered", "queued") else messages.warning
        tell(request, f"{row}: {row.get_state_display().lower()}.")
    return HttpResponseRedirect(outbox)

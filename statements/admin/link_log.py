"""Links of statements in the back office: who opened them, and new ones for old."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from customers.admin.figures import minute_of
from customers.admin.pages import act_page, demand
from customers.admin.roles import Right, may, own_rows, visible_customers
from customers.ledger.statement_links import renew_statement_link
from customers.links import statement_url
from customers.models import Customer
from statements.linking import renew_issued_link
from statements.models import IssuedStatement, StatementView
from statements.viewing import Reading

MOST_VIEWS = 50
_CHANNELS = {"email": "Email", "sms": "Text message", "letter": "Letter"}


def show_views(rows: Any, zone: ZoneInfo) -> list[dict[str, str]]:
    """The log of one link, newest first; who says or shows to be a program is named so."""
    return [
        {
            "when": minute_of(row.at, zone),
            "part": row.get_part_display(),
            "channel": _CHANNELS.get(row.channel, "–"),
            "who": "Program" if row.is_bot else "Reader",
            "address": row.address or "–",
            "agent": row.user_agent or "–",
        }
        for row in rows.order_by("-pk")[:MOST_VIEWS]
    ]


def views_of_customer(customer: Customer, zone: ZoneInfo) -> list[dict[str, str]]:
    """Of the customer's own link, which always shows the account as it is."""
    return show_views(StatementView.objects.filter(customer=customer, issued=None), zone)


def read_words(reading: Reading | None, zone: ZoneInfo) -> str:
    """When a statement was first read; looks of programs are no reading."""
    if reading is None or reading.first_at is None:
        return "Not read"
    times = "once" if reading.readers == 1 else f"{reading.readers} times"
    return f"{minute_of(reading.first_at, zone)}, {times}"


def link_of_issued(request: HttpRequest, issued: IssuedStatement) -> str:
    """For those who may send it anyway."""
    return statement_url(issued.token) if may(request.user, Right.SEND) else ""


def renew_issued(request: HttpRequest, pk: int) -> HttpResponse:
    """The old link of an issued statement dies, wherever it was sent or printed."""
    demand(request, Right.SEND)
    issued = own_rows(IssuedStatement.objects.defer("facts", "parties"), request.user).filter(pk=pk).first()
    if issued is None:
        raise Http404("There is no such statement.")
    back = reverse("admin:statements_issuedstatement_change", args=[pk])

    def act() -> str:
        renew_issued_link(issued=issued, now=timezone.now())
        return back

    return act_page(
        request, act=act, back=back, done="The statement has a new link; the old one opens nothing."
    )


def renew_of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The old link of a customer dies at once; the API answers the new one."""
    demand(request, Right.EDIT_ACCOUNTS)
    customer = visible_customers(request).filter(pk=pk).first()
    if customer is None:
        raise Http404("There is no such customer.")
    back = reverse("admin:customers_customer_change", args=[pk]) + "?tab=statements"

    def act() -> str:
        renew_statement_link(customer=customer, now=timezone.now())
        return back

    return act_page(
        request, act=act, back=back, done="The customer has a new link; the old one opens nothing."
    )

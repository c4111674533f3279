"""The receivables roll-forward: from what was owed to what is owed, and the movements behind each figure."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from customers.admin.account_page import ENTRY_NAMES
from customers.admin.exporting import csv_answer
from customers.admin.figures import day_of, money
from customers.admin.forms import DayField, DeskForm, today
from customers.admin.pages import demand, page
from customers.admin.roles import Right, sees_own_only
from customers.dates import end_of_day, start_of_day
from customers.ledger.entries import Entry, movements_of_type
from customers.ledger.roll_forward import FIGURES, RollForward, figures_of, roll_forwards
from customers.models import Company, Customer, User
from customers.money import is_currency
from customers.wire.codes import lower_code

PER_PAGE = 100
# Figure, its name, the sign with which it is added, and the movements behind it.
ROWS = (
    ("opening", "Opening balance", 1, ""),
    ("invoices", "Invoices", 1, "invoice"),
    ("credit_notes", "Credit notes", -1, "credit_note"),
    ("payments", "Payments", -1, "payment"),
    ("refunds", "Refunds", 1, "refund"),
    ("reversals", "Payments returned", 1, "payment_reversal"),
    ("write_offs", "Write-offs", -1, "write_off"),
    ("applied_credit", "Credit applied", -1, "applied_credit"),
    ("moved_to_credit", "Moved to credit balance", 1, "moved_to_credit"),
    ("transfers", "Paid for other accounts", 1, "transfer"),
    ("closing", "Closing balance", 1, ""),
)
TYPES = {kind: name for _, name, _, kind in ROWS if kind}


class PeriodForm(DeskForm):
    """Whole company days, both included."""

    start = DayField()
    end = DayField()
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, empty_label="All customers", label="Customers of"
    )

    def __init__(self, data: Any, *, request: HttpRequest) -> None:
        super().__init__(data)
        if sees_own_only(request.user):
            del self.fields["owner"]
        else:
            people = User.objects.filter(customers__isnull=False).distinct().order_by("username", "pk")
            self.fields["owner"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("start") and values.get("end") and values["start"] > values["end"]:
            self.add_error("start", "The period ends before it starts.")
        return values


@dataclass(frozen=True, slots=True)
class Period:
    """The days that were asked for, as seconds, and whose customers."""

    first: date
    last: date
    start: int
    end: int
    owner_id: int | None
    query: str


def roll_forward_page(request: HttpRequest) -> HttpResponseBase:
    """One table for each currency; account managers see the sums of their own customers."""
    demand(request, Right.SEE)
    form, period = _read_period(request)
    rows = [] if period is None else _roll_forwards(period)
    if period is not None and request.GET.get("format") == "csv":
        demand(request, Right.EXPORT)
        name = f"roll-forward-{period.first.isoformat()}-{period.last.isoformat()}.csv"
        return csv_answer(name, ("start", "end", *FIGURES), [_csv_row(row, period) for row in rows])
    answer = page(
        request,
        "admin/desk/roll_forward.html",
        title="Roll-forward",
        form=form,
        period=period,
        tables=[_table(row, period) for row in rows if period],
        export=f"?{period.query}&format=csv" if period else "",
    )
    answer.status_code = 200 if period else 422
    return answer


def movements_page(request: HttpRequest) -> HttpResponse:
    """What one figure is made of, oldest first."""
    demand(request, Right.SEE)
    _, period = _read_period(request)
    kind, currency = request.GET.get("type", ""), lower_code(request.GET.get("currency", ""))
    if period is None or kind not in TYPES or not is_currency(currency):
        raise Http404("There are no such movements.")
    text = request.GET.get("p", "1")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1
    entries, count, total = movements_of_type(
        type=kind, currency=currency, start=period.start, end=period.end, owner_id=period.owner_id,
        most=PER_PAGE, skip=(number - 1) * PER_PAGE,
    )  # fmt: skip
    return page(
        request,
        "admin/desk/movements.html",
        title=TYPES[kind],
        entries=_shown(entries),
        total=money(total, currency),
        item_count=count,
        page_number=number,
        page_count=max(1, -(-count // PER_PAGE)),
        page_link=f"?{period.query}&{urlencode({'type': kind, 'currency': currency})}&p=",
        back=f"{reverse('admin:customers_invoice_roll_forward')}?{period.query}",
    )


def _read_period(request: HttpRequest) -> tuple[PeriodForm, Period | None]:
    """What the query string asks for; without one, the company's month up to today."""
    day = today()
    words = {"start": day.replace(day=1).isoformat(), "end": day.isoformat()}
    names = [name for name in PeriodForm.base_fields if name in request.GET]
    words |= {name: request.GET[name] for name in names}
    form = PeriodForm(words, request=request)
    if not form.is_valid():
        return form, None
    values, zone = form.cleaned_data, Company.get().zone
    first, last, owner = values["start"], values["end"], values.get("owner")
    query = {"start": first.isoformat(), "end": last.isoformat()} | ({"owner": owner.pk} if owner else {})
    start, end = start_of_day(first, zone), end_of_day(last, zone)
    own = request.user.pk if sees_own_only(request.user) else None
    return form, Period(
        first, last, int(start.timestamp()), int(end.timestamp()),
        own if own is not None else owner.pk if owner else None, urlencode(query),
    )  # fmt: skip


def _roll_forwards(period: Period) -> list[RollForward]:
    found = roll_forwards(start=period.start, end=period.end, owner_id=period.owner_id)
    own = Company.get().currency
    return sorted(found, key=lambda row: (row.currency != own, row.currency))


def _table(row: RollForward, period: Period) -> dict[str, Any]:
    currency = row.currency
    wallet = (row.opening_credit, row.issued_credit, -row.spent_credit, row.closing_credit)
    names = ("Credit at the start", "Issued", "Spent", "Credit at the end")
    return {
        "currency": currency.upper(),
        "rows": [
            {
                "name": name,
                "amount": money(sign * getattr(row, figure), currency),
                "sum": figure in ("opening", "closing"),
                "url": _behind(kind or figure, currency, period),
            }
            for figure, name, sign, kind in ROWS
            if figure != "transfers" or row.transfers
        ],
        "credit": [(name, money(amount, currency)) for name, amount in zip(names, wallet, strict=True)]
        if any(wallet)
        else [],
    }


def _behind(kind: str, currency: str, period: Period) -> str:
    """The list behind a figure: movements of the period; for the balance at its end, what is open then."""
    if kind == "closing" and not period.owner_id:
        words = {"as_of": period.last.isoformat(), "currency": currency}
        return f"{reverse('admin:customers_invoice_open_items')}?{urlencode(words)}"
    if kind not in TYPES:
        return ""
    words = {"type": kind, "currency": currency}
    return f"{reverse('admin:customers_invoice_movements')}?{period.query}&{urlencode(words)}"


def _csv_row(row: RollForward, period: Period) -> list[Any]:
    return [period.first.isoformat(), period.last.isoformat(), *figures_of(row)]


def _shown(entries: list[Entry]) -> list[dict[str, Any]]:
    zone, people = Company.get().zone, Customer.objects.in_bulk({entry.customer_id for entry in entries})
    return [
        {
            "date": day_of(entry.at, zone),
            "name": ENTRY_NAMES[entry.type],
            "number": entry.number,
            "customer": people[entry.customer_id].name,
            "url": reverse("admin:customers_customer_change", args=[entry.customer_id]) + "?tab=ledger",
            "amount": money(entry.amount, entry.currency),
        }
        for entry in entries
    ]

"""The words of a run by hand: type, days, items, channel, and for whom."""

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest

from customers.admin.forms import AmountField, CurrencyField, DayField, DeskForm
from notifications.models import StatementSchedule
from notifications.runs import RunRequest
from statements.models import IssuedStatement

_KEPT = "run_selections"
_MOST = 10


class RunForm(DeskForm):
    refused_names = {"start": "start_day", "end": "end_day", "customer": ""}

    type = forms.ChoiceField(choices=IssuedStatement.Type.choices, initial="open_item")
    start_day = DayField(
        required=False, label="Start", help_text="Balance forward only. Empty: the month of the end."
    )
    end_day = DayField(required=False, label="End")
    items = forms.ChoiceField(
        choices=IssuedStatement.Items.choices, initial="open", required=False, help_text="Open item only."
    )
    channel = forms.ChoiceField(choices=StatementSchedule.Channel.choices, initial="preferred")
    currency = CurrencyField(required=False, help_text="Empty: all.")
    minimum_balance = AmountField(required=False, help_text="Smaller balances are skipped.")
    selection = forms.CharField(required=False, widget=forms.HiddenInput)

    def request_for(self, request: HttpRequest) -> RunRequest:
        values = self.cleaned_data
        forward = values["type"] == "balance_forward"
        minimum: Decimal | None = values["minimum_balance"]
        return RunRequest(
            type=values["type"],
            channel=values["channel"],
            start_day=values["start_day"] if forward else None,
            end_day=values["end_day"],
            items="open" if forward else values["items"] or "open",
            currency=values["currency"] or None,
            customer_ids=selected(request, values["selection"]),
            minimum_balance=minimum,
        )


def remember_selection(request: HttpRequest, ids: Sequence[int]) -> str:
    """Keep chosen customers in the session; the name to find them by."""
    name = secrets.token_urlsafe(8)
    kept: dict[str, Any] = request.session.get(_KEPT, {})
    kept[name] = list(ids)
    request.session[_KEPT] = dict(list(kept.items())[-_MOST:])
    return name


def selected(request: HttpRequest, name: str) -> list[int] | None:
    """The customers chosen under a name; None means all. An unknown name selects nobody."""
    if not name:
        return None
    kept: dict[str, list[int]] = request.session.get(_KEPT, {})
    return kept.get(name, [])

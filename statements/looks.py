"""How a company's paper looks: from its settings to the plain values that the page is built with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.ledger.changes import what_changed
from customers.ledger.events import record_fact
from customers.models import Company
from statements.letterhead import Look, window_side
from statements.models import StatementTemplate

# Headings that a company may put in its own words. None of them has places to fill.
OWN_WORDS = (
    "statement",
    "amount_due",
    "customer_number",
    "statement_number",
    "pay_online",
    "how_to_pay",
    "aging",
    "credit_balance",
    "slip",
    "remit_to",
)


def look_of(template: StatementTemplate, *, company: Company, locale: str) -> Look:
    """The look of one edition: own words in its language, the window as the company's envelopes have it."""
    window = StatementTemplate.Window
    by_country = window_side(company_country=company.country)
    own = template.labels.get(locale.split("_", maxsplit=1)[0], {})
    return Look(
        accent=template.accent,
        window=by_country if template.window == window.AUTO else _side(template.window),
        labels=tuple((message, own[message]) for message in OWN_WORDS if own.get(message)),
        footer=template.footer,
        payment_text=_lines(template.payment_text),
        aging=template.show_aging,
        memo=template.show_memo,
        code=template.show_code,
        carried=template.carried,
        grouped=template.grouped,
    )


def own_accent(template: StatementTemplate) -> str:
    """The company's colour for pages, unless it is the one that their style sheet has."""
    return template.accent if template.accent != Look().accent else ""


def remit_lines(template: StatementTemplate) -> tuple[str, ...]:
    """Where payments go, if not to the company's own address."""
    return _lines(template.remit_to)


@transaction.atomic
def change_look(*, values: Mapping[str, Any], now: datetime) -> StatementTemplate:
    """Keep a new look beside the ones before; nothing happens when nothing changes.

    What was issued before keeps the look it was issued with.
    """
    Company.objects.select_for_update().filter(pk=Company.get().pk).first()
    before = StatementTemplate.current()
    after = {**before.values, **values}
    previous = what_changed(before.values, after)
    if not previous:
        return before
    template = StatementTemplate.objects.create(**after, created_at=now)
    record_fact(
        type="statement_template.updated",
        object_type="statement_template",
        object_id=str(template.pk),
        data={"object": template.values},
        previous=previous,
        now=now,
    )
    return template


def reset_look(*, now: datetime) -> StatementTemplate:
    """Back to the look that ships."""
    return change_look(values=StatementTemplate().values, now=now)


def _side(window: str) -> Any:
    return "right" if window == StatementTemplate.Window.RIGHT else "left"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())

"""Tax rates: create, rename, archive, use again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.errors import Refused
from customers.ledger.changes import change_row, still_there
from customers.ledger.codes import claim_code, claimed_code
from customers.ledger.events import record_event
from customers.models import TaxRate

# What may change later. The figures are fixed: documents compute from them when they are edited.
CHANGEABLE = ("name", "metadata")


@transaction.atomic
def create_tax_rate(*, values: Mapping[str, Any], now: datetime) -> TaxRate:
    """Keep a rate. `values` by column name; `name` and `value` are needed, `code` is drawn when absent.

    A rate in per cent has no currency, a fixed amount needs one. Raises Refused (`id`, `currency`).
    Source: Invoiced API, Tax Rates.
    """
    wanted = dict(values)
    if wanted.get("is_percent", True):
        wanted["currency"] = ""
    elif not wanted.get("currency"):
        raise Refused("A fixed amount needs its currency.", param="currency")
    wanted["code"] = claim_code(TaxRate, wanted.pop("code", None))
    with claimed_code(TaxRate, wanted["code"]):
        rate = TaxRate.objects.create(**wanted, created_at=now)
    record_event(type="tax_rate.created", row=rate, now=now)
    return rate


@transaction.atomic
def update_tax_rate(*, rate: TaxRate, changes: Mapping[str, Any], now: datetime) -> TaxRate:
    """Change name and metadata; everything else about a rate stays as it was made."""
    rate = still_there(rate)
    kept = {name: changes[name] for name in CHANGEABLE if name in changes}
    change_row(row=rate, type="tax_rate.updated", changes=kept, now=now)
    return rate


@transaction.atomic
def archive_tax_rate(*, rate: TaxRate, now: datetime) -> None:
    """Take a rate out of what can be chosen. Documents keep what was levied; customers and items that have
    it are charged it until they get another one: a tax must not fall away unseen."""
    if TaxRate.objects.filter(pk=rate.pk, archived_at=None).update(archived_at=now, updated_at=now):
        record_event(type="tax_rate.deleted", row=rate, now=now)


@transaction.atomic
def restore_tax_rate(*, rate: TaxRate, now: datetime) -> None:
    """Use an archived rate again. Raises Refused (`id`) when another took its id meanwhile."""
    rate = still_there(rate)
    if rate.archived_at is None:
        return
    claim_code(TaxRate, rate.code)
    rate.archived_at = None
    with claimed_code(TaxRate, rate.code):
        rate.save()
    record_event(type="tax_rate.created", row=rate, now=now)

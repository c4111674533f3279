"""The catalog: items, and what a line takes from one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.errors import Refused
from customers.ledger.changes import still_there, what_changed
from customers.ledger.codes import claim_code, claimed_code
from customers.ledger.drafting import LevyInput
from customers.ledger.events import record_event
from customers.models import Item
from customers.wire import describe


@transaction.atomic
def create_item(*, values: Mapping[str, Any], now: datetime) -> Item:
    """Keep an item. `values` by column name, `taxes` a list of rates; only `name` is needed.

    Raises Refused (`id`) for an id in use. Source: Invoiced API, Items.
    """
    wanted = dict(values)
    taxes = wanted.pop("taxes", [])
    wanted["code"] = claim_code(Item, wanted.pop("code", None))
    with claimed_code(Item, wanted["code"]):
        item = Item.objects.create(**wanted, created_at=now)
    item.taxes.set(taxes)
    record_event(type="item.created", row=item, now=now)
    return item


@transaction.atomic
def update_item(*, item: Item, changes: Mapping[str, Any], now: datetime) -> Item:
    """Change what is given. Lines that were made from the item keep what they have."""
    item = still_there(item)
    before = describe(item)
    wanted = dict(changes)
    taxes = wanted.pop("taxes", None)
    for name, value in wanted.items():
        setattr(item, name, value)
    if taxes is not None:
        item.taxes.set(taxes)
    previous = what_changed(before, describe(item))
    if previous:
        item.save()
        record_event(type="item.updated", row=item, now=now, previous=previous)
    return item


@transaction.atomic
def archive_item(*, item: Item, now: datetime) -> None:
    """Take an item out of the catalog."""
    if Item.objects.filter(pk=item.pk, archived_at=None).update(archived_at=now, updated_at=now):
        record_event(type="item.deleted", row=item, now=now)


@transaction.atomic
def restore_item(*, item: Item, now: datetime) -> None:
    """Use an archived item again. Raises Refused (`id`) when another took its id meanwhile."""
    item = still_there(item)
    if item.archived_at is None:
        return
    claim_code(Item, item.code)
    item.archived_at = None
    with claimed_code(Item, item.code):
        item.save()
    record_event(type="item.created", row=item, now=now)


def find_items(codes: Iterable[str]) -> dict[str, Item]:
    """Items in use by id. Two queries, none without ids."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    rows = Item.objects.filter(code__in=wanted, archived_at=None).prefetch_related("taxes")
    return {item.code: item for item in rows}


def line_defaults(item: Item, *, currency: str, priced: bool) -> dict[str, Any]:
    """What a new line in this currency takes from an item, by the names of `LineInput`.

    `priced`: the line has a price of its own. Raises Refused when the item's price is in another
    currency. Fixed taxes of another currency are left out; rates that were archived since are not.
    """
    if item.currency and item.currency != currency and not priced:
        raise Refused(f"The item {item.name} is priced in {item.currency.upper()}.")
    rates = sorted(item.taxes.all(), key=lambda rate: rate.pk)
    levied = [rate for rate in rates if rate.currency in ("", currency)]
    return {
        "name": item.name,
        "unit_cost": item.unit_cost,
        "type": item.type,
        "description": item.description,
        "discountable": item.discountable,
        "taxable": item.taxable,
        "taxes": tuple(LevyInput(tax_rate=rate) for rate in levied),
    }

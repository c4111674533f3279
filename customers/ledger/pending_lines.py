"""Lines that wait for a customer's next invoice, and the invoice that takes them all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.errors import Refused
from customers.ledger.changes import still_there, what_changed
from customers.ledger.drafting import LevyInput, LineInput, same_lines
from customers.ledger.events import record_event
from customers.ledger.issuing import issue_invoice
from customers.ledger.lines import check_line, store_line, stored_line
from customers.ledger.locking import lock_accounts
from customers.ledger.taxes import line_totals
from customers.models import Company, Customer, Invoice, LineItem
from customers.wire import describe

# More would not fit on the one invoice that takes them (a document has at most so many lines).
MOST_PENDING = 1_000


@transaction.atomic
def add_pending_line(*, customer: Customer, line: LineInput, now: datetime) -> LineItem:
    """Note a line for the next invoice, in the customer's currency or the company's.

    Raises Refused for an amount beyond reach, and when too many wait already.
    Source: Invoiced API, Pending line items.
    """
    lock_accounts([customer.pk])
    if customer.line_items.count() >= MOST_PENDING:
        raise Refused(f"At most {MOST_PENDING:,} lines can wait for an invoice.")
    currency = currency_of_pending(customer)
    item = LineItem(customer=customer, currency=currency, created_at=now)
    check_line(line, currency)
    store_line(item, line_totals(line, currency), 0)
    record_event(type="line_item.created", row=item, now=now)
    return item


@transaction.atomic
def change_pending_line(*, item: LineItem, changes: Mapping[str, Any], now: datetime) -> LineItem:
    """Change what is given, by the names of `LineInput`; the catalog item stays what it was."""
    lock_accounts([item.customer_id])
    item = still_there(item)
    before = describe(item)
    levies = item.levies.select_related("tax_rate").order_by("pk")
    stored = stored_line(item, levies, currency=item.currency, was=item.currency)
    line = replace(stored, **{**changes, "catalog_item": stored.catalog_item})
    if same_lines([line], [stored]):
        return item
    check_line(line, item.currency)
    item.levies.all().delete()
    store_line(item, line_totals(line, item.currency), item.position)
    previous = what_changed(before, describe(item))
    record_event(type="line_item.updated", row=item, now=now, previous=previous)
    return item


@transaction.atomic
def delete_pending_line(*, item: LineItem, now: datetime) -> None:
    """Remove a line before it is billed."""
    lock_accounts([item.customer_id])
    item = still_there(item)
    record_event(type="line_item.deleted", row=item, now=now)
    item.delete()


@transaction.atomic
def bill_pending_lines(
    *,
    customer: Customer,
    now: datetime,
    values: Mapping[str, Any] | None = None,
    discounts: Sequence[LevyInput] = (),
    taxes: Sequence[LevyInput] = (),
    calculate_taxes: bool = True,
) -> Invoice:
    """Put all pending lines on one invoice, in the order in which they were noted, and remove them.

    The arguments are those of `issue_invoice`. In another currency lines keep their numbers.
    Raises Refused when nothing is pending, and as `issue_invoice` does.
    """
    lock_accounts([customer.pk])
    pending = list(customer.line_items.order_by("pk").prefetch_related("levies__tax_rate"))
    if not pending:
        raise Refused("This customer has no pending line items.")
    wanted = dict(values or {})
    currency = wanted.get("currency") or customer.currency or Company.get().currency
    lines = [_for_document(item, currency) for item in pending]
    invoice = issue_invoice(
        customer=customer,
        lines=lines,
        now=now,
        values={**wanted, "currency": currency},
        discounts=discounts,
        taxes=taxes,
        calculate_taxes=calculate_taxes,
    )
    for item in pending:
        record_event(type="line_item.deleted", row=item, now=now)
    customer.line_items.filter(pk__in=[item.pk for item in pending]).delete()
    return invoice


def currency_of_pending(customer: Customer) -> str:
    return customer.currency or Company.get().currency


def _for_document(item: LineItem, currency: str) -> LineInput:
    levies = sorted(item.levies.all(), key=lambda levy: levy.pk)
    line = stored_line(item, levies, currency=currency, was=item.currency)
    return replace(line, id=None)

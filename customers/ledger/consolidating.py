"""Consolidated invoicing: many open invoices become one.

Nothing that was true before the moment of consolidation changes: until then every as-of figure and
statement still has the sources, from then on it has the new invoice, for the same amount. See
`docs/ledger.md`.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.changes import what_changed
from customers.ledger.events import record_event
from customers.ledger.issuing import issue_consolidated
from customers.ledger.locking import lock_accounts
from customers.models import ChargeClaim, Company, Customer, Invoice, Levy, LineItem, PaymentPlan
from customers.money import LARGEST_MINOR
from customers.wire import describe

NAME = "Consolidated Invoice"


@transaction.atomic
def consolidate_invoices(*, customer: Customer, now: datetime, cutoff: datetime | None = None) -> Invoice:
    """Put the open invoices up to `cutoff` (none: now) on one new invoice and void them with a link to it.

    Taken are invoices of one currency (the customer's, else that of the newest one) on which nothing is
    settled: what is partly paid, has a charge on its way, is on a payment plan, or is a consolidation
    itself stays as it is. The new one is dated now and has the customer's terms; lines, discounts and
    taxes are copied with their amounts, so that the balance is the same to the last minor unit.
    Raises Refused for a customer without consolidated invoicing, and when nothing can be taken.
    Source: Invoiced API, Consolidate invoices.
    """
    lock_accounts([customer.pk])
    customer = Customer.objects.get(pk=customer.pk)
    if not customer.consolidated:
        raise Refused("This customer does not have consolidated invoicing.")
    until = min(cutoff or now, now)
    sources = _one_currency(list(_open_and_untouched(customer, until)), customer)
    if not sources:
        raise Refused("There are no open invoices to consolidate.")
    if sum(source.total for source in sources) >= LARGEST_MINOR:
        raise Refused("The total is too large.")
    invoice = issue_consolidated(
        customer=customer,
        name=NAME,
        currency=sources[0].currency,
        subtotal=sum(source.subtotal for source in sources),
        total=sum(source.total for source in sources),
        now=now,
    )
    _copy_lines(sources, invoice)
    _copy_levies(sources, invoice)
    record_event(type="invoice.created", row=invoice, now=now)
    for source in sources:
        _retire(source, invoice, now)
    return invoice


def _open_and_untouched(customer: Customer, until: datetime) -> QuerySet[Invoice]:
    claims = ChargeClaim.objects.filter(invoice=OuterRef("pk"), released_at=None)
    plans = PaymentPlan.objects.filter(invoice=OuterRef("pk"), canceled_at=None)
    sources = Invoice.objects.filter(consolidated_into=OuterRef("pk"))
    return (
        Invoice.objects.open()
        .filter(~Exists(claims), ~Exists(plans), ~Exists(sources))
        .filter(customer=customer, date__lte=until, balance=F("total"))
        .order_by("date", "pk")
    )


def _one_currency(invoices: list[Invoice], customer: Customer) -> list[Invoice]:
    own = customer.currency or Company.get().currency
    chosen = own if customer.currency and any(row.currency == own for row in invoices) else None
    chosen = chosen or (invoices[-1].currency if invoices else own)
    return [row for row in invoices if row.currency == chosen]


def _copy_lines(sources: Sequence[Invoice], invoice: Invoice) -> None:
    """Line by line, oldest invoice first; what was levied on a line goes with it."""
    position = 0
    for source in sources:
        for item in source.items.order_by("position", "pk"):
            levies = list(item.levies.order_by("pk"))
            item.pk, item._state.adding = None, True
            item.invoice, item.position = invoice, position
            item.save()
            _copies(levies, invoice, item)
            position += 1


def _copy_levies(sources: Sequence[Invoice], invoice: Invoice) -> None:
    """Discounts and taxes of whole invoices. A percentage that several have becomes one tax, so that
    editing the new invoice levies it once."""
    levies = Levy.objects.filter(invoice__in=sources, line_item=None).select_related("tax_rate")
    merged: dict[tuple[int | None, bool], list[Levy]] = defaultdict(list)
    single = []
    for levy in levies.order_by("invoice__date", "invoice", "pk"):
        if levy.tax_rate is not None and levy.tax_rate.is_percent:
            merged[levy.tax_rate_id, levy.calculated].append(levy)
        else:
            single.append(levy)
    for group in merged.values():
        group[0].amount = sum(levy.amount for levy in group)
        single.append(group[0])
    _copies(single, invoice, None)


def _copies(levies: Sequence[Levy], invoice: Invoice, item: LineItem | None) -> None:
    for levy in levies:
        levy.pk, levy._state.adding = None, True
        levy.invoice, levy.line_item = invoice, item
        levy.save()


def _retire(source: Invoice, invoice: Invoice, now: datetime) -> None:
    """Void a source from now on; it keeps its lines for the record."""
    before = describe(source)
    source.consolidated_into = invoice
    source.voided_at, source.balance, source.next_payment_attempt = whole_second(now), 0, None
    source.save()
    previous = what_changed(before, describe(source))
    record_event(type="invoice.updated", row=source, now=now, previous=previous)

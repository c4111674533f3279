"""A row of the ledger → the facts that its paper prints: invoices, credit notes, receipts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from customers.dates import local_day
from customers.ledger.families import billed_account
from customers.models import (
    Company,
    CreditNote,
    Customer,
    Invoice,
    Levy,
    LineItem,
    Payment,
    PaymentApplication,
)
from customers.wire.invoice import is_paid
from statements.document import AutoCharge, BilledDocument, BilledLine, Mark, Part, Settled, Tax
from statements.letterhead import postal_lines

Type = PaymentApplication.Type
_CASH = (Type.INVOICE, Type.CREDIT, Type.CONVENIENCE_FEE)
Row = Invoice | CreditNote | Payment


def document_facts(row: Row, *, company: Company, now: datetime) -> BilledDocument:
    """What the paper of this row says as of now."""
    if isinstance(row, Invoice):
        return _invoice(row, company, now)
    return _credit_note(row) if isinstance(row, CreditNote) else _receipt(row)


def addressed_to(row: Row, *, company: Company) -> Customer:
    """The account that the paper is addressed to. A payment that is nobody's has a nameless one."""
    if row.customer is None:
        return Customer(country=company.country, language=company.language)
    return row.customer if isinstance(row, Payment) else billed_account(row.customer)


def _invoice(row: Invoice, company: Company, now: datetime) -> BilledDocument:
    shared = _document(row)
    applied = row.applications.filter(ended_at=None).order_by("pk")
    paid = sum(part.amount for part in applied if part.type == Type.INVOICE)
    credited = sum(part.amount for part in applied if part.type != Type.INVOICE)
    lost = sum(part.amount for part in row.write_offs.filter(ended_at=None))
    payable = not row.draft and not row.voided and row.closed_at is None
    late = payable and row.balance > 0 and row.due_date is not None
    return BilledDocument(
        **shared,
        kind="invoice",
        parts=_parts(row, {"paid": -paid, "credits_applied": -credited, "written_off": -lost}),
        due=row.balance if payable else 0,
        mark=_mark(row, paid=is_paid(row)),
        due_at=_second(row.due_date),
        late=late and local_day(row.due_date, company.zone) < local_day(now, company.zone),
        terms="" if row.autopay else row.payment_terms,
        autopay=row.autopay,
        charge=_charge(row) if payable and row.balance > 0 else None,
        ship_to=_ship_to(row.ship_to, company),
    )


def _credit_note(row: CreditNote) -> BilledDocument:
    used = sum(part.amount for part in row.applications.filter(ended_at=None))
    return BilledDocument(
        **_document(row),
        kind="credit_note",
        parts=_parts(row, {"used_credit": -used}),
        mark=_mark(row, paid=False),
        invoice_number=row.invoice.number if row.invoice else "",
    )


def _receipt(row: Payment) -> BilledDocument:
    parts = row.applications.filter(ended_at=None).select_related("invoice").order_by("pk")
    settled = tuple(_settled(part) for part in parts if part.type in _CASH)
    steps = [("unapplied_payments", row.balance)] if row.balance and not row.voided else []
    given_back = sum(refund.amount for refund in row.refunds.all())
    reversal = getattr(row, "reversal", None)
    given_back += reversal.amount if reversal else 0
    steps += [("refunded", -given_back)] if given_back else []
    credited = sum(part.amount for part in parts if part.type not in _CASH)
    steps += [("credits_applied", credited)] if credited else []
    return BilledDocument(
        kind="receipt",
        number=row.reference or str(row.pk),
        at=_second(row.date) or 0,
        currency=row.currency,
        total=row.amount,
        balance=row.balance,
        parts=tuple(Part(label, amount) for label, amount in steps),
        mark="void" if row.voided or row.status == Payment.Status.FAILED else "",
        settled=settled,
        method=row.method,
        reference=row.reference,
        notes=row.notes,
    )


def _document(row: Invoice | CreditNote) -> dict[str, Any]:
    """What invoices and credit notes have in common."""
    by_line: dict[int | None, list[Levy]] = defaultdict(list)
    for levy in row.levies.select_related("tax_rate").order_by("pk"):
        by_line[levy.line_item_id].append(levy)
    discounts = tuple(levy.amount for levy in by_line[None] if levy.kind == Levy.Kind.DISCOUNT)
    taxes = _taxes(levy for levies in by_line.values() for levy in levies)
    billed = billed_account(row.customer)
    return {
        "number": row.number,
        "at": _second(row.date),
        "currency": row.currency,
        "name": row.name,
        "lines": tuple(_line(item, by_line[item.pk]) for item in row.items.order_by("position", "pk")),
        "subtotal": row.total + sum(discounts) - sum(tax.amount for tax in taxes),
        "discounts": discounts,
        "taxes": taxes,
        "total": row.total,
        "balance": row.balance,
        "purchase_order": row.purchase_order,
        "notes": row.notes,
        "on_behalf_of": "" if billed.pk == row.customer_id else row.customer.name,
    }


def _line(item: LineItem, levies: list[Levy]) -> BilledLine:
    return BilledLine(
        name=item.name,
        description=item.description,
        quantity=item.quantity,
        unit_cost=item.unit_cost,
        amount=item.amount,
        discounts=tuple(levy.amount for levy in levies if levy.kind == Levy.Kind.DISCOUNT),
        taxes=tuple(levy.tax_rate.name for levy in levies if levy.kind == Levy.Kind.TAX and levy.tax_rate),
    )


def _taxes(levies: Iterable[Levy]) -> tuple[Tax, ...]:
    """One figure for each rate, whether lines or the document carry it; nameless ones one by one."""
    sums: dict[int, int] = defaultdict(int)
    rates: dict[int, Any] = {}
    nameless = []
    for levy in levies:
        if levy.kind != Levy.Kind.TAX:
            continue
        if levy.tax_rate is None:
            nameless.append(Tax(levy.amount))
        else:
            rates[levy.tax_rate.pk] = levy.tax_rate
            sums[levy.tax_rate.pk] += levy.amount
    named = [
        Tax(amount, rates[pk].name, rates[pk].value if rates[pk].is_percent else None, rates[pk].inclusive)
        for pk, amount in sums.items()
    ]
    return (*named, *nameless)


def _parts(row: Invoice | CreditNote, steps: Mapping[str, int]) -> tuple[Part, ...]:
    """From total to balance. A voided document owes nothing whatever was applied to it."""
    if row.voided:
        return (Part("adjustments", -row.total),) if row.total else ()
    rest = row.balance - row.total - sum(steps.values())
    named = {**steps, "adjustments": rest}
    return tuple(Part(label, amount) for label, amount in named.items() if amount)


def _mark(row: Invoice | CreditNote, *, paid: bool) -> Mark:
    if row.voided:
        return "void"
    if row.draft:
        return "draft"
    return "paid" if paid else ""


def _charge(row: Invoice) -> AutoCharge | None:
    """AutoPay collects by itself only from a source that can be charged, and while a try is planned."""
    source = row.customer.payment_source
    if not row.autopay or source is None or not source.chargeable or row.next_payment_attempt is None:
        return None
    return AutoCharge(str(source), _second(row.next_payment_attempt))


def _settled(part: PaymentApplication) -> Settled:
    if part.type == Type.INVOICE and part.invoice is not None:
        invoice = part.invoice
        return Settled("invoice", part.amount, invoice.number, _second(invoice.date), invoice.total)
    return Settled("credit" if part.type == Type.CREDIT else "convenience_fee", part.amount)


def _ship_to(address: Mapping[str, Any] | None, company: Company) -> tuple[str, ...]:
    given = {name: str(text or "") for name, text in (address or {}).items()}
    fields = ("address1", "address2", "city", "state", "postal_code", "country")
    street = postal_lines(**{name: given.get(name, "") for name in fields})
    country = given.get("country", "").upper()
    whose = (given.get("name", ""), given.get("attention_to", ""))
    return tuple(filter(None, (*whose, *street, "" if country == company.country.upper() else country)))


def _second(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())

"""Credit notes and the credit balance."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.applying import Application, apply, redate
from customers.ledger.changes import change_row, what_changed
from customers.ledger.claims import open_and_claimed
from customers.ledger.drafting import LevyInput, LineInput
from customers.ledger.events import record_event
from customers.ledger.lines import compute_document, is_rewritten, store_lines, stored_levies, stored_lines
from customers.ledger.locking import lock_accounts
from customers.ledger.numbering import claim_number, claimed
from customers.ledger.rewording import reword_lines
from customers.ledger.settling import settle_credit, settle_documents
from customers.models import Company, CreditAdjustment, CreditNote, Customer, Invoice, PaymentApplication
from customers.wire import describe

Type = PaymentApplication.Type


@transaction.atomic
def issue_credit_note(
    *,
    customer: Customer,
    lines: Sequence[LineInput],
    now: datetime,
    invoice: Invoice | None = None,
    values: Mapping[str, Any] | None = None,
    discounts: Sequence[LevyInput] = (),
    taxes: Sequence[LevyInput] = (),
    calculate_taxes: bool = True,
) -> CreditNote:
    """Write a credit note; with `invoice` it is applied to that at once, up to what is open.

    Raises Refused for a negative total, a number in use, an invoice of another customer or
    currency (`invoice`). Source: Invoiced API, Credit Notes.
    """
    lock_accounts([customer.pk])
    wanted = {"date": now, **(values or {})}
    currency = wanted.get("currency") or (invoice.currency if invoice else customer.currency)
    wanted["currency"] = currency or Company.get().currency
    wanted["number"] = claim_number(CreditNote, wanted.pop("number", None))
    if invoice is not None and (invoice.customer_id, invoice.currency) != (customer.pk, wanted["currency"]):
        raise Refused("The invoice is of another customer or currency.", param="invoice")
    note = CreditNote(
        customer=customer, invoice=invoice, calculate_taxes=calculate_taxes, created_at=now, **wanted
    )
    note.date = whole_second(note.date)
    totals = compute_document(
        customer=customer, lines=lines, discounts=discounts, taxes=taxes,
        currency=note.currency, calculate_taxes=calculate_taxes,
    )  # fmt: skip
    _set_totals(note, totals.subtotal, totals.total)
    with claimed(CreditNote, note.number):
        note.save()
    store_lines(document=note, totals=totals)
    record_event(type="credit_note.created", row=note, now=now)
    if invoice is not None and not note.draft:
        _apply_to(note, invoice, param="invoice")
    return note


@transaction.atomic
def update_credit_note(
    *,
    credit_note: CreditNote,
    changes: Mapping[str, Any],
    now: datetime,
    lines: Sequence[LineInput] | None = None,
    discounts: Sequence[LevyInput] | None = None,
    taxes: Sequence[LevyInput] | None = None,
    calculate_taxes: bool = False,
) -> CreditNote:
    """Change a credit note; turning `draft` off issues it.

    Raises Refused for a voided one, an issued one going back to draft, a currency change after
    issue, a total below what is already applied.
    """
    note = _locked(credit_note)
    if note.voided:
        raise Refused("This credit note is voided and cannot be changed.")
    if changes.get("draft") and not note.draft:
        raise Refused("An issued credit note cannot become a draft again.", param="draft")
    if "currency" in changes and changes["currency"] != note.currency and not note.draft:
        raise Refused("The currency of an issued credit note cannot be changed.", param="currency")
    before, was_draft, was, dated = describe(note), note.draft, note.currency, note.date
    applied = note.total - note.balance
    wanted = dict(changes)
    if "number" in wanted:
        wanted["number"] = claim_number(CreditNote, wanted["number"] or note.number, but=note.pk)
    for name, value in wanted.items():
        setattr(note, name, value)
    note.date = whole_second(note.date)
    if calculate_taxes or (
        is_rewritten(note, was, lines, discounts, taxes)
        and not reword_lines(document=note, was=was, lines=lines, discounts=discounts, taxes=taxes)
    ):
        totals = compute_document(
            customer=note.customer,
            lines=stored_lines(note, was=was) if lines is None else lines,
            discounts=stored_levies(note, "discount", was=was) if discounts is None else discounts,
            taxes=stored_levies(note, "tax", was=was) if taxes is None else taxes,
            currency=note.currency,
            calculate_taxes=calculate_taxes,
        )
        _set_totals(note, totals.subtotal, totals.total, applied)
        store_lines(document=note, totals=totals)
    previous = what_changed(before, describe(note))
    if not previous:
        return note
    with claimed(CreditNote, note.number):
        note.save()
    if "date" in previous:
        rows = note.applications.select_related("payment", "credit_note", "invoice")
        redate(rows, source=note, was=dated)
    settle_documents(credit_notes=[note.pk])
    record_event(type="credit_note.updated", row=note, now=now, previous=previous)
    if was_draft and not note.draft and note.invoice is not None:
        _apply_to(note, note.invoice, param="draft")
    return note


@transaction.atomic
def apply_credit_note(*, credit_note: CreditNote, invoice: Invoice, amount: int, now: datetime) -> CreditNote:
    """Settle an invoice with an open credit note of the same customer, dated now."""
    note = _locked(credit_note)
    if invoice.customer_id != note.customer_id:
        raise Refused("The invoice is of another customer.", param="invoice")
    wanted = Application(type=Type.CREDIT_NOTE, amount=amount, invoice=invoice, credit_note=note)
    apply(applications=[wanted], payer=note.customer, currency=note.currency, applied_at=now)
    note.refresh_from_db()
    return note


@transaction.atomic
def credit_note_to_balance(*, credit_note: CreditNote, amount: int, now: datetime) -> CreditNote:
    """Move what is open on a credit note to the customer's credit balance."""
    note = _locked(credit_note)
    wanted = Application(type=Type.CREDIT, amount=amount, credit_note=note)
    apply(applications=[wanted], payer=note.customer, currency=note.currency, applied_at=now)
    note.refresh_from_db()
    return note


@transaction.atomic
def close_credit_note(*, credit_note: CreditNote, now: datetime) -> CreditNote:
    """Keep a credit note from further use. What is open on it stays in the books: we owe it all the same.

    Raises Refused (`closed`) for a draft, voided or closed one.
    """
    note = _locked(credit_note)
    if note.draft or note.voided:
        raise Refused("Only an issued credit note can be closed.", param="closed")
    if note.closed_at is not None:
        raise Refused("This credit note is already closed.", param="closed")
    change_row(row=note, type="credit_note.updated", changes={"closed_at": whole_second(now)}, now=now)
    return note


@transaction.atomic
def reopen_credit_note(*, credit_note: CreditNote, now: datetime) -> CreditNote:
    """Let a closed credit note be used again. Raises Refused (`closed`) when it is not closed."""
    note = _locked(credit_note)
    if note.voided or note.closed_at is None:
        raise Refused("This credit note is not closed.", param="closed")
    change_row(row=note, type="credit_note.updated", changes={"closed_at": None}, now=now)
    return note


@transaction.atomic
def void_credit_note(*, credit_note: CreditNote, now: datetime) -> CreditNote:
    """Take a credit note out of every period; refused while it is applied."""
    note = _locked(credit_note)
    _check_unused(note, "voided")
    before = describe(note)
    note.voided_at, note.balance = whole_second(now), 0
    note.save()
    previous = what_changed(before, describe(note))
    record_event(type="credit_note.updated", row=note, now=now, previous=previous)
    return note


@transaction.atomic
def delete_credit_note(*, credit_note: CreditNote, now: datetime) -> None:
    note = _locked(credit_note)
    _check_unused(note, "deleted")
    if note.applications.exists():
        raise Refused("This credit note has a history and cannot be deleted; void it instead.")
    record_event(type="credit_note.deleted", row=note, now=now)
    note.delete()


@transaction.atomic
def adjust_credit(
    *,
    customer: Customer,
    amount: int,
    currency: str,
    now: datetime,
    date: datetime | None = None,
    notes: str = "",
) -> CreditAdjustment:
    """Grant (positive) or take (negative) credit, in minor units.

    Raises Refused (`amount`) for zero and for anything that would have the credit balance below
    zero on any day of its history. Source: Invoiced API, Credit Balance Adjustments.
    """
    lock_accounts([customer.pk])
    if not amount:
        raise Refused("The amount must not be zero.", param="amount")
    row = CreditAdjustment.objects.create(
        customer=customer, currency=currency, amount=amount, date=whole_second(date or now),
        notes=notes, created_at=now,
    )  # fmt: skip
    settle_credit(customer_id=customer.pk, currency=currency)
    record_event(type="credit_balance_adjustment.created", row=row, now=now)
    return row


@transaction.atomic
def update_credit_adjustment(
    *, adjustment: CreditAdjustment, changes: Mapping[str, Any], now: datetime
) -> CreditAdjustment:
    """Change `amount`, `date` or `notes` of an adjustment, under the same rules as granting."""
    lock_accounts([adjustment.customer_id])
    row = CreditAdjustment.objects.get(pk=adjustment.pk)
    before = describe(row)
    for name, value in changes.items():
        setattr(row, name, value)
    if not row.amount:
        raise Refused("The amount must not be zero.", param="amount")
    previous = what_changed(before, describe(row))
    if not previous:
        return row
    row.save()
    settle_credit(customer_id=row.customer_id, currency=row.currency)
    record_event(type="credit_balance_adjustment.updated", row=row, now=now, previous=previous)
    return row


@transaction.atomic
def delete_credit_adjustment(*, adjustment: CreditAdjustment, now: datetime) -> None:
    lock_accounts([adjustment.customer_id])
    record_event(type="credit_balance_adjustment.deleted", row=adjustment, now=now)
    customer_id, currency = adjustment.customer_id, adjustment.currency
    adjustment.delete()
    settle_credit(customer_id=customer_id, currency=currency)


@transaction.atomic
def apply_credit(*, customer: Customer, invoice: Invoice, amount: int, now: datetime) -> None:
    """Spend credit of `customer` on an invoice of the account or of one below it, dated now."""
    lock_accounts([customer.pk, invoice.customer_id])
    wanted = Application(type=Type.APPLIED_CREDIT, amount=amount, invoice=invoice)
    apply(applications=[wanted], payer=customer, currency=invoice.currency, applied_at=now)
    invoice.refresh_from_db(fields=["balance"])


def _set_totals(note: CreditNote, subtotal: int, total: int, applied: int = 0) -> None:
    if note.closed_at is not None and total != note.total:
        raise Refused("A closed credit note cannot change its total; reopen it first.", param="items")
    if total < 0:
        raise Refused("The total of a credit note cannot be negative.", param="items")
    if total < applied:
        raise Refused("The total cannot be lower than what is already applied.", param="items")
    note.subtotal, note.total, note.balance = subtotal, total, total - applied


def _apply_to(note: CreditNote, invoice: Invoice, *, param: str) -> None:
    """Settle its invoice up to what is open and in no charge's hands. Refuses (`param`) a draft."""
    open_now, claimed_now = open_and_claimed(invoice)
    amount = min(note.total, open_now - claimed_now)
    if amount <= 0:
        return
    wanted = Application(type=Type.CREDIT_NOTE, amount=amount, invoice=invoice, credit_note=note)
    try:
        apply(applications=[wanted], payer=note.customer, currency=note.currency, applied_at=note.date)
    except Refused as refused:
        raise Refused(refused.message, param=param) from refused
    note.refresh_from_db(fields=["balance", "updated_at"])


def _locked(note: CreditNote) -> CreditNote:
    lock_accounts([note.customer_id])
    return CreditNote.objects.select_related("customer", "invoice").get(pk=note.pk)


def _check_unused(note: CreditNote, verb: str) -> None:
    if note.voided:
        raise Refused("This credit note is already voided.")
    if note.applications.filter(ended_at=None).exists():
        raise Refused(f"This credit note is applied and cannot be {verb}.")

"""Invoices: draft, issue, change, void, delete."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.applying import apply_available_credit, redate, release
from customers.ledger.changes import what_changed
from customers.ledger.claims import check_total_may_change, check_unclaimed
from customers.ledger.drafting import LevyInput, LineInput
from customers.ledger.enrolment import leave_to_customer
from customers.ledger.events import record_event
from customers.ledger.instalments import plan_of
from customers.ledger.limits import check_credit
from customers.ledger.lines import compute_document, is_rewritten, store_lines, stored_levies, stored_lines
from customers.ledger.locking import lock_accounts, lock_settlements
from customers.ledger.numbering import claim_number, claimed
from customers.ledger.plans import drop_plan
from customers.ledger.rewording import reword_lines
from customers.ledger.scheduling import ask_for_charge, schedule, soonest_charge
from customers.ledger.settling import settle_documents, settling_as_one
from customers.ledger.terms import change_terms, set_terms, usual_terms
from customers.models import Company, Customer, Invoice
from customers.wire import describe


@transaction.atomic
def issue_invoice(
    *,
    customer: Customer,
    lines: Sequence[LineInput],
    now: datetime,
    values: Mapping[str, Any] | None = None,
    discounts: Sequence[LevyInput] = (),
    taxes: Sequence[LevyInput] = (),
    calculate_taxes: bool = True,
) -> Invoice:
    """Write an invoice, issued unless `values["draft"]`.

    `values` are attributes by column name (`number`, `currency`, `date`, `due_date`,
    `payment_terms`, `autopay`, `notes`, ...). Raises Refused for a hold or limit (`total`), a
    negative total, a number in use, a due date before the date. Source: Invoiced API, Invoices.
    """
    lock_accounts([customer.pk])
    customer = Customer.objects.get(pk=customer.pk)
    company = Company.get()
    wanted = {"date": now, "autopay": customer.autopay, **(values or {})}
    wanted["currency"] = wanted.get("currency") or customer.currency or company.currency
    wanted["number"] = claim_number(Invoice, wanted.pop("number", None))
    charge_at = wanted.pop("next_payment_attempt", None)
    invoice = Invoice(customer=customer, calculate_taxes=calculate_taxes, created_at=now, **wanted)
    invoice.date = whole_second(invoice.date)
    if not invoice.payment_terms:
        invoice.payment_terms = usual_terms(customer, company)
    set_terms(invoice, company, given={"payment_terms", *wanted})
    totals = compute_document(
        customer=customer, lines=lines, discounts=discounts, taxes=taxes,
        currency=invoice.currency, calculate_taxes=calculate_taxes,
    )  # fmt: skip
    _set_totals(invoice, totals.subtotal, totals.total)
    if not invoice.draft:
        check_credit(customer=customer, currency=invoice.currency, total=invoice.total)
    schedule(invoice, now=now, anew=True)
    if charge_at:
        ask_for_charge(invoice, charge_at)
    with claimed(Invoice, invoice.number):
        invoice.save()
    store_lines(document=invoice, totals=totals)
    record_event(type="invoice.created", row=invoice, now=now)
    if not invoice.draft and company.apply_credits:
        apply_available_credit(invoice=invoice, now=now)
    return invoice


@transaction.atomic
def issue_consolidated(
    *, customer: Customer, name: str, currency: str, subtotal: int, total: int, now: datetime
) -> Invoice:
    """The invoice that takes the place of others with the same sum (see `consolidating`), without lines.

    Nothing new is owed, so neither hold nor limit stand in its way and no credit is spent on it.
    """
    company = Company.get()
    invoice = Invoice(
        customer=customer, name=name, number=claim_number(Invoice, None), currency=currency,
        date=whole_second(now), autopay=customer.autopay, created_at=now,
        payment_terms=usual_terms(customer, company),
    )  # fmt: skip
    set_terms(invoice, company, given={"payment_terms"})
    _set_totals(invoice, subtotal, total)
    schedule(invoice, now=now, anew=True)
    with claimed(Invoice, invoice.number):
        invoice.save()
    return invoice


@transaction.atomic
def update_invoice(
    *,
    invoice: Invoice,
    changes: Mapping[str, Any],
    now: datetime,
    lines: Sequence[LineInput] | None = None,
    discounts: Sequence[LevyInput] | None = None,
    taxes: Sequence[LevyInput] | None = None,
    calculate_taxes: bool = False,
) -> Invoice:
    """Change an invoice; turning `draft` off issues it, `closed` is done by writing it off.

    Raises Refused for a voided invoice, an issued one going back to draft, a currency change after
    issue, a total below what is already settled, and as `issue_invoice` does when more is asked for than
    before.
    """
    lock_settlements(invoice)
    invoice = Invoice.objects.select_related("customer").get(pk=invoice.pk)
    old, before = copy(invoice), describe(invoice) | _unseen(invoice)
    _check_changeable(invoice, changes)
    wanted = dict(changes)
    charge_at = wanted.pop("next_payment_attempt", old.next_payment_attempt)
    if "number" in wanted:
        wanted["number"] = claim_number(Invoice, wanted["number"] or invoice.number, but=invoice.pk)
    for name, value in wanted.items():
        setattr(invoice, name, value)
    company = Company.get()
    invoice.date = whole_second(invoice.date)
    if wanted.keys() & {"payment_terms", "date", "autopay", "due_date"}:
        change_terms(invoice, company, given=set(wanted), was_autopay=old.autopay, now=now)
    if calculate_taxes or (
        is_rewritten(invoice, old.currency, lines, discounts, taxes)
        and not reword_lines(
            document=invoice, was=old.currency, lines=lines, discounts=discounts, taxes=taxes
        )
    ):
        _recompute(invoice, old, lines, discounts, taxes, calculate_taxes)
    if not invoice.draft and (old.draft or invoice.total > old.total):
        check_credit(
            customer=invoice.customer, currency=invoice.currency, total=invoice.balance, but=invoice.pk
        )
    _reschedule(invoice, old, charge_at=charge_at, now=now)
    previous = what_changed(before, describe(invoice) | _unseen(invoice))
    if not previous:
        return invoice
    with claimed(Invoice, invoice.number):
        invoice.save()
    if "date" in previous:
        redate(invoice.applications.select_related("payment", "credit_note", "invoice"))
    settle_documents(invoices=[invoice.pk])
    shape = describe(invoice) | {name: new for name, new in _unseen(invoice).items() if name in previous}
    record_event(type="invoice.updated", row=invoice, shape=shape, previous=previous, now=now)
    if old.draft and not invoice.draft and company.apply_credits:
        apply_available_credit(invoice=invoice, now=now)
    return invoice


@transaction.atomic
def void_invoice(*, invoice: Invoice, now: datetime) -> Invoice:
    """Take an invoice out of every period. Refused while payments or credit notes are applied to it.

    Credit that had been spent on it goes back to the credit balance.
    """
    invoice = _locked(invoice)
    _check_removable(invoice, "voided")
    before = describe(invoice)
    drop_plan(invoice, now)
    invoice.voided_at, invoice.balance, invoice.next_payment_attempt = whole_second(now), 0, None
    invoice.save()
    # From here on nothing is open on it, also while credit is taken off: that is no change of its own.
    release(invoice.applications.all(), now=now, never_counted=True)
    invoice.write_offs.update(ended_at=F("date"))
    previous = what_changed(before, describe(invoice))
    record_event(type="invoice.updated", row=invoice, now=now, previous=previous)
    return invoice


@transaction.atomic
def delete_invoice(*, invoice: Invoice, now: datetime) -> None:
    """Remove an invoice without a history, with its notes and its plan; else it can only be voided.

    Credit that had been spent on it goes back to the credit balance, as if it had never been spent.
    """
    invoice = _locked(invoice)
    _check_removable(invoice, "deleted")
    credit = invoice.applications.filter(type="applied_credit", payment=None)
    histories = (
        invoice.applications.exclude(pk__in=credit.filter(ended_at=None)), invoice.write_offs,
        invoice.refunds, invoice.consolidated_from, invoice.charge_claims, invoice.credit_notes,
    )  # fmt: skip
    if any(rows.exists() for rows in histories):
        raise Refused("This invoice has a history and cannot be deleted; void it instead.")
    drop_plan(invoice, now)
    for note in invoice.invoice_notes.order_by("pk"):
        record_event(type="note.deleted", row=note, now=now)
    record_event(type="invoice.deleted", row=invoice, now=now)
    with settling_as_one():  # of one that is gone when it ends, there is nothing more to tell
        release(credit, now=now, never_counted=True)
        credit.delete()
        invoice.delete()


def _reschedule(invoice: Invoice, old: Invoice, *, charge_at: datetime | None, now: datetime) -> None:
    """When AutoPay charges it after a change; `charge_at` is the date that was asked for, or the old one."""
    stored, issued = old.next_payment_attempt, old.draft and not invoice.draft
    moved = invoice.date != old.date and stored is not None
    anew = invoice.autopay != old.autopay or issued
    anew = anew or (moved and not (plan_of(invoice) or invoice.attempt_count))
    schedule(invoice, now=now, anew=anew, balance_before=old.balance)
    if not anew:
        leave_to_customer(invoice, balance_before=old.balance, now=now)
    if charge_at != stored or (issued and stored and stored > soonest_charge(now)):
        ask_for_charge(invoice, charge_at)


def _unseen(invoice: Invoice) -> dict[str, Any]:
    """What the wire form does not show; events name it all the same, when it changes."""
    return {"disabled_payment_methods": invoice.disabled_payment_methods}


def _locked(invoice: Invoice) -> Invoice:
    lock_settlements(invoice)
    return Invoice.objects.get(pk=invoice.pk)


def _check_removable(invoice: Invoice, verb: str) -> None:
    if invoice.voided:
        raise Refused("This invoice is already voided.")
    if invoice.applications.filter(ended_at=None, type__in=["invoice", "credit_note"]).exists():
        raise Refused(f"This invoice has payments or credit notes applied and cannot be {verb}.")
    check_unclaimed(invoice, verb)


def _check_changeable(invoice: Invoice, changes: Mapping[str, Any]) -> None:
    if invoice.voided:
        raise Refused("This invoice is voided and cannot be changed.")
    if changes.get("draft") and not invoice.draft:
        raise Refused("An issued invoice cannot become a draft again.", param="draft")
    if "currency" in changes and changes["currency"] != invoice.currency and not invoice.draft:
        raise Refused("The currency of an issued invoice cannot be changed.", param="currency")
    if "date" in changes and invoice.write_offs.filter(date__lt=changes["date"]).exists():
        raise Refused("The date lies after a write-off of this invoice.", param="date")


def _set_totals(invoice: Invoice, subtotal: int, total: int, settled: int = 0) -> None:
    if total < 0:
        raise Refused("The total of an invoice cannot be negative.", param="items")
    if total < settled:
        raise Refused("The total cannot be lower than what is already settled.", param="items")
    invoice.subtotal, invoice.total, invoice.balance = subtotal, total, total - settled


def _recompute(
    invoice: Invoice,
    old: Invoice,
    lines: Sequence[LineInput] | None,
    discounts: Sequence[LevyInput] | None,
    taxes: Sequence[LevyInput] | None,
    calculate_taxes: bool,
) -> None:
    was = old.currency
    totals = compute_document(
        customer=invoice.customer,
        lines=stored_lines(invoice, was=was) if lines is None else lines,
        discounts=stored_levies(invoice, "discount", was=was) if discounts is None else discounts,
        taxes=stored_levies(invoice, "tax", was=was) if taxes is None else taxes,
        currency=invoice.currency,
        calculate_taxes=calculate_taxes,
    )
    if totals.total != invoice.total:
        if invoice.closed_at is not None:
            raise Refused("A closed invoice cannot change its total; reopen it first.", param="items")
        check_total_may_change(invoice)
    _set_totals(invoice, totals.subtotal, totals.total, old.total - old.balance)
    store_lines(document=invoice, totals=totals)

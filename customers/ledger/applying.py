"""Dated applications: what settles what, from when until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.claims import open_and_claimed
from customers.ledger.settling import credit_history, settle_credit, settle_documents
from customers.models import CreditNote, Customer, Invoice, Payment, PaymentApplication
from customers.money import to_amount

Type = PaymentApplication.Type


@dataclass(frozen=True, slots=True)
class Application:
    """A use of money as asked for; `amount` in minor units. Source: Invoiced API, Payments."""

    type: str
    amount: int
    invoice: Invoice | None = None
    credit_note: CreditNote | None = None


def apply(
    *,
    applications: Sequence[Application],
    payer: Customer,
    currency: str,
    applied_at: datetime,
    payment: Payment | None = None,
) -> list[PaymentApplication]:
    """Write applications under the accounts' lock, after checking each against what is open.

    Raises Refused (`applied_to`) for an unknown combination, another currency or account, an
    amount over what is open, the same document twice, credit that is not there.
    """
    check_applications(applications=applications, payer=payer, currency=currency)
    rows = [_row(wanted, payer, currency, whole_second(applied_at), payment) for wanted in applications]
    PaymentApplication.objects.bulk_create(rows)
    _settle(rows)
    return rows


def check_applications(*, applications: Sequence[Application], payer: Customer, currency: str) -> None:
    """The checks of `apply` without its writing, for money that is asked for before it moves."""
    seen: set[tuple[str, int | None, int | None]] = set()
    for position, wanted in enumerate(applications):
        key = (
            wanted.type,
            wanted.invoice.pk if wanted.invoice else None,
            wanted.credit_note.pk if wanted.credit_note else None,
        )
        if key in seen and key[1:] != (None, None):
            raise Refused("The same document is named twice.", param="applied_to")
        seen.add(key)
        _check(wanted, payer, currency, position)


def release(
    rows: Iterable[PaymentApplication], *, now: datetime, never_counted: bool = False, replaced: bool = False
) -> list[PaymentApplication]:
    """End applications, as of now or (a void) as if they had never counted. Rows stay.

    `replaced`: others take their place at once, so credit may be missing until these are written; the
    caller ends with `settle_credit_of`.
    """
    ended = list(rows)
    for row in ended:
        # A fee is part of what the payment is, not something that happened to it.
        gone = never_counted or row.type == Type.CONVENIENCE_FEE
        row.ended_at = row.effective_at if gone else max(row.effective_at, whole_second(now))
        row.save(update_fields=["ended_at"])
    _settle(ended, credit=not replaced)
    return ended


def redate(
    rows: Iterable[PaymentApplication],
    *,
    source: Payment | CreditNote | None = None,
    was: datetime | None = None,
) -> None:
    """Recompute when applications take effect, after the date of something they join was changed.

    What was made with `source`, on the date `was` that it had, carries its new date. Raises Refused
    when credit would then have been spent before it was there.
    """
    moved = []
    for row in rows:
        before = (row.applied_at, row.effective_at)
        brought_by = row.payment or row.credit_note
        made_with = source is not None and brought_by == source and row.applied_at == was
        if brought_by is not None and (made_with or row.type == Type.CONVENIENCE_FEE):
            row.applied_at = brought_by.date
        dates = [row.applied_at]
        dates += [part.date for part in (row.payment, row.credit_note, row.invoice) if part is not None]
        effective_at = max(dates)
        if row.ended_at == row.effective_at:  # it never counted and never will
            row.ended_at = effective_at
        elif row.ended_at is not None:
            effective_at = min(effective_at, row.ended_at)
            row.applied_at = min(row.applied_at, effective_at)
        row.effective_at = effective_at
        if (row.applied_at, row.effective_at) != before:
            row.save(update_fields=["applied_at", "effective_at", "ended_at"])
            moved.append(row)
    settle_credit_of(moved)


def apply_available_credit(*, invoice: Invoice, now: datetime) -> None:
    """Spend the customer's credit on a newly issued invoice (Invoiced guide, Credits).

    No more than what is there at that moment and stays there: credit dated later is not spent yet.
    """
    history = credit_history(customer_id=invoice.customer_id, currency=invoice.currency)
    moment = max(whole_second(now), invoice.date)
    there = [balance for when, balance in history if when <= moment][-1:] or [0]
    amount = min(invoice.balance, *there, *(balance for when, balance in history if when > moment))
    if amount <= 0:
        return
    apply(
        applications=[Application(type=Type.APPLIED_CREDIT, amount=amount, invoice=invoice)],
        payer=invoice.customer,
        currency=invoice.currency,
        applied_at=now,
    )
    invoice.refresh_from_db(fields=["balance"])


def is_self_or_ancestor(candidate: Customer, customer: Customer) -> bool:
    """Whether `candidate` may pay for `customer`: the account itself or one above it."""
    node: Customer | None = customer
    for _ in range(8):
        if node is None:
            return False
        if node.pk == candidate.pk:
            return True
        node = node.parent_customer
    return False


def _check(wanted: Application, payer: Customer, currency: str, position: int) -> None:
    param = f"applied_to.{position}"
    if wanted.amount <= 0:
        raise Refused("An applied amount must be more than zero.", param=f"{param}.amount")
    if wanted.type in (Type.INVOICE, Type.CREDIT_NOTE, Type.APPLIED_CREDIT) and wanted.invoice is None:
        raise Refused("This application needs an invoice.", param=f"{param}.invoice")
    if wanted.type == Type.CREDIT_NOTE and wanted.credit_note is None:
        raise Refused("This application needs a credit note.", param=f"{param}.credit_note")
    for document, field in ((wanted.invoice, "invoice"), (wanted.credit_note, "credit_note")):
        if document is not None:
            _check_document(document, wanted.amount, payer, currency, f"{param}.{field}")
    _check_same_account(wanted, f"{param}.credit_note")


def _check_same_account(wanted: Application, param: str) -> None:
    """Money of a parent is carried to its child by a transfer; no movement carries a credit note."""
    note, invoice = wanted.credit_note, wanted.invoice
    if note is not None and invoice is not None and note.customer_id != invoice.customer_id:
        raise Refused(
            f"The credit note {note.number} belongs to another customer than the invoice {invoice.number}.",
            param=param,
        )


def _check_document(
    document: Invoice | CreditNote, amount: int, payer: Customer, currency: str, param: str
) -> None:
    label = f"{document._meta.verbose_name} {document.number}"
    if document.draft or document.voided:
        raise Refused(f"The {label} is {'voided' if document.voided else 'a draft'}.", param=param)
    if document.closed_at is not None:
        raise Refused(f"The {label} is closed; reopen it first.", param=param)
    if document.currency != currency:
        raise Refused(f"The {label} is in {document.currency.upper()}.", param=param)
    if not is_self_or_ancestor(payer, document.customer):
        raise Refused(f"The {label} belongs to another customer.", param=param)
    open_now, claimed = _open_now(document)
    if claimed and amount > open_now - claimed:
        raise Refused(f"A charge of {label} is pending: it cannot be settled otherwise now.", param=param)
    if amount > open_now:
        raise Refused(
            f"{to_amount(amount, currency):,} is more than the {to_amount(open_now, currency):,} "
            f"{currency.upper()} open on {label}.",
            param=param.rsplit(".", 1)[0] + ".amount",
        )


def _open_now(document: Invoice | CreditNote) -> tuple[int, int]:
    """What is open, and what of it a charge has in hand."""
    if isinstance(document, Invoice):
        return open_and_claimed(document)
    return CreditNote.objects.values_list("balance", flat=True).get(pk=document.pk), 0


def _row(
    wanted: Application, payer: Customer, currency: str, applied_at: datetime, payment: Payment | None
) -> PaymentApplication:
    if wanted.type == Type.CONVENIENCE_FEE and payment is not None:
        applied_at = payment.date  # part of what the payment is, whenever it was noticed
    dates = [applied_at]
    dates += [part.date for part in (payment, wanted.credit_note, wanted.invoice) if part is not None]
    from_note = wanted.type == Type.CREDIT and wanted.credit_note is not None
    return PaymentApplication(
        type=wanted.type,
        customer=wanted.invoice.customer if wanted.invoice else payer,
        payer=payer,
        currency=currency,
        amount=wanted.amount,
        payment=None if from_note else payment,
        credit_note=wanted.credit_note,
        invoice=wanted.invoice,
        applied_at=applied_at,
        effective_at=max(dates),
    )


def _settle(rows: Sequence[PaymentApplication], *, credit: bool = True) -> None:
    settle_documents(
        invoices=[row.invoice_id for row in rows if row.invoice_id],
        credit_notes=[row.credit_note_id for row in rows if row.credit_note_id],
        payments=[row.payment_id for row in rows if row.payment_id],
    )
    if credit:
        settle_credit_of(rows)


def settle_credit_of(rows: Iterable[PaymentApplication]) -> None:
    """Recompute the credit balances that these applications move; refuse (`applied_to`) a negative one."""
    credit = {(row.payer_id, row.currency) for row in rows if row.type in (Type.CREDIT, Type.APPLIED_CREDIT)}
    for customer_id, currency in sorted(credit):
        settle_credit(customer_id=customer_id, currency=currency, param="applied_to")

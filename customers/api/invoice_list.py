"""What the list of invoices can be narrowed and sorted by (Invoiced API, List invoices)."""

from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from customers.api.codes import Currency
from customers.api.columns import Column, always_unset, derived, first_of
from customers.api.fields import LARGEST_INTEGER, Amount, Choice, Flag, Integer, Text, Timestamp
from customers.dates import local_day, start_of_day
from customers.ledger.claims import CLAIMED
from customers.models import Company, Instalment, Invoice, PaymentPlan, WriteOff
from customers.models.payment_plan import LIVE

Rows = QuerySet[Invoice]

STATUSES = ("voided", "draft", "paid", "bad_debt", "pending", "past_due", "viewed", "sent", "not_sent")

_GIVEN_UP = Exists(WriteOff.objects.filter(invoice=OuterRef("pk"), ended_at=None))
_BAD_DEBT = Q(closed_at__isnull=False) & Q(
    Exists(WriteOff.objects.filter(invoice=OuterRef("pk"), ended_at=None, reason=WriteOff.Reason.BAD_DEBT))
)
_PAID = Q(draft=False, voided_at=None, balance__lte=0) & (Q(closed_at=None) | ~Q(_GIVEN_UP))


_PLANNED = Exists(PaymentPlan.objects.filter(invoice=OuterRef("pk"), status__in=LIVE))


def _to_come(today: datetime) -> Coalesce:
    """What the instalments that are not past due add up to."""
    parts = Instalment.objects.filter(
        plan__invoice=OuterRef("pk"), plan__status__in=LIVE, date__gte=today
    ).order_by()
    sums = parts.values("plan__invoice").annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(sums), 0)


def with_status(rows: Rows, status: str | None) -> Rows:
    """Invoices that show this status now: its own condition, and none of those before it."""
    if status is None:
        return rows.none()
    conditions = dict(zip(STATUSES, _conditions(timezone.now()), strict=True))
    wanted = conditions[status]
    for earlier in STATUSES[: STATUSES.index(status)]:
        wanted &= ~conditions[earlier]
    return rows.filter(wanted)


def status_words() -> Case:
    """The status of every invoice, to be sorted by: the first condition that holds."""
    conditions = zip(STATUSES, _conditions(timezone.now()), strict=True)
    return first_of(dict(conditions))


def _conditions(now: datetime) -> list[Q]:
    zone = Company.get().zone
    today = start_of_day(local_day(now, zone), zone)
    # A payment plan stands in for the due date; what is paid fills its oldest instalment first.
    late = Q(due_date__isnull=False, due_date__lt=today) & ~Q(_PLANNED)
    behind = Q(_PLANNED) & Q(balance__gt=_to_come(today))
    failed = Q(due_date=None, autopay=True, first_failed_at__isnull=False, first_failed_at__lte=now)
    failed &= ~Q(_PLANNED)
    return [
        Q(voided_at__isnull=False), Q(draft=True), _PAID, _BAD_DEBT, Q(CLAIMED), late | behind | failed,
        Q(viewed_at__isnull=False), Q(sent_at__isnull=False), Q(sent_at=None),
    ]  # fmt: skip


def flagged(**conditions: Any) -> Column:
    """A yes-or-no attribute that is derived from other columns."""
    return derived(Q(**conditions))


_SHOWN_PLANS = PaymentPlan.objects.filter(invoice=OuterRef("pk")).exclude(status=PaymentPlan.Status.CANCELED)


def _with_plan(rows: Rows, pk: int | None) -> Rows:
    return rows.filter(~Exists(_SHOWN_PLANS) if pk is None else Exists(_SHOWN_PLANS.filter(pk=pk)))


def _plan_number() -> Coalesce:
    # Unset comes last going up, as in columns of the database.
    return Coalesce(Subquery(_SHOWN_PLANS.values("pk")[:1]), Value(LARGEST_INTEGER))


DOCUMENT_COLUMNS: dict[str, Column] = {
    "id": Column(Integer()),
    "customer": Column(Integer(), source="customer_id"),
    "name": Column(Text()),
    "number": Column(Text(), folded_in="number_key"),
    "currency": Column(Currency()),
    "draft": Column(Flag()),
    "voided": flagged(voided_at__isnull=False),
    "sent": flagged(sent_at__isnull=False),
    "date": Column(Timestamp()),
    "purchase_order": Column(Text()),
    "subtotal": Column(Amount(), minor_units=True),
    "total": Column(Amount(), minor_units=True),
    "balance": Column(Amount(), minor_units=True),
    "created_at": Column(Timestamp()),
    "updated_at": Column(Timestamp()),
}

COLUMNS: dict[str, Column] = {
    **DOCUMENT_COLUMNS,
    "closed": flagged(closed_at__isnull=False),
    "paid": derived(_PAID),
    "status": Column(Choice(STATUSES), narrow=with_status, sorted_by=status_words),
    "autopay": Column(Flag()),
    "attempt_count": Column(Integer()),
    "next_payment_attempt": Column(Timestamp()),
    "due_date": Column(Timestamp()),
    "payment_terms": Column(Text()),
    "payment_plan": Column(Integer(), narrow=_with_plan, sorted_by=_plan_number),
    "subscription": always_unset(Integer()),
    "consolidated_into": Column(Integer(), source="consolidated_into_id"),
}

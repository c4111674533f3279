"""Whose credit balance is above zero right now, as a condition of lists."""

from datetime import datetime

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from customers.models import CreditAdjustment, CreditBalance, PaymentApplication

_OF_CREDIT = [PaymentApplication.Type.CREDIT, PaymentApplication.Type.APPLIED_CREDIT]


def holds_credit(*, now: datetime) -> Exists:
    """Whether an account has credit to spend at `now`, in any currency: a condition on customers.

    What is stored is the credit once everything has taken effect, so what still lies ahead is taken off
    again. Each part is found by an index of the account's.
    """
    rows = CreditBalance.objects.filter(customer=OuterRef("pk"))
    return Exists(rows.annotate(present=F("amount") - _ahead(now)).filter(present__gt=0))


def _ahead(now: datetime) -> Combinable:
    own = {"currency": OuterRef("currency")}
    adjustments = CreditAdjustment.objects.filter(customer=OuterRef("customer"), **own)
    uses = PaymentApplication.objects.filter(payer=OuterRef("customer"), type__in=_OF_CREDIT, **own)
    gained = Case(When(type=PaymentApplication.Type.CREDIT, then=F("amount")), default=-F("amount"))
    granted = _sum(adjustments.filter(date__gt=now), F("amount"))
    return (
        granted
        + _sum(uses.filter(effective_at__gt=now), gained)
        - _sum(uses.filter(ended_at__gt=now), gained)
    )


def _sum(rows: QuerySet[CreditAdjustment] | QuerySet[PaymentApplication], what: F | Case) -> Combinable:
    added = rows.values("currency").annotate(added=Cast(Sum(what), BigIntegerField())).values("added")
    return Coalesce(Subquery(added), 0)

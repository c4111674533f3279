"""Whether money that had settled an invoice went back to who paid it, by a refund or by the bank."""

from django.db.models import Exists, F, OuterRef, Q

from customers.models import Invoice, PaymentApplication


def _ended_by(kind: str) -> Q:
    """An application that ended with the refund or reversal, or never took effect because of it. What became
    of other parts of the same payment is no matter of the invoice."""
    date = F(f"payment__{kind}__date")
    return Q(ended_at=date) | Q(ended_at=F("effective_at"), effective_at__gt=date)


_ENDED = PaymentApplication.objects.exclude(ended_at=None).filter(
    _ended_by("refunds") | _ended_by("reversal")
)
# The same for many invoices at once, to be had as `given_back`.
GIVEN_BACK = Exists(_ENDED.filter(invoice=OuterRef("pk")))


def was_given_back(invoice: Invoice) -> bool:
    """Asks nothing when the answer was fetched with the invoice."""
    known = getattr(invoice, "given_back", None)
    return _ENDED.filter(invoice=invoice).exists() if known is None else bool(known)

"""AutoPay customers and their invoices, made by the domain itself."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from customers.autopay.sources import WantedSource, attached, store_source
from customers.ledger.accounts import create_customer
from customers.ledger.applying import Application
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.ledger.paying import record_payment
from customers.ledger.plans import Part, make_plan
from customers.ledger.reconciling import differences
from customers.models import Charge, ChargeClaim, Customer, Invoice, Payment, PaymentSource, SandboxEntry

MARCH_2 = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DUE = MARCH_2 + timedelta(hours=2)
FIRST, SECOND = MARCH_2 + timedelta(days=30), MARCH_2 + timedelta(days=60)


def keep(
    customer: Customer, kind: str = "tok_visa", *, make_default: bool = False, now: datetime = MARCH_2
) -> PaymentSource:
    wanted = WantedSource(token=kind, make_default=make_default)
    with attached(customer=customer, wanted=wanted) as kept:
        return store_source(customer=customer, kept=kept, now=now)


def on_autopay(kind: str = "tok_visa", name: str = "Blue Anchor") -> Customer:
    customer = create_customer(values={"name": name, "autopay": True}, now=MARCH_2)
    keep(customer, kind)
    return customer


def owed(customer: Customer, amount: int = 100) -> Invoice:
    """An invoice that is to be charged at DUE, or a little before."""
    line = LineInput(name="Rope", unit_cost=Decimal(amount))
    return issue_invoice(customer=customer, lines=[line], now=MARCH_2)


def planned(kind: str = "tok_visa") -> Invoice:
    """100 on AutoPay: 40 in thirty days, 60 in sixty."""
    invoice = owed(on_autopay(kind))
    make_plan(invoice=invoice, parts=[Part(FIRST, 4000), Part(SECOND, 6000)], now=MARCH_2)
    return invoice


def pay(invoice: Invoice, amount: int, now: datetime = MARCH_2) -> Payment:
    part = Application(type="invoice", amount=amount, invoice=invoice)
    return record_payment(customer=invoice.customer, amount=amount, applications=[part], now=now)


def next_charge(invoice: Invoice) -> datetime | None:
    invoice.refresh_from_db()
    moment: datetime | None = invoice.next_payment_attempt
    return moment


def taken_at_gateway() -> list[int]:
    """Amounts for which money moved, or is on its way, as the gateway knows it."""
    rows = SandboxEntry.objects.exclude(status="declined").filter(gateway_id__startswith="ch_")
    return list(rows.order_by("pk").values_list("amount", flat=True))


def check_books() -> None:
    """What no fault may leave behind: wrong figures, a claim of a finished charge, a payment too many."""
    assert [str(found) for found in differences(now=datetime.now(UTC))] == []
    held = ChargeClaim.objects.filter(released_at=None)
    assert not held.exclude(charge__status__in=Charge.OPEN).exists()
    received = Payment.objects.filter(status="succeeded", charge__isnull=False)
    assert received.count() == Charge.objects.filter(status="succeeded").count()

"""Invoices, credit notes and receipts as facts, for the printer."""

from decimal import Decimal
from typing import Any

from statements.document import BilledDocument, BilledLine, Part, Settled, Tax
from statements.letterhead import Edition
from tests.statements.paper_samples import EDITION

AT = 1_782_925_200  # 1 July 2026, in the company's afternoon
DAY = 86_400
PAY_URL = "https://ar.example.com/invoices/abcdefghijklmnopqrstuvwx/payment"
PAYABLE = Edition(
    generated_at=EDITION.generated_at, zone=EDITION.zone, locale="en_US", paper="letter", pay_url=PAY_URL
)


def edition(**changes: Any) -> Edition:
    words = {name: getattr(PAYABLE, name) for name in PAYABLE.__slots__}
    return Edition(**{**words, **changes})


def line(index: int, currency: str = "usd") -> BilledLine:
    quantity, price = Decimal(index % 4 + 1), Decimal(12 + index)
    amount = int(quantity * price) * (1 if currency == "jpy" else 100)
    return BilledLine(
        name=f"Article {index}"
        if index % 5
        else f"Article {index}, installed on site by two people in a day",
        description="" if index % 4 else "500 sheets a pack\nDelivered to the back door",
        quantity=quantity,
        unit_cost=price,
        amount=amount,
        discounts=(100,) if index % 7 == 3 else (),
        taxes=("State tax",) if index % 6 == 2 else (),
    )


def invoice(count: int = 1, *, currency: str = "usd", **changes: Any) -> BilledDocument:
    """`count` lines, due in thirty days; `paid` is what was paid already."""
    lines = tuple(line(index, currency) for index in range(1, count + 1))
    subtotal = sum(item.amount - sum(item.discounts) for item in lines)
    discounts, taxes = changes.pop("discounts", ()), changes.pop("taxes", ())
    total = subtotal - sum(discounts) + sum(tax.amount for tax in taxes)
    parts = (Part("paid", -changes["paid"]),) if "paid" in changes else ()
    balance = total - changes.pop("paid", 0)
    facts: dict[str, Any] = {
        "kind": "invoice",
        "number": "INV-0117",
        "at": AT,
        "currency": currency,
        "lines": lines,
        "subtotal": subtotal,
        "discounts": discounts,
        "taxes": taxes,
        "total": total,
        "parts": parts,
        "balance": balance,
        "due": balance,
        "due_at": AT + 30 * DAY,
        "terms": "NET 30",
        "purchase_order": "7781",
    }
    return BilledDocument(**{**facts, **changes})


def long_invoice() -> BilledDocument:
    taxes = (Tax(2_500, "State tax", Decimal("6.25")), Tax(600, "County tax", Decimal("1.5")))
    return invoice(40, discounts=(1_500,), taxes=taxes, paid=5_000, notes="Goods remain ours.\n\nThank you.")


def credit_note() -> BilledDocument:
    return invoice(
        2, kind="credit_note", number="CN-0007", due=0, due_at=None, terms="", invoice_number="INV-0117"
    )


def receipt() -> BilledDocument:
    return BilledDocument(
        kind="receipt",
        number="CHK-1001",
        at=AT,
        currency="usd",
        total=100_000,
        balance=20_000,
        method="check",
        reference="CHK-1001",
        settled=(
            Settled("invoice", 70_000, "INV-0117", AT - 20 * DAY, 90_000),
            Settled("credit", 9_000),
            Settled("convenience_fee", 1_000),
        ),
        parts=(Part("unapplied_payments", 20_000),),
    )

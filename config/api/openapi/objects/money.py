"""Payments, credit, cards and bank accounts, charges and refunds."""

from config.api.openapi.types import (
    AMOUNT,
    BOOLEAN,
    CURRENCY,
    ID,
    INTEGER,
    METADATA,
    MOMENT,
    NULL,
    STRING,
    Type,
    expandable,
    kind,
    many,
    one,
    record,
    word,
)

APPLICATION = record(
    "application",
    "A part of a payment, and what it settles.",
    id=ID,
    type=word("invoice", "credit", "applied_credit", "credit_note", "convenience_fee"),
    amount=AMOUNT,
    invoice=ID.at_times("where an invoice is settled"),
    credit_note=ID.at_times("where a credit note is spent"),
    document_type=word("invoice").at_times("where no cash is used, and not for the Java client"),
)

PAYMENT = record(
    "payment",
    "Money that came in.",
    id=ID,
    object=kind("payment"),
    customer=expandable("customer") | NULL,
    date=MOMENT,
    currency=CURRENCY,
    amount=AMOUNT,
    balance=AMOUNT.says("What is not applied yet."),
    matched=BOOLEAN | NULL,
    voided=BOOLEAN,
    status=word("succeeded", "pending", "failed"),
    method=STRING,
    reference=STRING | NULL,
    notes=STRING | NULL,
    ach_sender_id=STRING | NULL,
    source=STRING,
    charge=one("charge") | NULL,
    pdf_url=STRING,
    metadata=METADATA,
    created_at=MOMENT,
    updated_at=MOMENT,
    applied_to=many(one("application")).at_times("in answers to writing, and with include=applied_to"),
)

CREDIT_BALANCE_ADJUSTMENT = record(
    "credit_balance_adjustment",
    "Credit granted (positive) or taken (negative).",
    id=ID,
    object=kind("credit_balance_adjustment"),
    customer=expandable("customer"),
    currency=CURRENCY,
    amount=AMOUNT,
    date=MOMENT,
    notes=STRING | NULL,
    created_at=MOMENT,
    updated_at=MOMENT,
)

_SOURCE_ID = (ID | NULL).says("Null when it was charged once and not kept.")
_SOURCE: dict[str, Type] = {
    "gateway": STRING | NULL,
    "gateway_id": STRING | NULL,
    "gateway_customer": STRING | NULL,
    "merchant_account": ID | NULL,
    "chargeable": BOOLEAN,
    "failure_reason": STRING | NULL,
    "receipt_email": STRING | NULL,
    "created_at": MOMENT,
    "updated_at": MOMENT | NULL,
}

CARD = record(
    "card",
    "A card; its number never comes here.",
    id=_SOURCE_ID,
    object=kind("card"),
    last4=STRING,
    brand=STRING,
    exp_month=INTEGER,
    exp_year=INTEGER,
    funding=word("credit", "debit", "prepaid", "unknown"),
    **_SOURCE,
)

BANK_ACCOUNT = record(
    "bank_account",
    "A bank account.",
    id=_SOURCE_ID,
    object=kind("bank_account"),
    last4=STRING,
    bank_name=STRING,
    routing_number=STRING,
    verified=BOOLEAN,
    currency=CURRENCY,
    country=STRING,
    **_SOURCE,
)

GATEWAY = record(
    "gateway",
    "A connected payment gateway; never its credentials.",
    id=ID,
    object=kind("gateway"),
    name=STRING,
    gateway=STRING,
    enabled=BOOLEAN,
    created_at=MOMENT,
    updated_at=MOMENT,
)

REFUND = record(
    "refund",
    "Money of a charge that went back.",
    id=ID,
    object=kind("refund"),
    charge=ID,
    currency=CURRENCY,
    amount=AMOUNT,
    gateway=STRING | NULL,
    gateway_id=STRING | NULL,
    status=word("succeeded", "pending", "failed"),
    failure_message=STRING | NULL,
    created_at=MOMENT,
    updated_at=MOMENT,
)

CHARGE = record(
    "charge",
    "One attempt to collect money from a card or bank account.",
    id=ID,
    object=kind("charge"),
    customer=expandable("customer") | NULL,
    currency=CURRENCY,
    amount=AMOUNT,
    gateway=STRING,
    gateway_id=STRING | NULL,
    status=word("pending", "succeeded", "failed"),
    failure_message=STRING | NULL,
    receipt_email=STRING | NULL,
    payment_source=one("card") | one("bank_account") | NULL,
    amount_refunded=AMOUNT,
    refunded=BOOLEAN,
    refunds=many(one("refund")),
    disputed=BOOLEAN,
    created_at=MOMENT,
    updated_at=MOMENT,
)

PAYMENT_METHOD = record(
    "disabled_payment_method",
    "A way to pay that this customer may not use.",
    id=ID,
    object=kind("disabled_payment_method"),
    method=STRING,
)

RECORDS = (
    APPLICATION,
    PAYMENT,
    CREDIT_BALANCE_ADJUSTMENT,
    CARD,
    BANK_ACCOUNT,
    GATEWAY,
    REFUND,
    CHARGE,
    PAYMENT_METHOD,
)

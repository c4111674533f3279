"""Invoices and credit notes with their lines, discounts and taxes."""

from config.api.openapi.types import (
    AMOUNT,
    BOOLEAN,
    CURRENCY,
    ID,
    INTEGER,
    METADATA,
    MOMENT,
    NULL,
    NUMBER,
    STRING,
    Record,
    Type,
    expandable,
    kind,
    many,
    one,
    record,
    word,
)

DISCOUNT = record(
    "discount",
    "A fixed amount off.",
    id=ID,
    object=kind("discount"),
    amount=AMOUNT,
    coupon=NULL,
    expires=NULL,
)

TAX = record(
    "tax",
    "A tax as it was levied.",
    id=ID,
    object=kind("tax"),
    amount=AMOUNT,
    tax_rate=one("tax_rate") | NULL,
)

LINE_ITEM = record(
    "line_item",
    "A line of an invoice or credit note, or one that waits for its customer's next invoice.",
    id=ID,
    object=kind("line_item"),
    catalog_item=STRING | NULL,
    type=STRING | NULL,
    name=STRING,
    description=STRING | NULL,
    quantity=NUMBER,
    unit_cost=NUMBER,
    amount=AMOUNT,
    discountable=BOOLEAN,
    discounts=many(one("discount")),
    taxable=BOOLEAN,
    taxes=many(one("tax")),
    plan=NULL,
    metadata=METADATA,
    created_at=MOMENT,
    updated_at=MOMENT,
    customer=expandable("customer").at_times("while it waits"),
)

ADDRESS = record(
    "address",
    "Where goods go.",
    name=STRING | NULL,
    attention_to=STRING | NULL,
    address1=STRING | NULL,
    address2=STRING | NULL,
    city=STRING | NULL,
    state=STRING | NULL,
    postal_code=STRING | NULL,
    country=STRING | NULL,
)

_DOCUMENT: dict[str, Type] = {
    "id": ID,
    "customer": expandable("customer"),
    "name": STRING | NULL,
    "number": STRING,
    "currency": CURRENCY,
    "draft": BOOLEAN,
    "voided": BOOLEAN,
    "sent": BOOLEAN,
    "date": MOMENT,
    "purchase_order": STRING | NULL,
    "items": many(one("line_item")),
    "notes": STRING | NULL,
    "subtotal": AMOUNT,
    "total": AMOUNT,
    "balance": AMOUNT,
    "discounts": many(one("discount")),
    "taxes": many(one("tax")),
    "metadata": METADATA,
    "created_at": MOMENT,
    "updated_at": MOMENT,
}

INVOICE = Record(
    "invoice",
    "What a customer was billed.",
    {
        **_DOCUMENT,
        "object": kind("invoice"),
        "closed": BOOLEAN,
        "paid": BOOLEAN,
        "status": word(
            "voided", "draft", "paid", "bad_debt", "pending", "past_due", "viewed", "sent", "not_sent"
        ),
        "autopay": BOOLEAN,
        "attempt_count": INTEGER,
        "next_payment_attempt": MOMENT | NULL,
        "subscription": NULL,
        "due_date": MOMENT | NULL,
        "payment_terms": STRING | NULL,
        "ship_to": one("address") | NULL,
        "payment_plan": ID | NULL,
        "consolidated_into": ID | NULL,
        "url": STRING | NULL,
        "payment_url": STRING | NULL,
        "pdf_url": STRING | NULL,
        "disabled_payment_methods": many(STRING).at_times("with include=disabled_payment_methods"),
    },
)

CREDIT_NOTE = Record(
    "credit_note",
    "What a customer was credited.",
    {
        **_DOCUMENT,
        "object": kind("credit_note"),
        "invoice": expandable("invoice") | NULL,
        "closed": BOOLEAN,
        "paid": BOOLEAN,
        "status": word("voided", "draft", "paid", "closed", "open"),
        "url": STRING | NULL,
        "pdf_url": STRING | NULL,
    },
)

RECORDS = (DISCOUNT, TAX, LINE_ITEM, ADDRESS, INVOICE, CREDIT_NOTE)

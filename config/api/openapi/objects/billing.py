"""Plans by which an invoice is paid."""

from config.api.openapi.types import (
    AMOUNT,
    ID,
    MOMENT,
    NULL,
    STRING,
    kind,
    many,
    one,
    record,
    word,
)

INSTALLMENT = record(
    "installment", "One part of a payment plan.", id=ID, date=MOMENT, amount=AMOUNT, balance=AMOUNT
)

APPROVAL = record(
    "approval",
    "When and from where a customer agreed.",
    id=ID,
    ip=STRING,
    timestamp=MOMENT,
    user_agent=STRING,
)

PAYMENT_PLAN = record(
    "payment_plan",
    "An invoice paid in parts.",
    id=ID,
    object=kind("payment_plan"),
    status=word("pending_signup", "active", "finished", "canceled"),
    installments=many(one("installment")),
    approval=one("approval") | NULL,
    created_at=MOMENT,
    updated_at=MOMENT,
)

RECORDS = (INSTALLMENT, APPROVAL, PAYMENT_PLAN)

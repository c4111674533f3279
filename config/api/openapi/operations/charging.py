"""Cards, bank accounts, charges, refunds, payment plans."""

from config.api.openapi.operation import SAMPLE_IDS, Operation, Table
from config.api.openapi.types import many, one
from customers.api.charges import RefundShape
from customers.api.fields import Flag
from customers.api.payment_plans import PlanShape
from customers.api.payment_sources import VerifyShape

_SOURCE = one("card") | one("bank_account")
_SOURCES = "Payment sources"
_PLANS = "Payment plans"
_PLAN = {
    "Two halves": {"installments": [{"date": 1767261600, "amount": 25}, {"date": 1769940000, "amount": 25}]}
}

OPERATIONS: Table = {
    "GET /customers/:customer/payment_sources": Operation(
        answers=many(_SOURCE), query={"include_hidden": (Flag(), "Also those that cannot be charged.")}
    ),
    "POST /customers/:customer/payment_sources": Operation(
        answers=_SOURCE,
        examples={
            "A card": {"method": "credit_card", "gateway_token": "tok_visa", "make_default": True},
            "A bank account": {"method": "ach", "gateway_token": "tok_bank_unverified"},
        },
    ),
    "DELETE /customers/:customer/cards/:id": Operation(tag=_SOURCES),
    "DELETE /customers/:customer/bank_accounts/:id": Operation(tag=_SOURCES),
    "POST /customers/:customer/bank_accounts/:id/verify": Operation(
        "Verify a bank account",
        answers=one("bank_account"),
        body=VerifyShape,
        examples={"What was paid into it, in cents": {"amount1": 35, "amount2": 45}},
        tag=_SOURCES,
    ),
    "POST /charges": Operation(
        answers=one("payment"),
        examples={
            "A token": {
                "customer": SAMPLE_IDS["customer"],
                "amount": 20,
                "method": "credit_card",
                "gateway_token": "tok_visa",
                "applied_to": [{"type": "invoice", "invoice": SAMPLE_IDS["invoice"], "amount": 20}],
            },
            "A stored card": {
                "customer": SAMPLE_IDS["customer"],
                "amount": 5,
                "payment_source_type": "card",
                "payment_source_id": SAMPLE_IDS["card"],
                "applied_to": [{"type": "credit", "amount": 5}],
            },
        },
    ),
    "POST /charges/:charge/refunds": Operation(
        "Refund a charge",
        answers=one("refund"),
        status=201,
        body=RefundShape,
        examples={"A part of it": {"amount": 0.5}},
    ),
    "POST /invoices/:id/pay": Operation(
        "Collect an AutoPay invoice now",
        answers=one("invoice"),
        more="Charges the customer's default source.",
    ),
    "GET /invoices/:invoice/payment_plan": Operation(
        "Get the payment plan of an invoice", answers=one("payment_plan"), tag=_PLANS
    ),
    "PUT /invoices/:invoice/payment_plan": Operation(
        "Set the payment plan of an invoice",
        answers=one("payment_plan"),
        body=PlanShape,
        examples=_PLAN,
        tag=_PLANS,
    ),
    "POST /invoices/:invoice/payment_plan": Operation(
        "Make a payment plan of an invoice",
        answers=one("payment_plan"),
        body=PlanShape,
        examples=_PLAN,
        tag=_PLANS,
        more="The same as `PUT`, for clients that post.",
    ),
    "DELETE /invoices/:invoice/payment_plan": Operation(
        "Cancel the payment plan of an invoice", status=204, tag=_PLANS
    ),
}

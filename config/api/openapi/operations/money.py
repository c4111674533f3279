"""Payments and credit."""

from config.api.openapi.operation import SAMPLE_IDS, Operation, Table
from config.api.openapi.types import one

OPERATIONS: Table = {
    "GET /payments": Operation(calls={"With what they settle": {"include": "applied_to"}}),
    "POST /payments": Operation(
        examples={
            "A check for an invoice": {
                "amount": 55,
                "method": "check",
                "reference": "1450",
                "applied_to": [{"type": "invoice", "invoice": SAMPLE_IDS["invoice"], "amount": 55}],
            },
            "On account": {"customer": SAMPLE_IDS["customer"], "amount": 120.5, "method": "wire_transfer"},
        },
    ),
    "PATCH /payments/:id": Operation(examples={"The number of the check": {"reference": "1451"}}),
    "DELETE /payments/:id": Operation("Void a payment", answers=one("payment")),
    "POST /credit_balance_adjustments": Operation(
        examples={"Grant credit": {"customer": SAMPLE_IDS["customer"], "amount": 25, "notes": "Goodwill"}}
    ),
    "PATCH /credit_balance_adjustments/:id": Operation(examples={"A note": {"notes": "Promised by phone"}}),
}

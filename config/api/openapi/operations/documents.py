"""Invoices and credit notes."""

from config.api.openapi.operation import SAMPLE_IDS, Operation, Table
from config.api.openapi.types import one
from customers.api.consolidation import ConsolidationShape

_LINES = [
    {"name": "Copy paper, case", "quantity": 1, "unit_cost": 45},
    {"name": "Delivery", "quantity": 1, "unit_cost": 10},
]

OPERATIONS: Table = {
    "GET /invoices": Operation(
        calls={
            "What is late": {"filter[status]": "past_due", "sort": "due_date asc"},
            "Of one customer": {"filter[customer]": "15", "expand": "customer"},
            "Of a period": {"start_date": "1750000000", "end_date": "1760000000"},
        }
    ),
    "POST /invoices": Operation(
        examples={
            "Two lines": {"customer": SAMPLE_IDS["customer"], "payment_terms": "NET 14", "items": _LINES},
            "With discount and tax": {
                "customer": SAMPLE_IDS["customer"],
                "items": _LINES,
                "discounts": [{"amount": 5}],
                "taxes": [{"amount": 3.85}],
                "metadata": {"order": "4711"},
            },
            "A draft": {"customer": SAMPLE_IDS["customer"], "draft": True, "items": _LINES},
        },
    ),
    "PATCH /invoices/:id": Operation(
        examples={"Name and note": {"name": "July paper for delivery", "notes": "Thank you.", "sent": True}}
    ),
    "POST /invoices/:id/void": Operation("Void an invoice", answers=one("invoice")),
    "POST /customers/:customer/invoices": Operation(
        "Invoice all waiting lines",
        examples={"As a draft": {"draft": True}},
    ),
    "POST /customers/:customer/consolidate_invoices": Operation(
        "Consolidate invoices",
        answers=one("invoice"),
        body=ConsolidationShape,
        examples={"What is open until then": {"cutoff_date": 4102444800}},
        tag="Invoices",
    ),
    "POST /credit_notes": Operation(
        examples={
            "For an invoice": {
                "customer": SAMPLE_IDS["customer"],
                "invoice": SAMPLE_IDS["invoice"],
                "items": [{"name": "Returned case", "quantity": 1, "unit_cost": 20}],
            },
        },
    ),
    "PATCH /credit_notes/:id": Operation(examples={"A note": {"notes": "The paper was not white."}}),
    "POST /credit_notes/:id/void": Operation("Void a credit note", answers=one("credit_note")),
}

"""Notes, tasks, cadences, sign-up pages: how accounts are looked after."""

from config.api.openapi.operation import SAMPLE_IDS, Operation, Table

_NOTE = {"A remark": {"notes": "Asked for a copy of INV-0014."}}

OPERATIONS: Table = {
    "POST /notes": Operation(
        examples={
            "About a customer": {"customer_id": SAMPLE_IDS["customer"], "notes": "Pays on Fridays."},
            "About an invoice": {"invoice_id": SAMPLE_IDS["invoice"], "notes": "Asked for a copy."},
        }
    ),
    "PATCH /notes/:id": Operation(examples=_NOTE),
    "POST /customers/:customer/notes": Operation(examples=_NOTE),
    "PATCH /customers/:customer/notes/:id": Operation(examples=_NOTE),
    "POST /invoices/:invoice/notes": Operation(examples=_NOTE),
    "PATCH /invoices/:invoice/notes/:id": Operation(examples=_NOTE),
    "POST /tasks": Operation(
        examples={
            "A call": {
                "name": "Call about INV-0014",
                "action": "phone",
                "customer_id": SAMPLE_IDS["customer"],
                "due_date": 1767261600,
            }
        }
    ),
    "PATCH /tasks/:id": Operation(examples={"Done": {"complete": True}}),
    "POST /chasing_cadences": Operation(
        examples={
            "Three steps": {
                "name": "Polite, then clear",
                "time_of_day": 9,
                "frequency": "daily",
                "assignment_mode": "none",
                "steps": [
                    {"name": "Reminder", "action": "email", "schedule": "past_due_age:3"},
                    {"name": "Call", "action": "phone", "schedule": "past_due_age:14"},
                    {"name": "Letter", "action": "mail", "schedule": "past_due_age:30"},
                ],
            }
        }
    ),
    "PATCH /chasing_cadences/:id": Operation(examples={"A pause": {"paused": True}}),
    "POST /sign_up_pages": Operation(
        examples={"For AutoPay": {"name": "Pay by itself", "type": "autopay", "billing_address": True}}
    ),
    "PATCH /sign_up_pages/:id": Operation(examples={"A greeting": {"header_text": "Welcome"}}),
}

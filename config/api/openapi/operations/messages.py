"""Statements by email, text message and letter, and what became of them."""

from config.api.openapi.operation import Operation, Table
from config.api.openapi.types import many, one
from notifications.api.messages import CustomerEmails

OPERATIONS: Table = {
    "POST /customers/:customer/emails": Operation(
        "Send a statement by email",
        answers=many(one("email")),
        status=201,
        body=CustomerEmails.shape,
        examples={
            "To whom the account names": {"type": "open_item"},
            "To others, with your own words": {
                "to": [{"name": "Nancy Talty", "email": "nancy@acme.example"}],
                "subject": "Your statement from {{company_name}}",
                "message": "Dear {{customer_name}}, your statement is attached.",
                "type": "balance_forward",
            },
        },
        tag="Emails",
    ),
}

"""Events, webhooks, and the streams that stay empty."""

from config.api.openapi.operation import Operation, Table
from config.api.openapi.types import EMPTY_LIST, one
from customers.api.fields import Text

_NOTHING = "Nothing of this kind is kept here; the list is there for programs that read all lists."

_HOOK = "https://hooks.example.com/duebook"

OPERATIONS: Table = {
    "GET /events": Operation(
        query={
            "type": (Text(), "Only these types: `invoice.paid`, or several with commas."),
            "related_to": (Text(), "Only events of one object: `customer,15`."),
        },
        calls={
            "Payments of a period": {"type": "payment.created", "start_date": "1750000000"},
            "Of one customer": {"related_to": "customer,15"},
        },
    ),
    "POST /webhooks": Operation(
        examples={"Two kinds of events": {"url": _HOOK, "events": ["invoice.created", "payment.created"]}}
    ),
    "PATCH /webhooks/:id": Operation(examples={"Stop it": {"enabled": False}}),
    "POST /webhooks/:id/test": Operation("Send a test event", answers=one("webhook_attempt"), status=201),
    "POST /webhooks/:id/rotate": Operation("Draw another secret for a webhook", answers=one("webhook")),
    "POST /webhook_attempts/:id/retries": Operation(
        "Send an event again", answers=one("webhook_attempt"), status=201
    ),
    "GET /estimates": Operation("List estimates", answers=EMPTY_LIST, tag="Others", more=_NOTHING),
    "GET /plans": Operation("List plans", answers=EMPTY_LIST, tag="Others", more=_NOTHING),
    "GET /subscriptions": Operation("List subscriptions", answers=EMPTY_LIST, tag="Others", more=_NOTHING),
    "GET /invoices/:id/attachments": Operation(
        "List attachments of an invoice", answers=EMPTY_LIST, more=_NOTHING
    ),
    "POST /invoices/:id/attachments": Operation(
        "List attachments of an invoice, as one client asks", answers=EMPTY_LIST, status=200, more=_NOTHING
    ),
    "GET /credit_notes/:id/attachments": Operation(
        "List attachments of a credit note", answers=EMPTY_LIST, more=_NOTHING
    ),
    "POST /credit_notes/:id/attachments": Operation(
        "List attachments of a credit note, as one client asks", answers=EMPTY_LIST, status=200, more=_NOTHING
    ),
}

"""Statements and documents by email, text message and letter, and what became of them."""

from config.api.openapi.operation import SAMPLE_IDS, Operation, Table
from config.api.openapi.types import Type, many, one
from customers.api.fields import Text

_ABOUT = {"related_to": (Text(), "Only what was sent about one document: `invoice,15`.")}
_BY_SCRIPTS = (
    "The official clients for Python, Ruby and PHP, told by their `User-Agent`, get an array with the letter."
)
_EMAIL = {
    "To others, with your own words": {
        "to": [{"name": "Nancy Talty", "email": "nancy@acme.example"}],
        "subject": "News from {{company_name}}",
        "message": "Dear {{customer_name}}, you find it attached.",
    }
}


def _sent(summary: str, answers: Type, tag: str, **more: object) -> Operation:
    return Operation(summary, answers=answers, status=201, tag=tag, **more)  # type: ignore[arg-type]


def _read(summary: str, answers: Type, tag: str, **more: object) -> Operation:
    return Operation(summary, answers=answers, tag=tag, **more)  # type: ignore[arg-type]


_EMAILS, _TEXTS, _LETTERS = many(one("email")), many(one("text_message")), many(one("letter"))

OPERATIONS: Table = {
    "GET /customers/:customer/emails": _read(
        "List emails to a customer",
        _EMAILS,
        "Emails",
        query=_ABOUT,
        calls={"About one invoice": {"related_to": f"invoice,{SAMPLE_IDS['invoice']}"}},
    ),
    "POST /customers/:customer/emails": _sent(
        "Send a statement by email",
        _EMAILS,
        "Emails",
        examples={"To whom the account names": {"type": "open_item"}, **_EMAIL},
    ),
    "GET /emails/:id": _read("Get an email", one("email"), "Emails"),
    "GET /customers/:customer/text_messages": _read(
        "List text messages to a customer", _TEXTS, "Text messages", query=_ABOUT
    ),
    "POST /customers/:customer/text_messages": _sent(
        "Send a statement by text message",
        _TEXTS,
        "Text messages",
        examples={
            "To those who agreed": {"message": "{{company_name}}: you owe {{balance}}. {{url}}"},
        },
    ),
    "GET /text_messages/:id": _read("Get a text message", one("text_message"), "Text messages"),
    "GET /customers/:customer/letters": _read(
        "List letters to a customer", _LETTERS, "Letters", query=_ABOUT
    ),
    "POST /customers/:customer/letters": _sent(
        "Send a statement by letter",
        one("letter"),
        "Letters",
        examples={
            "To the address of the account": {"type": "open_item", "items": "past_due"},
            "To another address": {
                "name": "Acme Receiving",
                "address1": "5301 Southwest Parkway",
                "city": "Austin",
                "state": "TX",
                "postal_code": "78735",
                "country": "US",
            },
        },
        more=_BY_SCRIPTS,
    ),
    "GET /letters/:id": _read("Get a letter", one("letter"), "Letters"),
    "POST /invoices/:document/emails": _sent(
        "Send an invoice by email", _EMAILS, "Invoices", examples={"To whom the account names": {}, **_EMAIL}
    ),
    "POST /invoices/:document/text_messages": _sent(
        "Send an invoice by text message",
        _TEXTS,
        "Invoices",
        examples={"In your own words": {"message": "{{company_name}}: {{invoice_number}}, {{url}}"}},
    ),
    "POST /invoices/:document/letters": _sent(
        "Send an invoice by letter",
        one("letter"),
        "Invoices",
        examples={"To the address of the account": {}},
        more=_BY_SCRIPTS,
    ),
    "POST /credit_notes/:document/emails": _sent(
        "Send a credit note by email", _EMAILS, "Credit notes", examples=_EMAIL
    ),
    "POST /payments/:document/emails": _sent("Send a receipt by email", _EMAILS, "Payments", examples=_EMAIL),
}

"""Our own layout: one file with a `record` column, or a file for each kind, known by its columns.

docs/import.md describes every column. `customer`, `invoice`, `credit_note` and `payment` hold
numbers; a document's own number stands in the column named after it.
"""

from collections.abc import Callable, Collection

from customers.importing.intake import Intake, InvoiceWords
from customers.importing.own_parties import read_contact, read_customer
from customers.importing.roll import Facts
from customers.importing.rows import RowReader
from customers.models.customer import PAYMENT_METHODS

NAME = "duebook"
LONGEST_NOTES = 65_535

_PARTY = [
    "email", "phone", "address1", "address2", "city", "state", "postal_code", "country",
]  # fmt: skip
_CUSTOMER = [
    "customer", "customer_name", "type", "attention_to", "language", "currency", "payment_terms",
    "credit_limit", "credit_hold", "chase", "taxable", "tax_id", "notes", "statement_channel",
    "paperless_from_date",
]  # fmt: skip
_CONTACT = [
    "customer", "contact_name", "title", "department", "primary", "sms_enabled",
]  # fmt: skip
_INVOICE = [
    "customer", "customer_name", "invoice", "date", "due_date", "payment_terms", "currency", "amount",
    "description", "purchase_order", "notes", "disputed_from", "disputed_until",
]  # fmt: skip
_CREDIT_NOTE = [
    "customer", "customer_name", "credit_note", "invoice", "date", "currency", "amount", "description",
    "purchase_order", "notes",
]  # fmt: skip
_PAYMENT = [
    "customer", "customer_name", "payment", "invoice", "date", "currency", "amount", "method",
    "reference", "notes",
]  # fmt: skip

COLUMNS = {
    "customers": _CUSTOMER + _PARTY,
    "contacts": _CONTACT + _PARTY,
    "invoices": _INVOICE,
    "credit_notes": _CREDIT_NOTE,
    "payments": _PAYMENT,
}
_NAMES = ["record", *dict.fromkeys(name for names in COLUMNS.values() for name in names)]
KNOWN = {name.replace("_", ""): name for name in _NAMES}
RECORDS = {
    "customer": "customers",
    "contact": "contacts",
    "invoice": "invoices",
    "credit_note": "credit_notes",
    "payment": "payments",
}
REQUIRED = {
    "customers": ("customer",),
    "contacts": ("customer", "contactname"),
    "invoices": ("customer", "invoice", "date", "amount"),
    "credit_notes": ("customer", "creditnote", "date", "amount"),
    "payments": ("customer", "date", "amount"),
}
PLACES = {
    "customers.key": "customer",
    "customers.name": "customername",
    "contacts.customer": "customer",
    "contacts.key": "contactname",
    "invoices.key": "invoice",
    "invoices.total": "amount",
    "credit_notes.key": "creditnote",
    "credit_notes.total": "amount",
    "payments.key": "payment",
}
_METHODS = {method: method for method in PAYMENT_METHODS}


def kind_of(keys: Collection[str]) -> str | None:
    """Which kind of rows a file without a `record` column holds; None when its columns do not tell."""
    if "customer" not in keys:
        return None
    if "contactname" in keys:
        return "contacts"
    if "amount" in keys and "creditnote" in keys:
        return "credit_notes"
    if "amount" in keys and ("payment" in keys or "method" in keys):
        return "payments"
    if "amount" in keys and "invoice" in keys:
        return "invoices"
    return "customers" if "customername" in keys and "amount" not in keys else None


class OwnLayout:
    """Reads rows of our own layout; amounts without a currency are in the company's."""

    def __init__(self, *, currency: str) -> None:
        self._currency = currency
        self._readers: dict[str, Callable[[RowReader, Intake], None]] = {
            "customers": read_customer,
            "contacts": read_contact,
            "invoices": self._invoice,
            "credit_notes": self._credit_note,
            "payments": self._payment,
        }

    def read(self, kind: str, row: RowReader, intake: Intake) -> None:
        self._readers[kind](row, intake)

    def _invoice(self, row: RowReader, intake: Intake) -> None:
        customer, number = row.number("customer"), row.number("invoice")
        currency, facts = row.currency("currency", self._currency), _name(row)
        total = row.amount("amount", currency, zero=True)
        date, terms = row.day("date", required=True), row.text("paymentterms", 255)
        due = row.day("duedate")
        if date and due and due < date:
            row.fault("duedate", f"{due} lies before the invoice date {date}")
        words = self._words(row, terms)
        metadata = row.metadata()
        if row.faults or date is None:
            return
        key = intake.customer(row, customer, facts)
        if row.faults:
            return
        invoiced = row.moment(date)
        due_date = row.moment(due) if due else row.due_by_terms(terms, invoiced)
        intake.invoice(
            row, key, number=number, currency=currency, date=invoiced, due_date=due_date, total=total,
            words=words, metadata=metadata,
        )  # fmt: skip

    def _credit_note(self, row: RowReader, intake: Intake) -> None:
        customer, number = row.number("customer"), row.number("creditnote")
        currency, facts = row.currency("currency", self._currency), _name(row)
        total = row.amount("amount", currency)
        date, invoice = row.day("date", required=True), row.number("invoice", required=False)
        words, metadata = self._words(row, ""), row.metadata()
        if row.faults or date is None:
            return
        key = intake.customer(row, customer, facts)
        if not row.faults:
            intake.credit_note(
                row, key, number=number, currency=currency, date=row.moment(date), total=total,
                invoice=invoice, words=words, metadata=metadata,
            )  # fmt: skip

    def _payment(self, row: RowReader, intake: Intake) -> None:
        customer, number = row.number("customer"), row.text("payment", 100)
        currency, facts = row.currency("currency", self._currency), _name(row)
        amount = row.amount("amount", currency)
        date, invoice = row.day("date", required=True), row.number("invoice", required=False)
        method = row.one_of("method", _METHODS, "other")
        reference = row.text("reference", 255)
        notes, metadata = row.text("notes", LONGEST_NOTES, several_lines=True), row.metadata()
        if row.faults or date is None:
            return
        key = intake.customer(row, customer, facts)
        if not row.faults:
            intake.payment(
                row, key, key=f"number/{number.casefold()}" if number else "", currency=currency,
                date=row.moment(date), amount=amount, invoice=invoice, method=method,
                reference=reference or number, notes=notes, metadata=metadata,
            )  # fmt: skip

    def _words(self, row: RowReader, terms: str) -> InvoiceWords:
        start, end = row.day("disputedfrom"), row.day("disputeduntil")
        if end and not start:
            row.fault("disputeduntil", "needs a day in disputed_from")
        elif start and end and end < start:
            row.fault("disputeduntil", f"{end} lies before {start}, when the dispute began")
        return InvoiceWords(
            disputed_from=row.moment(start) if start else None,
            disputed_until=row.moment(end) if end else None,
            payment_terms=terms,
            purchase_order=row.text("purchaseorder", 32),
            notes=row.text("notes", LONGEST_NOTES, several_lines=True),
            description=row.text("description", 255),
        )


def _name(row: RowReader) -> Facts:
    name = row.text("customername", 255)
    return {"name": name} if name else {}

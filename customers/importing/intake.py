"""Where the layouts put what a row says: customers on the roll, documents and payments on the stage."""

import hashlib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass

from customers.importing.roll import Facts, Roll
from customers.importing.rows import RowReader, as_json
from customers.importing.staging import Stage
from customers.models.base import document_key


@dataclass(frozen=True, slots=True)
class InvoiceWords:
    """What an invoice carries besides its figures. Moments in Unix seconds."""

    disputed_from: int | None = None
    disputed_until: int | None = None
    payment_terms: str = ""
    purchase_order: str = ""
    notes: str = ""
    description: str = ""


class Intake:
    """Takes the records of one import; a row with a fault must not be handed over."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.source = 0
        self._roll = Roll(stage)

    def customer(self, row: RowReader, number: str, facts: Facts, *, own: bool = False) -> str:
        """The key of a customer after taking what the row says about it; contradictions are faults."""
        key = document_key(number)
        row.faults += self._roll.mention(key, number, facts, source=self.source, line=row.line, own=own)
        return key

    def contact(
        self, row: RowReader, customer_key: str, facts: AnyMapping[str, object], facts_json: str
    ) -> None:
        key = contact_key(str(facts["name"]), str(facts.get("email", "")))
        self.stage.add("contacts", (self.source, row.line, customer_key, key, facts_json))

    def invoice(
        self,
        row: RowReader,
        customer_key: str,
        *,
        number: str,
        currency: str,
        date: int,
        due_date: int | None,
        total: int,
        words: InvoiceWords,
        metadata: AnyMapping[str, str],
    ) -> str:
        key = document_key(number)
        self.stage.add(
            "invoices",
            (
                self.source, row.line, key, number, customer_key, currency, date, due_date, total,
                words.disputed_from, words.disputed_until, words.payment_terms, words.purchase_order,
                words.notes, words.description, as_json(metadata),
            ),
        )  # fmt: skip
        return key

    def credit_note(
        self,
        row: RowReader,
        customer_key: str,
        *,
        number: str,
        currency: str,
        date: int,
        total: int,
        invoice: str,
        words: InvoiceWords,
        metadata: AnyMapping[str, str],
    ) -> None:
        self.stage.add(
            "credit_notes",
            (
                self.source, row.line, document_key(number), number, customer_key, currency, date, total,
                document_key(invoice) or None, words.purchase_order, words.notes, words.description,
                as_json(metadata),
            ),
        )  # fmt: skip

    def payment(
        self,
        row: RowReader,
        customer_key: str,
        *,
        key: str,
        currency: str,
        date: int,
        amount: int,
        invoice: str,
        method: str = "other",
        reference: str = "",
        notes: str = "",
        metadata: AnyMapping[str, str] | None = None,
        own: bool = True,
    ) -> None:
        """A payment, or its part that goes to one invoice. `own`: the row is about nothing else.

        `key` names it for good (`number/...`, `settled/...`); without one it is known by its content.
        """
        invoice_key = document_key(invoice) or None
        content = ""
        if not key:
            parts = (customer_key, currency, str(date), str(amount), invoice_key or "", method, reference)
            content = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]
        self.stage.add(
            "payments",
            (
                self.source, row.line, own, key or None, content, customer_key, currency, date, amount,
                invoice_key, method, reference, notes, as_json(metadata or {}),
            ),
        )  # fmt: skip


def contact_key(name: str, email: str) -> str:
    """How contacts of a customer are compared: by name and address, without blanks and letter case."""
    return f"{' '.join(name.split()).casefold()}\x1f{email.strip().casefold()}"

"""Pass two, the plain part: customers, contacts, and invoices with the payment that settles them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from customers.importing.cells import as_written
from customers.importing.inserting import Inserter, as_ranges, new_tokens
from customers.importing.roll import metadata_of
from customers.importing.rows import as_json
from customers.importing.sample_contacts import FLAG, sample_contact
from customers.ledger.locking import lock_accounts
from customers.models import (
    Cadence,
    Company,
    Contact,
    Customer,
    Invoice,
    LineItem,
    Payment,
    PaymentApplication,
)
from customers.models.base import document_key

LINE_NAME = "Imported invoice"
SOURCE = "import"

_CUSTOMER_TEXTS = (
    "email", "phone", "attention_to", "address1", "address2", "city", "state", "postal_code", "language",
    "currency", "tax_id", "notes",
)  # fmt: skip
_CUSTOMER = (
    "number", "number_key", "name", *_CUSTOMER_TEXTS, "country", "payment_terms", "type", "statement_channel",
    "paperless_from_date", "credit_limit", "credit_hold", "chase", "taxable", "chasing_cadence_id",
    "next_chase_step_id", "metadata", "sign_up_token", "statement_token",
)  # fmt: skip
_CONTACT = (
    "customer_id", "name", "title", "department", "email", "phone", "primary", "sms_enabled", "address1",
    "address2", "city", "state", "postal_code", "country",
)  # fmt: skip
_INVOICE = (
    "number", "number_key", "currency", "date", "due_date", "subtotal", "total", "disputed_from",
    "disputed_until", "payment_terms", "purchase_order", "notes", "metadata", "customer_id", "balance",
    "token",
)  # fmt: skip
PAYMENT = (
    "customer_id", "date", "currency", "amount", "balance", "method", "reference", "notes", "metadata",
    "import_key", "token",
)  # fmt: skip
APPLICATION = (
    "customer_id", "payer_id", "currency", "amount", "payment_id", "invoice_id", "applied_at", "effective_at",
)  # fmt: skip

# What `write_invoices` asks the stage for: an invoice and, when one settles it alone, its payment.
INVOICE_ROWS = """
SELECT i.id, i.key, i.number, i.customer_key, i.currency, i.date, i.due_date, i.total, i.disputed_from,
       i.disputed_until, i.payment_terms, i.purchase_order, i.notes, i.description, i.metadata,
       p.date, p.amount, p.method, p.reference, p.notes, p.metadata, p.key
FROM invoices i LEFT JOIN payments p ON p.invoice_key = i.key AND p.simple = 1
WHERE i.id > ? AND i.existing IS NULL ORDER BY i.id LIMIT ?
"""


@dataclass(slots=True)
class Written:
    """What one batch created: ids by kind."""

    ids: dict[str, list[int]] = field(default_factory=dict)

    def add(self, kind: str, ids: Iterable[int]) -> None:
        self.ids.setdefault(kind, []).extend(ids)

    def ranges(self) -> dict[str, list[list[int]]]:
        return {kind: as_ranges(ids) for kind, ids in self.ids.items() if ids}


def lock_customers(keys: Iterable[str]) -> dict[str, int]:
    """The accounts of these keys, locked until the transaction ends."""
    wanted = set(keys)
    found = dict(Customer.objects.filter(number_key__in=wanted).values_list("number_key", "pk"))
    lock_accounts(found.values())
    return found


class PartyWriter:
    """Writes customers and contacts with the defaults of a new account."""

    def __init__(self, company: Company, *, sample_contacts: bool) -> None:
        self._company = company
        self._sample_contacts = sample_contacts
        cadence = Cadence.objects.filter(assignment_mode=Cadence.AssignmentMode.DEFAULT).first()
        step = cadence.steps.order_by("position").first() if cadence else None
        self._chasing = (cadence.pk if cadence else None, step.pk if step else None)
        self._customers = Inserter(Customer, _CUSTOMER)
        self._contacts = Inserter(Contact, _CONTACT)

    def write_customers(self, staged: Sequence[Sequence[Any]], now: datetime) -> Written:
        """Rows of the stage's customers. Existing ones are left as they are."""
        written = Written()
        new = [row for row in staged if row[7] is None]
        ids, tokens = self._customers.reserve(len(new)), iter(new_tokens(2 * len(new)))
        self._customers.insert(
            [
                (pk, *self._customer(row[2], json.loads(row[6])), next(tokens), next(tokens))
                for pk, row in zip(ids, new, strict=True)
            ],
            now=now,
        )
        written.add("customers", ids)
        if self._sample_contacts:
            self._give_samples([row[7] for row in staged if row[7] is not None], now, written)
        return written

    def write_contacts(self, staged: Sequence[Sequence[Any]], now: datetime) -> Written:
        written = Written()
        new = [row for row in staged if row[6] is None]
        customers = lock_customers(row[3] for row in new)
        countries = dict(Customer.objects.filter(pk__in=customers.values()).values_list("pk", "country"))
        ids, rows = self._contacts.reserve(len(new)), []
        for pk, row in zip(ids, new, strict=True):
            facts, customer_id = json.loads(row[5]), customers[row[3]]
            facts.setdefault("country", countries[customer_id])
            rows.append((pk, customer_id, *(facts.get(name, "") for name in _CONTACT[1:])))
        self._contacts.insert(rows, now=now)
        written.add("contacts", ids)
        return written

    def _customer(self, number: str, facts: dict[str, Any]) -> tuple[Any, ...]:
        metadata = metadata_of(facts)
        if self._sample_contacts and not facts.get("email") and not facts.get("address1"):
            facts = facts | sample_contact(number)
            metadata[FLAG] = "yes"
        chase, paperless = facts.get("chase", True), facts.get("paperless_from_date")
        return (
            number, document_key(number), facts.get("name") or f"Customer {number}",
            *(facts.get(name, "") for name in _CUSTOMER_TEXTS),
            facts.get("country") or self._company.country,
            facts.get("payment_terms") or self._company.payment_terms,
            facts.get("type") or Customer.Type.COMPANY.value,
            facts.get("statement_channel") or Customer.StatementChannel.EMAIL.value,
            _day(paperless), facts.get("credit_limit"), facts.get("credit_hold", False), chase,
            facts.get("taxable", True), *(self._chasing if chase else (None, None)), as_json(metadata),
        )  # fmt: skip

    def _give_samples(self, ids: list[int], now: datetime, written: Written) -> None:
        """Existing customers of the file without any address get a sample one, too."""
        lock_accounts(ids)
        without = Customer.objects.filter(pk__in=ids, email="", address1="").order_by("pk")
        for customer in without:
            for name, value in sample_contact(customer.number).items():
                setattr(customer, name, value)
            customer.metadata = {**customer.metadata, FLAG: "yes"}
            customer.updated_at = now
            written.add("sample_contacts", [customer.pk])
        fields = [*sample_contact(""), "metadata", "updated_at"]
        Customer.objects.bulk_update(without, fields, batch_size=200)


class InvoiceWriter:
    """Writes new invoices, each with one line and, when it is the only use, the settling payment."""

    def __init__(self) -> None:
        self._invoices = Inserter(Invoice, _INVOICE)
        self._lines = Inserter(LineItem, ("invoice_id", "name", "unit_cost", "amount"), position=0)
        self._payments = Inserter(Payment, PAYMENT, source=SOURCE)
        self._applications = Inserter(PaymentApplication, APPLICATION, type="invoice")

    def write(self, staged: Sequence[Sequence[Any]], now: datetime) -> Written:
        """Rows of INVOICE_ROWS, in one transaction, under the lock of their accounts."""
        customers = lock_customers({row[3] for row in staged})
        paid = [row for row in staged if row[16] is not None]
        ids = self._invoices.reserve(len(staged))
        tokens = new_tokens(len(staged) + len(paid))
        invoices, lines, settled = [], [], []
        for pk, line_id, token, row in zip(
            ids, self._lines.reserve(len(staged)), tokens, staged, strict=False
        ):
            (_, key, number, customer_key, currency, moment, due, total, start, end, terms, order, notes,
             description, metadata, _, amount, *_) = row  # fmt: skip
            customer_id = customers[customer_key]
            balance = total if amount is None else max(0, total - amount)
            invoices.append(
                (pk, number, key, currency, moment, due, total, total, start, end, terms, order, notes,
                 metadata, customer_id, balance, token)
            )  # fmt: skip
            lines.append((line_id, pk, description or LINE_NAME, as_written(total, currency), total))
            if amount is not None:
                settled.append((pk, customer_id, row))
        self._invoices.insert(invoices, now=now)
        self._lines.insert(lines, now=now)
        written = Written()
        written.add("invoices", ids)
        self._settle(settled, tokens[len(staged) :], written, now)
        return written

    def _settle(
        self,
        settled: list[tuple[int, int, Sequence[Any]]],
        tokens: list[str],
        written: Written,
        now: datetime,
    ) -> None:
        ids = self._payments.reserve(len(settled))
        application_ids = self._applications.reserve(len(settled))
        payments, applications = [], []
        for pk, application_id, token, (invoice_id, customer_id, row) in zip(
            ids, application_ids, tokens, settled, strict=True
        ):
            currency, invoiced, total = row[4], row[5], row[7]
            paid, amount, method, reference, notes, metadata, key = row[15:22]
            applied = min(amount, total)
            payments.append(
                (pk, customer_id, paid, currency, amount, amount - applied, method, reference, notes,
                 metadata, key, token)
            )  # fmt: skip
            if applied:
                applications.append(
                    (application_id, customer_id, customer_id, currency, applied, pk, invoice_id, paid,
                     max(paid, invoiced))
                )  # fmt: skip
        self._payments.insert(payments, now=now)
        self._applications.insert(applications, now=now)
        written.add("payments", ids)
        written.add("applications", (row[0] for row in applications))


def _day(text: str | None) -> Any:
    """A calendar day as this database stores it."""
    return connection.ops.adapt_datefield_value(date.fromisoformat(text)) if text else None

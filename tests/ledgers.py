"""A small language for writing ledgers down in tests: days and amounts as people say them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from customers.dates import end_of_day
from customers.ledger.accounts import create_customer
from customers.ledger.applying import Application
from customers.ledger.closing import write_off_invoice
from customers.ledger.crediting import adjust_credit, issue_credit_note
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.ledger.paying import record_payment
from customers.models import Company, CreditNote, Customer, Invoice, Payment, PaymentApplication
from customers.money import to_minor

CHICAGO = ZoneInfo("America/Chicago")
Type = PaymentApplication.Type


def at(day: str, clock: str = "12:00:00", zone: ZoneInfo = CHICAGO) -> datetime:
    """A company-local moment, in UTC."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), tzinfo=zone).astimezone(UTC)


def last_second(day: str, zone: ZoneInfo = CHICAGO) -> int:
    return int(end_of_day(date.fromisoformat(day), zone).timestamp())


def first_second(day: str, zone: ZoneInfo = CHICAGO) -> int:
    return int(at(day, "00:00:00", zone).timestamp())


def minor(amount: str | int, currency: str = "usd") -> int:
    return to_minor(Decimal(amount), currency)


@dataclass
class Books:
    """One customer's ledger, written event by event, each at its own day."""

    customer: Customer
    currency: str = "usd"
    invoices: dict[str, Invoice] = field(default_factory=dict)

    def invoice(
        self, day: str, number: str, amount: str, *, due: str | None = None, **values: Any
    ) -> Invoice:
        moment = values.pop("moment", None) or at(day)
        values |= {"number": number, "date": moment, "currency": self.currency}
        values["due_date"] = at(due) if due else None
        line = LineInput(name="Services", unit_cost=Decimal(amount))
        row = issue_invoice(customer=self.customer, lines=[line], values=values, now=moment)
        self.invoices[number] = row
        return row

    def credit_note(self, day: str, number: str, amount: str, *, on: str | None = None) -> CreditNote:
        return issue_credit_note(
            customer=self.customer,
            lines=[LineInput(name="Credit", unit_cost=Decimal(amount))],
            invoice=self.invoices[on] if on else None,
            values={"number": number, "date": at(day), "currency": self.currency},
            now=at(day),
        )

    def pay(
        self, day: str, amount: str, reference: str = "", *, on: Sequence[tuple[Any, str]] = (), **values: Any
    ) -> Payment:
        """`on` pairs invoice numbers or rows, "credit" and "fee" with amounts."""
        return record_payment(
            customer=self.customer,
            amount=minor(amount, self.currency),
            currency=self.currency,
            applications=[self.use(target, part) for target, part in on],
            values={"date": at(day), "reference": reference, **values},
            now=at(day),
        )

    def use(self, target: Any, amount: str) -> Application:
        part = minor(amount, self.currency)
        if target == "credit":
            return Application(type=Type.CREDIT, amount=part)
        if target == "fee":
            return Application(type=Type.CONVENIENCE_FEE, amount=part)
        invoice = target if isinstance(target, Invoice) else self.invoices[target]
        return Application(type=Type.INVOICE, amount=part, invoice=invoice)

    def credit(self, day: str, amount: str) -> None:
        adjust_credit(
            customer=self.customer, amount=minor(amount, self.currency), currency=self.currency, now=at(day)
        )

    def write_off(self, day: str, number: str) -> None:
        write_off_invoice(invoice=self.invoices[number], now=at(day))


def open_books(name: str = "Blue Anchor", **values: Any) -> Books:
    """A fresh customer of a company in Chicago that spends credit by hand."""
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "America/Chicago", "apply_credits": False})
    currency = values.pop("ledger_currency", "usd")
    customer = create_customer(values={"name": name, **values}, now=at("2026-01-01"))
    return Books(customer=customer, currency=currency)


def day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()

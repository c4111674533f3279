"""Month by month: a customer buys, and pays when it pays."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal

from config.demo.accounts import Account
from config.demo.diary import Diary
from customers.ledger.applying import Application
from customers.ledger.crediting import issue_credit_note
from customers.ledger.drafting import LineInput
from customers.ledger.events import Actor, acting_as
from customers.ledger.issuing import issue_invoice
from customers.ledger.paying import record_payment
from customers.models import Invoice, Payment, PaymentApplication

# What the company sells: name, price in dollars, the most one buys at once.
CATALOGUE = (
    ("Storm lantern, brass", "48.50", 24), ("Storm lantern, black", "42.00", 24),
    ("Workshop lamp, 12 V", "79.90", 12), ("Glass globe, spare", "6.75", 60),
    ("Cotton wick, 10 m", "3.20", 80), ("Lamp oil, 20 l", "38.40", 30),
    ("Festoon cable, 50 m", "129.00", 8), ("Bulbs, warm white, box of 25", "31.25", 20),
    ("Wall bracket", "11.60", 50), ("Porch lamp, enamel", "64.00", 16), ("Dimmer module", "23.90", 40),
    ("Emergency light, LED", "54.30", 25), ("Repair and service, per hour", "85.00", 9),
    ("Delivery", "35.00", 1),
)  # fmt: skip
COMPLAINTS = 0.05  # share of invoices of which one delivery is taken back
PRICE_LEVEL = {"usd": Decimal(1), "eur": Decimal("0.9"), "jpy": Decimal(150)}
PRICE_STEP = {"usd": Decimal("0.01"), "eur": Decimal("0.01"), "jpy": Decimal(10)}


class Trade:
    """The dealings of one account, written into the diary as they go on."""

    def __init__(self, *, account: Account, diary: Diary) -> None:
        self.account = account
        self.diary = diary
        self.pays = True  # False: somebody else does

    def begin(self, at: datetime, *, until: datetime | None = None) -> None:
        """Buy every so often from a moment on; `until` ends the buying, not the paying."""
        if until is None or at < until:
            self.diary.note(at, lambda moment: self._buy_and_plan(moment, until))

    def buy(self, at: datetime, *, lines: list[LineInput] | None = None) -> Invoice:
        """An invoice of this moment, dated and numbered by the ledger."""
        with self.signed():
            return issue_invoice(
                customer=self.account.customer, lines=lines or self.goods(), now=at,
                values={"currency": self.account.currency},
            )  # fmt: skip

    def pay(
        self, at: datetime, amount: int, *uses: tuple[str, int, Invoice | None], **values: object
    ) -> Payment:
        """A payment of `amount` minor units; `uses` are (type, amount, invoice)."""
        applications = [Application(type=kind, amount=part, invoice=invoice) for kind, part, invoice in uses]
        described = {"method": self.account.habit.method, "reference": self.account.next_reference()}
        with self.signed():
            return record_payment(
                customer=self.account.customer, amount=amount, currency=self.account.currency,
                applications=applications, values={**described, **values}, now=at,
            )  # fmt: skip

    def settle(self, at: datetime, invoice: Invoice, *, share: float = 1.0) -> Payment | None:
        """Pay what is still open on an invoice, or a share of it."""
        invoice.refresh_from_db()
        amount = round(invoice.balance * share)
        if amount <= 0 or invoice.closed_at is not None:
            return None
        return self.pay(at, amount, (PaymentApplication.Type.INVOICE, amount, invoice))

    def goods(self, count: int | None = None) -> list[LineInput]:
        """Some lines from the catalogue, at the prices of the account's currency."""
        rng = self.account.rng
        chosen = rng.sample(CATALOGUE, count or rng.randint(1, self.account.habit.lines))
        return [
            LineInput(name=name, unit_cost=self.price(price), quantity=Decimal(rng.randint(1, most)))
            for name, price, most in chosen
        ]

    def price(self, dollars: str) -> Decimal:
        currency = self.account.currency
        step = PRICE_STEP[currency]
        return (Decimal(dollars) * PRICE_LEVEL[currency] / step).quantize(Decimal(1)) * step

    def signed(self) -> AbstractContextManager[None]:
        """Who did it, for the audit trail: the account's owner, else the product."""
        owner = self.account.customer.owner
        return acting_as(Actor(name=str(owner), user=owner) if owner else Actor())

    def _buy_and_plan(self, at: datetime, until: datetime | None) -> None:
        account = self.account
        invoice = self.buy(at)
        if account.rng.random() < COMPLAINTS:
            later = self.diary.office_hours(at + timedelta(days=4), account.rng)
            self.diary.note(max(later, at + timedelta(hours=2)), lambda moment: self._credit(moment, invoice))
        if self.pays:
            self.plan_payment(invoice)
        days = account.habit.buys_every * account.rng.uniform(0.7, 1.3)
        self.begin(self.diary.office_hours(at + timedelta(days=max(days, 4)), account.rng), until=until)

    def plan_payment(self, invoice: Invoice) -> None:
        """Write down when the customer will pay this one."""
        account, habit = self.account, self.account.habit
        rng = account.rng
        due = invoice.due_date or invoice.next_payment_attempt or invoice.date
        if invoice.autopay:
            self.diary.note(due, lambda moment: self._collect(moment, invoice))
            return
        days = habit.late_by + rng.gauss(0, habit.wavers_by)
        at = max(due + timedelta(days=days), invoice.date + timedelta(days=3))
        at = max(self.diary.office_hours(at, rng), invoice.date + timedelta(hours=1))
        if habit.sweeps:
            self.diary.note(at, self._sweep)
        elif rng.random() < habit.parts:
            self.diary.note(at, lambda moment: self.settle(moment, invoice, share=0.5))
            later = self.diary.office_hours(at + timedelta(days=rng.randint(9, 24)), rng)
            self.diary.note(later, lambda moment: self.settle(moment, invoice))
        else:
            self.diary.note(at, lambda moment: self.settle(moment, invoice))

    def _credit(self, at: datetime, invoice: Invoice) -> None:
        """A credit note for a delivery that came late, set off against the invoice."""
        line = LineInput(name="Delivery: came late", unit_cost=self.price("35.00"), taxable=False)
        invoice.refresh_from_db(fields=["balance"])
        if invoice.balance:
            with self.signed():
                issue_credit_note(customer=self.account.customer, lines=[line], invoice=invoice, now=at)

    def _collect(self, at: datetime, invoice: Invoice) -> None:
        invoice.refresh_from_db()
        if invoice.balance:
            use = (PaymentApplication.Type.INVOICE, invoice.balance, invoice)
            self.pay(at, invoice.balance, use, source="autopay")

    def _sweep(self, at: datetime) -> None:
        """One payment for all that is due or nearly due, spread by the ledger: oldest first."""
        soon = at + timedelta(days=3)
        rows = Invoice.objects.open().filter(customer=self.account.customer, due_date__lte=soon)
        amount = sum(rows.values_list("balance", flat=True))
        if not amount:
            return
        with self.signed():
            record_payment(
                customer=self.account.customer, amount=amount, currency=self.account.currency, spread=True,
                values={"method": self.account.habit.method, "reference": self.account.next_reference()},
                now=at,
            )  # fmt: skip

"""Accounts that need somebody's attention: a hold, a limit, a dispute, a plan."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from config.demo.accounts import PROMPT, SLOW, SLUGGISH
from config.demo.stage import Stage
from config.demo.trading import Trade
from customers.dates import plus_days
from customers.ledger.accounts import update_customer
from customers.ledger.closing import write_off_invoice
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice, update_invoice, void_invoice
from customers.ledger.locking import lock_accounts
from customers.ledger.refunding import reverse_payment
from customers.models import Instalment, Invoice, Payment, PaymentApplication, PaymentPlan

Type = PaymentApplication.Type


def on_hold(stage: Stage) -> None:
    """Slow, then a returned cheque, a debt given up, and no more goods."""
    profile = stage.crowd.profile("US").but(habit=SLUGGISH)

    def story(trade: Trade) -> None:
        trade.begin(stage.ago(420), until=stage.ago(110))
        stage.diary.note(stage.ago(400), lambda at: _never_paid(trade, at))
        stage.diary.note(stage.ago(104), lambda at: _bad_cheque(trade, at))
        stage.diary.note(stage.ago(85), lambda at: _hold(trade, at))
        stage.diary.note(stage.ago(60), lambda at: _give_up_oldest(trade, at))

    stage.enter(profile, story, days_ago=430)


def disputing(stage: Stage) -> None:
    """Near its credit limit, with an invoice it disputes and one that was a mistake; reads text messages."""
    profile = stage.crowd.profile("US").but(habit=replace(SLOW, buys_every=25), statement_channel="sms")
    profile.contacts[0].update(sms_enabled=True, primary=True)

    def story(trade: Trade) -> None:
        trade.begin(stage.ago(350), until=stage.ago(30))
        stage.diary.note(stage.ago(200), lambda at: _mistake(trade, at))
        stage.diary.note(stage.ago(48), lambda at: _dispute(trade, at))
        stage.diary.note(stage.ago(21), lambda at: _limit(trade, at))

    stage.enter(profile, story, days_ago=360)


def on_plan(stage: Stage) -> None:
    """A large refit paid in instalments, the last debit still under way; went paperless half a year ago."""
    profile = stage.crowd.profile("US").but(
        habit=replace(PROMPT, method="ach"),
        paperless_from_date=stage.ago(180).date(),
        statement_channel="email",
    )

    def story(trade: Trade) -> None:
        trade.begin(stage.ago(320), until=stage.ago(150))
        stage.diary.note(stage.ago(140), lambda at: _refit(stage, trade, at))
        stage.diary.note(stage.ago(3), lambda at: _draft(trade, at))

    stage.enter(profile, story, days_ago=330)


def _never_paid(trade: Trade, at: datetime) -> None:
    trade.buy(at, lines=[LineInput(name="Display cabinet, made to measure", unit_cost=Decimal("1860.00"))])


def _bad_cheque(trade: Trade, at: datetime) -> None:
    invoice = trade.buy(at)
    payment = trade.pay(
        at + timedelta(hours=1), invoice.balance, (Type.INVOICE, invoice.balance, invoice), method="check"
    )

    def returned(day: datetime) -> None:
        with trade.signed():
            reverse_payment(payment=payment, now=day, reason="Returned by the bank: insufficient funds")

    trade.diary.note(trade.diary.office_hours(at + timedelta(days=6), trade.account.rng), returned)


def _hold(trade: Trade, at: datetime) -> None:
    changes = {"credit_hold": True, "notes": "On hold after the returned cheque. Prepayment only."}
    with trade.signed():
        update_customer(customer=trade.account.customer, changes=changes, now=at)


def _give_up_oldest(trade: Trade, at: datetime) -> None:
    oldest = Invoice.objects.open().filter(customer=trade.account.customer).order_by("date", "pk").first()
    if oldest is not None:
        with trade.signed():
            write_off_invoice(invoice=oldest, now=at, notes="Not collectable")


def _mistake(trade: Trade, at: datetime) -> None:
    invoice = trade.buy(at)
    trade.diary.note(at + timedelta(hours=2), lambda moment: void_invoice(invoice=invoice, now=moment))


def _dispute(trade: Trade, at: datetime) -> None:
    invoice = trade.buy(at)

    def disputed(day: datetime) -> None:
        with trade.signed():
            update_invoice(
                invoice=invoice, now=day,
                changes={"disputed_from": day, "notes": "Customer says two lamps are missing."},
            )  # fmt: skip

    trade.diary.note(trade.diary.office_hours(at + timedelta(days=5), trade.account.rng), disputed)


def _limit(trade: Trade, at: datetime) -> None:
    """A limit a little above what is owed: the next larger order will be refused."""
    customer = trade.account.customer
    owed = Invoice.objects.open().filter(customer=customer).aggregate(sum=Sum("balance"))["sum"] or 0
    limit = Decimal((owed // 100_00 + 3) * 100)
    with trade.signed():
        update_customer(customer=customer, changes={"credit_limit": limit}, now=at)


def _refit(stage: Stage, trade: Trade, at: datetime) -> None:
    """Six instalments, a month apart; debits pay them on their days, the newest has not cleared."""
    invoice = trade.buy(at, lines=[LineInput(name="Refit of the sales floor", unit_cost=Decimal("9600.00"))])
    zone = stage.house.company.zone
    days = [plus_days(invoice.date, 30 * number, zone) for number in range(1, 7)]
    _agree_plan(invoice, days)
    for day in days[:3]:
        stage.diary.note(day, lambda moment: _pay_instalment(trade, moment, invoice))
    stage.diary.note(max(days[3], stage.ago(4)), lambda moment: _debit_under_way(trade, moment, invoice))


def _agree_plan(invoice: Invoice, days: list[datetime]) -> None:
    lock_accounts([invoice.customer_id])
    plan = PaymentPlan.objects.create(invoice=invoice, agreed_at=invoice.date, created_at=invoice.date)
    part, rest = divmod(invoice.balance, len(days))
    amounts = [part + rest, *[part] * (len(days) - 1)]
    Instalment.objects.bulk_create(
        Instalment(plan=plan, date=day, amount=amount) for day, amount in zip(days, amounts, strict=True)
    )


def _pay_instalment(trade: Trade, at: datetime, invoice: Invoice) -> None:
    invoice.refresh_from_db()
    part = min(invoice.balance, invoice.total // 6)
    trade.pay(at, part, (Type.INVOICE, part, invoice))


def _debit_under_way(trade: Trade, at: datetime, invoice: Invoice) -> None:
    trade.pay(at, invoice.total // 6, status=Payment.Status.PENDING, notes="Fourth instalment")


def _draft(trade: Trade, at: datetime) -> None:
    with trade.signed():
        issue_invoice(customer=trade.account.customer, lines=trade.goods(2), now=at, values={"draft": True})

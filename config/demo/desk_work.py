"""What staff write down beside the books, and the account that gets one invoice for many."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from config.demo.accounts import PROMPT
from config.demo.stage import Stage
from config.demo.trading import Trade
from customers.ledger.consolidating import consolidate_invoices
from customers.ledger.drafting import LineInput
from customers.ledger.events import Actor, acting_as
from customers.ledger.notes import create_note
from customers.ledger.pending_lines import add_pending_line
from customers.ledger.tasks import create_task, update_task
from customers.models import Customer, Invoice, User

MOST_CALLS = 4


def joint(stage: Stage) -> None:
    """Small deliveries, put on one invoice; the newest are still separate, and hours wait to be billed."""
    profile = stage.crowd.profile("US").but(habit=replace(PROMPT, lines=1), consolidated=True)

    def story(trade: Trade) -> None:
        for days in (74, 67, 61, 54, 22, 13, 5):
            stage.diary.note(stage.ago(days), trade.buy)
        stage.diary.note(stage.ago(50), lambda at: _consolidate(trade, at))
        stage.diary.note(stage.ago(2), lambda at: _note_hours(trade, at))

    stage.enter(profile, story, days_ago=80)


def keep_company(stage: Stage, trade: Trade) -> None:
    """Notes and to-dos on an account that somebody looks after."""
    dana, theo = stage.house.finance, stage.house.account_manager
    customer = trade.account.customer

    def say(days: int, user: User, text: str) -> None:
        stage.diary.note(stage.ago(days), lambda at: _say(customer, user, text, at))

    say(40, theo, "Bob is away until the end of the month. Mary in the office can release payments.")
    say(9, dana, "Asked for a copy of the last statement by post.\nSent the same day.")
    stage.diary.note(stage.ago(38), lambda at: _done(customer, dana, at))


def plan_calls(stage: Stage, now: datetime) -> None:
    """At the end of the history: calls to make about what is longest overdue, one of them late already."""
    dana = stage.house.finance
    late = Invoice.objects.open().filter(due_date__lt=now).order_by("due_date", "pk")
    owners = list(dict.fromkeys(late.values_list("customer_id", flat=True)))[:MOST_CALLS]
    for number, pk in enumerate(owners):
        customer = Customer.objects.get(pk=pk)
        invoice = late.filter(customer=customer)[0]
        with acting_as(Actor(name=str(dana), user=dana)):
            create_note(notes="Promised to pay by the end of next week.", invoice=invoice, user=dana, now=now)
            create_task(
                customer=customer, name=f"Call about invoice {invoice.number}", action="phone", user=dana,
                due_date=now + timedelta(days=3 * number - 2), now=now,
            )  # fmt: skip


def _consolidate(trade: Trade, at: datetime) -> None:
    with trade.signed():
        invoice = consolidate_invoices(customer=trade.account.customer, now=at)
    trade.plan_payment(invoice)


def _note_hours(trade: Trade, at: datetime) -> None:
    line = LineInput(
        name="Repair and service, per hour", unit_cost=trade.price("85.00"), quantity=Decimal("2.5"),
        catalog_item="repair-and-service-per-hour", type="service",
    )  # fmt: skip
    with trade.signed():
        add_pending_line(customer=trade.account.customer, line=line, now=at)


def _say(customer: Customer, user: User, text: str, at: datetime) -> None:
    with acting_as(Actor(name=str(user), user=user)):
        create_note(notes=text, customer=customer, user=user, now=at)


def _done(customer: Customer, user: User, at: datetime) -> None:
    with acting_as(Actor(name=str(user), user=user)):
        task = create_task(
            customer=customer, name="Send the terms for next year", action="letter", user=user,
            due_date=at + timedelta(days=5), now=at,
        )  # fmt: skip
        update_task(task=task, changes={"complete": True}, now=at + timedelta(days=2))

"""Accounts with a story of their own, the pleasant ones: see `troubles` for the others."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from config.demo.accounts import EARLY, OLDEST_DAY, PROMPT, SLOW, Profile
from config.demo.desk_work import keep_company
from config.demo.stage import Stage
from config.demo.trading import Trade
from customers.ledger.accounts import update_customer
from customers.ledger.crediting import adjust_credit, credit_note_to_balance, issue_credit_note
from customers.ledger.drafting import LineInput
from customers.ledger.refunding import refund_payment
from customers.models import Invoice, Payment, PaymentApplication, PaymentSource

Type = PaymentApplication.Type
# The person and number of the documented examples of the API.
TEXTED = {"name": "Bob Loblaw", "phone": "11234567890", "sms_enabled": True, "primary": True}


def sample(stage: Stage) -> None:
    """The account of the documented examples: an address, a mailbox, somebody who takes texts, credit."""
    profile = _with_bob(
        stage.crowd.profile("US", name="Rosethorn Bindery").but(habit=SLOW, payment_terms="NET 30")
    )

    def story(trade: Trade) -> None:
        trade.begin(stage.ago(OLDEST_DAY - 8), until=stage.ago(6))
        stage.diary.note(stage.ago(64), trade.buy)  # stays open: past due
        stage.diary.note(stage.ago(12), trade.buy)
        stage.diary.note(stage.ago(2), lambda at: _grant(trade, at, 5000))
        keep_company(stage, trade)

    stage.enter(profile, story, days_ago=OLDEST_DAY + 3)


def newcomer(stage: Stage) -> None:
    """Opened yesterday, nothing bought yet: the one account that may still be deleted."""
    profile = _with_bob(stage.crowd.profile("US"))
    stage.enter(profile, lambda trade: None, days_ago=1)


def family(stage: Stage) -> None:
    """A group that pays for one of its two branches; the other one pays by itself."""
    name = stage.crowd.namer.place()
    group = stage.crowd.profile("US", name=f"{name} Group").but(habit=PROMPT)
    north = stage.crowd.profile("US", name=f"{name} North").but(habit=SLOW)
    south = stage.crowd.profile("US", name=f"{name} South").but(habit=PROMPT, bill_to_parent=True)

    def parent_story(parent: Trade) -> None:
        parent.begin(stage.ago(500))
        for branch in (north, south):
            stage.enter(
                branch.but(parent_customer=parent.account.customer),
                lambda trade: _branch_story(stage, parent, trade),
                days_ago=490,
            )

    stage.enter(group, parent_story, days_ago=520)


def overpayer(stage: Stage) -> None:
    """A German firm that rounds up; what is too much becomes credit, which later invoices use up."""
    profile = stage.crowd.profile("DE").but(
        habit=replace(EARLY, method="wire_transfer"), taxes=[stage.house.vat]
    )

    def story(trade: Trade) -> None:
        trade.begin(stage.ago(470), until=stage.ago(20))
        for days in (300, 9):
            stage.diary.note(stage.ago(days), lambda at: _round_up(trade, at))

    stage.enter(profile, story, days_ago=480)


def returner(stage: Stage) -> None:
    """A French firm on paper that sends goods back: credit notes on invoices, to credit, and still open."""
    profile = stage.crowd.profile("FR").but(habit=replace(SLOW, buys_every=30), statement_channel="letter")

    def story(trade: Trade) -> None:
        trade.begin(stage.ago(440), until=stage.ago(15))
        stage.diary.note(stage.ago(250), lambda at: _return_goods(trade, at, trade.buy(at)))
        stage.diary.note(stage.ago(120), lambda at: _credit_to_balance(trade, at))
        stage.diary.note(stage.ago(4), lambda at: _return_goods(trade, at, None))

    stage.enter(profile, story, days_ago=450)


def prepayer(stage: Stage) -> None:
    """A Japanese firm that pays more than its invoice and does not say what for."""
    profile = stage.crowd.profile("JP").but(habit=replace(PROMPT, method="wire_transfer"))

    def story(trade: Trade) -> None:
        trade.begin(stage.ago(400), until=stage.ago(25))
        stage.diary.note(stage.ago(8), lambda at: _pay_ahead(trade, at))

    stage.enter(profile, story, days_ago=410)


def automatic(stage: Stage) -> None:
    """AutoPay by card, once with a lamp that broke: part of the money back and a credit note."""
    profile = stage.crowd.profile("US").but(habit=replace(PROMPT, method="credit_card"), payment_terms="")

    def story(trade: Trade) -> None:
        _store_card(stage, trade, stage.ago(379))
        trade.begin(stage.ago(375))
        stage.diary.note(stage.ago(90), lambda at: _refund(trade, at))

    stage.enter(profile, story, days_ago=380)


def _with_bob(profile: Profile) -> Profile:
    mailbox = profile.values["email"].partition("@")[2]
    bob = {**TEXTED, "title": "Accounts payable", "email": f"bob@{mailbox}"}
    return replace(profile, contacts=(bob, *profile.contacts))


def _grant(trade: Trade, at: datetime, amount: int) -> None:
    with trade.signed():
        adjust_credit(
            customer=trade.account.customer, amount=amount, currency=trade.account.currency, now=at,
            notes="Goodwill for a late delivery",
        )  # fmt: skip


def _branch_story(stage: Stage, parent: Trade, trade: Trade) -> None:
    trade.begin(stage.ago(485))
    if trade.account.customer.bill_to_parent:
        trade.pays = False
        for days in range(440, 20, -35):
            stage.diary.note(stage.ago(days), lambda at: _pay_for(parent, trade, at))


def _pay_for(parent: Trade, child: Trade, at: datetime) -> None:
    rows = (
        Invoice.objects.open()
        .filter(customer=child.account.customer)
        .select_related("customer")
        .order_by("pk")
    )
    open_now = list(rows)
    if open_now:
        uses = [(Type.INVOICE, invoice.balance, invoice) for invoice in open_now]
        parent.pay(at, sum(invoice.balance for invoice in open_now), *uses)


def _round_up(trade: Trade, at: datetime) -> None:
    invoice = trade.buy(at)
    if not invoice.balance:
        return
    rest = 10_000 - invoice.balance % 10_000
    uses = ((Type.INVOICE, invoice.balance, invoice), (Type.CREDIT, rest, None))
    trade.pay(at, invoice.balance + rest, *uses, notes="Rest kept as credit, as agreed by phone")


def _return_goods(trade: Trade, at: datetime, invoice: Invoice | None) -> None:
    line = LineInput(
        name="Storm lantern, black: returned", unit_cost=trade.price("42.00"), quantity=Decimal(2)
    )
    with trade.signed():
        issue_credit_note(
            customer=trade.account.customer, lines=[line], invoice=invoice, now=at,
            values={"currency": trade.account.currency},
        )  # fmt: skip


def _credit_to_balance(trade: Trade, at: datetime) -> None:
    line = LineInput(name="Bonus for the year", unit_cost=trade.price("60.00"))
    with trade.signed():
        note = issue_credit_note(
            customer=trade.account.customer, lines=[line], now=at, values={"currency": trade.account.currency}
        )
        credit_note_to_balance(credit_note=note, amount=note.total, now=at)


def _pay_ahead(trade: Trade, at: datetime) -> None:
    invoice = trade.buy(at)
    more = invoice.balance + 50_000
    trade.pay(at, more, (Type.INVOICE, invoice.balance, invoice))


def _store_card(stage: Stage, trade: Trade, at: datetime) -> None:
    customer = trade.account.customer
    card = PaymentSource.objects.create(
        customer=customer, kind=PaymentSource.Kind.CARD, brand="Visa", last4="4242", exp_month=11,
        exp_year=at.year + 4, funding=PaymentSource.Funding.CREDIT, gateway=stage.house.gateway.gateway,
        gateway_account=stage.house.gateway, receipt_email=customer.email, created_at=at,
        gateway_token="pm_card_visa",  # noqa: S106  a public name of the test gateway
    )  # fmt: skip
    changes = {
        "payment_source": card, "autopay": True, "cc_gateway": stage.house.gateway,
        "sign_up_page": stage.sign_up_page,
    }  # fmt: skip
    with trade.signed():
        trade.account.customer = update_customer(customer=customer, changes=changes, now=at)


def _refund(trade: Trade, at: datetime) -> None:
    """Money back for a broken lamp: the refund opens the invoice again, a credit note closes it."""
    customer = trade.account.customer
    lamps = LineInput(name="Workshop lamp, 12 V", unit_cost=trade.price("79.90"), quantity=Decimal(4))
    invoice = trade.buy(at, lines=[lamps, *trade.goods(2)])
    trade.pay(at, invoice.balance, (Type.INVOICE, invoice.balance, invoice))
    payment = Payment.objects.filter(customer=customer).order_by("-pk")[0]
    with trade.signed():
        refund_payment(payment=payment, amount=7990, invoice=invoice, now=at, notes="Workshop lamp broken")
        line = LineInput(name="Workshop lamp, 12 V: broken", unit_cost=trade.price("79.90"), taxable=False)
        issue_credit_note(customer=customer, lines=[line], invoice=invoice, now=at)

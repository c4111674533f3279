"""What a run does for each customer: which statements, on which channel, to whom, or why not."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import cast

from customers.dates import local_day
from customers.errors import Refused
from customers.models import Company, Contact, Customer
from customers.money import to_minor
from notifications.channels import CHANNELS
from notifications.channels.email.blocking import blocked_among
from notifications.models import Message, RunItem, StatementRun
from notifications.recipients import Recipient, find_recipients
from statements.building import build_statements
from statements.statement import Items, Options, Statement, StatementType

Skip = RunItem.SkipReason
DEEPEST_FAMILY = 5
# A message in one of these states has served the customer, or still will.
_SERVED = ("queued", "sending", "held", "sent", "delivered", "unknown")
# Customer, currency, channel.
Served = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One customer of a run: the statements to send, or the reason why there are none.

    `skip` is a SkipReason; `failure` says in words why the message could not be written.
    """

    customer: Customer
    channel: str
    statements: tuple[Statement, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    skip: str = ""
    failure: str = ""


def decide(*, run: StatementRun, customer_ids: Sequence[int], now: datetime | None = None) -> list[Decision]:
    """Decide for a batch of customers, in the order of their ids. Reads only, a fixed number of queries.

    `now` for statements that are going to be issued: they say what AutoPay will collect.
    """
    batch = _Batch(run, customer_ids, now)
    return [batch.decide(batch.customers[pk]) for pk in sorted(batch.customers)]


def served_elsewhere(*, run: StatementRun, customer_ids: Sequence[int]) -> set[Served]:
    """Who has had this very statement from another run; a run started again asks nobody."""
    if run.repeat_reason:
        return set()
    rows = Message.objects.filter(
        customer_id__in=customer_ids,
        run__isnull=False,
        state__in=_SERVED,
        issued_statement__type=run.type,
        issued_statement__items=run.items,
        issued_statement__end_date=local_day(run.end_at, Company.get().zone),
        issued_statement__start_at=run.start_at,
    )
    if run.pk is not None:
        rows = rows.exclude(run=run)
    return {
        (customer, currency, channel)
        for customer, currency, channel in rows.values_list("customer_id", "currency", "channel")
        if customer is not None
    }


def without_served(decision: Decision, served: set[Served]) -> Decision:
    """The decision without the statements that others have sent; skipped when none is left."""
    if decision.skip or decision.failure:
        return decision
    who, channel = decision.customer.pk, decision.channel
    fresh = tuple(s for s in decision.statements if (who, s.currency, channel) not in served)
    if fresh:
        return replace(decision, statements=fresh)
    return Decision(decision.customer, channel, skip=Skip.ALREADY_SENT)


def options_of(run: StatementRun) -> Options:
    """The run's parameters as statement options."""
    return Options(
        type=cast(StatementType, run.type),
        start=None if run.start_at is None else int(run.start_at.timestamp()),
        end=int(run.end_at.timestamp()),
        items=cast(Items, run.items),
        currency=run.currency or None,
    )


class _Batch:
    """Everything read for one batch."""

    def __init__(self, run: StatementRun, customer_ids: Sequence[int], now: datetime | None) -> None:
        self.run = run
        self.company = Company.get()
        self.customers = Customer.objects.in_bulk(list(customer_ids))
        self.statements = build_statements(
            customer_ids=list(self.customers), options=options_of(run), now=now
        )
        self.family = self._ancestors()
        self.contacts = self._contacts([*self.customers, *self.family])
        self.end_day = local_day(run.end_at, self.company.zone)
        self.selected = None if run.customer_ids is None else frozenset(run.customer_ids)

    def decide(self, customer: Customer) -> Decision:
        channel = self.channel_of(customer)
        statements = self.statements[customer.pk]
        if not statements:
            open_item = self.run.type == "open_item"
            return Decision(customer, channel, skip=Skip.NO_BALANCE if open_item else Skip.NO_ACTIVITY)
        if reason := self._parent_covers(customer):
            return Decision(customer, channel, skip=reason)
        if not self._is_connected(channel):
            return Decision(customer, channel, skip=Skip.NOT_CONNECTED)
        recipients = self.recipients_of(customer)
        if not recipients:
            blocked = bool(self._recipients(customer, blocked=()))
            return Decision(customer, channel, skip=Skip.BLOCKED if blocked else Skip.NO_ADDRESS)
        enough = tuple(statement for statement in statements if self._is_enough(statement))
        if not enough:
            return Decision(customer, channel, skip=Skip.BELOW_MINIMUM)
        return without_served(Decision(customer, channel, enough, tuple(recipients)), self._served)

    def channel_of(self, customer: Customer) -> str:
        """The run's channel, or the one the customer prefers on the company day of the statement's end."""
        if self.run.channel != "preferred":
            return self.run.channel
        since = customer.paperless_from_date
        return customer.statement_channel if since is None or self.end_day >= since else "letter"

    def recipients_of(self, customer: Customer) -> list[Recipient]:
        return self._recipients(customer, blocked=self._blocked)

    def _recipients(self, customer: Customer, *, blocked: Collection[str]) -> list[Recipient]:
        return find_recipients(
            channel=self.channel_of(customer),
            customer=customer,
            contacts=self.contacts.get(customer.pk, []),
            blocked=blocked,
        )

    @cached_property
    def _blocked(self) -> set[str]:
        """Which addresses of the batch are not written to any more: one look-up for all."""
        people = [*self.customers.values(), *self.family.values()]
        mails = [c.email for contacts in self.contacts.values() for c in contacts if c.primary and c.email]
        return blocked_among([*(person.email for person in people if person.email), *mails])

    def _is_enough(self, statement: Statement) -> bool:
        least = self.run.minimum_balance
        return least is None or statement.headline >= to_minor(least, statement.currency)

    @cached_property
    def _connected(self) -> dict[str, bool]:
        found = {}
        for name, channel in CHANNELS.items():
            try:
                channel.check()
            except Refused:
                found[name] = False
            else:
                found[name] = True
        return found

    def _is_connected(self, channel: str) -> bool:
        return self._connected[channel]

    @cached_property
    def _served(self) -> set[Served]:
        return served_elsewhere(run=self.run, customer_ids=list(self.customers))

    def _parent_covers(self, customer: Customer) -> str:
        """Why the statement of an ancestor serves this customer as well, or nothing."""
        reason = _parent_reason(customer)
        if not reason:
            return ""
        person: Customer | None = customer
        for _ in range(DEEPEST_FAMILY):
            if person is None or not _parent_reason(person):
                return ""
            person = self.family.get(person.parent_customer_id or 0)
            if person is not None and self._gets_own(person):
                return reason
        return ""

    def _gets_own(self, parent: Customer) -> bool:
        chosen = (
            parent.pk <= self.run.last_customer_id if self.selected is None else parent.pk in self.selected
        )
        return (
            chosen
            and not _parent_reason(parent)
            and self._is_connected(self.channel_of(parent))
            and bool(self.recipients_of(parent))
        )

    def _ancestors(self) -> dict[int, Customer]:
        """Parents, and theirs, of customers that may be served by them; most batches need none."""
        found: dict[int, Customer] = {}
        wanted = {c.parent_customer_id for c in self.customers.values() if _parent_reason(c)}
        for _ in range(DEEPEST_FAMILY):
            missing = [pk for pk in wanted if pk is not None and pk not in found]
            if not missing:
                break
            fetched = Customer.objects.in_bulk(missing)
            found |= fetched
            wanted = {parent.parent_customer_id for parent in fetched.values() if _parent_reason(parent)}
        return found

    def _contacts(self, ids: Sequence[int]) -> dict[int, list[Contact]]:
        found: dict[int, list[Contact]] = defaultdict(list)
        for contact in Contact.objects.filter(customer_id__in=ids).order_by("pk"):
            found[contact.customer_id].append(contact)
        return found


def _parent_reason(customer: Customer) -> str:
    """Whether this customer leaves its statement to its parent, and by which rule."""
    if customer.parent_customer_id is None:
        return ""
    if customer.child_statements == Customer.ChildStatements.PARENT_ONLY:
        return Skip.ON_PARENT_STATEMENT
    if customer.child_statements == Customer.ChildStatements.DEFAULT and customer.bill_to_parent:
        return Skip.BILLED_TO_PARENT
    return ""

"""The secret links of a customer, to statement and sign-up: a new one ends the old one at once."""

from datetime import datetime

from django.db import transaction

from customers.ledger.changes import still_there
from customers.ledger.events import record_event
from customers.ledger.locking import lock_accounts
from customers.models import Customer
from customers.models.base import new_token
from customers.wire import describe


@transaction.atomic(savepoint=False)
def renew_statement_link(*, customer: Customer, now: datetime) -> Customer:
    """Draw a new link: what was sent with the old one opens nothing any more, answers carry the new one."""
    return _renew(customer, "statement_token", "statement_pdf_url", now)


@transaction.atomic(savepoint=False)
def renew_sign_up_link(*, customer: Customer, now: datetime) -> Customer:
    """The same for the link at which the customer signs up for AutoPay."""
    return _renew(customer, "sign_up_token", "sign_up_url", now)


def _renew(customer: Customer, column: str, shown: str, now: datetime) -> Customer:
    lock_accounts([customer.pk])
    customer = still_there(customer)
    before = describe(customer)
    setattr(customer, column, new_token())
    customer.save(update_fields=[column, "updated_at"])
    record_event(type="customer.updated", row=customer, now=now, previous={shown: before[shown]})
    return customer

"""The secret link to a customer's own statement: a new one ends the old one at once."""

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
    lock_accounts([customer.pk])
    customer = still_there(customer)
    before = describe(customer)
    customer.statement_token = new_token()
    customer.save(update_fields=["statement_token", "updated_at"])
    previous = {"statement_pdf_url": before["statement_pdf_url"]}
    record_event(type="customer.updated", row=customer, now=now, previous=previous)
    return customer

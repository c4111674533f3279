"""The secret links of issued statements: how long they live, and new ones for old."""

from datetime import datetime, timedelta

from django.db import transaction

from customers.ledger.events import record_fact
from customers.models import Company
from customers.models.base import new_token
from statements.models import IssuedStatement, SignIn


def link_ended(*, issued: IssuedStatement, company: Company, now: datetime) -> bool:
    """Whether the company's number of days for links of sent statements has passed."""
    days = company.statement_link_days
    return bool(days) and issued.created_at + timedelta(days=days or 0) < now


@transaction.atomic
def renew_issued_link(*, issued: IssuedStatement, now: datetime) -> IssuedStatement:
    """Draw a new link: the old one, also where it was printed or sent, opens nothing any more."""
    issued = IssuedStatement.objects.select_for_update().defer("facts", "parties").get(pk=issued.pk)
    issued.token = new_token()
    issued.save(update_fields=["token", "updated_at"])
    # Somebody saw what was not theirs: whoever signed in at the account's links does so again.
    SignIn.objects.filter(customer=issued.customer_id).delete()
    record_fact(
        type="issued_statement.link_renewed",
        object_type="issued_statement",
        object_id=str(issued.pk),
        customer_id=issued.customer_id,
        # The link itself is a secret: the trail says that it changed.
        data={"object": {"id": issued.pk, "number": issued.label}},
        now=now,
    )
    return issued

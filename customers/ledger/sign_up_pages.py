"""Sign-up pages: where customers store a way to pay."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.errors import Refused
from customers.ledger.changes import change_row, still_there
from customers.ledger.events import record_event
from customers.models import SignUpPage


@transaction.atomic
def create_sign_up_page(*, values: Mapping[str, Any], now: datetime) -> SignUpPage:
    """Keep a page; only `name` is needed. Source: Invoiced API, Sign Up Pages."""
    page = SignUpPage.objects.create(**values, created_at=now)
    record_event(type="sign_up_page.created", row=page, now=now)
    return page


@transaction.atomic
def update_sign_up_page(*, page: SignUpPage, changes: Mapping[str, Any], now: datetime) -> SignUpPage:
    page = still_there(page)
    change_row(row=page, type="sign_up_page.updated", changes=changes, now=now)
    return page


@transaction.atomic
def delete_sign_up_page(*, page: SignUpPage, now: datetime) -> None:
    """Remove a page that no customer is sent to; else raises Refused."""
    # The full lock: a customer that is being assigned to the page waits for it.
    page = still_there(page)
    if page.customers.exists():
        raise Refused("This sign-up page is assigned to customers and cannot be deleted.")
    record_event(type="sign_up_page.deleted", row=page, now=now)
    page.delete()

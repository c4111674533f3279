"""What a key may see at all: account managers their own customers and what belongs to them."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet

from customers.ledger.events import current_actor
from customers.models import ApiKey, Customer, Role

Rows = QuerySet[Any]


def visible(rows: Rows, key: ApiKey) -> Rows:
    """The rows of any model that this key may know about; the others answer 404.

    Rows without a customer (tax rates, for instance) are everybody's. Payments that belong to no
    customer are nobody's own, so account managers do not see them.
    """
    if sees_all(key):
        return rows
    if rows.model is Customer:
        return _own(rows, key)
    try:
        rows.model._meta.get_field("customer")
    except FieldDoesNotExist:
        return rows
    return rows.filter(customer__in=_own(Customer.objects.all(), key))


def sees_all(key: ApiKey) -> bool:
    """Whether every row may be known: then no query need find out whether this one may be."""
    return key.role != Role.ACCOUNT_MANAGER


def caller_sees_all() -> bool:
    """The same for the key that acts at present, and for whoever acts without one."""
    key = current_actor().api_key
    return key is None or sees_all(key)


def visible_to_caller(rows: Rows) -> Rows:
    """The visible rows for the key that acts at present; for loaders, which see ids and no request."""
    key = current_actor().api_key
    return rows if key is None else visible(rows, key)


def _own(customers: Any, key: ApiKey) -> Rows:
    own: Rows = customers.within(role=key.role, user_id=key.user_id)
    return own

"""What a key may do: the four roles and their powers, the same as for staff."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from customers.models import ApiKey, Role

READ = "read"  # see customers, documents and statements
EDIT = "edit"  # contact data, notes, chasing
SEND = "send"  # a statement, an invoice
MONEY = "money"  # documents, payments, credits, limits, taxes, AutoPay
SETUP = "setup"  # keys, gateways, templates

POWERS: dict[str, frozenset[str]] = {
    Role.READ_ONLY: frozenset({READ}),
    Role.ACCOUNT_MANAGER: frozenset({READ, EDIT, SEND}),
    Role.FINANCE: frozenset({READ, EDIT, SEND, MONEY}),
    Role.ADMIN: frozenset({READ, EDIT, SEND, MONEY, SETUP}),
}


def key_of(request: Request) -> ApiKey:
    """The key that a request was let in with."""
    key: Any = request.auth
    return key  # type: ignore[no-any-return]


def may(key: ApiKey, power: str) -> bool:
    return power in POWERS.get(key.role, frozenset())


class KeyMay(BasePermission):
    """Reading needs what the view says in `reading`, everything else what it says in `power`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = request.method or ""
        reads = method in ("GET", "HEAD")
        needed = view.reading if reads else view.powers.get(method, view.power)
        return needed in POWERS.get(getattr(request.auth, "role", ""), frozenset())

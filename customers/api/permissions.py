"""What a key may do: the rights of its role, the same as for staff."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from customers.models import ApiKey
from customers.roles import Right, grants

READ = Right.SEE
EDIT = Right.EDIT_ACCOUNTS
SEND = Right.SEND
MONEY = Right.MONEY
SETUP = Right.SETTINGS


def key_of(request: Request) -> ApiKey:
    """The key that a request was let in with."""
    key: Any = request.auth
    return key  # type: ignore[no-any-return]


def may(key: ApiKey, power: str) -> bool:
    return grants(key.role, power)


class KeyMay(BasePermission):
    """Reading needs what the view says in `reading`, everything else what it says in `power`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = request.method or ""
        reads = method in ("GET", "HEAD")
        needed = view.reading if reads else view.powers.get(method, view.power)
        return grants(getattr(request.auth, "role", ""), needed)

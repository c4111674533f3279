"""Who may do what in the back office: the table of `customers.roles` for members of staff."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from customers.models import Customer, Role
from customers.roles import Right, grants

__all__ = [
    "Right",
    "RoleRights",
    "may",
    "may_import",
    "moves_money",
    "own_rows",
    "sees_own_only",
    "sees_runs",
    "sees_settings",
    "visible_customers",
]


def may(user: Any, right: Right) -> bool:
    """Whether a member of staff may do an act; superusers may everything."""
    if not (getattr(user, "is_active", False) and getattr(user, "is_staff", False)):
        return False
    return bool(user.is_superuser) or grants(user.role, right)


def sees_settings(request: HttpRequest) -> bool:
    """For the navigation."""
    return may(request.user, Right.SETTINGS)


def moves_money(request: HttpRequest) -> bool:
    """For the navigation."""
    return may(request.user, Right.MONEY)


def may_import(request: HttpRequest) -> bool:
    """For the navigation."""
    return may(request.user, Right.IMPORT)


def sees_runs(request: HttpRequest) -> bool:
    """For the navigation: runs are about all customers, so account managers do not see them."""
    return may(request.user, Right.SEE) and not sees_own_only(request.user)


def sees_own_only(user: Any) -> bool:
    """Account managers see the customers they own, and what belongs to these."""
    return getattr(user, "role", "") == Role.ACCOUNT_MANAGER and not user.is_superuser


def own_rows(rows: QuerySet[Any], user: Any, path: str = "customer") -> QuerySet[Any]:
    """Rows of customers that this member of staff may see; `path` leads to the customer."""
    if not sees_own_only(user):
        return rows
    return rows.filter(**{f"{path}__in": Customer.objects.for_user(user).values("pk")})


def visible_customers(request: HttpRequest) -> QuerySet[Customer]:
    """The customers of whoever asks."""
    if not sees_own_only(request.user):
        return Customer.objects.all()
    return Customer.objects.for_user(request.user)


class RoleRights:
    """For a ModelAdmin: its permissions by role, instead of one row for each table and verb.

    The audit trail is the Event table, written by the domain; the framework's own log stays empty.
    """

    view_right: Right | None = Right.SEE
    add_right: Right | None = None
    change_right: Right | None = None
    delete_right: Right | None = None
    preserve_filters = False  # our pages have links of their own back to the list

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._granted(request, self.view_right)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._granted(request, self.add_right)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._granted(request, self.change_right)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._granted(request, self.delete_right)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._granted(request, self.view_right)

    def log_addition(self, *args: Any) -> None:
        """Nothing: see the class."""

    def log_change(self, *args: Any) -> None:
        """Nothing: see the class."""

    def log_deletion(self, *args: Any) -> None:
        """Nothing: see the class."""

    def log_deletions(self, *args: Any) -> None:
        """Nothing: see the class."""

    @staticmethod
    def _granted(request: HttpRequest, right: Right | None) -> bool:
        return right is not None and may(request.user, right)

"""The members of staff (Invoiced API, Members). They are made and changed in the back office."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from customers.api.base import Resource
from customers.api.columns import Column
from customers.api.fields import Choice, Integer, Timestamp
from customers.models import Role, User


class Members(Resource):
    noun = "Member"
    model = User
    columns = {
        "id": Column(Integer()),
        "role": Column(Choice(Role.values)),
        "last_accessed": Column(Timestamp(), source="last_login"),
        "created_at": Column(Timestamp(), source="date_joined"),
        "updated_at": Column(Timestamp(), source="last_moved"),
    }

    def rows(self) -> QuerySet[Any]:
        """Those who can be owners; who was switched off is no member any more."""
        members: QuerySet[Any] = super().rows().filter(is_active=True)
        moved: QuerySet[Any] = members.annotate(last_moved=Coalesce("last_login", "date_joined"))
        return moved

"""Lists that are no table: a handful of values, or nothing at all, with everything a list has."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from customers.api.base import WireObject
from customers.api.permissions import READ, key_of
from customers.api.view import ApiView
from customers.api.visibility import visible
from customers.models import CreditNote, Customer, Invoice
from customers.models.customer import PAYMENT_METHODS


class _Rows:
    """Values in the clothes of an ordered queryset, as the paginator wants them."""

    ordered = True
    # Ordered by no column: pages are cut by counting.
    query = SimpleNamespace(order_by=(None,))

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values

    def values_list(self, *names: str, **options: Any) -> Sequence[Any]:
        return self.values

    def order_by(self) -> "_Rows":
        return self

    def count(self) -> int:
        return len(self.values)


class ShortList(ApiView):
    """A list whose objects are all known at once."""

    is_list = True

    def default_page_size(self) -> int | None:
        return None

    def objects(self, **kwargs: Any) -> Sequence[WireObject]:
        return []

    def get(self, request: Request, **kwargs: Any) -> Response:
        pagination: Any = api_settings.DEFAULT_PAGINATION_CLASS
        paginator = pagination()
        page = paginator.paginate(request, _Rows(self.objects(**kwargs)), self)
        return Response(list(page.ids), headers=paginator.headers(request, page, self))


class NothingYet(ShortList):
    """Streams of the sync tool that stay empty here: estimates, plans, subscriptions."""


class DisabledPaymentMethods(ShortList):
    """Ways to pay that a customer may not use. Their ids are made up: the same for the same pair."""

    def objects(self, **kwargs: Any) -> Sequence[WireObject]:
        rows = visible(Customer.objects.all(), key_of(self.request))
        customer = rows.filter(pk=kwargs["customer"]).first()
        if customer is None:
            raise NotFound(f"Customer was not found: {kwargs['customer']}")
        return [
            {
                "id": customer.pk * 100 + list(PAYMENT_METHODS).index(method),
                "object": "disabled_payment_method",
                "method": method,
            }
            for method in customer.disabled_payment_methods
        ]


class Attachments(ShortList):
    """Documents have no files yet. One official client asks for the list with a POST."""

    powers = {"POST": READ}
    noun: ClassVar[str]
    model: ClassVar[Any]

    def objects(self, **kwargs: Any) -> Sequence[WireObject]:
        rows = visible(self.model.objects.all(), key_of(self.request))
        if not rows.filter(pk=kwargs["id"]).exists():
            raise NotFound(f"{self.noun} was not found: {kwargs['id']}")
        return []

    def post(self, request: Request, **kwargs: Any) -> Response:
        return self.get(request, **kwargs)


class InvoiceAttachments(Attachments):
    noun = "Invoice"
    model = Invoice


class CreditNoteAttachments(Attachments):
    noun = "Credit note"
    model = CreditNote

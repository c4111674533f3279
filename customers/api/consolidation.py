"""Consolidated invoicing (Invoiced API, Consolidate invoices)."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.fields import Timestamp
from customers.api.invoices import Invoices
from customers.api.shapes import Shape
from customers.ledger.consolidating import consolidate_invoices
from customers.models import Customer


class ConsolidationShape(Shape):
    cutoff_date = Timestamp(nullable=True)


class Consolidation(Invoices):
    parent, parent_noun, parent_model = "customer", "Customer", Customer
    # One official client sends the cutoff date as the whole body (shim R1).
    bare_number = "cutoff_date"

    def consolidate(self, request: Request, **kwargs: Any) -> Response:
        values = ConsolidationShape.read(request.data)
        row = consolidate_invoices(
            customer=self.parent_row, cutoff=values.get("cutoff_date"), now=timezone.now()
        )
        return Response(self.shown(self.fetch([row.pk]))[0])

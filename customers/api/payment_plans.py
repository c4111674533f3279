"""The payment plan of an invoice (Invoiced API, Payment Plans)."""

from typing import Any

from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.fields import Amount, Timestamp
from customers.api.permissions import key_of
from customers.api.shapes import ListOf, Nested, Shape
from customers.api.view import ApiView
from customers.api.visibility import visible
from customers.ledger.instalments import plan_of
from customers.ledger.plans import Part, cancel_plan, make_plan
from customers.models import Invoice, PaymentPlan
from customers.money import minor_within_reach
from customers.wire.payment_plan import describe_payment_plan


class InstalmentShape(Shape):
    date = Timestamp(required=True)
    amount = Amount(required=True)


class PlanShape(Shape):
    installments = ListOf(Nested(InstalmentShape), required=True)


class InvoicePaymentPlan(ApiView):
    """`GET`, `PUT`, `POST` and `DELETE /invoices/:id/payment_plan`; three clients put, three post."""

    def get(self, request: Request, invoice: str) -> Response:
        return Response(describe_payment_plan(self._plan(invoice)))

    def put(self, request: Request, invoice: str) -> Response:
        row = self._invoice(invoice)
        values = PlanShape.read(request.data)
        make_plan(invoice=row, parts=_parts(values["installments"], row.currency), now=timezone.now())
        return Response(describe_payment_plan(self._plan(invoice)))

    post = put

    def delete(self, request: Request, invoice: str) -> Response:
        cancel_plan(plan=self._plan(invoice), now=timezone.now())
        return Response(status=204)

    def _invoice(self, pk: str) -> Invoice:
        row: Invoice | None = visible(Invoice.objects.all(), key_of(self.request)).filter(pk=pk).first()
        if row is None:
            raise NotFound(f"Invoice was not found: {pk}")
        return row

    def _plan(self, pk: str) -> PaymentPlan:
        plan = plan_of(self._invoice(pk))
        if plan is None:
            raise NotFound(f"Invoice {pk} has no payment plan.")
        return plan


def _parts(values: list[dict[str, Any]], currency: str) -> list[Part]:
    return [
        Part(
            date=value["date"],
            amount=minor_within_reach(value["amount"], currency, param=f"installments.{index}.amount"),
        )
        for index, value in enumerate(values)
    ]

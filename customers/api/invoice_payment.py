"""AutoPay now, instead of on its date (Invoiced API, Pay invoice)."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.charges import recorded_charge, refuse_declined
from customers.api.invoices import Invoices
from customers.api.source_fields import PaymentParameters
from customers.autopay.charging import charge_invoice


class PayInvoice(Invoices):
    """`POST /invoices/:id/pay`: charges the customer's default source."""

    effects_outside = True

    def pay(self, request: Request, **kwargs: Any) -> Response:
        PaymentParameters.read(request.data)
        row = self.find_plain_row()
        key, done = recorded_charge(self)
        charge = done or charge_invoice(invoice=row, now=timezone.now(), request_key=key)
        refuse_declined(charge)
        return Response(self.shown(self.fetch([row.pk]))[0])

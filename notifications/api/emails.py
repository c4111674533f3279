"""Statements by email (Invoiced API, Send a statement email)."""

from datetime import timedelta

from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import ApiView
from customers.api.fields import Choice, Text, Timestamp
from customers.api.permissions import SEND, key_of
from customers.api.shapes import Shape
from customers.api.visibility import visible
from customers.models import Company, Customer
from notifications.api.recipients import Recipients
from notifications.composing import LONGEST_SUBJECT
from notifications.models import Message
from notifications.sending import LONGEST_MESSAGE, send_statement
from notifications.wire import describe_message
from statements.options import TYPES, parse_options

# As long as an idempotency key is kept.
REMEMBERED = timedelta(hours=24)


class StatementShape(Shape):
    """Which statement: shared by the three channels."""

    type = Choice(TYPES, nullable=True)
    start = Timestamp(nullable=True)
    end = Timestamp(nullable=True)
    items = Text(nullable=True)
    currency = Text(nullable=True)


class EmailShape(StatementShape):
    to = Recipients()
    bcc = Text(nullable=True, max_length=65_535)
    template = Text(nullable=True)
    subject = Text(nullable=True, max_length=LONGEST_SUBJECT, one_line=True)
    message = Text(nullable=True, max_length=LONGEST_MESSAGE)


class CustomerEmails(ApiView):
    """`POST /customers/:id/emails`: one object for each recipient, sent within the request if possible."""

    power = SEND
    effects_outside = True

    def post(self, request: Request, customer: str) -> Response:
        row = visible(Customer.objects.all(), key_of(request)).filter(pk=customer).first()
        if row is None:
            raise NotFound(f"Customer was not found: {customer}")
        now = timezone.now()
        values = EmailShape.read(request.data)
        key = "" if self.claim is None else str(self.claim.pk)
        if self.claim is not None and self.claim.retaken:
            # The first copy of this request died half-way: report what it has done, send nothing twice.
            done = Message.objects.filter(request_key=key, created_at__gt=now - REMEMBERED).order_by("pk")
            if done:
                return Response([describe_message(message) for message in done], status=201)
        messages = send_statement(
            customer=row,
            channel="email",
            options=parse_options(values, zone=Company.get().zone, now=now),
            now=now,
            to=values.get("to") or None,
            bcc=values.get("bcc") or None,
            subject=values.get("subject"),
            message=values.get("message"),
            template=values.get("template"),
            request_key=key,
        )
        return Response([describe_message(message) for message in messages], status=201)

"""What was sent to a customer, and sending a statement: emails, text messages, letters.

`GET /customers/:id/emails` lists, `POST` sends; `GET /emails/:id` reads one (Invoiced API, Customers).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Resource
from customers.api.relations import CUSTOMER
from customers.models import Company, Customer
from notifications.api.message_list import COLUMNS, STATE, about
from notifications.api.sending import (
    AddressWords,
    Sending,
    StatementWords,
    TextWords,
    domain_words,
    mail_words,
    together,
)
from notifications.models import Message
from notifications.sending import send_statement
from notifications.wire.message import wire_messages
from notifications.wire.states import wire_states
from statements.options import parse_options


class Messages(Sending, Resource):
    """The messages of one channel."""

    model = Message
    channel: ClassVar[str]
    expandable = {"customer": CUSTOMER}

    def rows(self) -> QuerySet[Any]:
        rows = super().rows().filter(channel=self.channel)
        found: QuerySet[Any] = rows.annotate(**{STATE: wire_states(self.channel)})
        return found

    def wire_rows(self) -> QuerySet[Any]:
        return wire_messages(self.rows(), channel=self.channel)


class SentMessages(Messages):
    """Those of one customer, newest first."""

    parent, parent_noun, parent_model = "customer", "Customer", Customer
    ordering = ("-created_at", "-id")
    date_column = "created_at"

    def __init_subclass__(cls) -> None:
        cls.columns = COLUMNS[cls.channel]

    def narrow(self, rows: QuerySet[Any], query: Mapping[str, Any]) -> QuerySet[Any]:
        return about(rows, query)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        def send(key: str, now: datetime) -> list[Message]:
            values = self.shape.read(request.data)
            options = parse_options(values, zone=Company.get().zone, now=now)
            return send_statement(
                customer=self.parent_row,
                channel=self.channel,
                options=options,
                now=now,
                request_key=key,
                **domain_words(values),
            )

        return self.answer(request, send)


class CustomerEmails(SentMessages):
    channel = "email"
    shape = together(mail_words("statement"), StatementWords)


class CustomerTextMessages(SentMessages):
    channel = "sms"
    shape = together(TextWords, StatementWords)


class CustomerLetters(SentMessages):
    channel = "letter"
    shape = together(StatementWords, AddressWords)
    is_letter = True


class SingleMessages(Messages):
    """One message by its 32 hex digits, in any letter case."""

    id_pattern = "[0-9a-fA-F]{32}"
    id_column = "public_id"

    def find_row(self) -> Any:
        self.kwargs["id"] = self.kwargs["id"].lower()
        return super().find_row()


class Emails(SingleMessages):
    noun, channel = "Email", "email"


class TextMessages(SingleMessages):
    noun, channel = "Text message", "sms"


class Letters(SingleMessages):
    noun, channel = "Letter", "letter"

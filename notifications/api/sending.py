"""What all sending endpoints share: sent once however often the request comes, answered alike."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.clients import PHP, PYTHON, RUBY, comes_from
from customers.api.codes import Country
from customers.api.fields import Choice, Flag, Text, Timestamp
from customers.api.permissions import SEND
from customers.api.shapes import Shape
from customers.api.view import ApiView
from notifications.api.recipients import Recipients
from notifications.models import Message
from notifications.recipients import check_copies, check_emails
from notifications.wire import describe_message
from notifications.wording import (
    FALLBACK,
    LONGEST_MESSAGE,
    LONGEST_SUBJECT,
    Subject,
    check_template,
    find_wording,
)
from statements.options import TYPES

# As long as an idempotency key is kept.
REMEMBERED = timedelta(hours=24)


class StatementWords(Shape):
    """Which statement, for all channels. `include_children` is ours: false means the account alone."""

    type = Choice(TYPES, nullable=True)
    start = Timestamp(nullable=True)
    end = Timestamp(nullable=True)
    items = Text(nullable=True)
    currency = Text(nullable=True)
    include_children = Flag(nullable=True)


def mail_words(about: Subject) -> type[Shape]:
    """To whom a mail goes, and its words in the place of the template's.

    All that can be told without the account is told here, so that the first wrong parameter is named.
    """

    def known(name: str) -> str:
        return find_wording(channel="email", name=name, language=FALLBACK, about=about).name

    class MailWords(Shape):
        to = Recipients(check=check_emails)
        bcc = Text(nullable=True, max_length=65_535, check=check_copies)
        template = Text(nullable=True, check=known)
        subject = Text(nullable=True, max_length=LONGEST_SUBJECT, one_line=True, check=_fillable)
        message = Text(nullable=True, max_length=LONGEST_MESSAGE, check=_fillable)

    return MailWords


def _fillable(text: str) -> str:
    check_template(text)
    return text


class TextWords(Shape):
    """A text and whom it goes to."""

    message = Text(required=True, max_length=LONGEST_MESSAGE)
    to = Recipients()


class AddressWords(Shape):
    """Parts of a letter's address in the place of the customer's own."""

    name = Text(nullable=True)
    address1 = Text(nullable=True)
    address2 = Text(nullable=True)
    city = Text(nullable=True)
    state = Text(nullable=True)
    postal_code = Text(nullable=True, max_length=32)
    country = Country(nullable=True)


def together(*shapes: type[Shape]) -> type[Shape]:
    """The parameters of several shapes as one, in this order."""
    return type(
        "Together", (Shape,), {name: field for shape in shapes for name, field in shape.fields.items()}
    )


def domain_words(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a request says about whom to write to and how, in the words of the domain."""
    address = {name: values[name] for name in AddressWords.fields if values.get(name)}
    said = {name: values.get(name) or None for name in ("to", "bcc", "subject", "message", "template")}
    return {**said, "address": address or None}


Send = Callable[[str, datetime], list[Message]]


class Sending(ApiView):
    """An endpoint that writes messages and hands them over within the request."""

    power = SEND
    effects_outside = True
    # What the official clients of three languages take for a letter: an array, where others want one object.
    is_letter: ClassVar[bool] = False

    def answer(self, request: Request, send: Send) -> Response:
        """Send once and show what was written.

        `send` gets the mark of this request and the moment. When an earlier copy of the request died
        half-way, what it has written is reported and nothing is sent twice.
        """
        now = timezone.now()
        key = "" if self.claim is None else str(self.claim.pk)
        messages: list[Message] = []
        if self.claim is not None and self.claim.retaken:
            done = Message.objects.filter(request_key=key, created_at__gt=now - REMEMBERED)
            messages = list(done.order_by("pk"))
        shown = [describe_message(message) for message in messages or send(key, now)]
        if not self.is_letter:
            return Response(shown, status=201)
        for letter in shown:
            # A letter is on its way for days: what is told here is that it was taken on.
            if letter["state"] == "sent":
                letter |= {"state": "queued", "sent_at": None}
        data: Any = shown if comes_from(request, PYTHON, RUBY, PHP) else shown[0]
        return Response(data, status=201, headers={"Vary": "User-Agent"})

"""Invoices, credit notes and receipts by mail, text or letter (Invoiced API, Invoices and others)."""

from datetime import datetime
from typing import Any, ClassVar

from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.fields import Text
from customers.api.permissions import key_of
from customers.api.shapes import Shape
from customers.api.visibility import sees_all, visible
from customers.models import ApiKey, Company, CreditNote, Customer, Invoice, Payment
from notifications.api.recipients import Recipients
from notifications.api.sending import AddressWords, Sending, domain_words, mail_words
from notifications.models import Message
from notifications.sending_documents import send_document
from notifications.wording import LONGEST_MESSAGE
from statements.document_facts import Row, addressed_to


class DocumentMessages(Sending):
    """`POST /invoices/:id/emails` and its like; what was sent is read at the customer."""

    model: ClassVar[Any] = Invoice
    noun: ClassVar[str] = "Invoice"
    channel: ClassVar[str] = "email"
    shape: ClassVar[type[Shape]] = mail_words("invoice")

    def post(self, request: Request, document: str) -> Response:
        rows = visible(self.model._default_manager.select_related("customer"), key_of(request))
        row = rows.filter(pk=document).first()
        if row is None:
            raise NotFound(f"{self.noun} was not found: {document}")
        _check_addressee(row, key_of(request))

        def send(key: str, now: datetime) -> list[Message]:
            words = domain_words(self.shape.read(request.data))
            return send_document(document=row, channel=self.channel, now=now, request_key=key, **words)

        return self.answer(request, send)


class InvoiceEmails(DocumentMessages):
    pass


class InvoiceTextMessages(DocumentMessages):
    """Without a message the text that ships is sent: one official client drops its arguments."""

    class InvoiceText(Shape):
        to = Recipients()
        message = Text(nullable=True, max_length=LONGEST_MESSAGE)

    channel = "sms"
    shape = InvoiceText


class InvoiceLetters(DocumentMessages):
    channel = "letter"
    shape = AddressWords
    is_letter = True


class CreditNoteEmails(DocumentMessages):
    model, noun = CreditNote, "Credit note"
    shape = mail_words("credit_note")


class PaymentEmails(DocumentMessages):
    model, noun = Payment, "Payment"
    shape = mail_words("payment")


def _check_addressee(row: Row, key: ApiKey) -> None:
    """What is billed to an account that the key may not see is not sent with it, whoever is named in `to`.

    The words of a message are filled in from that account, and refusals name it.
    """
    if sees_all(key) or (billed := addressed_to(row, company=Company.get())).pk == row.customer_id:
        return
    if not visible(Customer.objects.filter(pk=billed.pk), key).exists():
        raise PermissionDenied

"""Routes of the top floor's API, at the root of the host."""

from customers.api.routes import endpoint, resource
from notifications.api.documents import (
    CreditNoteEmails,
    InvoiceEmails,
    InvoiceLetters,
    InvoiceTextMessages,
    PaymentEmails,
)
from notifications.api.messages import (
    CustomerEmails,
    CustomerLetters,
    CustomerTextMessages,
    Emails,
    Letters,
    TextMessages,
)
from notifications.api.webhooks import WebhookAttempts, Webhooks

LIST_AND_SEND, READ = {"get": "list_rows", "post": "create"}, {"get": "retrieve"}

urlpatterns = [
    endpoint("customers/:customer/emails", CustomerEmails, actions=LIST_AND_SEND),
    endpoint("customers/:customer/text_messages", CustomerTextMessages, actions=LIST_AND_SEND),
    endpoint("customers/:customer/letters", CustomerLetters, actions=LIST_AND_SEND),
    endpoint("emails/:id", Emails, actions=READ),
    endpoint("text_messages/:id", TextMessages, actions=READ),
    endpoint("letters/:id", Letters, actions=READ),
    endpoint("invoices/:document/emails", InvoiceEmails),
    endpoint("invoices/:document/text_messages", InvoiceTextMessages),
    endpoint("invoices/:document/letters", InvoiceLetters),
    endpoint("credit_notes/:document/emails", CreditNoteEmails),
    endpoint("payments/:document/emails", PaymentEmails),
    *resource("webhooks", Webhooks),
    endpoint("webhooks/:id/test", Webhooks, actions={"post": "test"}),
    endpoint("webhooks/:id/rotate", Webhooks, actions={"post": "rotate"}),
    *resource("webhook_attempts", WebhookAttempts),
    endpoint("webhook_attempts/:id/retries", WebhookAttempts, actions={"post": "retry"}),
]

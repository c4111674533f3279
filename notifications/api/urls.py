"""Routes of the top floor's API, at the root of the host."""

from customers.api.routes import endpoint, resource
from notifications.api.emails import CustomerEmails
from notifications.api.webhooks import WebhookAttempts, Webhooks

urlpatterns = [
    endpoint("customers/:customer/emails", CustomerEmails),
    *resource("webhooks", Webhooks),
    endpoint("webhooks/:id/test", Webhooks, actions={"post": "test"}),
    endpoint("webhooks/:id/rotate", Webhooks, actions={"post": "rotate"}),
    *resource("webhook_attempts", WebhookAttempts),
    endpoint("webhook_attempts/:id/retries", WebhookAttempts, actions={"post": "retry"}),
]

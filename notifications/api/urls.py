"""Routes of the top floor's API, at the root of the host."""

from customers.api.routes import endpoint
from notifications.api.emails import CustomerEmails

urlpatterns = [
    endpoint("customers/:customer/emails", CustomerEmails),
]

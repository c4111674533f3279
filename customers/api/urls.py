"""Routes of the ground floor's API, at the root of the host."""

from customers.api.balance import CustomerBalance
from customers.api.contacts import Contacts
from customers.api.credit_balance_adjustments import CreditBalanceAdjustments
from customers.api.credit_notes import CreditNotes
from customers.api.customers import Customers
from customers.api.events import Events
from customers.api.invoices import Invoices
from customers.api.payments import Payments
from customers.api.routes import endpoint, resource

urlpatterns = [
    *resource("customers", Customers),
    endpoint("customers/:customer/balance", CustomerBalance),
    *resource("customers/:customer/contacts", Contacts),
    *resource("invoices", Invoices),
    endpoint("invoices/:id/void", Invoices, actions={"post": "void"}),
    *resource("credit_notes", CreditNotes),
    endpoint("credit_notes/:id/void", CreditNotes, actions={"post": "void"}),
    *resource("payments", Payments),
    *resource("credit_balance_adjustments", CreditBalanceAdjustments),
    *resource("events", Events),
]

"""Routes of the ground floor's API, at the root of the host."""

from customers.api.balance import CustomerBalance
from customers.api.cadences import Cadences
from customers.api.charges import Charges, Refunds
from customers.api.consolidation import Consolidation
from customers.api.contacts import Contacts
from customers.api.credit_balance_adjustments import CreditBalanceAdjustments
from customers.api.credit_notes import CreditNotes
from customers.api.customers import Customers
from customers.api.events import Events
from customers.api.invoice_payment import PayInvoice
from customers.api.invoices import Invoices
from customers.api.items import Items
from customers.api.members import Members
from customers.api.notes import CustomerNotes, InvoiceNotes, Notes, RolesThatAreNotes
from customers.api.payment_plans import InvoicePaymentPlan
from customers.api.payment_sources import BankAccounts, Cards, PaymentSources, VerifyBankAccount
from customers.api.payments import Payments
from customers.api.pending_line_items import CustomerInvoices, PendingLineItems
from customers.api.routes import endpoint, resource
from customers.api.short_lists import (
    CreditNoteAttachments,
    DisabledPaymentMethods,
    InvoiceAttachments,
    NothingYet,
)
from customers.api.sign_up_pages import SignUpPages
from customers.api.tasks import CustomerTasks, Tasks
from customers.api.tax_rates import TaxRates

urlpatterns = [
    *resource("customers", Customers),
    endpoint("customers/:customer/balance", CustomerBalance),
    *resource("customers/:customer/contacts", Contacts),
    *resource("invoices", Invoices),
    endpoint("invoices/:id/void", Invoices, actions={"post": "void"}),
    endpoint("invoices/:id/pay", PayInvoice, actions={"post": "pay"}),
    endpoint("invoices/:invoice/payment_plan", InvoicePaymentPlan),
    endpoint("invoices/:id/attachments", InvoiceAttachments),
    *resource("credit_notes", CreditNotes),
    endpoint("credit_notes/:id/void", CreditNotes, actions={"post": "void"}),
    endpoint("credit_notes/:id/attachments", CreditNoteAttachments),
    *resource("payments", Payments),
    *resource("charges", Charges),
    endpoint("charges/:charge/refunds", Refunds),
    endpoint(
        "customers/:customer/payment_sources",
        PaymentSources,
        actions={"get": "list_rows", "post": "create"},
    ),
    endpoint("customers/:customer/cards/:id", Cards, actions={"delete": "destroy"}),
    endpoint("customers/:customer/bank_accounts/:id", BankAccounts, actions={"delete": "destroy"}),
    endpoint("customers/:customer/bank_accounts/:id/verify", VerifyBankAccount, actions={"post": "verify"}),
    *resource("credit_balance_adjustments", CreditBalanceAdjustments),
    *resource("events", Events),
    *resource("notes", Notes),
    *resource("customers/:customer/notes", CustomerNotes),
    *resource("customer/:customer/notes", CustomerNotes),
    *resource("invoices/:invoice/notes", InvoiceNotes),
    *resource("invoice/:invoice/notes", InvoiceNotes),
    endpoint("roles", RolesThatAreNotes, actions={"post": "create"}),
    *resource("tasks", Tasks),
    endpoint("customers/:customer/tasks", CustomerTasks, actions={"get": "list_rows"}),
    *resource("tax_rates", TaxRates),
    *resource("items", Items),
    *resource("customers/:customer/line_items", PendingLineItems),
    endpoint("customers/:customer/invoices", CustomerInvoices, actions={"post": "create"}),
    endpoint("customers/:customer/consolidate_invoices", Consolidation, actions={"post": "consolidate"}),
    endpoint("customers/:customer/disabled_payment_methods", DisabledPaymentMethods),
    *resource("chasing_cadences", Cadences),
    *resource("customer_chasing_cadences", Cadences),
    *resource("sign_up_pages", SignUpPages),
    *resource("members", Members),
    endpoint("estimates", NothingYet),
    endpoint("plans", NothingYet),
    endpoint("subscriptions", NothingYet),
]

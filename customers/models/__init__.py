"""One import point for the rows of the ground floor."""

from customers.models.adjustment import Refund, Reversal, WriteOff
from customers.models.charge import Charge, ChargeClaim, ChargeRefund
from customers.models.chasing import Cadence, CadenceStep
from customers.models.company import Company
from customers.models.contact import Contact
from customers.models.counter import Counter
from customers.models.credit import CreditAdjustment, CreditBalance
from customers.models.credit_note import CreditNote
from customers.models.customer import Customer
from customers.models.document import Levy, LineItem
from customers.models.event import Event, EventDay
from customers.models.gateway import GatewayAccount, GatewayEvent, SandboxEntry
from customers.models.idempotency import IdempotencyKey
from customers.models.import_job import ImportBatch, ImportFile, ImportJob
from customers.models.invoice import Invoice
from customers.models.item import Item
from customers.models.metadata_pair import MetadataPair
from customers.models.note import Note
from customers.models.payment import Payment, PaymentApplication
from customers.models.payment_plan import Instalment, PaymentPlan
from customers.models.request_log import RequestLog
from customers.models.sign_up_page import SignUpPage
from customers.models.source import PaymentSource
from customers.models.staff import ApiKey, Role, User
from customers.models.task import Task
from customers.models.tax import TaxRate

__all__ = [
    "ApiKey",
    "Cadence",
    "CadenceStep",
    "Charge",
    "ChargeClaim",
    "ChargeRefund",
    "Company",
    "Contact",
    "Counter",
    "CreditAdjustment",
    "CreditBalance",
    "CreditNote",
    "Customer",
    "Event",
    "EventDay",
    "GatewayAccount",
    "GatewayEvent",
    "IdempotencyKey",
    "ImportBatch",
    "ImportFile",
    "ImportJob",
    "Instalment",
    "Invoice",
    "Item",
    "Levy",
    "LineItem",
    "MetadataPair",
    "Note",
    "Payment",
    "PaymentApplication",
    "PaymentPlan",
    "PaymentSource",
    "Refund",
    "RequestLog",
    "Reversal",
    "Role",
    "SandboxEntry",
    "SignUpPage",
    "Task",
    "TaxRate",
    "User",
    "WriteOff",
]

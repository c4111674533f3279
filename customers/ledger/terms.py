"""The payment terms of an invoice and the due date that follows from them, beside AutoPay and plans."""

from datetime import datetime

from customers.dates import due_date_for, local_day
from customers.errors import Refused
from customers.ledger.instalments import plan_of
from customers.ledger.plans import AUTOPAY_TERMS, PLAN_TERMS, follow_autopay
from customers.models import Company, Customer, Invoice


def change_terms(
    invoice: Invoice, company: Company, *, given: set[str], was_autopay: bool, now: datetime
) -> None:
    """As `set_terms`, but under a plan the label stays whatever is sent, as it does on AutoPay: the
    invoice's own terms come back with its end, and go on to set the due date until then."""
    if invoice.autopay != was_autopay:
        follow_autopay(invoice, terms=usual_terms(invoice.customer, company), now=now)
    plan = plan_of(invoice)
    if plan is not None:
        invoice.payment_terms = plan.terms_before
    set_terms(invoice, company, given=given - {"payment_terms"} if plan else given)
    if plan is not None and not invoice.autopay:
        invoice.payment_terms = PLAN_TERMS


def set_terms(invoice: Invoice, company: Company, *, given: set[str]) -> None:
    """Bring terms and due date into agreement; a due date that no terms explain stays. `given` are the
    columns that somebody asked for. Raises Refused (`due_date`) for one before the invoice date."""
    if invoice.autopay:
        invoice.payment_terms, invoice.due_date = AUTOPAY_TERMS, None
        return
    if invoice.payment_terms == AUTOPAY_TERMS:
        invoice.payment_terms = usual_terms(invoice.customer, company)
    if "due_date" not in given:
        due = due_date_for(terms=invoice.payment_terms, date=invoice.date, zone=company.zone)
        if due is not None or "payment_terms" in given:
            invoice.due_date = due
    zone = company.zone
    if invoice.due_date and local_day(invoice.due_date, zone) < local_day(invoice.date, zone):
        raise Refused("The due date lies before the invoice date.", param="due_date")


def usual_terms(customer: Customer, company: Company) -> str:
    """What an invoice gets that names no terms."""
    return customer.payment_terms or company.payment_terms

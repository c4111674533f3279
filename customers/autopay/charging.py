"""Charging: what a customer's card or bank account is asked for, by the API and by AutoPay."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.autopay.attempts import Instrument, carry_out, prepare_charge
from customers.autopay.gateways import GatewayRefused, gateway_for, open_gateway
from customers.autopay.sources import (
    Attached,
    WantedSource,
    attached,
    check_kind,
    check_method,
    columns_of,
    method_of,
    store_source,
)
from customers.errors import Refused
from customers.ledger.applying import Application, check_applications
from customers.ledger.claims import check_unclaimed
from customers.ledger.instalments import open_instalments, plan_of
from customers.ledger.locking import lock_accounts
from customers.models import Charge, Customer, Invoice, PaymentApplication, PaymentPlan, PaymentSource
from customers.money import LARGEST_MINOR
from customers.wire.payment_source import describe_payment_source

Type = PaymentApplication.Type
Kind = PaymentSource.Kind
CASH = (Type.INVOICE, Type.CREDIT, Type.CONVENIENCE_FEE)


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A charge as a client asks for it; `amount` in minor units of `currency`.

    Either a stored `source` or a `token`, which is kept when `vault` says so; a refusal of the token
    names the parameter `named_by`.
    """

    amount: int
    currency: str
    applications: Sequence[Application]
    method: str = ""
    source: PaymentSource | None = None
    token: str = ""
    named_by: str = "gateway_token"
    vault: bool = False
    make_default: bool = False
    receipt_email: str = ""


def charge_customer(
    *, customer: Customer, request: ChargeRequest, now: datetime, request_key: str = ""
) -> Charge:
    """Charge a customer's source or token and apply the money; what is not applied becomes credit.

    The charge that comes back has `succeeded`, is `pending` (a debit under way), `unknown`, or has
    `failed` with the gateway's words. Raises Refused, with nothing charged, for an invoice that is paid
    or being charged, applications that exceed the amount, a source that cannot be charged.
    Never call it inside a transaction. Source: Invoiced API, Charges.
    """
    check_method(request.method, customer)
    with ExitStack() as stack:
        kept: Attached | None = None
        if request.token and request.vault:
            wanted = WantedSource(
                token=request.token,
                method=request.method,
                receipt_email=request.receipt_email,
                make_default=request.make_default,
                param=request.named_by,
            )
            kept = stack.enter_context(attached(customer=customer, wanted=wanted))
        once = _one_time(customer, request) if request.token and not request.vault else None
        charge = _prepare(customer, request, kept, once, now, request_key)
    return carry_out(charge=charge, now=now)


def charge_invoice(*, invoice: Invoice, now: datetime, request_key: str = "") -> Charge:
    """Charge the customer's default source for an AutoPay invoice now, or for its next instalment.

    A decline counts as an attempt: the invoice is tried again after some days. Raises Refused for an
    invoice that is not on AutoPay, has nothing to charge or is being charged, and without a source that
    can be charged. Never call it inside a transaction. Source: Invoiced API, Pay invoice.
    """
    return carry_out(charge=_prepare_invoice(invoice, now, request_key), now=now)


def find_charge(*, request_key: str, since: datetime) -> Charge | None:
    """What an earlier copy of a marked request has charged."""
    rows = Charge.objects.filter(request_key=request_key, created_at__gt=since)
    return rows.order_by("pk").first()


@transaction.atomic
def _prepare(
    customer: Customer,
    request: ChargeRequest,
    kept: Attached | None,
    once: Instrument | None,
    now: datetime,
    request_key: str,
) -> Charge:
    invoices = [part.invoice for part in request.applications if part.invoice is not None]
    lock_accounts([customer.pk, *(invoice.customer_id for invoice in invoices)])
    applications = _allotted(request)
    check_applications(applications=applications, payer=customer, currency=request.currency)
    for invoice in invoices:
        check_unclaimed(invoice, "charged")
    source = store_source(customer=customer, kept=kept, now=now, on_trial=True) if kept else request.source
    instrument = once or _of_source(source, request.method)
    for invoice in invoices:
        check_method(instrument.method, None, disabled=tuple(invoice.disabled_payment_methods))
    return prepare_charge(
        customer=customer,
        instrument=instrument,
        amount=request.amount,
        currency=request.currency,
        applications=applications,
        now=now,
        request_key=request_key,
        receipt_email=request.receipt_email,
        trial=_trial(request) if kept else "",
    )


def _trial(request: ChargeRequest) -> str:
    return Charge.Trial.DEFAULT if request.make_default else Charge.Trial.KEEP


def _allotted(request: ChargeRequest) -> list[Application]:
    """The applications, and credit for what they leave over."""
    if not 0 < request.amount < LARGEST_MINOR:
        raise Refused("The amount must be more than zero.", param="amount")
    for index, part in enumerate(request.applications):
        if part.type not in CASH:
            raise Refused("A charge pays invoices, credit and fees only.", param=f"applied_to.{index}.type")
    applied = sum(part.amount for part in request.applications)
    if applied > request.amount:
        raise Refused("More is applied than is charged.", param="applied_to")
    rest = request.amount - applied
    return [*request.applications, *([Application(type=Type.CREDIT, amount=rest)] if rest else [])]


def _one_time(customer: Customer, request: ChargeRequest) -> Instrument:
    gateway = gateway_for(customer, request.method or "credit_card")
    try:
        facts = gateway.describe(token=request.token)
    except GatewayRefused as refused:
        raise Refused(str(refused), param=request.named_by) from None
    check_kind(request.method, facts)
    if not facts.verified:
        raise Refused("This bank account must be verified before it is charged.", param=request.named_by)
    method = request.method or method_of(facts.kind)
    check_method(method, customer)
    # Never saved: what the wire shows of a source that is used once.
    row = PaymentSource(gateway=gateway.name, gateway_account=gateway.account, **columns_of(facts))
    shown = describe_payment_source(row)
    return Instrument(method, gateway.name, gateway.account, request.token, shown)


def _of_source(source: PaymentSource | None, method: str) -> Instrument:
    if source is None:
        raise Refused("There is no payment source to charge.", param="payment_source_id")
    source = PaymentSource.objects.select_related("gateway_account", "customer").filter(pk=source.pk).first()
    if source is None or not source.chargeable:
        unproved = source is not None and source.kind == Kind.BANK_ACCOUNT and not source.verified
        rule = "must be verified before it is charged" if unproved else "cannot be charged"
        raise Refused(f"This payment source {rule}.", param="payment_source_id")
    open_gateway(source.gateway, source.gateway_account)
    used = method or method_of(source.kind)
    if (used == "credit_card") != (source.kind == Kind.CARD):
        raise Refused("The method does not fit the payment source.", param="method")
    check_method(used, source.customer)
    shown = describe_payment_source(source)
    return Instrument(used, source.gateway, source.gateway_account, source.gateway_token, shown, source)


@transaction.atomic
def _prepare_invoice(invoice: Invoice, now: datetime, request_key: str) -> Charge:
    lock_accounts([invoice.customer_id])
    invoice = Invoice.objects.select_related("customer__payment_source").get(pk=invoice.pk)
    _check_payable(invoice)
    try:
        instrument = _of_source(invoice.customer.payment_source, "")
    except Refused as refused:
        raise Refused(refused.message) from None
    check_method(instrument.method, None, disabled=tuple(invoice.disabled_payment_methods))
    amount = _amount_due(invoice)
    return prepare_charge(
        customer=invoice.customer,
        instrument=instrument,
        amount=amount,
        currency=invoice.currency,
        applications=[Application(type=Type.INVOICE, amount=amount, invoice=invoice)],
        now=now,
        automatic=True,
        request_key=request_key,
    )


def _check_payable(invoice: Invoice) -> None:
    obstacles = (
        (invoice.draft, "This invoice is a draft."),
        (invoice.voided, "This invoice is voided."),
        (invoice.closed_at is not None, "This invoice is closed."),
        (invoice.balance <= 0, "This invoice is paid."),
        (not invoice.autopay, "This invoice is not on AutoPay."),
        (invoice.customer.payment_source is None, "The customer has no payment source."),
    )
    for stands_in_the_way, sentence in obstacles:
        if stands_in_the_way:
            raise Refused(sentence)
    check_unclaimed(invoice, "charged")


def _amount_due(invoice: Invoice) -> int:
    """All that is open, or with a plan its next instalment."""
    plan = plan_of(invoice)
    if plan is None:
        return invoice.balance
    if plan.status != PaymentPlan.Status.ACTIVE:
        raise Refused("The payment plan of this invoice is not active.")
    return open_instalments(plan, invoice.balance)[0][1]

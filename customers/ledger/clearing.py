"""Payments under way: a debit that arrives days later, or never."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from customers.errors import Refused
from customers.ledger.applying import Application
from customers.ledger.paying import announce, changed_payment, locked_payment, note_status, use_payment
from customers.models import Charge, Payment
from customers.wire import describe


@transaction.atomic
def await_payment(*, payment: Payment, charge: Charge, now: datetime) -> Payment:
    """The gateway has named the charge of a payment that is still pending: the payment shows it.

    `charge` as in `clear_payment`.
    """
    payment = locked_payment(payment, ())
    before = describe(payment)
    charge.save()
    if not payment.reference:
        payment.reference = charge.gateway_id
        payment.save(update_fields=["reference", "updated_at"])
    return changed_payment(payment, before, now)


@transaction.atomic
def clear_payment(
    *,
    payment: Payment,
    now: datetime,
    applications: Sequence[Application] = (),
    charge: Charge | None = None,
) -> Payment:
    """A pending payment has arrived: from now on it counts, on its own date.

    `charge`, already changed by its caller, is saved as the charge that brought it.
    """
    payment = locked_payment(payment, applications)
    if payment.status != Payment.Status.PENDING:
        raise Refused("This payment is not pending.")
    before = describe(payment)
    if charge is not None:
        charge.save()
        payment.reference = payment.reference or charge.gateway_id
    payment.status = Payment.Status.SUCCEEDED
    note_status(payment, Payment.Status.PENDING, now)
    payment.save()
    use_payment(payment, applications, applied_at=payment.date)
    payment = changed_payment(payment, before, now)
    announce(payment, now)
    return payment


@transaction.atomic
def fail_payment(*, payment: Payment, now: datetime, charge: Charge | None = None) -> Payment:
    """A pending payment will not arrive: it counts nowhere, and was a remark on statements until now.

    `charge` as in `clear_payment`.
    """
    payment = locked_payment(payment, ())
    if payment.status != Payment.Status.PENDING:
        raise Refused("This payment is not pending.")
    before = describe(payment)
    if charge is not None:
        charge.save()
    payment.status = Payment.Status.FAILED
    note_status(payment, Payment.Status.PENDING, now)
    payment.save()
    return changed_payment(payment, before, now)

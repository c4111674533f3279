"""Receipts that go by themselves: a charge that took money is confirmed by a mail.

The row is written with the payment, in its transaction; it waits for its document, which is printed
outside of it. Source: Invoiced API, Charges (`receipt_email`); user guide, AutoPay.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from customers.errors import Refused
from customers.leases import FREE, claim
from customers.models import Charge, Company, Payment
from notifications.channels import CHANNELS
from notifications.channels.email.blocking import blocked_among, key_of
from notifications.composing import Letterbox
from notifications.delivering.announcing import announce
from notifications.models import Message
from notifications.models.message import MessageQuerySet
from notifications.recipients import Recipient, is_email, usual_copies
from notifications.sending_documents import check_sendable, compose_document, digests_of
from notifications.wording import chosen_wording
from statements.document_facts import addressed_to, document_facts
from statements.document_files import keep_document

logger = logging.getLogger("duebook.delivery")

State, Reason = Message.State, Message.Reason


@transaction.atomic
def queue_receipt(*, payment_id: int, now: datetime) -> Message | None:
    """Write the mail with the receipt of a charge's payment; None when nobody is to have one.

    It goes to the charge's own address for receipts, for AutoPay else to the customer's. Nobody gets
    one for a payment that was no charge, at a blocked address, or while mail is not connected. Called
    under the account's lock; a second call for the same payment writes nothing.
    """
    charge = Charge.objects.select_related("payment__customer").filter(payment=payment_id).first()
    if charge is None or charge.payment is None or charge.payment.customer is None:
        return None
    address = charge.receipt_email or (charge.payment.customer.email if charge.automatic else "")
    key = f"receipt-{payment_id}"
    if not _takes_mail(address) or Message.objects.filter(request_key=key).exists():
        return None
    message = _written(charge.payment, address, now)
    message.request_key = key
    message.save(force_insert=True)
    if message.state == State.FAILED:
        announce(message, now=now)
    return message


def print_receipts(*, now: datetime) -> int:
    """Print what receipts wait for, as many as one worker takes; how many may go now.

    Outside of any transaction. A storage that is away is tried again; what cannot be printed ends.
    """
    held = claim(_waiting().order_by("pk"), limit=settings.WORK_BATCH_ROWS)
    return sum(_print(pk, held.token, now) for pk in held.ids)


def are_receipts_waiting() -> bool:
    """Whether a receipt waits for its document."""
    return _waiting().unleased().exists()


def _waiting() -> MessageQuerySet:
    return Message.objects.filter(state=State.QUEUED, due_at=None, payment__isnull=False, document_file="")


def _takes_mail(address: str) -> bool:
    if not address or not is_email(address) or blocked_among([address]):
        return False
    try:
        CHANNELS["email"].check()
    except Refused:
        return False
    return True


def _written(payment: Payment, address: str, now: datetime) -> Message:
    company = Company.get()
    customer = addressed_to(payment, company=company)
    recipient = Recipient(name=customer.name, shown=address, key=key_of(address))
    facts = document_facts(payment, company=company, now=now)
    try:
        wording = chosen_wording(
            channel="email", name=None, language=customer.language or company.language, about="payment"
        )
        copies = usual_copies(company.bcc, [recipient])
        box = Letterbox(channel="email", recipients=[recipient], wording=wording, bcc=copies)
        [message] = compose_document(payment, facts, box, company, customer, None, now)
        # An integrator who sends the receipt, too, does not write twice.
        message.content_digest = digests_of(payment, facts, box, company, customer)[recipient.key]
    except Refused as refused:
        # The money is recorded whatever staff's words are: they find out why no receipt went.
        return Message(
            channel="email", customer=customer, payment=payment, currency=payment.currency,
            recipient=recipient.shown, recipient_key=recipient.key, recipient_name=recipient.name[:255],
            state=State.FAILED, reason=Reason.WORDING, error_code="wording", error_text=refused.message,
            created_at=now,
        )  # fmt: skip
    if box.carries_document:
        message.due_at = None
    return message


def _print(pk: int, token: str, now: datetime) -> bool:
    own = Message.objects.filter(pk=pk, lease_token=token, state=State.QUEUED, due_at=None)
    message = own.select_related("payment__customer").first()
    if message is None or message.payment is None:
        return False
    try:
        # Between the charge and its receipt a debit may come back.
        check_sendable(message.payment)
        kept = keep_document(message.payment, now=now)
    except Refused as refused:
        _give_up(own, message, refused.message, now)
        return False
    except OSError:
        logger.warning("the receipt of message %s could not be kept yet", message.public_id, exc_info=True)
        own.update(**FREE)
        return False
    except Exception as fault:
        logger.exception("the receipt of message %s could not be printed", message.public_id)
        _give_up(own, message, f"{type(fault).__name__}: {fault}", now)
        return False
    printed = own.update(
        document_name=kept.name, document_file=kept.file, document_sha256=kept.sha256,
        document_pages=kept.pages, due_at=now, updated_at=now, **FREE,
    )  # fmt: skip
    return printed == 1


def _give_up(own: MessageQuerySet, message: Message, text: str, now: datetime) -> None:
    with transaction.atomic():
        ended = own.update(
            state=State.FAILED, reason=Reason.DOCUMENT, error_code="document", error_text=text[:500],
            updated_at=now, **FREE,
        )  # fmt: skip
        if ended:
            message.refresh_from_db()
            announce(message, now=now)

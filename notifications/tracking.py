"""News about messages: opens by our own picture, and what vendors report."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from customers.ledger.events import record_event
from notifications.models import Message, MessageEvent

# Several loads within this time are one look at the mail.
ONE_LOOK = timedelta(seconds=60)


def record_open(*, tracking_id: str, ip: str | None, user_agent: str, now: datetime) -> bool:
    """Count that a mail's picture was loaded; False for unknown ids and repeated loads.

    A hint only: mail providers fetch pictures ahead, and many readers never load them.
    """
    message = Message.objects.filter(tracking_id=tracking_id, channel=Message.Channel.EMAIL).first()
    if message is None or message.sent_at is None:
        return False
    with transaction.atomic():
        opened = MessageEvent.objects.filter(
            message=message, type=MessageEvent.Type.OPENED, occurred_at__gt=now - ONE_LOOK
        )
        if opened.filter(ip=ip).exists():
            return False
        MessageEvent.objects.create(
            message=message,
            type=MessageEvent.Type.OPENED,
            occurred_at=now,
            ip=ip,
            user_agent=user_agent[:500],
        )
        Message.objects.filter(pk=message.pk).update(opens=F("opens") + 1, updated_at=now)
        if message.opens == 0:
            message.refresh_from_db()
            record_event(type="email.opened", row=message, now=now)
    return True

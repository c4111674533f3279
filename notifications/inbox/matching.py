"""Which message a report is about, and whether it is about its present sending."""

from django.db import transaction

from notifications.models import Message

State = Message.State
_UNDER_WAY = (State.QUEUED, State.HELD, State.SENDING, State.UNKNOWN)


def belongs(message: Message, vendor_id: str) -> bool:
    """Whether news of this id is news of the message as it was sent last.

    A message that staff sent again after a definite end has another id at the vendor; what is told of
    the earlier one comes too late.
    """
    under_way = message.state in _UNDER_WAY
    if not message.vendor_id:
        return True
    if message.vendor_id == vendor_id:
        return not (under_way and message.key_number)
    return under_way or _was_given_up(message)


def _was_given_up(message: Message) -> bool:
    """Canceled while nobody knew whether the vendor had it."""
    return message.state == State.CANCELED and message.handed_over_at is not None


def adopt(message: Message, vendor_id: str) -> None:
    """Note the vendor's id of a message whose answer never came: the vendor has just named it."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Reports are acted upon in one transaction.")
    if vendor_id and (message.state == State.UNKNOWN or _was_given_up(message)):
        Message.objects.filter(pk=message.pk, state=message.state).update(vendor_id=vendor_id[:255])


def ask_no_more(message: Message) -> None:
    """What has come to its end needs no question at the vendor."""
    ended = Message.objects.filter(pk=message.pk, ask_at__isnull=False)
    ended.exclude(state__in=(State.UNKNOWN, State.SENT, *_UNDER_WAY)).update(ask_at=None)

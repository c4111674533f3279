"""How and when the link of an issued statement went out: what the log of its views asks."""

from notifications.models import Message
from statements.viewing import Sending


def sendings_of(issued_id: int) -> list[Sending]:
    """The messages that carried it and were handed over, in their order."""
    rows = Message.objects.filter(issued_statement=issued_id, sent_at__isnull=False).order_by("pk")
    return [Sending(channel, at) for channel, at in rows.values_list("channel", "sent_at") if at is not None]

"""The wire shape of messages: one projection for answers, lists, events and webhooks."""

from customers.wire import register
from notifications.models import Message
from notifications.wire.message import describe_message

# The audit trail of this floor's rows names their kind in one word.
register(Message, "message", describe_message)

__all__ = ["describe_message"]

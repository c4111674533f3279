"""One import point for the rows of the top floor."""

from notifications.models.blocked import BlockedAddress
from notifications.models.event import MessageEvent
from notifications.models.message import Message
from notifications.models.run import RunItem, StatementRun
from notifications.models.schedule import StatementSchedule
from notifications.models.template import MessageTemplate, TemplateVersion
from notifications.models.texting import OptOut, TextDay
from notifications.models.vendor import VendorAccount, VendorEvent
from notifications.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "BlockedAddress",
    "Message",
    "MessageEvent",
    "MessageTemplate",
    "OptOut",
    "RunItem",
    "StatementRun",
    "StatementSchedule",
    "TemplateVersion",
    "TextDay",
    "VendorAccount",
    "VendorEvent",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]

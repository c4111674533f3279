"""The outbox: one text to one recipient on one channel. The row is the job."""

import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from customers.models.base import Row


def new_public_id() -> str:
    """32 random hex digits: the id of an email, text message or letter on the wire."""
    return secrets.token_hex(16)


class MessageQuerySet(models.QuerySet["Message"]):
    def on_channel(self, channel: str) -> "MessageQuerySet":
        return self.filter(channel=channel)

    def unleased(self) -> "MessageQuerySet":
        """Held by no worker, by the database's own clock."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=Now()))

    def due(self, *, now: datetime) -> "MessageQuerySet":
        """May be handed over now: its moment has come and its run, if any, is not stopped."""
        return (
            self.unleased()
            .filter(state=Message.State.QUEUED, due_at__lte=now)
            .exclude(run__state__in=["paused", "canceled"])
        )

    def open(self) -> "MessageQuerySet":
        """Not at an end: still to be handed over, or on its way."""
        return self.filter(state__in=Message.OPEN_STATES)


class Message(Row):
    """One message to one recipient (Invoiced API, Customers: emails, text messages, letters).

    Who holds `lease_token` while `lease_until` lies ahead owns the row; every write of a worker
    names its token. `due_at` empty means: waits for its document. A canceled one keeps it until its
    event is recorded. `text` is the body as sent, `html` the fragment of it that the mail's page wraps.
    `recipient` is the address as people read it, `recipient_key` the same in one spelling, so that
    nobody is written to twice by one run. `template_version` is the wording of staff it was written
    with, empty for the words that ship; `note` a remark of ours that staff read. `request_key` marks
    what one request of the API wrote, so that its repetition after a crash finds it; `content_digest`
    is what a single send said and carried
    (`notifications.debouncing`).
    """

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"
        SMS = "sms", "Text message"
        LETTER = "letter", "Letter"

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Returned"
        FAILED = "failed", "Failed"
        CANCELED = "canceled", "Canceled"
        HELD = "held", "On hold"
        UNKNOWN = "unknown", "Unclear"

    class Reason(models.TextChoices):
        NONE = "", "-"
        INVALID = "invalid", "Invalid address"
        BOUNCED = "bounced", "Refused by the recipient's server"
        TIMED_OUT = "timed_out", "Given up after many tries"
        BLOCKED = "blocked", "Blocked"
        SPAM = "spam", "Taken for spam"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        DOCUMENT = "document", "The document could not be made"
        WORDING = "wording", "The text could not be written"
        OTHER = "other", "Other"

    OPEN_STATES = ("queued", "sending", "held")
    HANDED_OVER_STATES = ("sent", "delivered", "bounced", "failed", "unknown")

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.SET_NULL, related_name="messages"
    )
    issued_statement = models.ForeignKey(
        "statements.IssuedStatement", null=True, on_delete=models.PROTECT, related_name="messages"
    )
    run = models.ForeignKey(
        "notifications.StatementRun", null=True, on_delete=models.PROTECT, related_name="messages"
    )
    # What a message that is no statement is about; its PDF is stored once: a retry sends the same bytes.
    invoice = models.ForeignKey("customers.Invoice", null=True, on_delete=models.SET_NULL, related_name="+")
    credit_note = models.ForeignKey(
        "customers.CreditNote", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    payment = models.ForeignKey("customers.Payment", null=True, on_delete=models.SET_NULL, related_name="+")
    document_name = models.CharField(max_length=255, blank=True, default="")
    document_file = models.CharField(max_length=255, blank=True, default="")
    document_sha256 = models.CharField(max_length=64, blank=True, default="")
    document_pages = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")
    recipient = models.TextField()
    recipient_key = models.CharField(max_length=254)
    recipient_name = models.CharField(max_length=255, blank=True, default="")
    address = models.JSONField(null=True)
    bcc = models.JSONField(default=list, blank=True)
    template = models.CharField(max_length=64, blank=True, default="")
    template_version = models.ForeignKey(
        "notifications.TemplateVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    language = models.CharField(max_length=2, default="en")
    subject = models.CharField(max_length=255, blank=True, default="")
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    attach_pdf = models.BooleanField(default=True)

    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True, default=Reason.NONE)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_text = models.TextField(blank=True, default="")
    due_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    sending_since = models.DateTimeField(null=True)

    # When the vendor is asked what became of the message, and how often it was; see delivering/asking.py.
    ask_at = models.DateTimeField(null=True)
    asked = models.PositiveSmallIntegerField(default=0)
    # The first try under the present idempotency key. A key ends with a definite answer: what is sent
    # again after one gets the next number.
    first_tried_at = models.DateTimeField(null=True)
    key_number = models.PositiveSmallIntegerField(default=0)
    # Letters: until when the print house lets us stop one, and that staff want it.
    cancelable_until = models.DateTimeField(null=True)
    cancel_wanted_at = models.DateTimeField(null=True)

    vendor = models.CharField(max_length=32, blank=True, default="")
    vendor_id = models.CharField(max_length=255, blank=True, default="")
    message_id = models.CharField(max_length=255, blank=True, default="")
    request_key = models.CharField(max_length=64, blank=True, default="")
    content_digest = models.CharField(max_length=64, blank=True, default="")
    tracking_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    request = models.JSONField(null=True)
    note = models.CharField(max_length=255, blank=True, default="")
    segments = models.PositiveSmallIntegerField(default=0)
    opens = models.PositiveIntegerField(default=0)
    expected_delivery_date = models.DateField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    deferred_at = models.DateTimeField(null=True)
    in_transit_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "customer", "currency", "channel", "recipient_key"],
                name="message_once_per_run_and_recipient",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms", "letter"]), name="message_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "queued",
                        "sending",
                        "sent",
                        "delivered",
                        "bounced",
                        "failed",
                        "canceled",
                        "held",
                        "unknown",
                    ]
                ),
                name="message_state_known",
            ),
            models.CheckConstraint(
                condition=Q(lease_token="", lease_until=None)
                | (~Q(lease_token="") & Q(lease_until__isnull=False)),
                name="message_lease_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | (~Q(lease_token="") & Q(sending_since__isnull=False)),
                name="message_sending_is_leased",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered"]) | (~Q(vendor="") & Q(sent_at__isnull=False)),
                name="message_sent_names_its_vendor",
            ),
            models.CheckConstraint(condition=~Q(recipient_key=""), name="message_has_recipient"),
            models.CheckConstraint(
                condition=Q(run=None) | Q(issued_statement__isnull=False),
                name="message_of_a_run_has_statement",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(state="queued"),
                name="message_due",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="message_in_hand"),
            models.Index(fields=["customer", "channel", "-created_at", "-id"], name="message_customer"),
            models.Index(fields=["run", "state", "id"], name="message_run_state"),
            models.Index(fields=["run", "-handed_over_at"], name="message_run_handed_over"),
            models.Index(fields=["state", "-id"], name="message_state"),
            models.Index(fields=["request_key"], condition=~Q(request_key=""), name="message_request_key"),
            models.Index(
                fields=["invoice", "-id"], condition=Q(invoice__isnull=False), name="message_invoice"
            ),
            models.Index(
                fields=["channel", "ask_at", "id"],
                condition=Q(ask_at__isnull=False),
                name="message_to_ask_about",
            ),
            models.Index(
                fields=["cancel_wanted_at"],
                condition=Q(cancel_wanted_at__isnull=False),
                name="message_cancel_wanted",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state="canceled", due_at__isnull=False),
                name="message_cancel_untold",
            ),
            models.Index(fields=["vendor_id"], condition=~Q(vendor_id=""), name="message_vendor_id"),
            models.Index(
                fields=["recipient_key", "-created_at"], condition=Q(channel="sms"), name="message_texted"
            ),
        ]

    @property
    def delivery_key(self) -> str:
        """The name of this sending at vendors: the same for every repetition until it has an answer."""
        return f"{self.public_id}-{self.key_number}" if self.key_number else self.public_id

    def __str__(self) -> str:
        return f"{self.get_channel_display()} to {self.recipient.splitlines()[0]}"

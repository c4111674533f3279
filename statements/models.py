"""The tables of this floor: every statement that was issued, who looked at it, and how paper looks."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from customers.models.base import MomentField, Row, new_token
from statements.facts import from_facts
from statements.statement import Statement


class IssuedStatementQuerySet(models.QuerySet["IssuedStatement"]):
    def to_render(self, *, now: datetime) -> "IssuedStatementQuerySet":
        """Waiting for its file and due; whether somebody holds it is the claim's question."""
        return self.filter(render_state=IssuedStatement.RenderState.QUEUED, due_at__lte=now)


class IssuedStatement(Row):
    """A numbered statement: parameters, facts and file, never edited and sent again as it is.

    The number is given at planning, without gaps; a canceled statement keeps its row and number.
    `facts` is the whole `Statement`, `parties` who wrote to whom (empty: issued before that was kept);
    the columns beside them are what lists ask for. `currency`,
    `start_at`, `end_at` and `members` are the resolved ones. Amounts are minor units. `token` is
    the secret of the document's own link, which always shows exactly this document. `template` is
    the look it was issued with, empty for the one that ships; `template_version` names that look and
    the layout of that day. `lines_file` holds the single lines where the page shows months only.
    `by_post` tells that it was made for a print house.
    """

    class Type(models.TextChoices):
        BALANCE_FORWARD = "balance_forward", "Balance forward"
        OPEN_ITEM = "open_item", "Open item"

    class Items(models.TextChoices):
        OPEN = "open", "Open"
        PAST_DUE = "past_due", "Past due"

    class RenderState(models.TextChoices):
        QUEUED = "queued", "Waiting"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    class Paper(models.TextChoices):
        LETTER = "letter", "US Letter"
        A4 = "a4", "A4"

    number = models.PositiveBigIntegerField(unique=True)
    token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.SET_NULL, related_name="issued_statements"
    )
    type = models.CharField(max_length=15, choices=Type.choices)
    items = models.CharField(max_length=8, choices=Items.choices, default=Items.OPEN)
    start_at = MomentField(null=True)
    end_at = MomentField()
    start_date = models.DateField(null=True)
    end_date = models.DateField()
    currency = models.CharField(max_length=3)
    members = models.JSONField(default=list)
    facts = models.JSONField()
    parties = models.JSONField(default=dict)
    headline = models.BigIntegerField()
    amount_due = models.BigIntegerField()
    line_count = models.PositiveIntegerField()
    paper = models.CharField(max_length=6, choices=Paper.choices)
    by_post = models.BooleanField(default=False)
    template = models.ForeignKey(
        "statements.StatementTemplate", null=True, on_delete=models.PROTECT, related_name="+"
    )
    template_version = models.CharField(max_length=32)
    canceled_at = models.DateTimeField(null=True)

    render_state = models.CharField(max_length=6, choices=RenderState.choices, default=RenderState.QUEUED)
    due_at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    file = models.FileField(max_length=255, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    page_count = models.PositiveIntegerField(default=0)
    lines_file = models.FileField(max_length=255, blank=True, default="")
    lines_sha256 = models.CharField(max_length=64, blank=True, default="")
    rendered_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")

    objects = IssuedStatementQuerySet.as_manager()

    class Meta:
        verbose_name = "issued statement"
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="issued_statement_number_positive"),
            models.CheckConstraint(
                condition=Q(type__in=["balance_forward", "open_item"]), name="issued_statement_type_known"
            ),
            models.CheckConstraint(
                condition=Q(items__in=["open", "past_due"]), name="issued_statement_items_known"
            ),
            models.CheckConstraint(
                condition=Q(start_at=None) | Q(start_at__lte=F("end_at")),
                name="issued_statement_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(type="open_item", start_at=None, start_date=None)
                | Q(type="balance_forward", start_at__isnull=False, start_date__isnull=False),
                name="issued_statement_start_fits_type",
            ),
            models.CheckConstraint(
                condition=Q(render_state="ready", page_count__gte=1, rendered_at__isnull=False)
                & ~Q(file="")
                & ~Q(sha256="")
                | Q(render_state__in=["queued", "failed"], file="", sha256="", rendered_at=None),
                name="issued_statement_ready_has_file",
            ),
            models.CheckConstraint(
                condition=Q(lines_file="", lines_sha256="")
                | Q(render_state="ready") & ~Q(lines_file="") & ~Q(lines_sha256=""),
                name="issued_statement_lines_whole",
            ),
            models.CheckConstraint(
                condition=Q(lease_token="", lease_until=None)
                | (~Q(lease_token="") & Q(lease_until__isnull=False)),
                name="issued_statement_lease_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="issued_statement_customer"),
            # Which statement ended right before another begins.
            models.Index(fields=["customer", "end_at"], name="issued_statement_of_end"),
            models.Index(
                fields=["due_at", "id"], condition=Q(render_state="queued"), name="issued_statement_to_render"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as it is printed: `ST-000123`."""
        return f"ST-{self.number:06d}"

    @property
    def statement(self) -> Statement:
        """The facts as they were frozen."""
        return from_facts(self.facts)


class StatementTemplate(Row):
    """How a company's statements look, in settings of its own; never markup or code.

    The newest row counts. Rows are never changed, so that what was issued keeps its look. `accent`
    is a colour as six hexadecimal digits. `labels` are own words for headings: language, then
    message id, then plain text. `payment_text` and `remit_to` are plain lines.
    """

    class Window(models.TextChoices):
        AUTO = "auto", "By country"
        LEFT = "left", "Left"
        RIGHT = "right", "Right"

    accent = models.CharField(max_length=6, default="1d4e89")
    window = models.CharField("window of A4 envelopes", max_length=5, choices=Window, default=Window.AUTO)
    footer = models.CharField(max_length=160, blank=True, default="")
    payment_text = models.TextField("how to pay", blank=True, default="")
    remit_to = models.TextField("remit to", blank=True, default="")
    labels = models.JSONField(default=dict, blank=True)
    show_aging = models.BooleanField("aging", default=True)
    show_memo = models.BooleanField("unapplied payments, credit and pending payments", default=True)
    show_code = models.BooleanField("QR code", default=True)
    show_slip = models.BooleanField("remittance slip", default=True)
    carried = models.BooleanField("carried forward from page to page", default=False)
    grouped = models.BooleanField("open items grouped by account when consolidated", default=False)
    blank_address = models.BooleanField("addresses of letters left to the print house", default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(accent__regex=r"^[0-9a-f]{6}$"), name="template_accent_hex"),
            models.CheckConstraint(
                condition=Q(window__in=["auto", "left", "right"]), name="template_window_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Look {self.pk}" if self.pk else "The look that ships"

    @classmethod
    def current(cls) -> "StatementTemplate":
        """The newest look, or the one that ships, not saved."""
        return cls.objects.order_by("-pk").first() or cls()

    @property
    def values(self) -> dict[str, Any]:
        """Everything that was chosen, by column."""
        own = ("id", "created_at", "updated_at")
        return {field.name: getattr(self, field.name) for field in self._meta.fields if field.name not in own}


class SignIn(models.Model):
    """A code asked for at a link of an account and, once it was given back, the browser that may look.

    `address` and `code` are digests made with a secret of the installation; `code` is empty where the
    address is none of the account's, so that both leave the same trace. `link` is the account's own link
    of that moment: a new one ends what was there. `key` is what the browser keeps.
    """

    MOST_TRIES = 5

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    link = models.CharField(max_length=24)
    address = models.CharField(max_length=64)
    code = models.CharField(max_length=64, blank=True, default="")
    key = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    signed_in_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="sign_in_tries_few"),
            models.CheckConstraint(condition=Q(signed_in_at=None) | ~Q(code=""), name="sign_in_had_a_code"),
        ]
        indexes = [
            models.Index(fields=["customer", "address", "-id"], name="sign_in_customer"),
            models.Index(fields=["asked_at"], name="sign_in_asked"),
        ]

    def __str__(self) -> str:
        return f"Sign-in of {self.asked_at:%Y-%m-%d %H:%M}"


class StatementView(models.Model):
    """Somebody, or some program, opened a link: an issued statement's, or else a customer's own.

    `channel` is how the link was sent, where only one way was; `is_bot` tells mail scanners, chat
    previews and search engines apart as well as they can be: only the rest counts as read.
    """

    class Part(models.TextChoices):
        PAGE = "page", "Page"
        FILE = "file", "PDF"
        LINES = "lines", "CSV"

    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.CASCADE, related_name="statement_views"
    )
    issued = models.ForeignKey(IssuedStatement, null=True, on_delete=models.CASCADE, related_name="views")
    at = models.DateTimeField()
    part = models.CharField(max_length=5, choices=Part)
    channel = models.CharField(max_length=6, blank=True, default="")
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=255, blank=True, default="")
    is_bot = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(part__in=["page", "file", "lines"]), name="statement_view_part_known"
            ),
        ]
        indexes = [
            models.Index(fields=["issued", "-id"], name="statement_view_issued"),
            models.Index(fields=["customer", "-id"], name="statement_view_customer"),
            models.Index(fields=["at"], name="statement_view_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} at {self.at:%Y-%m-%d %H:%M}"

"""The one table of this floor: every statement that was issued, as it was."""

from datetime import datetime

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
    `facts` is the whole `Statement`; the columns beside it are what lists ask for. `currency`,
    `start_at`, `end_at` and `members` are the resolved ones. Amounts are minor units. `token` is
    the secret of the document's own link, which always shows exactly this document.
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
    headline = models.BigIntegerField()
    amount_due = models.BigIntegerField()
    line_count = models.PositiveIntegerField()
    paper = models.CharField(max_length=6, choices=Paper.choices)
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
                condition=Q(lease_token="", lease_until=None)
                | (~Q(lease_token="") & Q(lease_until__isnull=False)),
                name="issued_statement_lease_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="issued_statement_customer"),
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

"""A statement run and what became of each customer in it."""

from django.db import models
from django.db.models import F, Q

from customers.models.base import MomentField, Row


class StatementRun(Row):
    """Statements for many customers at once.

    Started by a schedule (unique for each due moment) or by hand (`identity`: a digest of type,
    dates, items, currency, selection and channel; `repeat` counts the runs that were asked for
    again). Customers are taken in order of id: `cursor` is the last one planned, `last_customer_id`
    the last one selected. `planning_faults` counts the failed tries at the batch that is next;
    `error` says why the last one failed. Start and end are computed once, in company days.
    """

    class State(models.TextChoices):
        PLANNING = "planning", "Planning"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        FINISHED = "finished", "Finished"
        CANCELED = "canceled", "Canceled"

    ACTIVE_STATES = ("planning", "running")

    schedule = models.ForeignKey(
        "notifications.StatementSchedule", null=True, on_delete=models.PROTECT, related_name="runs"
    )
    due_at = models.DateTimeField(null=True)
    identity = models.CharField(max_length=64, blank=True, default="")
    repeat = models.PositiveIntegerField(default=0)
    repeat_reason = models.CharField(max_length=255, blank=True, default="")
    type = models.CharField(max_length=15)
    items = models.CharField(max_length=8, default="open")
    start_at = MomentField(null=True)
    end_at = MomentField()
    channel = models.CharField(max_length=9)
    currency = models.CharField(max_length=3, blank=True, default="")
    minimum_balance = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    customer_ids = models.JSONField(null=True)
    selection = models.CharField(max_length=255, default="all customers")
    selected_count = models.PositiveIntegerField(default=0)
    last_customer_id = models.BigIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNING)
    planned_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=255, blank=True, default="")
    resumed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=255, default="system")
    planning_faults = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="statement_run_once_per_moment"),
            models.UniqueConstraint(
                fields=["identity", "repeat"],
                condition=~Q(identity=""),
                name="statement_run_identity_unique",
            ),
            models.CheckConstraint(
                condition=Q(schedule=None, due_at=None) & ~Q(identity="")
                | Q(schedule__isnull=False, due_at__isnull=False, identity=""),
                name="statement_run_has_one_origin",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planning", "running", "paused", "finished", "canceled"]),
                name="statement_run_state_known",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms", "letter", "preferred"]),
                name="statement_run_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(start_at=None) | Q(start_at__lte=F("end_at")),
                name="statement_run_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="finished", finished_at__isnull=False, planned_at__isnull=False)
                | ~Q(state="finished"),
                name="statement_run_finished_was_planned",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="statement_run_state"),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"


class RunItem(Row):
    """One customer selected by a run: how it ended and why. The run's counts are counts of these.

    `reason` is one of `SkipReason` for skipped customers, otherwise the message's own reason.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Skipped"
        UNKNOWN = "unknown", "Unclear"

    class SkipReason(models.TextChoices):
        NO_BALANCE = "no_balance", "No balance"
        NO_ACTIVITY = "no_activity", "No activity"
        NO_ADDRESS = "no_address", "No address"
        BLOCKED = "blocked", "Every address is blocked"
        ALREADY_SENT = "already_sent", "Already sent"
        BILLED_TO_PARENT = "billed_to_parent", "Billed to the parent"
        ON_PARENT_STATEMENT = "on_parent_statement", "On the parent's statement"
        BELOW_MINIMUM = "below_minimum", "Below the minimum balance"
        NOT_CONNECTED = "not_connected", "Channel not connected"
        CANCELED = "canceled", "Canceled"
        CUSTOMER_DELETED = "customer_deleted", "Customer deleted"

    run = models.ForeignKey("notifications.StatementRun", on_delete=models.CASCADE, related_name="run_items")
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.SET_NULL, related_name="run_items"
    )
    outcome = models.CharField(max_length=7, choices=Outcome.choices, default=Outcome.PENDING)
    reason = models.CharField(max_length=32, blank=True, default="")
    detail = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "customer"], name="run_item_once_per_customer"),
            models.CheckConstraint(
                condition=Q(outcome__in=["pending", "sent", "failed", "skipped", "unknown"]),
                name="run_item_outcome_known",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="skipped") | ~Q(reason=""), name="run_item_skipped_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "outcome", "reason", "id"], name="run_item_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.reason}".strip()

import customers.models.base
import datetime
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import notifications.models.message
from django.db import migrations, models


class Migration(migrations.Migration):
    # All of them at once, for new databases: step by step takes four times as long.
    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_documents_and_webhooks"),
        ("notifications", "0003_progress_of_messages"),
        ("notifications", "0004_vendors_and_their_news"),
        ("notifications", "0005_blocked_addresses_and_template_versions"),
        ("notifications", "0006_words_of_staff_become_versions"),
        ("notifications", "0007_words_live_in_versions_only"),
        ("notifications", "0008_what_a_message_said"),
        ("notifications", "0009_canceled_messages_to_tell"),
    ]

    initial = True

    dependencies = [
        ("customers", "0015_numbers_in_lower_case"),
        ("statements", "0007_sign_in_at_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("url", models.URLField(max_length=500)),
                ("events", models.JSONField(default=list)),
                ("secret", models.TextField(editable=False)),
                ("old_secret", models.TextField(blank=True, default="", editable=False)),
                ("old_secret_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("enabled", models.BooleanField(default=True)),
                ("disabled_at", models.DateTimeField(blank=True, null=True)),
                ("disabled_reason", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.CharField(max_length=32, unique=True)),
                ("opted_out_at", models.DateTimeField(null=True)),
                ("said_at", models.DateTimeField()),
                ("source", models.CharField(max_length=64)),
                ("contact_ids", models.JSONField(default=list)),
            ],
            options={
                "indexes": [models.Index(fields=["-opted_out_at", "-id"], name="opt_out_latest")],
            },
        ),
        migrations.CreateModel(
            name="StatementSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=255)),
                ("enabled", models.BooleanField(default=True)),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("monthly", "Monthly"), ("weekly", "Weekly")],
                        default="monthly",
                        max_length=7,
                    ),
                ),
                (
                    "day_of_month",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(31),
                        ],
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=0,
                    ),
                ),
                ("time_of_day", models.TimeField(default=datetime.time(6, 0))),
                (
                    "type",
                    models.CharField(
                        choices=[("balance_forward", "Balance forward"), ("open_item", "Open item")],
                        default="open_item",
                        max_length=15,
                    ),
                ),
                (
                    "items",
                    models.CharField(
                        choices=[("open", "Open"), ("past_due", "Past due")], default="open", max_length=8
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("preferred", "As the customer prefers"),
                            ("email", "Email"),
                            ("sms", "Text message"),
                            ("letter", "Letter"),
                        ],
                        default="preferred",
                        max_length=9,
                    ),
                ),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                (
                    "minimum_balance",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=20,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                ("starts_after", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("day_of_month__range", (1, 31))),
                        name="statement_schedule_day_in_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__range", (0, 6))), name="statement_schedule_weekday"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", ["monthly", "weekly"])),
                        name="statement_schedule_rhythm_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["preferred", "email", "sms", "letter"])),
                        name="statement_schedule_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_balance", None), ("minimum_balance__gte", 0), _connector="OR"
                        ),
                        name="statement_schedule_minimum_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("identity", models.CharField(blank=True, default="", max_length=64)),
                ("repeat", models.PositiveIntegerField(default=0)),
                ("repeat_reason", models.CharField(blank=True, default="", max_length=255)),
                ("type", models.CharField(max_length=15)),
                ("items", models.CharField(default="open", max_length=8)),
                ("start_at", customers.models.base.MomentField(null=True)),
                ("end_at", customers.models.base.MomentField()),
                ("channel", models.CharField(max_length=9)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("minimum_balance", models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ("customer_ids", models.JSONField(null=True)),
                ("selection", models.CharField(default="all customers", max_length=255)),
                ("selected_count", models.PositiveIntegerField(default=0)),
                ("last_customer_id", models.BigIntegerField(default=0)),
                ("cursor", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planning", "Planning"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("finished", "Finished"),
                            ("canceled", "Canceled"),
                        ],
                        default="planning",
                        max_length=8,
                    ),
                ),
                ("planned_at", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("pause_reason", models.CharField(blank=True, default="", max_length=255)),
                ("resumed_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("started_by", models.CharField(default="system", max_length=255)),
                ("planning_faults", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True, default="")),
                (
                    "schedule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="notifications.statementschedule",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "id"], name="statement_run_state")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("schedule", "due_at"), name="statement_run_once_per_moment"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("identity", ""), _negated=True),
                        fields=("identity", "repeat"),
                        name="statement_run_identity_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at", None),
                                ("schedule", None),
                                models.Q(("identity", ""), _negated=True),
                            ),
                            models.Q(
                                ("due_at__isnull", False), ("identity", ""), ("schedule__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="statement_run_has_one_origin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planning", "running", "paused", "finished", "canceled"])
                        ),
                        name="statement_run_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "sms", "letter", "preferred"])),
                        name="statement_run_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_at", None), ("start_at__lte", models.F("end_at")), _connector="OR"
                        ),
                        name="statement_run_period_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", False),
                                ("planned_at__isnull", False),
                                ("state", "finished"),
                            ),
                            models.Q(("state", "finished"), _negated=True),
                            _connector="OR",
                        ),
                        name="statement_run_finished_was_planned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VendorAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("channel", models.CharField(max_length=6, unique=True)),
                ("vendor", models.CharField(blank=True, default="", max_length=32)),
                ("credentials", models.TextField(blank=True, default="", editable=False)),
                ("settings", models.JSONField(blank=True, default=dict)),
                ("connected_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("held_at", models.DateTimeField(blank=True, null=True)),
                ("held_code", models.CharField(blank=True, default="", max_length=64)),
                ("held_reason", models.TextField(blank=True, default="")),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                ("faults", models.PositiveSmallIntegerField(default=0)),
                ("next_slot_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "vendor",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "sms", "letter"])),
                        name="vendor_account_channel_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VendorEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("vendor", models.CharField(max_length=32)),
                ("event_id", models.CharField(max_length=191)),
                ("kind", models.CharField(max_length=32)),
                ("reference", models.CharField(blank=True, default="", max_length=64)),
                ("content_type", models.CharField(blank=True, default="", max_length=127)),
                ("body", models.BinaryField()),
                ("received_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                ("processed_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=255)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("processed_at", None)),
                        fields=["due_at", "id"],
                        name="vendor_event_waiting",
                    ),
                    models.Index(fields=["received_at"], name="vendor_event_received"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("vendor", "event_id"), name="vendor_event_once"),
                    models.CheckConstraint(
                        condition=models.Q(("event_id", ""), _negated=True), name="vendor_event_has_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_token", ""), ("lease_until", None)),
                            models.Q(
                                models.Q(("lease_token", ""), _negated=True), ("lease_until__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="vendor_event_lease_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("event_type", models.CharField(max_length=64)),
                ("payload", models.JSONField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sending", "Being sent"),
                            ("succeeded", "Delivered"),
                            ("failed", "Given up"),
                            ("canceled", "Canceled"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.event",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notifications.webhookendpoint",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["due_at", "id"],
                        name="webhook_delivery_due",
                    ),
                    models.Index(fields=["endpoint", "-id"], name="webhook_delivery_endpoint"),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["lease_until"],
                        name="webhook_delivery_in_hand",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("endpoint", "event"), name="webhook_delivery_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "sending", "succeeded", "failed", "canceled"])
                        ),
                        name="webhook_delivery_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("event__isnull", False), ("payload__isnull", False), _connector="OR"
                        ),
                        name="webhook_delivery_has_content",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("milliseconds", models.PositiveIntegerField(default=0)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="notifications.webhookdelivery",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["delivery", "number"], name="webhook_attempt_delivery")],
            },
        ),
        migrations.CreateModel(
            name="RunItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("skipped", "Skipped"),
                            ("unknown", "Unclear"),
                        ],
                        default="pending",
                        max_length=7,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=32)),
                ("detail", models.CharField(blank=True, default="", max_length=255)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="run_items",
                        to="customers.customer",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="run_items",
                        to="notifications.statementrun",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["run", "outcome", "reason", "id"], name="run_item_outcome")],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "customer"), name="run_item_once_per_customer"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["pending", "sent", "failed", "skipped", "unknown"])
                        ),
                        name="run_item_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "skipped"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="run_item_skipped_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.SlugField(max_length=64)),
                (
                    "channel",
                    models.CharField(choices=[("email", "Email"), ("sms", "Text message")], max_length=6),
                ),
                ("language", models.CharField(default="en", max_length=2)),
            ],
            options={
                "verbose_name": "wording",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "channel", "language"), name="message_template_once_per_language"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "sms"])),
                        name="message_template_channel_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.PositiveIntegerField()),
                ("subject", models.CharField(blank=True, default="", max_length=255)),
                ("body", models.TextField()),
                ("attach_pdf", models.BooleanField(default=True)),
                ("author", models.CharField(default="system", max_length=255)),
                ("activated_at", models.DateTimeField(null=True)),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="notifications.messagetemplate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "number"), name="template_version_numbered_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "public_id",
                    models.CharField(
                        default=notifications.models.message.new_public_id,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "Email"), ("sms", "Text message"), ("letter", "Letter")],
                        max_length=6,
                    ),
                ),
                ("document_name", models.CharField(blank=True, default="", max_length=255)),
                ("document_file", models.CharField(blank=True, default="", max_length=255)),
                ("document_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("document_pages", models.PositiveIntegerField(default=0)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("recipient", models.TextField()),
                ("recipient_key", models.CharField(max_length=254)),
                ("recipient_name", models.CharField(blank=True, default="", max_length=255)),
                ("address", models.JSONField(null=True)),
                ("bcc", models.JSONField(blank=True, default=list)),
                ("template", models.CharField(blank=True, default="", max_length=64)),
                ("language", models.CharField(default="en", max_length=2)),
                ("subject", models.CharField(blank=True, default="", max_length=255)),
                ("text", models.TextField(blank=True, default="")),
                ("html", models.TextField(blank=True, default="")),
                ("attach_pdf", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("bounced", "Returned"),
                            ("failed", "Failed"),
                            ("canceled", "Canceled"),
                            ("held", "On hold"),
                            ("unknown", "Unclear"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "-"),
                            ("invalid", "Invalid address"),
                            ("bounced", "Refused by the recipient's server"),
                            ("timed_out", "Given up after many tries"),
                            ("blocked", "Blocked"),
                            ("spam", "Taken for spam"),
                            ("unsubscribed", "Unsubscribed"),
                            ("document", "The document could not be made"),
                            ("wording", "The text could not be written"),
                            ("other", "Other"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("error_code", models.CharField(blank=True, default="", max_length=64)),
                ("error_text", models.TextField(blank=True, default="")),
                ("due_at", models.DateTimeField(null=True)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                ("sending_since", models.DateTimeField(null=True)),
                ("ask_at", models.DateTimeField(null=True)),
                ("asked", models.PositiveSmallIntegerField(default=0)),
                ("first_tried_at", models.DateTimeField(null=True)),
                ("key_number", models.PositiveSmallIntegerField(default=0)),
                ("cancelable_until", models.DateTimeField(null=True)),
                ("cancel_wanted_at", models.DateTimeField(null=True)),
                ("vendor", models.CharField(blank=True, default="", max_length=32)),
                ("vendor_id", models.CharField(blank=True, default="", max_length=255)),
                ("message_id", models.CharField(blank=True, default="", max_length=255)),
                ("request_key", models.CharField(blank=True, default="", max_length=64)),
                ("content_digest", models.CharField(blank=True, default="", max_length=64)),
                (
                    "tracking_id",
                    models.CharField(
                        default=notifications.models.message.new_public_id,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("request", models.JSONField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=255)),
                ("segments", models.PositiveSmallIntegerField(default=0)),
                ("opens", models.PositiveIntegerField(default=0)),
                ("expected_delivery_date", models.DateField(null=True)),
                ("handed_over_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("deferred_at", models.DateTimeField(null=True)),
                ("in_transit_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("bounced_at", models.DateTimeField(null=True)),
                (
                    "credit_note",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.creditnote",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="customers.customer",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.invoice",
                    ),
                ),
                (
                    "issued_statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="statements.issuedstatement",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.payment",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="notifications.statementrun",
                    ),
                ),
                (
                    "template_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notifications.templateversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["channel", "due_at", "id"],
                        name="message_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["lease_until"],
                        name="message_in_hand",
                    ),
                    models.Index(
                        fields=["customer", "channel", "-created_at", "-id"], name="message_customer"
                    ),
                    models.Index(fields=["run", "state", "id"], name="message_run_state"),
                    models.Index(fields=["run", "-handed_over_at"], name="message_run_handed_over"),
                    models.Index(fields=["state", "-id"], name="message_state"),
                    models.Index(
                        condition=models.Q(("request_key", ""), _negated=True),
                        fields=["request_key"],
                        name="message_request_key",
                    ),
                    models.Index(
                        condition=models.Q(("invoice__isnull", False)),
                        fields=["invoice", "-id"],
                        name="message_invoice",
                    ),
                    models.Index(
                        condition=models.Q(("ask_at__isnull", False)),
                        fields=["channel", "ask_at", "id"],
                        name="message_to_ask_about",
                    ),
                    models.Index(
                        condition=models.Q(("cancel_wanted_at__isnull", False)),
                        fields=["cancel_wanted_at"],
                        name="message_cancel_wanted",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False), ("state", "canceled")),
                        fields=["id"],
                        name="message_cancel_untold",
                    ),
                    models.Index(
                        condition=models.Q(("vendor_id", ""), _negated=True),
                        fields=["vendor_id"],
                        name="message_vendor_id",
                    ),
                    models.Index(
                        condition=models.Q(("channel", "sms")),
                        fields=["recipient_key", "-created_at"],
                        name="message_texted",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "customer", "currency", "channel", "recipient_key"),
                        name="message_once_per_run_and_recipient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "sms", "letter"])),
                        name="message_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "queued",
                                    "sending",
                                    "sent",
                                    "delivered",
                                    "bounced",
                                    "failed",
                                    "canceled",
                                    "held",
                                    "unknown",
                                ],
                            )
                        ),
                        name="message_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_token", ""), ("lease_until", None)),
                            models.Q(
                                models.Q(("lease_token", ""), _negated=True), ("lease_until__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="message_lease_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sending"), _negated=True),
                            models.Q(
                                models.Q(("lease_token", ""), _negated=True), ("sending_since__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="message_sending_is_leased",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["sent", "delivered"]), _negated=True),
                            models.Q(models.Q(("vendor", ""), _negated=True), ("sent_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="message_sent_names_its_vendor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recipient_key", ""), _negated=True), name="message_has_recipient"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("run", None), ("issued_statement__isnull", False), _connector="OR"
                        ),
                        name="message_of_a_run_has_statement",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.CharField(max_length=32, unique=True)),
                ("until", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notifications.message",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BlockedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("address", models.CharField(max_length=254, unique=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounced", "No such mailbox"),
                            ("complained", "Reported a mail as spam"),
                            ("unsubscribed", "Wants no more mails"),
                        ],
                        max_length=12,
                    ),
                ),
                ("detail", models.CharField(blank=True, default="", max_length=500)),
                ("blocked_at", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notifications.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "blocked address",
                "verbose_name_plural": "blocked addresses",
                "indexes": [models.Index(fields=["-blocked_at", "-id"], name="blocked_address_latest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("address", ""), _negated=True), name="blocked_address_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["bounced", "complained", "unsubscribed"])),
                        name="blocked_address_reason_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("accepted", "Accepted"),
                            ("deferred", "Delayed"),
                            ("in_transit", "On its way"),
                            ("delivered", "Delivered"),
                            ("bounced", "Returned"),
                            ("failed", "Failed"),
                            ("canceled", "Canceled"),
                            ("complained", "Reported as spam"),
                            ("unsubscribed", "Wants no more mails"),
                            ("late_outcome", "Reported after the lease had passed"),
                            ("resolved", "Settled by staff"),
                        ],
                        max_length=16,
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("vendor", models.CharField(blank=True, default="", max_length=32)),
                ("event_id", models.CharField(blank=True, default="", max_length=128)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("user_agent", models.CharField(blank=True, default="", max_length=500)),
                ("data", models.JSONField(blank=True, default=dict)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="message_events",
                        to="notifications.message",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["message", "type", "-occurred_at"], name="message_event_latest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("event_id", ""), _negated=True),
                        fields=("vendor", "event_id"),
                        name="message_event_once",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="messagetemplate",
            name="current",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="notifications.templateversion",
            ),
        ),
    ]

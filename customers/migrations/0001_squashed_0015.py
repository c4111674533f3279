import customers.encoding
import customers.models.base
import customers.models.charge
import customers.models.company
import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # All of them at once, for new databases: step by step takes four times as long.
    replaces = [
        ("customers", "0001_initial"),
        ("customers", "0002_cards_catalog_and_notes"),
        ("customers", "0003_reusable_codes_and_pending_lines"),
        ("customers", "0004_gateway_memory_and_refund_keys"),
        ("customers", "0005_closed_days_and_event_moments"),
        ("customers", "0006_indexes_of_lists_and_metadata_pairs"),
        ("customers", "0007_aging_basis"),
        ("customers", "0008_invoices_to_charge"),
        ("customers", "0009_fees_and_their_refunds"),
        ("customers", "0010_links_of_statements_may_end"),
        ("customers", "0011_headers_of_kept_answers"),
        ("customers", "0012_when_payments_ceased_to_be_pending"),
        ("customers", "0013_events_outlive_their_customer"),
        ("customers", "0014_sign_in_at_links"),
        ("customers", "0015_numbers_in_lower_case"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("kind", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("template", models.CharField(max_length=32)),
                ("next_value", models.PositiveBigIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="EventDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("count", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("previous", models.CharField(blank=True, default="", max_length=64)),
                ("closed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="GatewayAccount",
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
                (
                    "gateway",
                    models.CharField(choices=[("test", "Test gateway"), ("stripe", "Stripe")], max_length=16),
                ),
                ("credentials", models.TextField(blank=True, default="", editable=False)),
                ("enabled", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SandboxEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("gateway_id", models.CharField(max_length=64, unique=True)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("succeeded", "Succeeded"),
                            ("pending", "Pending"),
                            ("declined", "Declined"),
                        ],
                        max_length=9,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=64)),
                ("message", models.CharField(blank=True, default="", max_length=500)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="SignUpPage",
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
                (
                    "type",
                    models.CharField(
                        choices=[("autopay", "AutoPay"), ("recurring", "Recurring")],
                        default="autopay",
                        max_length=9,
                    ),
                ),
                ("billing_address", models.BooleanField(default=True)),
                ("shipping_address", models.BooleanField(default=False)),
                ("header_text", models.TextField(blank=True, default="")),
                (
                    "tos_url",
                    models.URLField(blank=True, default="", max_length=500, verbose_name="terms of service"),
                ),
                (
                    "thanks_url",
                    models.URLField(
                        blank=True, default="", max_length=500, verbose_name="page after sign-up"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("read_only", "Read only"),
                            ("account_manager", "Account manager"),
                            ("finance", "Finance"),
                            ("admin", "Admin"),
                        ],
                        default="finance",
                        max_length=16,
                    ),
                ),
                ("must_change_password", models.BooleanField(default=False)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="ApiKey",
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
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("last4", models.CharField(editable=False, max_length=4)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("read_only", "Read only"),
                            ("account_manager", "Account manager"),
                            ("finance", "Finance"),
                            ("admin", "Admin"),
                        ],
                        default="finance",
                        max_length=16,
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Cadence",
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
                ("paused", models.BooleanField(default=False)),
                ("time_of_day", models.PositiveSmallIntegerField(default=9)),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "Every day"),
                            ("day_of_week", "Weekly"),
                            ("day_of_month", "Monthly"),
                        ],
                        default="daily",
                        max_length=12,
                    ),
                ),
                ("run_date", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("run_days", models.CharField(blank=True, default="", max_length=32)),
                ("last_run_at", models.DateTimeField(blank=True, null=True)),
                ("next_run_at", models.DateTimeField(blank=True, null=True)),
                ("min_balance", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                (
                    "assignment_mode",
                    models.CharField(
                        choices=[
                            ("none", "By hand"),
                            ("default", "Default for new customers"),
                            ("conditions", "By conditions"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("assignment_conditions", models.TextField(blank=True, default="")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("time_of_day__lte", 23)), name="cadence_hour_of_day"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("assignment_mode", "default")),
                        fields=("assignment_mode",),
                        name="cadence_one_default",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CadenceStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=255)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("email", "Email"),
                            ("sms", "Text message"),
                            ("phone", "Phone call"),
                            ("mail", "Letter"),
                            ("escalate", "Escalate"),
                        ],
                        max_length=8,
                    ),
                ),
                ("schedule", models.CharField(max_length=32)),
                ("email_template_id", models.CharField(blank=True, default="", max_length=64)),
                ("sms_template_id", models.CharField(blank=True, default="", max_length=64)),
                (
                    "assigned_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cadence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="customers.cadence",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cadence", "position"), name="cadence_step_position_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(default="My company", max_length=255)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("phone", models.CharField(blank=True, default="", max_length=64)),
                ("website", models.URLField(blank=True, default="")),
                (
                    "address1",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="address line 1"),
                ),
                (
                    "address2",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="address line 2"),
                ),
                ("city", models.CharField(blank=True, default="", max_length=255)),
                (
                    "state",
                    models.CharField(
                        blank=True, default="", max_length=255, verbose_name="state or province"
                    ),
                ),
                ("postal_code", models.CharField(blank=True, default="", max_length=32)),
                ("country", models.CharField(default="US", max_length=2)),
                ("language", models.CharField(default="en", max_length=2)),
                ("time_zone", models.CharField(default="America/Chicago", max_length=64)),
                ("currency", models.CharField(default="usd", max_length=3)),
                (
                    "paper_size",
                    models.CharField(
                        choices=[("auto", "By country"), ("letter", "US Letter"), ("a4", "A4")],
                        default="auto",
                        max_length=6,
                    ),
                ),
                ("logo", models.FileField(blank=True, upload_to="company/")),
                ("tax_id", models.CharField(blank=True, default="", max_length=64, verbose_name="tax ID")),
                ("iban", models.CharField(blank=True, default="", max_length=34, verbose_name="IBAN")),
                ("bic", models.CharField(blank=True, default="", max_length=11, verbose_name="BIC")),
                ("payment_terms", models.CharField(blank=True, default="", max_length=255)),
                ("autopay", models.BooleanField(default=False, verbose_name="AutoPay for new customers")),
                (
                    "autopay_delay_days",
                    models.PositiveSmallIntegerField(default=0, verbose_name="AutoPay delay (days)"),
                ),
                (
                    "apply_credits",
                    models.BooleanField(default=True, verbose_name="apply credit to new invoices"),
                ),
                ("sender_name", models.CharField(blank=True, default="", max_length=255)),
                ("sender_email", models.EmailField(blank=True, default="", max_length=254)),
                (
                    "bcc",
                    models.CharField(
                        blank=True, default="", max_length=1000, verbose_name="blind copies of every mail to"
                    ),
                ),
                ("aging_bounds", models.JSONField(default=customers.models.company.default_aging_bounds)),
                (
                    "aging_basis",
                    models.CharField(
                        choices=[
                            ("due_date", "Days past due"),
                            ("date", "Days since the date of the document"),
                        ],
                        default="due_date",
                        max_length=8,
                    ),
                ),
                (
                    "statement_link_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="links of sent statements end after (days)"
                    ),
                ),
                (
                    "sign_in_required",
                    models.BooleanField(default=False, verbose_name="customers sign in to open links"),
                ),
                ("sign_in_switched_at", models.DateTimeField(editable=False, null=True)),
                ("set_up_steps", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name_plural": "company",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="company_is_one"),
                    models.CheckConstraint(
                        condition=models.Q(("aging_basis__in", ["due_date", "date"])),
                        name="company_aging_basis_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=16)),
                ("event_id", models.CharField(max_length=255)),
                ("type", models.CharField(max_length=255)),
                ("body", models.JSONField()),
                ("received_at", models.DateTimeField()),
                ("processed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("gateway", "event_id"), name="gateway_event_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done")], default="running", max_length=7
                    ),
                ),
                ("lease_token", models.CharField(max_length=32)),
                ("lease_until", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField(default=b"")),
                ("created_at", models.DateTimeField()),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.apikey"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="idempotency_created")],
                "constraints": [
                    models.UniqueConstraint(fields=("api_key", "key"), name="idempotency_key_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "running"), ("status__isnull", False), _connector="OR"),
                        name="idempotency_done_has_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportJob",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("checking", "Being checked"),
                            ("checked", "Checked, can be stored"),
                            ("refused", "Has bad rows"),
                            ("queued", "Waiting"),
                            ("running", "Being stored"),
                            ("finished", "Stored"),
                            ("failed", "Stopped"),
                            ("undone", "Undone"),
                        ],
                        default="uploaded",
                        max_length=8,
                    ),
                ),
                ("layout", models.CharField(blank=True, default="", max_length=64)),
                ("mapping", models.JSONField(blank=True, null=True)),
                ("skip_bad_rows", models.BooleanField(default=False)),
                ("sample_contacts", models.BooleanField(default=False)),
                ("fingerprint", models.CharField(editable=False, max_length=64)),
                ("cursor", models.JSONField(blank=True, default=dict, editable=False)),
                ("rows_total", models.PositiveBigIntegerField(default=0)),
                ("rows_done", models.PositiveBigIntegerField(default=0)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("errors", models.JSONField(blank=True, default=list)),
                ("error_count", models.PositiveBigIntegerField(default=0)),
                ("notes", models.JSONField(blank=True, default=list)),
                ("note_count", models.PositiveBigIntegerField(default=0)),
                ("failure", models.TextField(blank=True, default="")),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("lease_token", models.CharField(blank=True, default="", editable=False, max_length=24)),
                ("lease_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "lease_until"], name="import_job_state"),
                    models.Index(fields=["fingerprint"], name="import_job_fingerprint"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lease_token", ""), ("lease_until__isnull", False), _connector="OR"
                        ),
                        name="import_job_lease_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("file", models.FileField(upload_to="imports/%Y/%m/")),
                ("name", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("rows", models.PositiveBigIntegerField(default=0)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="customers.importjob",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("job", "position"), name="import_file_position_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("sequence", models.PositiveIntegerField()),
                ("created", models.JSONField(default=dict)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="batches",
                        to="customers.importjob",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("job", "sequence"), name="import_batch_sequence_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="MetadataPair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner_kind", models.CharField(max_length=16)),
                ("owner_id", models.BigIntegerField()),
                ("key", models.TextField()),
                ("value", models.TextField()),
                ("is_flag", models.BooleanField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["owner_kind", "key", "value", "owner_id"], name="metadata_pair_value"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner_kind", "owner_id", "key"), name="metadata_pair_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("request_id", models.CharField(max_length=64)),
                ("method", models.CharField(max_length=8)),
                ("path", models.CharField(max_length=500)),
                ("query", models.CharField(blank=True, default="", max_length=1000)),
                ("status", models.PositiveSmallIntegerField()),
                ("message", models.CharField(blank=True, default="", max_length=500)),
                ("milliseconds", models.PositiveIntegerField()),
                ("address", models.CharField(blank=True, default="", max_length=45)),
                ("user_agent", models.CharField(blank=True, default="", max_length=255)),
                ("replayed", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "api_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.apikey",
                    ),
                ),
            ],
            options={
                "verbose_name": "API request",
                "indexes": [
                    models.Index(fields=["request_id"], name="request_log_request"),
                    models.Index(fields=["created_at", "id"], name="request_log_created"),
                    models.Index(fields=["api_key", "-id"], name="request_log_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("code", models.CharField(max_length=255, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("value", models.DecimalField(decimal_places=6, max_digits=20)),
                ("is_percent", models.BooleanField(default=True)),
                ("inclusive", models.BooleanField(default=False)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("code",),
                        name="tax_rate_code_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)), name="tax_rate_value_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("currency", ""), ("is_percent", True)),
                            models.Q(("is_percent", False), models.Q(("currency", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="tax_rate_fixed_amount_has_currency",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("code", models.CharField(max_length=255, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("unit_cost", models.DecimalField(decimal_places=6, default=0, max_digits=24)),
                ("description", models.TextField(blank=True, default="")),
                ("type", models.CharField(blank=True, default="", max_length=64)),
                ("discountable", models.BooleanField(default=True)),
                ("taxable", models.BooleanField(default=True)),
                ("gl_account", models.CharField(blank=True, default="", max_length=255)),
                ("avalara_tax_code", models.CharField(blank=True, default="", max_length=25)),
                ("avalara_location_code", models.CharField(blank=True, default="", max_length=50)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("taxes", models.ManyToManyField(blank=True, related_name="+", to="customers.taxrate")),
            ],
            options={
                "indexes": [models.Index(fields=["updated_at", "id"], name="item_updated")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)), fields=("code",), name="item_code_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("name", models.CharField(max_length=255)),
                ("number", models.CharField(max_length=32)),
                ("number_key", models.CharField(editable=False, max_length=64)),
                ("email", models.CharField(blank=True, default="", max_length=254)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("company", "Company"),
                            ("person", "Person"),
                            ("government", "Government"),
                            ("non_profit", "Non-profit"),
                        ],
                        default="company",
                        max_length=10,
                    ),
                ),
                ("autopay", models.BooleanField(default=False, verbose_name="AutoPay")),
                (
                    "autopay_delay_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="AutoPay delay (days)",
                    ),
                ),
                ("payment_terms", models.CharField(blank=True, default="", max_length=255)),
                ("attention_to", models.CharField(blank=True, default="", max_length=255)),
                (
                    "address1",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="address line 1"),
                ),
                (
                    "address2",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="address line 2"),
                ),
                ("city", models.CharField(blank=True, default="", max_length=255)),
                (
                    "state",
                    models.CharField(
                        blank=True, default="", max_length=255, verbose_name="state or province"
                    ),
                ),
                ("postal_code", models.CharField(blank=True, default="", max_length=32)),
                ("country", models.CharField(default="US", max_length=2)),
                ("language", models.CharField(blank=True, default="", max_length=2)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("chase", models.BooleanField(default=True)),
                ("phone", models.CharField(blank=True, default="", max_length=64)),
                ("credit_hold", models.BooleanField(default=False)),
                (
                    "credit_limit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=20,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                ("taxable", models.BooleanField(default=True)),
                ("tax_id", models.CharField(blank=True, default="", max_length=64, verbose_name="tax ID")),
                ("avalara_entity_use_code", models.CharField(blank=True, default="", max_length=25)),
                ("avalara_exemption_number", models.CharField(blank=True, default="", max_length=25)),
                ("bill_to_parent", models.BooleanField(default=False)),
                ("consolidated", models.BooleanField(default=False, verbose_name="consolidated invoicing")),
                ("notes", models.TextField(blank=True, default="")),
                (
                    "sign_up_token",
                    models.CharField(
                        default=customers.models.base.new_token, editable=False, max_length=24, unique=True
                    ),
                ),
                (
                    "statement_token",
                    models.CharField(
                        default=customers.models.base.new_token, editable=False, max_length=24, unique=True
                    ),
                ),
                ("disabled_payment_methods", models.JSONField(blank=True, default=list)),
                (
                    "statement_channel",
                    models.CharField(
                        choices=[("email", "Email"), ("sms", "Text message"), ("letter", "Letter")],
                        default="email",
                        max_length=6,
                    ),
                ),
                ("paperless_from_date", models.DateField(blank=True, null=True)),
                (
                    "child_statements",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "As billed"),
                            ("parent", "On the parent's statement only"),
                            ("both", "On the parent's and an own one"),
                            ("child", "Own statement only"),
                        ],
                        default="",
                        max_length=6,
                    ),
                ),
                (
                    "chasing_cadence",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customers",
                        to="customers.cadence",
                    ),
                ),
                (
                    "next_chase_step",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.cadencestep",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="customers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "parent_customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="customers.customer",
                    ),
                ),
                (
                    "ach_gateway",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.gatewayaccount",
                    ),
                ),
                (
                    "cc_gateway",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.gatewayaccount",
                    ),
                ),
                (
                    "sign_up_page",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customers",
                        to="customers.signuppage",
                    ),
                ),
                (
                    "taxes",
                    models.ManyToManyField(blank=True, related_name="customers", to="customers.taxrate"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["name", "id"], name="customer_name"),
                    models.Index(fields=["number", "id"], name="customer_number"),
                    models.Index(fields=["email", "id"], name="customer_email"),
                    models.Index(fields=["type", "id"], name="customer_type"),
                    models.Index(fields=["autopay", "id"], name="customer_autopay"),
                    models.Index(fields=["autopay_delay_days", "id"], name="customer_autopay_delay"),
                    models.Index(fields=["payment_terms", "id"], name="customer_payment_terms"),
                    models.Index(fields=["attention_to", "id"], name="customer_attention_to"),
                    models.Index(fields=["address1", "id"], name="customer_address1"),
                    models.Index(fields=["address2", "id"], name="customer_address2"),
                    models.Index(fields=["city", "id"], name="customer_city"),
                    models.Index(fields=["state", "id"], name="customer_state"),
                    models.Index(fields=["postal_code", "id"], name="customer_postal_code"),
                    models.Index(fields=["country", "id"], name="customer_country"),
                    models.Index(fields=["language", "id"], name="customer_language"),
                    models.Index(fields=["currency", "id"], name="customer_currency"),
                    models.Index(fields=["chase", "id"], name="customer_chase"),
                    models.Index(fields=["chasing_cadence", "id"], name="customer_cadence"),
                    models.Index(fields=["next_chase_step", "id"], name="customer_step"),
                    models.Index(fields=["phone", "id"], name="customer_phone"),
                    models.Index(fields=["credit_hold", "id"], name="customer_credit_hold"),
                    models.Index(fields=["credit_limit", "id"], name="customer_credit_limit"),
                    models.Index(fields=["owner", "id"], name="customer_owner"),
                    models.Index(fields=["taxable", "id"], name="customer_taxable"),
                    models.Index(fields=["tax_id", "id"], name="customer_tax_id"),
                    models.Index(fields=["avalara_entity_use_code", "id"], name="customer_entity_use_code"),
                    models.Index(fields=["avalara_exemption_number", "id"], name="customer_exemption_number"),
                    models.Index(fields=["parent_customer", "id"], name="customer_parent"),
                    models.Index(fields=["bill_to_parent", "id"], name="customer_bill_to_parent"),
                    models.Index(fields=["consolidated", "id"], name="customer_consolidated"),
                    models.Index(fields=["sign_up_page", "id"], name="customer_sign_up_page"),
                    models.Index(fields=["created_at", "id"], name="customer_created"),
                    models.Index(fields=["updated_at", "id"], name="customer_updated"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("number_key",), name="customer_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="customer_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number_key", ""), _negated=True), name="customer_has_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credit_limit", None), ("credit_limit__gte", 0), _connector="OR"),
                        name="customer_credit_limit_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("autopay", False), ("payment_terms", ""), _connector="OR"),
                        name="customer_autopay_has_no_terms",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent_customer", models.F("id")), _negated=True),
                        name="customer_is_not_its_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("autopay_delay_days", None), ("autopay_delay_days__lte", 365), _connector="OR"
                        ),
                        name="customer_autopay_delay_at_most_a_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditBalance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField(default=0)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credits",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "currency"), name="credit_balance_one_a_currency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="credit_balance_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditAdjustment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("date", customers.models.base.MomentField()),
                ("notes", models.TextField(blank=True, default="")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_adjustments",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "date", "id"], name="credit_adjustment_customer"),
                    models.Index(fields=["updated_at", "id"], name="credit_adjustment_updated"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="credit_adjustment_not_zero"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
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
                ("title", models.CharField(blank=True, default="", max_length=255)),
                ("department", models.CharField(blank=True, default="", max_length=255)),
                ("email", models.CharField(blank=True, default="", max_length=254)),
                ("phone", models.CharField(blank=True, default="", max_length=64)),
                ("primary", models.BooleanField(default=True)),
                ("sms_enabled", models.BooleanField(default=False, verbose_name="text messages allowed")),
                (
                    "address1",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="address line 1"),
                ),
                (
                    "address2",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="address line 2"),
                ),
                ("city", models.CharField(blank=True, default="", max_length=255)),
                ("state", models.CharField(blank=True, default="", max_length=255)),
                ("postal_code", models.CharField(blank=True, default="", max_length=32)),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "name", "id"], name="contact_customer_name"),
                    models.Index(fields=["email"], name="contact_email"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("type", models.CharField(max_length=64)),
                ("timestamp", customers.models.base.MomentField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("object_type", models.CharField(max_length=32)),
                ("object_id", models.CharField(max_length=64)),
                ("actor", models.CharField(max_length=255)),
                ("request_id", models.CharField(blank=True, default="", max_length=64)),
                ("address", models.CharField(blank=True, default="", max_length=45)),
                (
                    "data",
                    models.JSONField(
                        decoder=customers.encoding.ExactDecoder,
                        default=dict,
                        encoder=customers.encoding.ExactEncoder,
                    ),
                ),
                (
                    "previous",
                    models.JSONField(
                        decoder=customers.encoding.ExactDecoder,
                        encoder=customers.encoding.ExactEncoder,
                        null=True,
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.apikey",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="customers.customer",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["timestamp", "id"], name="event_timestamp"),
                    models.Index(fields=["object_type", "object_id"], name="event_object"),
                    models.Index(fields=["customer", "id"], name="event_customer"),
                    models.Index(fields=["type", "id"], name="event_type"),
                    models.Index(fields=["recorded_at", "id"], name="event_recorded"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("name", models.CharField(blank=True, default="", max_length=255)),
                ("number", models.CharField(max_length=32)),
                ("number_key", models.CharField(editable=False, max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("date", customers.models.base.MomentField()),
                ("draft", models.BooleanField(default=False)),
                ("voided_at", customers.models.base.MomentField(blank=True, null=True)),
                ("sent_at", customers.models.base.MomentField(blank=True, null=True)),
                ("viewed_at", customers.models.base.MomentField(blank=True, null=True)),
                ("purchase_order", models.CharField(blank=True, default="", max_length=32)),
                ("notes", models.TextField(blank=True, default="")),
                ("subtotal", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("balance", models.BigIntegerField(default=0)),
                ("calculate_taxes", models.BooleanField(default=True)),
                (
                    "token",
                    models.CharField(
                        default=customers.models.base.new_token, editable=False, max_length=24, unique=True
                    ),
                ),
                ("due_date", customers.models.base.MomentField(blank=True, null=True)),
                ("payment_terms", models.CharField(blank=True, default="", max_length=255)),
                ("autopay", models.BooleanField(default=False, verbose_name="AutoPay")),
                ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                ("next_payment_attempt", customers.models.base.MomentField(blank=True, null=True)),
                ("first_failed_at", customers.models.base.MomentField(blank=True, null=True)),
                ("closed_at", customers.models.base.MomentField(blank=True, null=True)),
                ("disputed_from", customers.models.base.MomentField(blank=True, null=True)),
                ("disputed_until", customers.models.base.MomentField(blank=True, null=True)),
                ("ship_to", models.JSONField(blank=True, default=dict)),
                ("disabled_payment_methods", models.JSONField(blank=True, default=list)),
                (
                    "consolidated_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consolidated_from",
                        to="customers.invoice",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "date", "id"], name="invoice_customer_date"),
                    models.Index(
                        condition=models.Q(
                            ("balance__gt", 0), ("closed_at", None), ("draft", False), ("voided_at", None)
                        ),
                        fields=["customer", "currency", "due_date", "balance"],
                        name="invoice_open",
                    ),
                    models.Index(
                        condition=models.Q(("balance__gt", 0)), fields=["customer"], name="invoice_unpaid"
                    ),
                    models.Index(
                        condition=models.Q(
                            ("autopay", True),
                            ("balance__gt", 0),
                            ("closed_at", None),
                            ("draft", False),
                            ("voided_at", None),
                        ),
                        fields=["next_payment_attempt", "id"],
                        name="invoice_to_charge",
                    ),
                    models.Index(fields=["updated_at", "id"], name="invoice_updated"),
                    models.Index(fields=["created_at", "id"], name="invoice_created"),
                    models.Index(fields=["due_date", "id"], name="invoice_due_date"),
                    models.Index(fields=["number", "id"], name="invoice_number"),
                    models.Index(fields=["name", "id"], name="invoice_name"),
                    models.Index(fields=["purchase_order", "id"], name="invoice_purchase_order"),
                    models.Index(fields=["total", "id"], name="invoice_total"),
                    models.Index(fields=["balance", "id"], name="invoice_balance"),
                    models.Index(condition=models.Q(("draft", True)), fields=["id"], name="invoice_drafts"),
                    models.Index(
                        condition=models.Q(("voided_at__isnull", False)), fields=["id"], name="invoice_voided"
                    ),
                    models.Index(fields=["date", "id"], name="invoice_date"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("number_key",), name="invoice_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("total__gte", 0)), name="invoice_total_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance__gte", 0), ("balance__lte", models.F("total"))),
                        name="invoice_balance_within_total",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("name", models.CharField(blank=True, default="", max_length=255)),
                ("number", models.CharField(max_length=32)),
                ("number_key", models.CharField(editable=False, max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("date", customers.models.base.MomentField()),
                ("draft", models.BooleanField(default=False)),
                ("voided_at", customers.models.base.MomentField(blank=True, null=True)),
                ("sent_at", customers.models.base.MomentField(blank=True, null=True)),
                ("viewed_at", customers.models.base.MomentField(blank=True, null=True)),
                ("purchase_order", models.CharField(blank=True, default="", max_length=32)),
                ("notes", models.TextField(blank=True, default="")),
                ("subtotal", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("balance", models.BigIntegerField(default=0)),
                ("calculate_taxes", models.BooleanField(default=True)),
                (
                    "token",
                    models.CharField(
                        default=customers.models.base.new_token, editable=False, max_length=24, unique=True
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="customers.customer",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="customers.invoice",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "date", "id"], name="credit_note_customer_date"),
                    models.Index(
                        condition=models.Q(("balance__gt", 0)), fields=["customer"], name="credit_note_unpaid"
                    ),
                    models.Index(fields=["updated_at", "id"], name="credit_note_updated"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("number_key",), name="credit_note_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("total__gte", 0)), name="credit_note_total_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance__gte", 0), ("balance__lte", models.F("total"))),
                        name="credit_note_balance_within_total",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("position", models.PositiveSmallIntegerField()),
                ("catalog_item", models.CharField(blank=True, default="", max_length=255)),
                ("type", models.CharField(blank=True, default="", max_length=64)),
                ("name", models.CharField(max_length=255)),
                ("description", models.TextField(blank=True, default="")),
                ("quantity", models.DecimalField(decimal_places=6, default=1, max_digits=20)),
                ("unit_cost", models.DecimalField(decimal_places=6, default=0, max_digits=24)),
                ("amount", models.BigIntegerField(default=0)),
                ("discountable", models.BooleanField(default=True)),
                ("taxable", models.BooleanField(default=True)),
                (
                    "credit_note",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="customers.creditnote",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="line_items",
                        to="customers.customer",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="customers.invoice",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["invoice", "position"], name="line_item_invoice"),
                    models.Index(fields=["credit_note", "position"], name="line_item_credit_note"),
                    models.Index(fields=["customer", "id"], name="line_item_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credit_note__isnull", False), ("customer", None), ("invoice", None)),
                            models.Q(("credit_note", None), ("customer", None), ("invoice__isnull", False)),
                            models.Q(("credit_note", None), ("customer__isnull", False), ("invoice", None)),
                            _connector="OR",
                        ),
                        name="line_item_has_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("customer", None), models.Q(("currency", ""), _negated=True), _connector="OR"
                        ),
                        name="line_item_pending_has_currency",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("notes", models.TextField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="account_notes",
                        to="customers.customer",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invoice_notes",
                        to="customers.invoice",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "id"], name="note_customer"),
                    models.Index(fields=["invoice", "id"], name="note_invoice"),
                    models.Index(fields=["updated_at", "id"], name="note_updated"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("date", customers.models.base.MomentField()),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("balance", models.BigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[("succeeded", "Received"), ("pending", "Pending"), ("failed", "Failed")],
                        default="succeeded",
                        max_length=9,
                    ),
                ),
                ("pending_until", customers.models.base.MomentField(blank=True, editable=False, null=True)),
                ("voided_at", customers.models.base.MomentField(blank=True, null=True)),
                ("method", models.CharField(default="other", max_length=16)),
                ("reference", models.CharField(blank=True, default="", max_length=255)),
                ("notes", models.TextField(blank=True, default="")),
                ("ach_sender_id", models.CharField(blank=True, default="", max_length=255)),
                ("source", models.CharField(default="keyed", max_length=32)),
                (
                    "token",
                    models.CharField(
                        default=customers.models.base.new_token, editable=False, max_length=24, unique=True
                    ),
                ),
                (
                    "import_key",
                    models.CharField(blank=True, editable=False, max_length=128, null=True, unique=True),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "date", "id"], name="payment_customer_date"),
                    models.Index(fields=["updated_at", "id"], name="payment_updated"),
                    models.Index(fields=["date", "id"], name="payment_date"),
                    models.Index(fields=["created_at", "id"], name="payment_created"),
                    models.Index(fields=["reference", "id"], name="payment_reference"),
                    models.Index(fields=["amount", "id"], name="payment_amount"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="payment_amount_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance__gte", 0), ("balance__lte", models.F("amount"))),
                        name="payment_balance_within_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentApplication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                            ("applied_credit", "Credit balance"),
                            ("credit", "To credit balance"),
                            ("convenience_fee", "Convenience fee"),
                        ],
                        max_length=16,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("applied_at", customers.models.base.MomentField()),
                ("effective_at", customers.models.base.MomentField()),
                ("ended_at", customers.models.base.MomentField(blank=True, null=True)),
                (
                    "credit_note",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="customers.creditnote",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="customers.invoice",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="customers.payment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "effective_at"], name="application_customer"),
                    models.Index(fields=["payer", "effective_at"], name="application_payer"),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", False)),
                        fields=["customer", "ended_at"],
                        name="application_ended",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", False)),
                        fields=["payer", "ended_at"],
                        name="application_payer_ended",
                    ),
                    models.Index(
                        condition=models.Q(("type__in", ["credit", "applied_credit"])),
                        fields=["payer", "currency"],
                        name="application_of_credit",
                    ),
                    models.Index(
                        condition=models.Q(("type", "convenience_fee")),
                        fields=["payment"],
                        name="application_of_fee",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="application_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("effective_at")), _connector="OR"
                        ),
                        name="application_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effective_at__gte", models.F("applied_at"))),
                        name="application_effective_after_applied",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("credit_note", None),
                                ("invoice__isnull", False),
                                ("payment__isnull", False),
                                ("type", "invoice"),
                            ),
                            models.Q(
                                ("credit_note__isnull", False),
                                ("invoice__isnull", False),
                                ("type", "credit_note"),
                            ),
                            models.Q(
                                ("credit_note", None), ("invoice__isnull", False), ("type", "applied_credit")
                            ),
                            models.Q(
                                ("credit_note", None),
                                ("invoice", None),
                                ("payment__isnull", False),
                                ("type", "credit"),
                            ),
                            models.Q(
                                ("credit_note__isnull", False),
                                ("invoice", None),
                                ("payment", None),
                                ("type", "credit"),
                            ),
                            models.Q(
                                ("credit_note", None),
                                ("invoice", None),
                                ("payment__isnull", False),
                                ("type", "convenience_fee"),
                            ),
                            _connector="OR",
                        ),
                        name="application_joins_what_its_type_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentPlan",
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
                    "status",
                    models.CharField(
                        choices=[
                            ("pending_signup", "Waiting for sign-up"),
                            ("active", "Active"),
                            ("finished", "Finished"),
                            ("canceled", "Canceled"),
                        ],
                        default="active",
                        max_length=14,
                    ),
                ),
                ("approval", models.JSONField(blank=True, null=True)),
                ("agreed_at", customers.models.base.MomentField()),
                ("canceled_at", customers.models.base.MomentField(blank=True, null=True)),
                ("terms_before", models.CharField(blank=True, default="", max_length=255)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payment_plans",
                        to="customers.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["pending_signup", "active", "finished"])),
                        fields=("invoice",),
                        name="payment_plan_one_an_invoice",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", customers.models.base.MomentField()),
                ("amount", models.BigIntegerField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="instalments",
                        to="customers.paymentplan",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["plan", "date", "id"], name="instalment_plan_date")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="instalment_amount_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentSource",
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
                    "kind",
                    models.CharField(
                        choices=[("card", "Card"), ("bank_account", "Bank account")], max_length=12
                    ),
                ),
                ("last4", models.CharField(max_length=4)),
                ("brand", models.CharField(blank=True, default="", max_length=32)),
                ("exp_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("exp_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "funding",
                    models.CharField(
                        choices=[
                            ("credit", "Credit"),
                            ("debit", "Debit"),
                            ("prepaid", "Prepaid"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                ("bank_name", models.CharField(blank=True, default="", max_length=255)),
                ("routing_number", models.CharField(blank=True, default="", max_length=32)),
                ("verified", models.BooleanField(default=False)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                ("gateway", models.CharField(max_length=16)),
                ("gateway_token", models.CharField(blank=True, default="", max_length=255)),
                ("gateway_customer", models.CharField(blank=True, default="", max_length=255)),
                ("chargeable", models.BooleanField(default=True)),
                ("failure_reason", models.CharField(blank=True, default="", max_length=255)),
                ("receipt_email", models.EmailField(blank=True, default="", max_length=254)),
                ("hidden", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payment_sources",
                        to="customers.customer",
                    ),
                ),
                (
                    "gateway_account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="customers.gatewayaccount",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "id"], name="payment_source_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last4__regex", "^[0-9]{4}$")), name="payment_source_last4_only"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("method", models.CharField(max_length=16)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "Prepared"),
                            ("sent", "With the gateway"),
                            ("unknown", "Unclear"),
                            ("pending", "Pending"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                        ],
                        default="created",
                        max_length=9,
                    ),
                ),
                ("gateway", models.CharField(max_length=16)),
                ("gateway_token", models.CharField(blank=True, default="", max_length=255)),
                ("gateway_id", models.CharField(blank=True, default="", max_length=255)),
                (
                    "key",
                    models.CharField(
                        default=customers.models.charge.new_charge_key,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "source_shown",
                    models.JSONField(
                        decoder=customers.encoding.ExactDecoder,
                        encoder=customers.encoding.ExactEncoder,
                        null=True,
                    ),
                ),
                (
                    "splits",
                    models.JSONField(
                        decoder=customers.encoding.ExactDecoder,
                        default=list,
                        encoder=customers.encoding.ExactEncoder,
                    ),
                ),
                ("failure_code", models.CharField(blank=True, default="", max_length=64)),
                ("failure_message", models.CharField(blank=True, default="", max_length=500)),
                ("receipt_email", models.EmailField(blank=True, default="", max_length=254)),
                ("disputed", models.BooleanField(default=False)),
                ("automatic", models.BooleanField(default=False, verbose_name="by AutoPay")),
                ("request_key", models.CharField(blank=True, default="", max_length=64)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("final_at", models.DateTimeField(blank=True, null=True)),
                ("next_look_at", models.DateTimeField(blank=True, null=True)),
                ("looks", models.PositiveSmallIntegerField(default=0)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="customers.customer",
                    ),
                ),
                (
                    "gateway_account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.gatewayaccount",
                    ),
                ),
                (
                    "payment",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge",
                        to="customers.payment",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="charges",
                        to="customers.paymentsource",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "id"], name="charge_customer"),
                    models.Index(fields=["updated_at", "id"], name="charge_updated"),
                    models.Index(
                        condition=models.Q(("status__in", ["created", "sent", "unknown"])),
                        fields=["next_look_at", "id"],
                        name="charge_unsettled",
                    ),
                    models.Index(
                        condition=models.Q(("request_key", ""), _negated=True),
                        fields=["request_key"],
                        name="charge_request_key",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="charge_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["created", "sent", "unknown", "pending", "succeeded", "failed"])
                        ),
                        name="charge_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "succeeded"), _negated=True),
                            ("payment__isnull", False),
                            _connector="OR",
                        ),
                        name="charge_success_has_payment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("gateway_id", ""), _negated=True),
                        fields=("gateway", "gateway_id"),
                        name="charge_once_at_gateway",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChargeClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="customers.charge",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge_claims",
                        to="customers.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="charge_claim_amount_positive"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("released_at", None)),
                        fields=("invoice",),
                        name="charge_claim_one_an_invoice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("fee", models.BigIntegerField(default=0)),
                ("date", customers.models.base.MomentField()),
                ("notes", models.TextField(blank=True, default="")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="customers.invoice",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="customers.payment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "date"], name="refund_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="refund_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee__gte", 0), ("fee__lte", models.F("amount"))),
                        name="refund_fee_within_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChargeRefund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "Prepared"),
                            ("unknown", "Unclear"),
                            ("pending", "Pending"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                        ],
                        default="created",
                        max_length=9,
                    ),
                ),
                ("gateway", models.CharField(max_length=16)),
                ("gateway_id", models.CharField(blank=True, default="", max_length=255)),
                (
                    "key",
                    models.CharField(
                        default=customers.models.charge.new_charge_key,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("failure_message", models.CharField(blank=True, default="", max_length=500)),
                ("request_key", models.CharField(blank=True, default="", max_length=64)),
                ("next_look_at", models.DateTimeField(blank=True, null=True)),
                ("looks", models.PositiveSmallIntegerField(default=0)),
                ("date", customers.models.base.MomentField()),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="customers.charge",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge_refund",
                        to="customers.refund",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("charge"), models.F("id"), name="charge_refund_charge"),
                    models.Index(
                        condition=models.Q(("status__in", ["created", "unknown"])),
                        fields=["next_look_at", "id"],
                        name="charge_refund_unsettled",
                    ),
                    models.Index(
                        condition=models.Q(("request_key", ""), _negated=True),
                        fields=["request_key"],
                        name="charge_refund_request_key",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="charge_refund_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "succeeded"), _negated=True),
                            ("refund__isnull", False),
                            _connector="OR",
                        ),
                        name="charge_refund_success_is_in_ledger",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("date", customers.models.base.MomentField()),
                ("reason", models.CharField(blank=True, default="", max_length=255)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="customers.payment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "date"], name="reversal_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="reversal_amount_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
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
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("phone", "Phone call"),
                            ("letter", "Letter"),
                            ("email", "Email"),
                            ("review", "Review"),
                        ],
                        max_length=6,
                    ),
                ),
                ("due_date", customers.models.base.MomentField()),
                ("complete", models.BooleanField(default=False)),
                ("completed_date", customers.models.base.MomentField(blank=True, null=True)),
                (
                    "chase_step",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.cadencestep",
                    ),
                ),
                (
                    "completed_by_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="customers.customer",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "id"], name="task_customer"),
                    models.Index(
                        condition=models.Q(("complete", False)), fields=["due_date", "id"], name="task_open"
                    ),
                    models.Index(fields=["updated_at", "id"], name="task_updated"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("complete", False), ("completed_date", None)),
                            models.Q(("complete", True), ("completed_date__isnull", False)),
                            _connector="OR",
                        ),
                        name="task_complete_has_date",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Levy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("discount", "Discount"), ("tax", "Tax")], max_length=8)),
                ("amount", models.BigIntegerField()),
                ("calculated", models.BooleanField(default=False)),
                (
                    "credit_note",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="levies",
                        to="customers.creditnote",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="levies",
                        to="customers.invoice",
                    ),
                ),
                (
                    "line_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="levies",
                        to="customers.lineitem",
                    ),
                ),
                (
                    "tax_rate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.taxrate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credit_note__isnull", False), ("invoice", None)),
                            models.Q(("credit_note", None), ("invoice__isnull", False)),
                            models.Q(("credit_note", None), ("invoice", None), ("line_item__isnull", False)),
                            _connector="OR",
                        ),
                        name="levy_has_one_owner",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("date", customers.models.base.MomentField()),
                ("ended_at", customers.models.base.MomentField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[("bad_debt", "Bad debt"), ("closed", "Closed by hand")],
                        default="bad_debt",
                        max_length=8,
                    ),
                ),
                ("notes", models.TextField(blank=True, default="")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="write_offs",
                        to="customers.invoice",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "date"], name="write_off_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="write_off_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("date")), _connector="OR"
                        ),
                        name="write_off_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("invoice",),
                        name="write_off_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="customer",
            name="payment_source",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="customers.paymentsource",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["payment_source", "id"], name="customer_source"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("payment_source__isnull", False)),
                fields=["id"],
                name="customer_with_source",
            ),
        ),
    ]

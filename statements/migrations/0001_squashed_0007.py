import customers.models.base
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    # All of them at once, for new databases: step by step takes four times as long.
    replaces = [
        ("statements", "0001_initial"),
        ("statements", "0002_looks_and_views_of_statements"),
        ("statements", "0003_find_the_statement_before"),
        ("statements", "0004_lines_beside_statements"),
        ("statements", "0005_who_wrote_to_whom"),
        ("statements", "0006_addresses_left_to_the_print_house"),
        ("statements", "0007_sign_in_at_links"),
    ]

    initial = True

    dependencies = [
        ("customers", "0015_numbers_in_lower_case"),
    ]

    operations = [
        migrations.CreateModel(
            name="StatementTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("accent", models.CharField(default="1d4e89", max_length=6)),
                (
                    "window",
                    models.CharField(
                        choices=[("auto", "By country"), ("left", "Left"), ("right", "Right")],
                        default="auto",
                        max_length=5,
                        verbose_name="window of A4 envelopes",
                    ),
                ),
                ("footer", models.CharField(blank=True, default="", max_length=160)),
                ("payment_text", models.TextField(blank=True, default="", verbose_name="how to pay")),
                ("remit_to", models.TextField(blank=True, default="", verbose_name="remit to")),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("show_aging", models.BooleanField(default=True, verbose_name="aging")),
                (
                    "show_memo",
                    models.BooleanField(
                        default=True, verbose_name="unapplied payments, credit and pending payments"
                    ),
                ),
                ("show_code", models.BooleanField(default=True, verbose_name="QR code")),
                ("show_slip", models.BooleanField(default=True, verbose_name="remittance slip")),
                (
                    "carried",
                    models.BooleanField(default=False, verbose_name="carried forward from page to page"),
                ),
                (
                    "grouped",
                    models.BooleanField(
                        default=False, verbose_name="open items grouped by account when consolidated"
                    ),
                ),
                (
                    "blank_address",
                    models.BooleanField(
                        default=False, verbose_name="addresses of letters left to the print house"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("accent__regex", "^[0-9a-f]{6}$")), name="template_accent_hex"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("window__in", ["auto", "left", "right"])),
                        name="template_window_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssuedStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("number", models.PositiveBigIntegerField(unique=True)),
                (
                    "token",
                    models.CharField(
                        default=customers.models.base.new_token, editable=False, max_length=24, unique=True
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[("balance_forward", "Balance forward"), ("open_item", "Open item")],
                        max_length=15,
                    ),
                ),
                (
                    "items",
                    models.CharField(
                        choices=[("open", "Open"), ("past_due", "Past due")], default="open", max_length=8
                    ),
                ),
                ("start_at", customers.models.base.MomentField(null=True)),
                ("end_at", customers.models.base.MomentField()),
                ("start_date", models.DateField(null=True)),
                ("end_date", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("members", models.JSONField(default=list)),
                ("facts", models.JSONField()),
                ("parties", models.JSONField(default=dict)),
                ("headline", models.BigIntegerField()),
                ("amount_due", models.BigIntegerField()),
                ("line_count", models.PositiveIntegerField()),
                ("paper", models.CharField(choices=[("letter", "US Letter"), ("a4", "A4")], max_length=6)),
                ("by_post", models.BooleanField(default=False)),
                ("template_version", models.CharField(max_length=32)),
                ("canceled_at", models.DateTimeField(null=True)),
                (
                    "render_state",
                    models.CharField(
                        choices=[("queued", "Waiting"), ("ready", "Ready"), ("failed", "Failed")],
                        default="queued",
                        max_length=6,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("lease_token", models.CharField(blank=True, default="", max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                ("file", models.FileField(blank=True, default="", max_length=255, upload_to="")),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("page_count", models.PositiveIntegerField(default=0)),
                ("lines_file", models.FileField(blank=True, default="", max_length=255, upload_to="")),
                ("lines_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("rendered_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True, default="")),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="issued_statements",
                        to="customers.customer",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="statements.statementtemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "issued statement",
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="issued_statement_customer"),
                    models.Index(fields=["customer", "end_at"], name="issued_statement_of_end"),
                    models.Index(
                        condition=models.Q(("render_state", "queued")),
                        fields=["due_at", "id"],
                        name="issued_statement_to_render",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="issued_statement_number_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ["balance_forward", "open_item"])),
                        name="issued_statement_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("items__in", ["open", "past_due"])),
                        name="issued_statement_items_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_at", None), ("start_at__lte", models.F("end_at")), _connector="OR"
                        ),
                        name="issued_statement_period_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("start_at", None), ("start_date", None), ("type", "open_item")),
                            models.Q(
                                ("start_at__isnull", False),
                                ("start_date__isnull", False),
                                ("type", "balance_forward"),
                            ),
                            _connector="OR",
                        ),
                        name="issued_statement_start_fits_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("page_count__gte", 1),
                                ("render_state", "ready"),
                                ("rendered_at__isnull", False),
                                models.Q(("file", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            models.Q(
                                ("file", ""),
                                ("render_state__in", ["queued", "failed"]),
                                ("rendered_at", None),
                                ("sha256", ""),
                            ),
                            _connector="OR",
                        ),
                        name="issued_statement_ready_has_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lines_file", ""), ("lines_sha256", "")),
                            models.Q(
                                ("render_state", "ready"),
                                models.Q(("lines_file", ""), _negated=True),
                                models.Q(("lines_sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="issued_statement_lines_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_token", ""), ("lease_until", None)),
                            models.Q(
                                models.Q(("lease_token", ""), _negated=True), ("lease_until__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="issued_statement_lease_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "part",
                    models.CharField(
                        choices=[("page", "Page"), ("file", "PDF"), ("lines", "CSV")], max_length=5
                    ),
                ),
                ("channel", models.CharField(blank=True, default="", max_length=6)),
                ("address", models.GenericIPAddressField(null=True)),
                ("user_agent", models.CharField(blank=True, default="", max_length=255)),
                ("is_bot", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statement_views",
                        to="customers.customer",
                    ),
                ),
                (
                    "issued",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="views",
                        to="statements.issuedstatement",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["issued", "-id"], name="statement_view_issued"),
                    models.Index(fields=["customer", "-id"], name="statement_view_customer"),
                    models.Index(fields=["at"], name="statement_view_at"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ["page", "file", "lines"])),
                        name="statement_view_part_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("link", models.CharField(max_length=24)),
                ("address", models.CharField(max_length=64)),
                ("code", models.CharField(blank=True, default="", max_length=64)),
                (
                    "key",
                    models.CharField(
                        default=customers.models.base.new_token, editable=False, max_length=24, unique=True
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("signed_in_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "address", "-id"], name="sign_in_customer"),
                    models.Index(fields=["asked_at"], name="sign_in_asked"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("tries__lte", 5)), name="sign_in_tries_few"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_in_at", None), models.Q(("code", ""), _negated=True), _connector="OR"
                        ),
                        name="sign_in_had_a_code",
                    ),
                ],
            },
        ),
    ]

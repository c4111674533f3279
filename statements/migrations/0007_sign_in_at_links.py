import customers.models.base
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Codes asked for at links, and the browsers that gave them back."""

    dependencies = [
        ("customers", "0014_sign_in_at_links"),
        ("statements", "0006_addresses_left_to_the_print_house"),
    ]

    operations = [
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

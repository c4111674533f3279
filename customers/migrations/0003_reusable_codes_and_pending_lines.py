"""Codes of archived rates and items may be used again; pending lines know their currency."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_cards_catalog_and_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="lineitem",
            name="currency",
            field=models.CharField(blank=True, default="", max_length=3),
        ),
        migrations.AlterField(
            model_name="item",
            name="code",
            field=models.CharField(max_length=255, verbose_name="ID"),
        ),
        migrations.AlterField(
            model_name="taxrate",
            name="code",
            field=models.CharField(max_length=255, verbose_name="ID"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived_at", None)), fields=("code",), name="item_code_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="lineitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("customer", None), models.Q(("currency", ""), _negated=True), _connector="OR"
                ),
                name="line_item_pending_has_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived_at", None)), fields=("code",), name="tax_rate_code_unique"
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether a slip is printed is part of how statements look, and kept there."""

    dependencies = [("customers", "0009_fees_and_their_refunds")]

    operations = [
        migrations.RemoveField(model_name="company", name="remittance_slip"),
        migrations.AddField(
            model_name="company",
            name="statement_link_days",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="links of sent statements end after (days)"
            ),
        ),
    ]

"""A charge keeps what shall become of the source that was stored for it, until its outcome is known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0017_closed_credit_notes")]

    operations = [
        migrations.AddField(
            model_name="charge",
            name="trial",
            field=models.CharField(
                blank=True,
                choices=[("keep", "To be kept"), ("default", "To become the default")],
                default="",
                max_length=7,
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("trial", ""), _negated=True),
                fields=["next_look_at", "id"],
                name="charge_on_trial",
            ),
        ),
    ]

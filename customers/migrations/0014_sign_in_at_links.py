from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether customers sign in before a link opens, and when that was last switched."""

    dependencies = [
        ("customers", "0013_events_outlive_their_customer"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="sign_in_required",
            field=models.BooleanField(default=False, verbose_name="customers sign in to open links"),
        ),
        migrations.AddField(
            model_name="company",
            name="sign_in_switched_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]

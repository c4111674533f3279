"""Webhooks are called webhooks in lists, too. Nothing is stored differently."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_squashed_0009"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="webhookendpoint",
            options={"verbose_name": "webhook"},
        ),
    ]

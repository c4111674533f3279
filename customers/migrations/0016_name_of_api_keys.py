"""API keys are called API keys in lists, too. Nothing is stored differently."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_squashed_0015"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="apikey",
            options={"verbose_name": "API key"},
        ),
    ]

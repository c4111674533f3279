"""Credit notes can be kept from further use: since when."""

from django.db import migrations

import customers.models.base


class Migration(migrations.Migration):
    dependencies = [("customers", "0016_name_of_api_keys")]

    operations = [
        migrations.AddField(
            model_name="creditnote",
            name="closed_at",
            field=customers.models.base.MomentField(blank=True, null=True),
        ),
    ]

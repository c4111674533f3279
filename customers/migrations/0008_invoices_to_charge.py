from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_aging_basis")]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
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
        ),
    ]

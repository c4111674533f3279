"""Numbers are compared in lower case and not folded further: the keys of those few that differ anew."""

from typing import Any

from django.db import migrations


def _keep(apps: Any, key_of: Any) -> None:
    for name in ("Customer", "Invoice", "CreditNote"):
        rows = apps.get_model("customers", name).objects
        for pk, number, key in rows.values_list("pk", "number", "number_key").iterator():
            if not number.isascii() and key_of(number) != key:
                rows.filter(pk=pk).update(number_key=key_of(number))


def forwards(apps: Any, schema_editor: Any) -> None:
    _keep(apps, lambda number: number.strip().lower())


def backwards(apps: Any, schema_editor: Any) -> None:
    _keep(apps, lambda number: number.strip().casefold())


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_sign_in_at_links")]

    operations = [migrations.RunPython(forwards, backwards)]

"""What staff wrote so far is the first version of its kind of message."""

from django.db import migrations


def make_versions(apps, schema_editor):
    templates = apps.get_model("notifications", "MessageTemplate")
    versions = apps.get_model("notifications", "TemplateVersion")
    for row in templates.objects.filter(current=None).order_by("pk"):
        row.current = versions.objects.create(
            template=row,
            number=1,
            subject=row.subject,
            body=row.body,
            attach_pdf=row.attach_pdf,
            created_at=row.updated_at,
            activated_at=row.updated_at,
        )
        row.save(update_fields=["current"])


def write_back(apps, schema_editor):
    templates = apps.get_model("notifications", "MessageTemplate")
    templates.objects.filter(current=None).delete()
    for row in templates.objects.select_related("current").order_by("pk"):
        row.subject, row.body = row.current.subject, row.current.body
        row.attach_pdf = row.current.attach_pdf
        row.save(update_fields=["subject", "body", "attach_pdf"])


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_blocked_addresses_and_template_versions")]

    operations = [migrations.RunPython(make_versions, write_back)]

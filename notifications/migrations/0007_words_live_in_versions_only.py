from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_words_of_staff_become_versions")]

    operations = [
        migrations.RemoveField(model_name="messagetemplate", name="attach_pdf"),
        migrations.RemoveField(model_name="messagetemplate", name="body"),
        migrations.RemoveField(model_name="messagetemplate", name="subject"),
    ]

from django.db import migrations

from promotion.audit.protection import protect, unprotect


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda _apps, editor: protect(editor.connection),
            lambda _apps, editor: unprotect(editor.connection),
        )
    ]

from django.conf import settings
from django.db import migrations

from promotion.roles import ensure_roles


def make_roles(apps, _schema_editor):
    ensure_roles(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('promotion', '0005_forward_statements'),
        ('companies', '0004_forward_statements'),
        ('parks', '0006_operators'),
        ('reference', '0008_roles'),
        ('admin', '0003_logentry_add_action_flag_choices'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('sessions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]

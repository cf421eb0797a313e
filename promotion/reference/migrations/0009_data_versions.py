from django.db import migrations, models

from promotion.reference.changes import stop_counting


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0008_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='DataVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='PendingChange',
            fields=[
                ('transaction_number', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        # `count_changes` begins after each migration; before the tables go it must have ended.
        migrations.RunPython(
            migrations.RunPython.noop, lambda _apps, editor: stop_counting(editor.connection)
        ),
    ]

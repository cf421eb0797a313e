from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0004_forward_statements'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('publish_at__isnull', False)), fields=['publish_at'], name='companies_company_publish_at'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='companies_company_expires_at'),
        ),
    ]

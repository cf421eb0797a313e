import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parks', '0001_squashed_0006_operators'),
        ('promotion', '0007_coarser_ends'),
    ]

    operations = [
        migrations.AlterField(
            model_name='talentdemand',
            name='park',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='talent_demands', to='parks.park', verbose_name='园区'),
        ),
    ]

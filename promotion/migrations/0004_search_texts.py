import unicodedata

from django.db import migrations

ADDED = {
    "Policy": ["eligibility", "eligibility_en", "issuer", "issuer_en", "document_number"],
    "Program": ["lead", "lead_en"],
}


def add_texts(apps, schema_editor):
    """Put what is searched from now on behind what the search text of each row held before."""
    for name, fields in ADDED.items():
        model = apps.get_model("promotion", name)
        rows = list(model.objects.only("search_text", *fields))
        for row in rows:
            text = " ".join([row.search_text, *(getattr(row, field) for field in fields)])
            row.search_text = " ".join(unicodedata.normalize("NFKC", text).lower().split())
        model.objects.bulk_update(rows, ["search_text"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('promotion', '0003_inquiries'),
    ]

    operations = [migrations.RunPython(add_texts, migrations.RunPython.noop)]

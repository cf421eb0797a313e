from django.db import migrations

INDEX = "companies_company_search"
MAY_HAVE_TRIGRAMS = """
    SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
    OR EXISTS (
        SELECT FROM pg_available_extension_versions
        WHERE name = 'pg_trgm' AND trusted
        AND has_database_privilege(current_database(), 'CREATE')
    )
    OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
"""


def add_index(apps, schema_editor):
    """Index the searched text by its trigrams where PostgreSQL has them; a search needs none."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(MAY_HAVE_TRIGRAMS)
        if cursor.fetchone()[0]:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                f"CREATE INDEX IF NOT EXISTS {INDEX} ON companies_company"
                " USING gin (search_text gin_trgm_ops)"
            )


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0006_company_list_index"),
    ]

    operations = [migrations.RunPython(add_index, remove_index)]

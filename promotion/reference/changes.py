"""When what the public reads changes: by a transaction, by a moment that was set, by a new day.

Triggers count the transactions, because whatever writes then counts: a form, an import, a command,
SQL by hand. SQLite drops triggers with a table that a migration makes anew, so that
`count_changes` follows every migration.
"""

import datetime

from django.apps import apps
from django.db import connection
from django.utils import timezone
from simple_history.models import HistoricalChanges

from promotion.reference.models import DataVersion
from promotion.reference.records import PublicRecord
from promotion.reference.vocabulary import PublicationStatus

VERSION = DataVersion._meta.db_table
READ_VERSION = f"SELECT number FROM {VERSION}"  # noqa: S608 (a name of our own)
# A database that begins anew does not begin with numbers that were given before.
COUNT_SQLITE = """
    INSERT INTO reference_dataversion (id, number) VALUES (1, abs(random() / 2))
    ON CONFLICT (id) DO UPDATE SET number = reference_dataversion.number + 1
"""
COUNT_POSTGRESQL = """
    INSERT INTO reference_dataversion (id, number) VALUES (1, (random() * 4e18)::bigint)
    ON CONFLICT (id) DO UPDATE SET number = reference_dataversion.number + 1
"""
BEGIN_POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION note_public_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO reference_pendingchange VALUES (txid_current()) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION count_public_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {count};
        DELETE FROM reference_pendingchange WHERE transaction_number = NEW.transaction_number;
        RETURN NULL;
    END $$
    """,
    "DROP TRIGGER IF EXISTS count_public_change ON reference_pendingchange",
    """
    CREATE CONSTRAINT TRIGGER count_public_change AFTER INSERT ON reference_pendingchange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_public_change()
    """,
]
END_POSTGRESQL = [
    "DROP FUNCTION IF EXISTS note_public_change() CASCADE",
    "DROP FUNCTION IF EXISTS count_public_change() CASCADE",
]
TRIGGER_POSTGRESQL = """
    CREATE TRIGGER "public_change_{table}"
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION note_public_change()
"""
# The one by which a table is known to be watched comes last: what was cut off is made anew.
TRIGGERS_SQLITE = [
    """
    CREATE TRIGGER IF NOT EXISTS "public_change_{table}_new" AFTER INSERT ON "{table}"
    BEGIN {count}; END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS "public_change_{table}_gone" AFTER DELETE ON "{table}"
    BEGIN {count}; END
    """,
    """
    CREATE TRIGGER "public_change_{table}" AFTER UPDATE ON "{table}" BEGIN {count}; END
    """,
]
FIND_TRIGGERS = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'public_change%'",
    "sqlite": "SELECT name FROM sqlite_master WHERE name GLOB 'public_change*'",
}


def record_models():
    """Return the models of the records that have pages."""
    # The tables of the history share the fields, not the base.
    return [model for model in apps.get_models() if issubclass(model, PublicRecord)]


def public_tables():
    """Return the names of the tables whose rows the public may read, those of relations too."""
    return sorted(
        model._meta.db_table
        for label in {model._meta.app_label for model in record_models()}
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if not issubclass(model, HistoricalChanges) and not getattr(model, "is_for_staff", False)
    )


def count_changes(**kwargs):
    """Have the database count the transactions that change public data, this one first.

    Follows every migration. Before the table of the version is made there is nothing to count in.
    """
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if VERSION not in tables:
            return
        cursor.execute(FIND_TRIGGERS[connection.vendor])
        watched = {name.removeprefix("public_change_") for (name,) in cursor.fetchall()}
        missing = [table for table in public_tables() if table in tables - watched]
        if connection.vendor == "postgresql":
            for statement in BEGIN_POSTGRESQL if missing else []:
                cursor.execute(statement.format(count=COUNT_POSTGRESQL))
            for table in missing:
                cursor.execute(TRIGGER_POSTGRESQL.format(table=table))
            cursor.execute(COUNT_POSTGRESQL)
            return
        for table in missing:
            for statement in TRIGGERS_SQLITE:
                cursor.execute(statement.format(table=table, count=COUNT_SQLITE))
        cursor.execute(COUNT_SQLITE)


def current_version():
    """Return the number of the state that the public data are in, or None where none is counted."""
    with connection.cursor() as cursor:
        cursor.execute(READ_VERSION)
        row = cursor.fetchone()
    return row and row[0]


def stop_counting(connection):
    """Take back what `count_changes` has made."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in END_POSTGRESQL:
                cursor.execute(statement)
            return
        cursor.execute(FIND_TRIGGERS["sqlite"])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def next_moment(now):
    """Return when pages change next without anyone's doing.

    A record comes or goes at the moment that was set for it; what depends on the day (a promise
    past due, an event that is over) does so at midnight.
    """
    tomorrow = timezone.localdate(now) + datetime.timedelta(days=1)
    midnight = datetime.datetime.combine(tomorrow, datetime.time.min)
    moments = [timezone.make_aware(midnight)]
    with connection.cursor() as cursor:
        values = [PublicationStatus.PUBLISHED, connection.ops.adapt_datetimefield_value(now)]
        cursor.execute(*coming_moments(values))
        moments += [moment_of(value) for (value,) in cursor.fetchall() if value]
    return min(moments)


def coming_moments(values):
    """Return the query for the first moment of each kind after one, and its parameters.

    As text: to put forty queries together, Django takes longer than the database to answer them.
    """
    parts = [
        f'SELECT MIN("{field}") FROM "{model._meta.db_table}"'  # noqa: S608 (names of our own)
        f' WHERE "status" = %s AND "{field}" > %s'
        for model in record_models()
        for field in ("publish_at", "expires_at")
    ]
    return " UNION ALL ".join(parts), values * len(parts)


def moment_of(value):
    """Return a moment as a database without a type for it writes it, in UTC."""
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime.fromisoformat(value).replace(tzinfo=datetime.UTC)

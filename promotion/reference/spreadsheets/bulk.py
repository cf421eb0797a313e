"""Writing a table many rows at a time, from values that are ready for the database.

Django's `bulk_create` prepares each value of each row, for the record and again for its history,
while others wait for the transaction to end. Here the values are prepared before it begins.
"""

from operator import itemgetter

from django.db import connection, models

from promotion.reference.batches import in_batches, listed
from promotion.reference.fields import DerivedTextField

# Fields whose Python value is what the database takes.
READY = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey)


def moment(time):
    """Return a moment as the database takes it."""
    return connection.ops.adapt_datetimefield_value(time)


def is_ready(field):
    """Tell whether a field's values go to the database as they are."""
    return isinstance(field, READY) and type(field).get_prep_value in {
        base.get_prep_value for base in READY
    }


class BulkTable:
    """The table of a model, and the order of its columns."""

    def __init__(self, model):
        self.model = model
        self.fields = list(model._meta.concrete_fields)
        self.names = [field.attname for field in self.fields]
        self.place = {name: index for index, name in enumerate(self.names)}
        self.pk = self.place[model._meta.pk.attname]
        self.take = itemgetter(*self.names)
        self.readers = [None if is_ready(field) else field for field in self.fields]
        self.derived = [f for f in self.fields if isinstance(f, DerivedTextField)]
        self.stamps = [
            (self.place[field.attname], field.auto_now_add)
            for field in self.fields
            if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        ]

    def values(self, instance, now=None, is_new=False):
        """Return a row's values; with `now`, a `moment`, what is derived from them or from the time
        is renewed.

        Raises nothing: the values have been checked.
        """
        state = instance.__dict__
        if now:
            for field in self.derived:
                field.pre_save(instance, is_new)
        row = [
            value if field is None or value is None else field.get_db_prep_save(value, connection)
            for field, value in zip(self.readers, self.take(state), strict=True)
        ]
        for place, only_once in self.stamps if now else ():
            if is_new or not only_once:
                row[place] = now
        return row

    def with_renewed(self, names):
        """Return the attributes with those that every change renews: derived texts, time stamps."""
        renewed = [field.attname for field in self.derived]
        renewed += [self.names[place] for place, only_once in self.stamps if not only_once]
        return sorted({*names, *renewed})

    def allocate(self, count):
        """Return so many ids that no row has had, inside the transaction that will use them."""
        options = self.model._meta
        if not count:
            return []
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                    [quoted(options.db_table), options.pk.column, count],
                )
                return [pk for (pk,) in cursor.fetchall()]
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [options.db_table])
            last = next(iter(cursor.fetchall()), (0,))[0]
        return range(last + 1, last + 1 + count)

    def insert(self, rows, names=None):
        """Insert rows given as lists of values, of all columns or of those named."""
        names = names or self.names
        columns, marks = ", ".join(self.columns(names)), ", ".join(["%s"] * len(names))
        self.run(f"INSERT INTO {{table}} ({columns}) VALUES ({marks})", rows)  # noqa: S608

    def update(self, names, rows):
        """Update the named columns of rows given as lists of the values of all columns."""
        sets = ", ".join(f"{column} = %s" for column in self.columns(names))
        chosen = itemgetter(*(self.place[name] for name in names), self.pk)
        statement = f"UPDATE {{table}} SET {sets} WHERE {{pk}} = %s"  # noqa: S608
        self.run(statement, [chosen(row) for row in rows])

    def delete(self, values, name=None):
        """Delete the rows with these ids, or with these values of another attribute.

        Nothing is asked and no history is written: who calls it has seen to both.
        """
        column = self.columns([name])[0] if name else "{pk}"
        statement = f"DELETE FROM {{table}} WHERE {column} = %s"  # noqa: S608
        self.run(statement, [(value,) for value in values])

    def columns(self, names):
        return [quoted(self.fields[self.place[name]].column) for name in names]

    def run(self, sql, rows):
        """Run a statement for each row; it is made of names of the models, never of values."""
        options = self.model._meta
        sql = sql.format(table=quoted(options.db_table), pk=quoted(options.pk.column))
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(sql, rows)


def quoted(name):
    return connection.ops.quote_name(name)


class HistoryTable:
    """The history of a table, written from the table's own values."""

    def __init__(self, table, *, batch, user, reason, now):
        self.table = table
        self.bulk = BulkTable(table.model.history.model)
        common = [name for name in table.names if name in self.bulk.place]
        self.take = itemgetter(*(table.place[name] for name in common))
        self.names = [
            *common,
            "import_batch_id",
            "history_user_id",
            "history_change_reason",
            "history_date",
            "history_type",
            "history_id",
        ]
        self.stamp = (batch and batch.pk, user and user.pk, reason)
        self.now = now

    def write(self, rows, kind, stamp=None):
        """Write an entry of a kind ("+", "~" or "-") for each row; return the entries' ids."""
        ids = self.bulk.allocate(len(rows))
        stamp = stamp or self.stamp
        self.bulk.insert(
            [
                (*self.take(row), *stamp, self.now, kind, pk)
                for row, pk in zip(rows, ids, strict=True)
            ],
            self.names,
        )
        return ids


def relation_histories(model):
    """Return {name: RelationHistory} of the many-to-many fields that a model's history keeps."""
    return {
        field.name: RelationHistory(model, field)
        for field in model.history.model._history_m2m_fields
    }


class RelationHistory:
    """What the history keeps of a many-to-many field beside each entry."""

    def __init__(self, model, field):
        self.through = field.remote_field.through
        self.kept = BulkTable(getattr(model.history.model, field.name).model)
        self.names = [own.attname for own in self.through._meta.concrete_fields]
        self.owner = f"{field.m2m_field_name()}_id"
        self.place = self.names.index(self.owner)

    def write(self, entry_of):
        """Write the present values of each record, given as {its id: its entry's id}."""
        for pks in in_batches(entry_of):
            links = self.through._default_manager.filter(**{f"{self.owner}__in": listed(pks)})
            self.keep(links.values_list(*self.names), entry_of)

    def keep(self, links, entry_of):
        """Write rows of the relation, given as values, beside the entries of their owners."""
        self.kept.insert(
            [(*link, entry_of[link[self.place]]) for link in links if link[self.place] in entry_of],
            [*self.names, "history_id"],
        )

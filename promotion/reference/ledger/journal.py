"""Rows as they were and as they became, so that what was done can be taken back exactly."""

from collections import defaultdict
from itertools import groupby

from django.apps import apps
from django.utils import timezone

from promotion.reference.batches import in_batches
from promotion.reference.models import Citation
from promotion.reference.spreadsheets.blockers import owner_of
from promotion.reference.spreadsheets.bulk import (
    BulkTable,
    HistoryTable,
    moment,
    relation_histories,
)
from promotion.reference.spreadsheets.trail import CHANGED, CREATED, REMOVED


def plain(value):
    """Return a column's value as JSON can hold it; the field's `to_python` takes it back."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    is_plain = value is None or isinstance(value, bool | int | str | list | dict)
    return value if is_plain else str(value)


def plain_row(values):
    return {name: plain(value) for name, value in values.items()}


def is_tracked(table):
    """Tell whether the history keeps what a table's rows hold."""
    return hasattr(table, "history")


def passing_names(table):
    """Return the columns that follow from others or from the time, and so are no content."""
    return {
        field.attname
        for field in table._meta.concrete_fields
        if hasattr(field, "derive") or getattr(field, "auto_now", False)
    }


def values_of_rows(table, pks):
    """Yield the values of rows of a table, by column."""
    for batch in in_batches(pks):
        yield from table._base_manager.filter(pk__in=batch).order_by("pk").values()


class Journal:
    """Changes rows of any table and keeps what each was and became, in the order of the changes.

    Works inside the caller's transaction. Of rows without history, such as visitors' enquiries,
    it keeps the changed columns alone: a copy of the others would outlive their deletion.
    """

    def __init__(self):
        self.now = moment(timezone.now())
        self.entries = {}

    def update(self, table, changes):
        """Set columns of rows, given as {row's number: {column: value}}."""
        bulk, key = BulkTable(table), table._meta.pk.attname
        before = {values[key]: values for values in values_of_rows(table, changes)}
        by_columns = defaultdict(list)
        for pk, values in before.items():
            row = bulk.values(table(**{**values, **changes[pk]}), self.now)
            by_columns[tuple(changes[pk])].append(row)
        for columns, rows in by_columns.items():
            bulk.update(bulk.with_renewed(columns), rows)
        keeps_all = is_tracked(table) or table._meta.auto_created
        for after in values_of_rows(table, changes):
            pk = after[key]
            names = [*before[pk]] if keeps_all else [*changes[pk]]
            self.note(
                table,
                pk,
                {name: before[pk][name] for name in names},
                {name: after[name] for name in names if after[name] != before[pk][name]},
            )

    def delete(self, table, pks):
        """Delete rows to which nothing points any more."""
        before = list(values_of_rows(table, pks))
        BulkTable(table).delete(pks)
        for values in before:
            self.note(table, values[table._meta.pk.attname], values, None)

    def note(self, table, pk, before, after):
        earlier = self.entries.pop((table, pk), None)
        first, last = (earlier["before"], earlier["after"]) if earlier else ({}, {})
        self.entries[table, pk] = {
            "table": table._meta.label_lower,
            "pk": pk,
            "before": {**plain_row(before), **first},
            "after": None if after is None else {**last, **plain_row(after)},
        }

    def listed(self):
        return list(self.entries.values())

    def write_history(self, user, reason):
        write_history(self.listed(), user, reason, self.now, removed=REMOVED)


def write_history(entries, user, reason, now, *, removed=None, returned=None):
    """Write what happened to the rows of a journal into their history."""
    by_kind = defaultdict(dict)
    for entry in entries:
        table = apps.get_model(entry["table"])
        gone = entry["after"] is None
        if is_tracked(table):
            kind = (removed or returned) if gone else CHANGED
            by_kind[table, kind][entry["pk"]] = entry["before"]
        elif table._meta.auto_created:
            # The history keeps a many-to-many field beside an entry of its owner.
            owner, key = owner_of(table)
            for pk in {(entry["before"] or {}).get(key), (entry["after"] or {}).get(key)} - {None}:
                if is_tracked(owner):
                    by_kind[owner, CHANGED].setdefault(pk, None)
    for (table, kind), rows in by_kind.items():
        bulk = BulkTable(table)
        history = HistoryTable(bulk, batch=None, user=user, reason=reason, now=now)
        if kind == REMOVED:
            values = [read_row(table, before) for before in rows.values()]
        else:
            done = by_kind.get((table, REMOVED), {}) | by_kind.get((table, CREATED), {})
            pks = [pk for pk in rows if kind != CHANGED or pk not in done]
            values = list(values_of_rows(table, pks))
        ids = history.write([bulk.values(table(**row)) for row in values], kind)
        if kind != REMOVED:
            entry_of = dict(zip((row[table._meta.pk.attname] for row in values), ids, strict=True))
            for relation in relation_histories(table).values():
                relation.write(entry_of)


def read_row(table, values):
    """Return a journal's values as a row of the table takes them."""
    fields = {field.attname: field for field in table._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in values.items() if name in fields}


def row_after(entry):
    """Return what is known of a row as it became."""
    return {**entry["before"], **entry["after"]}


def changed_columns(entry):
    """Return the columns that differ between a row as it was and as it became."""
    before = entry["before"]
    return {name for name, value in entry["after"].items() if before.get(name) != value}


class Reversal:
    """The way back through a journal: `changes_since` says what hinders it, `run` goes it."""

    def __init__(self, entries):
        self.entries = [(apps.get_model(entry["table"]), entry) for entry in entries]
        self.now = moment(timezone.now())
        self.current = self.read_current()

    def read_current(self):
        """Return {(table, pk): the row as it now is}, locked, so that it stays so."""
        pks = defaultdict(list)
        for table, entry in self.entries:
            pks[table].append(entry["pk"])
        return {
            (table, row["pk"]): plain_row(row)
            for table, wanted in pks.items()
            for batch in in_batches(sorted(wanted))
            for row in table._base_manager.filter(pk__in=batch)
            .select_for_update()
            .order_by("pk")
            .values("pk", *(field.attname for field in table._meta.concrete_fields))
        }

    def changes_since(self):
        """Yield (table, entry, columns) for each row that is not as it became; none: it is gone."""
        for table, entry in self.entries:
            current = self.current.get((table, entry["pk"]))
            if entry["after"] is None:
                if current is not None:
                    yield table, entry, [table._meta.pk.attname]
            elif current is None:
                if is_tracked(table) or table._meta.auto_created:
                    yield table, entry, []
            else:
                became = row_after(entry)
                content = became.keys() & current.keys() - passing_names(table)
                if changed := [name for name in content if current[name] != became[name]]:
                    yield table, entry, sorted(changed)

    def lost_targets(self):
        """Yield (table, entry, column) for each restored value that points at a row now gone."""
        returning = {(table, e["pk"]) for table, e in self.entries if e["after"] is None}
        wanted = defaultdict(list)
        for table, entry in self.entries:
            before = entry["before"]
            for field in table._meta.concrete_fields:
                target = before.get(field.attname)
                if not field.many_to_one or target is None:
                    continue
                if entry["after"] is not None and field.attname not in changed_columns(entry):
                    continue
                if (field.related_model, target) not in returning:
                    wanted[field.related_model].append((table, entry, field.attname, target))
        for model, rows in wanted.items():
            found = set()
            for batch in in_batches({target for *_row, target in rows}):
                found.update(model._base_manager.filter(pk__in=batch).values_list("pk", flat=True))
            for table, entry, column, target in rows:
                if target not in found:
                    yield table, entry, column

    def lost_anchors(self):
        """Yield (entry, what is wrong) for each citation that would come back to a phrase now gone.

        A merge moves citations within their paragraphs: only what it deleted comes back to one.
        """
        for table, entry in self.entries:
            if table is Citation and entry["after"] is None:
                citation = Citation(**read_row(table, entry["before"]))
                if fault := citation.anchor_fault():
                    yield entry, fault

    def run(self, user, reason):
        """Set every row back, what was changed last first."""
        for (table, columns), entries in groupby(reversed(self.entries), key=self.step):
            bulk, rows = BulkTable(table), []
            for _table, entry in entries:
                values = read_row(table, entry["before"])
                if columns is not None:
                    if (table, entry["pk"]) not in self.current:
                        continue
                    now = read_row(table, self.current[table, entry["pk"]])
                    values = {**now, **{name: values[name] for name in columns}}
                rows.append(bulk.values(table(**values), self.now))
            if columns is None:
                bulk.insert(rows)
            elif columns:
                bulk.update(bulk.with_renewed(columns), rows)
        entries = [entry for _table, entry in self.entries]
        write_history(entries, user, reason, self.now, returned=CREATED)

    def step(self, table_and_entry):
        """Return the table of an entry, and the columns to set back; None: the row comes back."""
        table, entry = table_and_entry
        if entry["after"] is None:
            return table, None
        return table, tuple(sorted(changed_columns(entry) - passing_names(table)))

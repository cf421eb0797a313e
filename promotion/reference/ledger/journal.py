"""Rows as they were and as they became, so that what was done can be taken back exactly."""

from collections import defaultdict

from django.apps import apps
from django.utils import timezone

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


class Journal:
    """Changes rows of any table and keeps what each was and became, in the order of the changes.

    Works inside the caller's transaction. Of rows without history, such as visitors' enquiries,
    it keeps the changed columns alone: a copy of the others would outlive their deletion.
    """

    def __init__(self):
        self.now = moment(timezone.now())
        self.entries = {}

    def update(self, table, pk, changes):
        """Set columns of a row."""
        rows = table._base_manager.filter(pk=pk)
        values = rows.values().get()
        bulk = BulkTable(table)
        row = bulk.values(table(**{**values, **changes}), self.now)
        bulk.update(bulk.with_renewed(changes), [row])
        names = [*values] if is_tracked(table) or table._meta.auto_created else [*changes]
        after = rows.values(*names).get()
        self.note(table, pk, {name: values[name] for name in names}, after)

    def delete(self, table, pk):
        """Delete a row to which nothing points any more."""
        values = table._base_manager.filter(pk=pk).values().get()
        BulkTable(table).delete([pk])
        self.note(table, pk, values, None)

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
            values = list(table._base_manager.filter(pk__in=pks).order_by("pk").values())
        ids = history.write([bulk.values(table(**row)) for row in values], kind)
        if kind != REMOVED:
            entry_of = dict(zip((row[table._meta.pk.attname] for row in values), ids, strict=True))
            for relation in relation_histories(table).values():
                relation.write(entry_of)


def read_row(table, values):
    """Return a journal's values as a row of the table takes them."""
    fields = {field.attname: field for field in table._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in values.items() if name in fields}


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
            for row in table._base_manager.filter(pk__in=wanted)
            .select_for_update()
            .order_by("pk")
            .values("pk", *(field.attname for field in table._meta.concrete_fields))
        }

    def changes_since(self):
        """Yield (table, entry, columns) for each row that is not as it became; none: it is gone."""
        for table, entry in self.entries:
            current, after = self.current.get((table, entry["pk"])), entry["after"]
            if after is None:
                if current is not None:
                    yield table, entry, [table._meta.pk.attname]
            elif current is None:
                if is_tracked(table) or table._meta.auto_created:
                    yield table, entry, []
            else:
                content = after.keys() & current.keys() - passing_names(table)
                if changed := [name for name in content if current[name] != after[name]]:
                    yield table, entry, sorted(changed)

    def lost_targets(self):
        """Yield (table, entry, column) for each restored value that points at a row now gone."""
        returning = {(table, e["pk"]) for table, e in self.entries if e["after"] is None}
        for table, entry in self.entries:
            before, after = entry["before"], entry["after"] or {}
            for field in table._meta.concrete_fields:
                target = before.get(field.attname)
                if not field.many_to_one or target is None or after.get(field.attname) == target:
                    continue
                model = field.related_model
                if (model, target) in returning:
                    continue
                if not model._base_manager.filter(pk=target).exists():
                    yield table, entry, field.attname

    def run(self, user, reason):
        """Set every row back, what was changed last first."""
        for table, entry in reversed(self.entries):
            bulk = BulkTable(table)
            before, after = read_row(table, entry["before"]), entry["after"]
            if after is None:
                bulk.insert([bulk.values(table(**before), self.now)])
            elif (table, entry["pk"]) in self.current:
                now = read_row(table, self.current[table, entry["pk"]])
                passing = passing_names(table)
                changed = [
                    name
                    for name in before.keys() & after.keys() - passing
                    if entry["before"][name] != after[name]
                ]
                if changed:
                    former = {name: before[name] for name in changed}
                    row = bulk.values(table(**{**now, **former}), self.now)
                    bulk.update(bulk.with_renewed(changed), [row])
        entries = [entry for _table, entry in self.entries]
        write_history(entries, user, reason, self.now, returned=CREATED)

"""Finding the record that each row of a file is about."""

from collections import defaultdict

from django.db.models.base import ModelState
from django.utils.translation import gettext as _

from promotion.reference.batches import in_batches
from promotion.reference.spreadsheets.characters import fold
from promotion.reference.spreadsheets.lookups import Lookup
from promotion.reference.spreadsheets.problems import Problem, shown


class SheetRow:
    """One row of a file on its way to becoming a record."""

    __slots__ = (
        "cells", "changes", "errors", "instance", "is_matched", "is_new", "links",
        "matched_by", "number", "old", "references", "values",
    )  # fmt: skip

    def __init__(self, number, cells):
        self.number = number
        self.cells = cells
        self.values = {}
        """Column name → the value read; empty cells and unreadable ones have none."""
        self.errors = {}
        """Column name → why its cell could not be read."""
        self.instance = None
        self.is_matched = False
        self.is_new = False
        self.matched_by = ""
        self.old = None
        """A copy of the record before this row changed it."""
        self.changes = []
        """(column, former value, new value), as compared."""
        self.links = {}
        """Column → (targets added, links removed)."""
        self.references = {}
        """Column name → the row of the same file that it names."""

    def __str__(self):
        return str(self.values.get("name") or self.values.get("slug") or self.number)


class Blank:
    """A model's blank record, to make many new ones in a tenth of the time its class takes."""

    def __init__(self, model):
        self.model = model
        self.values = {name: value for name, value in model().__dict__.items() if name != "_state"}
        self.renewed = [
            field
            for field in model._meta.concrete_fields
            if field.has_default() and callable(field.default)
        ]

    def record(self):
        record = self.model.__new__(self.model)
        record.__dict__.update(self.values, _state=ModelState())
        for field in self.renewed:
            setattr(record, field.attname, field.get_default())
        return record


class Matcher:
    """Matches rows to records by code, by name, or by the fields that together are the key.

    It takes a file's rows a part at a time and remembers which records they were about.
    """

    def __init__(self, resource, bound, names):
        self.resource = resource
        self.model = resource._meta.model
        self.bound = {column.name: column for column in bound}
        self.names = names
        self.problems = []
        self.can_match = False
        self.blank = Blank(self.model)
        self.seen = {}
        """Hash of an identity → (number of the first row that has it, whether it gave a code)."""

    def lacking(self):
        """Return the problems of a file that lacks the columns by which rows are told apart."""
        keys = self.resource.keys
        if self.resource.makes_slugs:
            self.can_match = self.has_any_column([*keys, ("name",)])
        else:
            self.can_match = self.has_columns(keys[0])
        return self.problems

    def match(self, rows):
        """Set `instance`, `is_new` and `is_matched` of every row that can be placed.

        Returns the problems of those that cannot.
        """
        self.problems = []
        if not self.can_match:
            return []
        open_rows = rows
        for key in self.resource.keys:
            open_rows = self.match_by_key(key, open_rows)
        if self.resource.makes_slugs:
            open_rows = self.match_by_name(open_rows)
        for row in open_rows:
            self.begin(row)
        self.refuse_repetitions(rows)
        return self.problems

    def has_columns(self, key):
        """Tell whether the file has each column that the key cannot do without."""
        lacking = [
            self.resource.fields[name].heading
            for name in key
            if name not in self.bound and self.resource.fields[name].is_required
        ]
        for heading in lacking:
            self.problems.append(
                Problem(
                    _("缺少“%(heading)s”一栏，无法辨认每一行是哪条记录。") % {"heading": heading}
                )
            )
        return not lacking

    def has_any_column(self, keys):
        if any(name in self.bound for key in keys for name in key):
            return True
        headings = "、".join(self.resource.fields[key[0]].heading for key in keys)
        self.problems.append(
            Problem(
                _("要有“%(headings)s”中的一栏，才能辨认每一行是哪条记录。") % {"headings": headings}
            )
        )
        return False

    def key_values(self, row, key):
        """Return a row's key, or None if it does not give it; blank parts take their default."""
        values = []
        for name in key:
            column = self.resource.fields[name]
            if name in row.values:
                values.append(column.comparable(row.values[name]))
            elif name in row.errors or column.is_required or len(key) == 1:
                return None
            else:
                values.append(column.field.get_default())
        return tuple(values)

    def match_by_key(self, key, rows):
        """Match the rows that give this key; return the rows still without a record."""
        wanted = defaultdict(list)
        for row in rows:
            values = self.key_values(row, key)
            if values is not None:
                wanted[values].append(row)
            raw = self.raw_key(row, key)
            if raw is not None and raw != values:
                wanted[raw].append(row)
        found = self.records_by_key(key, wanted)
        for values, matched in wanted.items():
            if values in found:
                for row in matched:
                    self.settle(row, found[values], key[0])
        rest = []
        for row in rows:
            if row.is_matched:
                continue
            if key == ("slug",) and "slug" in row.values:
                # A code of its own that nobody has yet: a new record, whatever its name.
                self.begin(row)
            elif any(name in row.errors for name in key):
                continue
            else:
                rest.append(row)
        return rest

    def raw_key(self, row, key):
        """Return a single code word for word: a stored one may break the rules for new ones."""
        bound = self.bound.get(key[0]) if len(key) == 1 else None
        cell = bound and bound.cell(row.cells)
        # PostgreSQL can neither hold nor be asked for a null character.
        usable = isinstance(cell, str) and cell.strip() and "\x00" not in cell
        return (cell,) if usable else None

    def records_by_key(self, key, wanted):
        columns = [self.resource.fields[name] for name in key]
        readers = [column.current(()) for column in columns]
        records = self.model._default_manager.order_by()
        if key[0] in self.resource.codes:
            # The index of the codes leaves out records without one: so must whoever uses it.
            records = records.exclude(**{key[0]: ""})
        found = {}
        for batch in in_batches({values[0] for values in wanted}):
            for record in records.filter(columns[0].matching(batch)):
                found[tuple(read(record) for read in readers)] = record
        return found

    def match_by_name(self, rows):
        """Match by exact name, else by alias or English name, within the resource's scope."""
        named = [row for row in rows if row.values.get("name")]
        heading = (self.bound.get("name") or self.resource.fields["name"]).heading
        for row in rows:
            if not row.values.get("name") and "name" not in row.errors:
                self.problems.append(Problem(_("这一行没有填写名称。"), row.number, heading))
        lookup = Lookup(self.model, {row.values["name"] for row in named}, self.names)
        rest = []
        for row in named:
            name = row.values["name"]
            found = self.in_scope(row, lookup.exact["name"].get(name, ()))
            if not found:
                others = [
                    *lookup.exact.get("name_en", {}).get(name, ()),
                    *lookup.folded.get(fold(name), ()),
                ]
                found = self.in_scope(row, dict.fromkeys(others))
            if len(found) > 1:
                self.refuse(row, _("有 %(count)d 条同名记录，请填写“网址代码”指明。"), found)
            elif found and self.other_code(row, found[0]):
                self.refuse(row, _("已有同名记录，但代码与本行不同；请填写“网址代码”指明。"), found)
            elif found:
                self.settle(row, found[0], "name")
            else:
                rest.append(row)
        return rest

    def in_scope(self, row, records):
        """Return the records that agree with the row in the fields that set namesakes apart."""
        agreed = list(records)
        for name in self.resource.name_scope:
            if name not in self.bound or name in row.errors:
                continue
            column = self.resource.fields[name]
            value = column.comparable(row.values[name]) if name in row.values else None
            empty = (None, "")
            agreed = [
                record
                for record in agreed
                if column.current(())(record) == value
                or (value in empty and column.current(())(record) in empty)
            ]
        return agreed

    def other_code(self, row, record):
        """Tell whether a namesake has another code than the one that the row gives."""
        return any(
            row.values.get(name) and getattr(record, name) not in ("", row.values[name])
            for (name, *_rest) in self.resource.keys[1:]
        )

    def refuse(self, row, message, records):
        self.problems.append(
            Problem(
                message % {"count": len(records)},
                row.number,
                self.bound["name"].heading,
                shown(row.values["name"]),
                "、".join(str(record.slug) for record in records[:5]),
            )
        )

    def settle(self, row, record, matched_by):
        row.instance, row.is_matched, row.matched_by = record, True, matched_by

    def begin(self, row):
        row.instance, row.is_matched, row.is_new = self.blank.record(), True, True

    def refuse_repetitions(self, rows):
        """Refuse rows about the same record as an earlier one, naming it."""
        for row in rows:
            for key in self.identities(row):
                mine = (row.number, "slug" in row.values)
                first, has_code = self.seen.setdefault(hash(key), mine)
                # Namesakes with codes of their own are two records.
                are_namesakes = key[0] == ("name",) and has_code and mine[1]
                if first != row.number and not are_namesakes:
                    self.problems.append(
                        Problem(
                            _("与第 %(first)d 行是同一条记录：%(name)s。")
                            % {"first": first, "name": shown(row)},
                            row.number,
                        )
                    )
                    row.is_matched = False
                    break

    def identities(self, row):
        """Return what another row may not be as well."""
        if not row.is_matched:
            return []
        if not row.is_new:
            return [("pk", row.instance.pk)]
        found = [(key, self.key_values(row, key)) for key in self.resource.keys]
        found = [identity for identity in found if identity[1] is not None]
        if row.values.get("name") and self.resource.makes_slugs:
            scope = tuple(
                self.resource.fields[name].comparable(row.values[name])
                if name in row.values
                else None
                for name in self.resource.name_scope
            )
            found.append((("name",), (fold(row.values["name"]), scope)))
        return found

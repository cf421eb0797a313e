"""Working out what a file would change, without writing anything."""

import copy
from collections import defaultdict

from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.batches import ROWS, in_batches
from promotion.reference.spreadsheets.checking import Checker
from promotion.reference.spreadsheets.codecs import fold
from promotion.reference.spreadsheets.columns import MODEL_DEFAULT
from promotion.reference.spreadsheets.guard import unguarded
from promotion.reference.spreadsheets.matching import Matcher, SheetRow
from promotion.reference.spreadsheets.problems import BadCell, CellError, Problem, shown
from promotion.reference.spreadsheets.reading import filled
from promotion.reference.spreadsheets.slugs import give_slugs

ROWS_NAMED = 10


class Plan:
    """The rows of a table, what each would change, and everything that is wrong with them."""

    def __init__(self, resource, table, user=None):
        self.resource = resource
        self.table = table
        self.user = user
        self.bound, self.problems = resource.vocabulary.bind(table)
        self.problems += [
            Problem(_("单元格 %(area)s 是合并单元格，请取消合并并逐行填写。") % {"area": area})
            for area in table.merged
        ]
        self.rows = [
            SheetRow(number, [unguarded(cell) for cell in cells]) for number, cells in table.rows
        ]
        present = {column.name for column in self.bound}
        self.absent = [name for name in resource.required_columns if name not in present]
        """The columns that new records need and the file does not have."""
        self.states = resource.history_states()
        self.work_out()

    @property
    def written(self):
        """The rows that would be written."""
        return [row for row in self.rows if row.is_new or row.changes]

    @property
    def refused(self):
        """How many rows are refused; a problem of the file as a whole refuses them all."""
        numbers = set()
        for problem in self.problems:
            if problem.row is None and not problem.rows:
                return max(len(self.rows), 1)
            numbers.update(problem.rows or [problem.row])
        return len(numbers)

    def work_out(self):
        own = [column for column in self.bound if column.column.is_self_reference]
        others = [column for column in self.bound if not column.column.is_self_reference]
        for column in others:
            self.read(column)
        matcher = Matcher(self.resource, self.rows, self.bound)
        matcher.match()
        self.problems += matcher.problems
        self.read_self_references(own)
        matched = [row for row in self.rows if row.is_matched]
        self.refuse_missing_columns(matched)
        for batch in in_batches(matched, ROWS):
            self.compare(batch)
        for row in self.rows:
            if not row.is_matched:
                self.report_errors(row)
        written = self.written
        self.refuse_circles(written)
        if self.resource.makes_slugs:
            give_slugs(self.resource, [row for row in written if row.is_new])
        self.problems += Checker(self.resource, self.bound, self.absent).check(written)
        self.refuse_unwritable(written)
        self.problems.sort(key=lambda problem: problem.row or 0)

    def read(self, bound, **options):
        """Read one column's cells; equal cells are read once."""
        cells = [bound.cell(row.cells) for row in self.rows]
        decode = bound.column.decoder(
            {cell for cell in cells if filled(cell) and not isinstance(cell, BadCell)}, **options
        )
        known = {}
        for row, cell in zip(self.rows, cells, strict=True):
            if not filled(cell):
                continue
            # 1, True and Decimal(1) are equal but not the same cell.
            key = (type(cell), cell)
            if key not in known:
                known[key] = read_cell(decode, cell, bound.scale)
            value, error = known[key]
            if error:
                row.errors[bound.name] = error
            else:
                row.values[bound.name] = value

    def read_self_references(self, columns):
        """Read the columns whose value may be a new row of this file."""
        if not columns:
            return
        new_rows = defaultdict(list)
        for row in self.rows:
            if row.is_new:
                names = {row.values.get(name) for name in ("slug", "name", "name_en")}
                for name in filter(None, names):
                    new_rows[fold(name)].append(row)

        def file_rows(text):
            found = new_rows.get(fold(text), [])
            if len(found) > 1:
                raise CellError(
                    _("文件里有多行叫这个名称，请改填网址代码。"),
                    _("第 %(rows)s 行") % {"rows": "、".join(str(row.number) for row in found)},
                )
            return found[0] if found else None

        for column in columns:
            self.read(column, file_rows=file_rows)

    def refuse_missing_columns(self, rows):
        """New records need their required columns: say so once for the whole file."""
        new = tuple(row.number for row in rows if row.is_new)
        for name in self.absent if new else ():
            column = self.resource.fields[name]
            numbers = "、".join(map(str, new[:ROWS_NAMED])) + "…" * (len(new) > ROWS_NAMED)
            self.problems.append(
                Problem(
                    _("缺少“%(heading)s”一栏，而第 %(rows)s 行是新记录，必须填写。")
                    % {"heading": column.heading, "rows": numbers},
                    allowed=column.allowed_when_empty(),
                    rows=new,
                )
            )

    def compare(self, rows):
        """Set each row's values on its record, keeping note of what changes."""
        existing = [row.instance for row in rows if not row.is_new]
        for bound in self.bound:
            column = bound.column
            if column.is_relation:
                self.compare_links(bound, rows, existing)
                continue
            current = column.current(existing)
            for row in rows:
                if self.is_identity(bound, row):
                    continue
                now = None if row.is_new else current(row.instance)
                cell = bound.cell(row.cells)
                if not row.is_new and column.holds("" if cell is None else cell, now):
                    row.errors.pop(bound.name, None)
                    continue
                value = self.value(bound, row)
                if value is MODEL_DEFAULT:
                    continue
                new = column.comparable(value)
                if not row.is_new and new == now:
                    continue
                if not row.is_new and row.old is None:
                    row.old = copy.copy(row.instance)
                column.assign(
                    row.instance, value.instance if isinstance(value, SheetRow) else value
                )
                row.changes.append((column, now, new))
        for row in rows:
            self.report_errors(row)

    def is_identity(self, bound, row):
        """Tell whether a cell served to find the record and must not change it now."""
        if bound.name == "slug":
            return not row.is_new or not filled(bound.cell(row.cells))
        if bound.name in self.resource.keys[0]:
            return not row.is_new
        if bound.name != "name" or row.is_new or "name" not in row.values:
            return False
        if row.matched_by not in self.resource.codes:
            return row.matched_by == "name"
        # Found by a registration code: another of its known names is no change of name.
        known = {fold(name) for name in [*row.instance.alias_list, row.instance.name_en]}
        return fold(row.values["name"]) in known

    def value(self, bound, row):
        """Return the value that a row gives a column, MODEL_DEFAULT where it has none to give."""
        if bound.name in row.errors:
            return MODEL_DEFAULT
        if bound.name in row.values:
            return row.values[bound.name]
        try:
            return bound.column.empty_value(row.is_new)
        except CellError as error:
            row.errors[bound.name] = error
            return MODEL_DEFAULT

    def compare_links(self, bound, rows, existing):
        column = bound.column
        links = column.links(existing)
        removals = {}
        for row in rows:
            value = self.value(bound, row)
            if value is MODEL_DEFAULT:
                continue
            present = links.running.get(row.instance.pk, {})
            wanted = {target.pk: target for target in value}
            if present.keys() == wanted.keys():
                continue
            added = [target for pk, target in wanted.items() if pk not in present]
            removed = [link for pk, link in present.items() if pk not in wanted]
            try:
                row.links[column] = (
                    [column.new_link(row.instance, target, links) for target in added],
                    removed,
                )
            except CellError as error:
                row.errors[bound.name] = error
                continue
            if problem := self.refuse_link_rights(column, added, removed):
                row.errors[bound.name] = problem
            removals.update(dict.fromkeys(removed, row))
            row.changes.append((column, frozenset(present), frozenset(wanted)))
        for link, error in column.lossy_removals(list(removals)).items():
            removals[link].errors[bound.name] = error

    def refuse_link_rights(self, column, added, removed):
        """Return the error if the user may not make or delete the records behind a link."""
        options = column.through._meta
        if self.user is None or options.auto_created:
            return None
        for action, links in (("add", added), ("delete", removed)):
            if links and not self.user.has_perm(
                f"{options.app_label}.{action}_{options.model_name}"
            ):
                return CellError(_("您没有修改%(model)s的权限。") % {"model": options.verbose_name})
        return None

    def report_errors(self, row):
        by_name = {column.name: column for column in self.bound}
        self.problems += [
            Problem(
                error.message,
                row.number,
                by_name[name].heading,
                shown(by_name[name].cell(row.cells)),
                error.allowed,
            )
            for name, error in row.errors.items()
        ]

    def refuse_circles(self, rows):
        """Refuse new rows that name each other as their own parents in a circle."""
        for row in rows:
            for bound in self.bound:
                seen, other = set(), row
                while bound.column.is_self_reference and isinstance(other, SheetRow):
                    if other.number in seen:
                        break
                    seen.add(other.number)
                    other = other.values.get(bound.name)
                    if other is row:
                        self.problems.append(
                            Problem(
                                _("这一行直接或间接地把自己填成了自己的上级。"),
                                row.number,
                                bound.heading,
                                shown(bound.cell(row.cells)),
                            )
                        )

    def refuse_unwritable(self, rows):
        """Ask the resource for the user's right to each record, as it was and as it would be."""
        self.problems += [
            Problem(_("您没有修改这条记录的权限。"), row.number, value=shown(row))
            for row in rows
            if not self.resource.may_write(
                self.user, None if row.is_new else row.old or row.instance, row.instance
            )
        ]


def read_cell(decode, cell, scale):
    """Return (value, error) of a cell."""
    if isinstance(cell, BadCell):
        return None, CellError(cell.message)
    try:
        return decode(cell, scale=scale), None
    except CellError as error:
        return None, error

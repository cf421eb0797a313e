"""Working out what a file would change, a thousand rows at a time, without writing anything."""

import gc
import hashlib
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.batches import ROWS, in_batches
from promotion.reference.rights import may_write
from promotion.reference.spreadsheets.bounds import Bounds
from promotion.reference.spreadsheets.bulk import BulkTable, moment
from promotion.reference.spreadsheets.checking import Checker
from promotion.reference.spreadsheets.comparing import Comparer
from promotion.reference.spreadsheets.guard import unguarded
from promotion.reference.spreadsheets.headings import row_list
from promotion.reference.spreadsheets.links import LinkColumn
from promotion.reference.spreadsheets.lookups import Names
from promotion.reference.spreadsheets.matching import Matcher, SheetRow
from promotion.reference.spreadsheets.problems import BadCell, CellError, Problem, shown
from promotion.reference.spreadsheets.reading import filled
from promotion.reference.spreadsheets.slugs import SlugGiver
from promotion.reference.spreadsheets.spool import Spool
from promotion.reference.spreadsheets.survey import Survey

CELLS_REMEMBERED = 5_000
NOT_PUBLISHER = gettext_lazy("已公开或将公开的内容要有发布的权限。请在表单里修改并送审。")


@dataclass(slots=True)
class Step:
    """One record to be written: its row's number, its values, its relations."""

    number: int
    is_new: bool
    pk: int | None
    values: list
    """The record's values in the order of its table, as the database takes them."""
    references: dict
    """Column name → number of the row of this file that it names."""
    is_changed: bool = True
    """Whether the record itself changes, not only what it is linked to."""
    former: list | None = None
    """The values before, where the history has no entry that holds them."""
    links: dict = field(default_factory=dict)
    """Column name → (ids of targets added, rows of the relation removed)."""


class Plan:
    """What each row of a table would change, and everything that is wrong with them.

    Only a part of the rows is in memory at a time; what is to be written lies in `steps`.
    `watch` is called with how many rows are done, `keep` with the rows that would be written.
    """

    def __init__(self, resource, table, user=None, watch=None, keep=None):
        self.resource = resource
        self.model = resource._meta.model
        self.table = table
        self.user = user
        self.now = moment(timezone.now())
        self.bound, self.problems = resource.vocabulary.bind(table)
        self.own = [column for column in self.bound if column.column.is_self_reference]
        present = {column.name for column in self.bound}
        self.absent = [name for name in resource.required_columns if name not in present]
        """The columns that new records need and the file does not have."""
        self.state = resource.state()
        self.counts = {"new": 0, "changed": 0, "unchanged": 0}
        self.changed_names = set()
        self.steps = Spool()
        self.digest = hashlib.sha256()
        self.places = {}
        """Number of a row that others name → ("id", its record's id) or ("new", its place among
        the new records)."""
        self.edges = {}
        """(column name, row number) → the number of the row that it names."""
        self.rows_lacking = []
        """The numbers of the new rows that lack a required column."""
        self.remembered = {column.name: {} for column in self.bound}
        self.names = Names(user)
        self.bounds = Bounds(resource, self.bound, user)
        self.work_out(watch, keep)

    @property
    def fingerprint(self):
        """A digest of what the plan does, to tell whether another still does the same."""
        return self.digest.hexdigest()

    @property
    def is_clean(self):
        """Whether nothing wrong has been found so far."""
        return not self.problems and not self.rows_lacking

    @property
    def refused(self):
        """How many rows are refused; a problem of the file as a whole refuses them all."""
        numbers, ranges = set(), set()
        for problem in self.problems:
            if problem.row is None and not problem.rows:
                return max(self.survey.row_count, 1)
            if isinstance(problem.rows, range):
                ranges.add((problem.rows.start, problem.rows.stop))
            else:
                numbers.update(problem.rows or [problem.row])
        # Thousands of long ranges may overlap: each row is counted once.
        end = 0
        for start, stop in sorted(ranges):
            numbers.update(range(max(start, end), stop))
            end = max(end, stop)
        return min(len(numbers), max(self.survey.row_count, 1))

    def work_out(self, watch, keep):
        self.survey = Survey(self.table, self.bound)
        self.problems += self.survey.problems
        self.targets = self.survey.targets
        self.matcher = Matcher(self.resource, self.bound, self.names)
        self.problems += self.matcher.lacking()
        self.comparer = Comparer(self.resource, self.bound, self.user)
        self.checker = Checker(self.resource, self.bound, self.absent)
        self.slugs = SlugGiver(self.model, self.survey.slugs)
        self.record_table = BulkTable(self.model)
        done = 0
        for batch in in_batches(self.survey.rows(), ROWS):
            rows = self.work_out_batch(batch)
            if keep and self.is_clean:
                keep([row for row in rows if row.is_new or row.changes])
            done += len(batch)
            # A record and its picture field hold each other: only the collector lets them go.
            del rows
            gc.collect(0)
            if watch:
                watch(done)
        self.refuse_missing_columns()
        self.refuse_circles()
        self.problems.sort(key=lambda problem: problem.row or 0)

    def work_out_batch(self, batch):
        rows = [SheetRow(number, [unguarded(cell) for cell in cells]) for number, cells in batch]
        for column in self.bound:
            if column not in self.own:
                self.read(column, rows)
        self.problems += self.matcher.match(rows)
        self.problems += self.bounds.refuse_records(rows)
        matched = [row for row in rows if row.is_matched]
        for column in self.own:
            self.read(column, rows, file_rows=self.file_row)
        if self.absent:
            self.rows_lacking += [row.number for row in matched if row.is_new]
        self.resource.settle(rows, {column.name for column in self.bound})
        self.comparer.compare(matched)
        for row in rows:
            self.report_errors(row)
        written = [row for row in matched if row.is_new or row.changes]
        if self.resource.makes_slugs:
            self.slugs.give([row for row in written if row.is_new])
        self.problems += self.checker.check(written)
        self.refuse_unwritable(written)
        self.problems += self.bounds.refuse_values(written)
        self.count(rows)
        if self.is_clean:
            self.add_steps(written)
        return rows

    def count(self, rows):
        """Count the rows, note the places of those that others name, and go on with the digest."""
        for row in rows:
            kind = "new" if row.is_new else "changed" if row.changes else "unchanged"
            if row.number in self.targets and row.is_matched:
                self.places[row.number] = (
                    ("new", self.counts["new"]) if row.is_new else ("id", row.instance.pk)
                )
            self.counts[kind] += 1
            pk = row.instance.pk if row.instance else None
            changed = [(column.name, str(now)) for column, now, _new in row.changes]
            self.digest.update(repr((row.number, kind, pk, pk and changed)).encode())
            for name, number in row.references.items():
                self.edges[name, row.number] = number

    def add_steps(self, rows):
        """Keep what is to be written of these rows, ready for the database."""
        without_history = self.without_history([row for row in rows if not row.is_new])
        for row in rows:
            names = {column.name for column, _now, _new in row.changes if not column.is_relation}
            self.changed_names |= set() if row.is_new else names
            self.steps.append(
                Step(
                    row.number,
                    row.is_new,
                    row.instance.pk,
                    self.record_table.values(row.instance, self.now, is_new=row.is_new),
                    row.references,
                    is_changed=row.is_new
                    or any(not isinstance(column, LinkColumn) for column, _n, _v in row.changes),
                    former=self.record_table.values(row.old or row.instance)
                    if row.instance.pk in without_history
                    else None,
                    links={
                        column.name: ([target.pk for target in added], removed)
                        for column, (added, removed) in row.links.items()
                    },
                )
            )

    def without_history(self, rows):
        """Return the ids of the records of which the history holds nothing yet."""
        pks = {row.instance.pk for row in rows}
        for batch in in_batches(sorted(pks)):
            entries = self.model.history.filter(**{f"{self.model._meta.pk.attname}__in": batch})
            pks.difference_update(entries.order_by().values_list("id", flat=True))
        return pks

    def read(self, bound, rows, **options):
        """Read one column's cells; equal cells are read once."""
        name = bound.name
        known = self.remembered[name]
        if len(known) > CELLS_REMEMBERED:
            known.clear()
        # 1, True and Decimal(1) are equal but not the same cell.
        cells = [(row, (type(cell), cell)) for row in rows if filled(cell := bound.cell(row.cells))]
        fresh = dict.fromkeys(key for _row, key in cells if key not in known)
        if fresh:
            decode = bound.column.decoder(
                {cell for kind, cell in fresh if kind is not BadCell}, self.names, **options
            )
            known.update((key, read_cell(decode, key[1], bound.scale)) for key in fresh)
        for row, key in cells:
            value, error = known[key]
            if error:
                row.errors[name] = error
            else:
                row.values[name] = value

    def file_row(self, text):
        """Return the row of this file that goes by a name, or None; CellError if several do."""
        found = self.survey.rows_named(text)
        if len(found) > 1:
            raise CellError(
                _("文件里有多行叫这个名称，请改填网址代码。"),
                _("第 %(rows)s 行") % {"rows": "、".join(str(row.number) for row in found)},
            )
        return found[0] if found else None

    def refuse_missing_columns(self):
        """New records need their required columns: say so once for the whole file."""
        new = tuple(self.rows_lacking)
        for name in self.absent if new else ():
            column = self.resource.fields[name]
            self.problems.append(
                Problem(
                    _("缺少“%(heading)s”一栏，而第 %(rows)s 行是新记录，必须填写。")
                    % {"heading": column.heading, "rows": row_list(new)},
                    allowed=column.allowed_when_empty(),
                    rows=new,
                )
            )

    def report_errors(self, row):
        if not row.errors:
            return
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

    def refuse_circles(self):
        """Refuse rows that name each other as their own parents in a circle."""
        headings = {column.name: column.heading for column in self.own}
        for name, start in self.edges:
            seen, number = set(), start
            while number is not None and number not in seen:
                seen.add(number)
                number = self.edges.get((name, number))
            if number == start:
                self.problems.append(
                    Problem(_("这一行直接或间接地把自己填成了自己的上级。"), start, headings[name])
                )

    def refuse_unwritable(self, rows):
        """Ask for the user's right to add or to change, and ask the resource for the right to
        each record, as it was and as it would be."""
        rights = may_write(self.user, self.model)
        for row in rows:
            message = ""
            old = None if row.is_new else row.old or row.instance
            if not rights["add" if row.is_new else "change"]:
                message = _("您没有新增记录的权限。") if row.is_new else _("您没有修改记录的权限。")
            elif not self.resource.may_write(self.user, old, row.instance):
                message = _("您没有修改这条记录的权限。")
            elif not self.resource.may_publish(self.user, old, row.instance):
                message = NOT_PUBLISHER
            if message:
                self.problems.append(Problem(str(message), row.number, value=shown(row)))


def read_cell(decode, cell, scale):
    """Return (value, error) of a cell."""
    if isinstance(cell, BadCell):
        return None, CellError(cell.message)
    try:
        return decode(cell, scale=scale), None
    except CellError as error:
        return None, error

"""What an import did or would do, in the terms of django-import-export."""

import csv
from collections import defaultdict
from operator import itemgetter

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.results import InvalidRow, Result, RowResult

from promotion.reference.spreadsheets.problems import shown, shown_change
from promotion.reference.spreadsheets.writing import csv_column

PREVIEW_ROWS = 200


class RowOutcome(RowResult):
    """What becomes of one row: its number, its name and its old and new values."""

    def __init__(self, row):
        super().__init__()
        self.number = row.number
        self.label = shown(row.instance)
        self.import_type = self.IMPORT_TYPE_NEW if row.is_new else self.IMPORT_TYPE_UPDATE
        self.changes = []
        """(heading, former text, new text)"""


class SheetResult(Result):
    """The outcome of one file: counts, problems and the first rows in full."""

    def __init__(self, plan, rows, batch=None):
        super().__init__()
        self.plan = plan
        self.batch = batch
        """The record of the run, if it was one."""
        self.problems = plan.problems
        self.refused = plan.refused
        self.is_stale = False
        """Whether the data changed since the preview that was to be confirmed."""
        self.total_rows = plan.survey.row_count
        self.totals[RowResult.IMPORT_TYPE_NEW] = plan.counts["new"]
        self.totals[RowResult.IMPORT_TYPE_UPDATE] = plan.counts["changed"]
        self.totals[RowResult.IMPORT_TYPE_SKIP] = plan.counts["unchanged"]
        self.totals[RowResult.IMPORT_TYPE_INVALID] = self.refused
        self.invalid_rows = [
            InvalidRow(problem.row, ValidationError(str(problem)), ()) for problem in self.problems
        ]
        # Half-read rows cannot be shown; with any of them nothing would be written anyway.
        self.rows = [] if plan.problems else rows

    @property
    def counts(self):
        """What was taken, or would be: with any bad row nothing is."""
        if self.problems:
            return {"new": 0, "changed": 0, "unchanged": 0, "refused": self.refused}
        return {**self.plan.counts, "refused": 0}


class Preview:
    """The outcomes of the first rows of a plan, gathered while it is made.

    With a `change_list` every change is written there as well.
    """

    def __init__(self, limit=PREVIEW_ROWS, change_list=None):
        self.limit = limit
        self.change_list = change_list
        self.rows = []

    def keep(self, rows):
        if self.change_list:
            self.change_list.add(rows)
        self.rows += outcomes_of(rows[: self.limit - len(self.rows)])


class ChangeList:
    """A CSV file of what becomes of each row: a line for each changed cell or new record."""

    def __init__(self, file):
        """`file` is open for text, with a byte order mark for Excel."""
        self.writer = csv.writer(file)
        self.write([[_("行号"), _("结果"), _("记录"), _("栏目"), _("原值"), _("新值")]])

    def add(self, rows):
        new = [
            (row.number, _("新增"), shown(row.instance), "", "", "") for row in rows if row.is_new
        ]
        changed = [
            (outcome.number, _("更改"), outcome.label, *change)
            for outcome in outcomes_of([row for row in rows if not row.is_new])
            for change in outcome.changes
        ]
        self.write(sorted(new + changed, key=itemgetter(0)))

    def write(self, lines):
        columns = [csv_column(cells) for cells in zip(*lines, strict=True)]
        self.writer.writerows(zip(*columns, strict=True))


def outcomes_of(rows):
    """Return the outcomes of some rows, with the texts of all their values fetched together."""
    values = defaultdict(set)
    for row in rows:
        for column, now, new in row.changes:
            values[column].update([new] if row.is_new else [now, new])
    texts = {column: column.texts(found) for column, found in values.items()}
    outcomes = []
    for row in rows:
        outcome = RowOutcome(row)
        outcome.changes = [
            (
                column.heading,
                *shown_change("" if row.is_new else texts[column][now], texts[column][new]),
            )
            for column, now, new in row.changes
        ]
        outcomes.append(outcome)
    return outcomes

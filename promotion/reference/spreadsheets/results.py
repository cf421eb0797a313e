"""What an import did or would do, in the terms of django-import-export."""

import hashlib
from collections import defaultdict

from django.core.exceptions import ValidationError
from import_export.results import InvalidRow, Result, RowResult

from promotion.reference.spreadsheets.problems import shown

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

    def __init__(self, plan, preview_rows=PREVIEW_ROWS):
        super().__init__()
        self.plan = plan
        self.problems = plan.problems
        self.refused = plan.refused
        self.is_stale = False
        """Whether the data changed since the preview that was to be confirmed."""
        written = plan.written
        self.total_rows = len(plan.rows)
        new = sum(1 for row in written if row.is_new)
        self.totals[RowResult.IMPORT_TYPE_NEW] = new
        self.totals[RowResult.IMPORT_TYPE_UPDATE] = len(written) - new
        self.totals[RowResult.IMPORT_TYPE_SKIP] = self.total_rows - len(written)
        self.totals[RowResult.IMPORT_TYPE_INVALID] = self.refused
        self.invalid_rows = [
            InvalidRow(problem.row, ValidationError(str(problem)), ()) for problem in self.problems
        ]
        # Half-read rows cannot be shown; with any of them nothing would be written anyway.
        self.rows = [] if plan.problems else preview(plan, written[:preview_rows])

    @property
    def counts(self):
        """What was taken, or would be: with any bad row nothing is."""
        if self.problems:
            return {"new": 0, "changed": 0, "unchanged": 0, "refused": self.refused}
        return {
            "new": self.totals[RowResult.IMPORT_TYPE_NEW],
            "changed": self.totals[RowResult.IMPORT_TYPE_UPDATE],
            "unchanged": self.totals[RowResult.IMPORT_TYPE_SKIP],
            "refused": 0,
        }


def preview(plan, rows):
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
            (column.heading, "" if row.is_new else texts[column][now], texts[column][new])
            for column, now, new in row.changes
        ]
        outcomes.append(outcome)
    return outcomes


def fingerprint(plan):
    """Return a digest of what a plan does, to tell whether another still does the same."""
    digest = hashlib.sha256()
    for row in plan.rows:
        kind = "new" if row.is_new else row.instance.pk if row.instance else None
        changed = [(column.name, str(now)) for column, now, _new in row.changes]
        digest.update(repr((row.number, kind, [] if row.is_new else changed)).encode())
    return digest.hexdigest()

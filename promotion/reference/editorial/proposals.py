"""Telling what an edit has written, and keeping it for review instead if it must be."""

from django.db import transaction

from promotion.reference.editorial.rows import changes_between, find_row, values_of, write
from promotion.reference.editorial.submissions import keep, open_submission
from promotion.reference.models import subject_models
from promotion.reference.publication import is_public, record_of
from promotion.reference.records import TrackedModel
from promotion.reference.rights import may_publish

HISTORY_CREATED = "+"


class ProposedError(Exception):
    """Leaves the transaction of an edit whose outcome is kept as a proposal instead."""

    def __init__(self, row, after):
        super().__init__()
        self.row = row
        self.after = after


class Watch:
    """Notes which rows a user writes, by the history that every write leaves."""

    def __init__(self, user):
        self.user = user
        self.models = [model for model in subject_models(TrackedModel) if hasattr(model, "history")]
        self.newest = {
            model: self.entries(model).values_list("pk", flat=True).first() or 0
            for model in self.models
        }

    def entries(self, model):
        return model.history.order_by("-history_id")

    def written(self):
        """Return (label, id) of the rows written since, those made first in their order."""
        found = []
        for model in self.models:
            entries = self.entries(model).filter(
                history_id__gt=self.newest[model], history_user=self.user, import_batch=None
            )
            found += [
                (kind != HISTORY_CREATED, date, model._meta.label_lower, pk)
                for pk, date, kind in entries.values_list("id", "history_date", "history_type")
            ]
        return list(dict.fromkeys((label, pk) for _kind, _date, label, pk in sorted(found)))

    def hold_back(self, row, *, always):
        """Leave the transaction of what was written around a row, if `always` or it is public."""
        rows = {key: find_row(*key) for key in self.written()}
        if always or any(is_public(row) for row in rows.values() if row is not None):
            raise ProposedError(row, {key: row and values_of(row) for key, row in rows.items()})


def keep_proposal(proposed, user, *, adds=False):
    """Keep what an edit has written and the database has undone; return (record, submission).

    There is no submission where nothing differs from what is public.
    """
    before = {key: row and values_of(row) for key in proposed.after for row in [find_row(*key)]}
    record = record_of(proposed.row)
    changes = changes_between(before, proposed.after)
    return record, keep(record, changes, user, adds=adds)


def save_or_propose(user, row, save):
    """Call `save`, which writes in or around a row; return the submission that keeps it.

    There is none where it took effect: the user may publish, or nothing public was touched.
    Raises StaleError if what waits for review already no longer fits.
    """
    if may_publish(user):
        save()
        return None
    record = record_of(row)
    submission = open_submission(record)
    base = submission.changes if submission else []
    try:
        with transaction.atomic():
            watch = Watch(user)
            was_public = is_public(record)
            write(base, keeps_ids=True)
            save()
            watch.hold_back(record, always=was_public or bool(base))
    except ProposedError as proposed:
        return keep_proposal(proposed, user)[1]
    return None

"""Telling what an edit has written: whether it may be, and whether it is kept for review instead.

A bounded user may write only rows that are theirs before and after; which form, inline, action or
former version wrote them makes no difference.
"""

from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.db import transaction

from promotion.reference.editorial.rows import changes_between, find_row, values_of, write
from promotion.reference.editorial.submissions import keep, open_submission
from promotion.reference.models import subject_models
from promotion.reference.publication import record_of, would_be_public
from promotion.reference.reach import OwnRows, in_bounded_role, is_bounded, reaches
from promotion.reference.records import TrackedModel
from promotion.reference.rights import may_publish

HISTORY_CREATED = "+"
ACTIONS = {"+": "add", "~": "change", "-": "delete"}


class ProposedError(Exception):
    """Leaves the transaction of an edit whose outcome is kept as a proposal instead."""

    def __init__(self, row, after):
        super().__init__()
        self.row = row
        self.after = after


class Watch:
    """Notes which rows a user writes, by the history that every write leaves.

    `given` are changes of others that are written first, for the user to go on from.
    """

    def __init__(self, user, given=()):
        self.user = user
        self.given = {(change["model"], change["pk"]) for change in given}
        self.models = [model for model in subject_models(TrackedModel) if hasattr(model, "history")]
        self.newest = {
            model: self.entries(model).values_list("pk", flat=True).first() or 0
            for model in self.models
        }
        self.own = OwnRows(user) if in_bounded_role(user) else None
        for model in self.models if self.own else ():
            self.own.ids(model)

    def entries(self, model):
        return model.history.order_by("-history_id")

    def entries_since(self, model):
        """Return (id, date, kind) of what was written of a model since."""
        entries = self.entries(model).filter(
            history_id__gt=self.newest[model], history_user=self.user, import_batch=None
        )
        return entries.values_list("id", "history_date", "history_type")

    def refuse_beyond_reach(self):
        """Raise PermissionDenied if a row was not, or is no longer, the user's to write."""
        if self.own is None:
            return
        now = OwnRows(self.user)
        for model in self.models:
            kinds = {}
            for pk, _date, kind in self.entries_since(model):
                if (model._meta.label_lower, pk) not in self.given:
                    kinds.setdefault(pk, set()).add(kind)
            for pk, found in kinds.items():
                if not any(is_bounded(self.user, ACTIONS[kind], model) for kind in found):
                    continue
                was_own = HISTORY_CREATED in found or pk in self.own.ids(model)
                if not was_own or not ("-" in found or pk in now.ids(model)):
                    raise PermissionDenied

    def written(self):
        """Return (label, id) of the rows written since, those made first in their order."""
        found = []
        for model in self.models:
            found += [
                (kind != HISTORY_CREATED, date, model._meta.label_lower, pk)
                for pk, date, kind in self.entries_since(model)
            ]
        return list(dict.fromkeys((label, pk) for _kind, _date, label, pk in sorted(found)))

    def hold_back(self, row, *, always):
        """Leave the transaction of what was written around a row for review.

        It is left if `always`, or if any of what was written is meant for the public.
        """
        self.refuse_beyond_reach()
        rows = {key: find_row(*key) for key in self.written()}
        if always or any(would_be_public(row) for row in rows.values() if row is not None):
            raise ProposedError(row, {key: row and values_of(row) for key, row in rows.items()})


@contextmanager
def within_bounds(request):
    """Undo what a request of a bounded user writes if any of it is not theirs to write."""
    if request.method != "POST" or not in_bounded_role(request.user):
        yield
        return
    with transaction.atomic():
        watch = Watch(request.user)
        yield
        watch.refuse_beyond_reach()


def reviewed_with(user, row):
    """Return the record whose review a row goes with: of several owners one that a user sees."""
    record = record_of(row)
    if record is None or reaches(user, "view", record):
        return record
    owners = [getattr(row, path) for path in getattr(row, "public_with", ()) if "__" not in path]
    seen = [owner for owner in owners if owner is not None and reaches(user, "view", owner)]
    return seen[0] if seen else record


def keep_proposal(proposed, user, *, adds=False):
    """Keep what an edit has written and the database has undone; return (record, submission).

    There is no submission where nothing differs from what is public.
    """
    before = {key: row and values_of(row) for key in proposed.after for row in [find_row(*key)]}
    record = reviewed_with(user, proposed.row)
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
            watch = Watch(user, given=base)
            was_public = would_be_public(record)
            write(base, keeps_ids=True)
            save()
            watch.hold_back(record, always=was_public or bool(base))
    except ProposedError as proposed:
        return keep_proposal(proposed, user)[1]
    return None

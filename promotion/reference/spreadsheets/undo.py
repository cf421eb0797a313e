"""Undoing an import: every record that it touched as it was before, or nothing."""

from collections import Counter

from django.db import DatabaseError, transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.models import Citation, ImportBatch, subject_models
from promotion.reference.publication import LossError, cited_records, losing_nothing
from promotion.reference.reach import reaches_all
from promotion.reference.records import TrackedModel
from promotion.reference.spreadsheets.blockers import Inspection, restored_values
from promotion.reference.spreadsheets.bulk import (
    BulkTable,
    HistoryTable,
    moment,
    relation_histories,
)
from promotion.reference.spreadsheets.trail import (
    CHANGED,
    CREATED,
    REMOVED,
    Trail,
    ends_of,
    entries_by_model,
    newest_entries,
)
from promotion.reference.vocabulary import ImportStage

# Kept with the history, as it is for everyone, whatever the language of who undid.
REASON = "撤销导入 #{}"
OVERTAKEN = gettext_lazy("数据库没有接受撤销，可能刚有人改动了相同的记录。什么也没有改动。")

LOSS = gettext_lazy(
    "没有撤销。“%(record)s”已经发布，撤销后：%(lacking)s请先加上另一条引文，或先把它退回"
    "草稿，再撤销。"
)


class UndoRefusedError(Exception):
    """An import that cannot be undone; `blockers` names the first of `total` that hinder it."""

    def __init__(self, message, blockers=(), total=0):
        super().__init__(message)
        self.blockers = list(blockers)
        self.total = total


def undo(batch, resource, user=None):
    """Set back everything that an import wrote; return how many records went, changed, came back.

    `resource` is the sheet's, asked whether the user (None on the command line) may write each
    record. Raises UndoRefusedError, having touched nothing, if any record was edited since or is
    needed by others, or could not be as it was.
    """
    state = newest_entries(subject_models(TrackedModel))
    work = Undo(ImportBatch.objects.get(pk=batch.pk), resource, user)
    # Looking takes longer than writing: nobody waits for it, and it is done once more only if
    # something has changed meanwhile.
    work.inspect()
    try:
        with transaction.atomic():
            work.batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            work.refuse_stage()
            if newest_entries(subject_models(TrackedModel)) != state:
                work.inspect()
            counts = work.run()
    except DatabaseError:
        raise UndoRefusedError(OVERTAKEN) from None
    batch.refresh_from_db()
    return counts


class Undo:
    """Undoes one import: `inspect` may stand alone, `run` is inside the caller's transaction."""

    def __init__(self, batch, resource, user):
        self.batch = batch
        self.resource = resource
        self.user = user
        self.now = timezone.now()
        self.trails = [Trail(self.batch, model) for model in entries_by_model(self.batch)]
        self.counts = Counter(removed=0, restored=0, returned=0)

    def refuse_stage(self):
        """Refuse an import that wrote nothing or has been undone."""
        if self.batch.stage == ImportStage.UNDONE:
            raise UndoRefusedError(_("这次导入已经撤销过了。"))
        if self.batch.stage not in {ImportStage.WRITTEN, ImportStage.UNDOING}:
            raise UndoRefusedError(_("这次导入没有写入任何内容，不用撤销。"))

    def inspect(self):
        """Raise UndoRefusedError with everything that hinders undoing."""
        self.refuse_stage()
        self.require_link_rights()
        blockers = Inspection(self.batch, self.resource, self.user, self.trails).run()
        if blockers.total:
            raise UndoRefusedError(
                _("有 %(total)d 条记录妨碍撤销，什么也没有改动。") % {"total": blockers.total},
                blockers.named(),
                blockers.total,
            )

    def run(self):
        """Write what undoing takes, after `inspect` has found nothing."""
        try:
            with losing_nothing(self.supported()):
                self.set_back()
        except LossError as error:
            raise UndoRefusedError(" ".join(error.in_words(LOSS))) from None
        self.batch.stage = ImportStage.UNDONE
        self.batch.undone_at = self.now
        self.batch.undone_by = self.user
        self.batch.save(update_fields=["stage", "undone_at", "undone_by"])
        told = {"batch": self.batch.pk, **self.counts}
        log(Action.UNDO_IMPORT, self.batch.model, self.user, **told)
        return dict(self.counts)

    def supported(self):
        """Return the records that the citations of the import belong to."""
        entries = [trail.entries for trail in self.trails if trail.model is Citation]
        return cited_records(pk for found in entries for pk in found.values_list("id", flat=True))

    def set_back(self):
        # Foreign keys are checked at the end of the transaction, unique values at once: what goes
        # makes room for what comes back.
        for step, kind in ((self.remove, CREATED), (self.restore, CHANGED), (self.bring, REMOVED)):
            for trail in self.trails:
                writer = Writer(trail, self.signature)
                for traces in trail.parts(kind, are_locked=True):
                    if not all(trace.is_as_written for trace in traces):
                        raise UndoRefusedError(OVERTAKEN)
                    step(writer, traces)

    @property
    def signature(self):
        return {
            "batch": None,
            "user": self.user,
            "reason": REASON.format(self.batch.pk),
            "now": moment(self.now),
        }

    def require_link_rights(self):
        """Ask for the rights to records of other models than the sheet's own."""
        needed = {CREATED: "delete", CHANGED: "change", REMOVED: "add"}
        for trail in self.trails:
            if self.user is None or trail.model is self.resource._meta.model:
                continue
            for kind in trail.entries.order_by().values_list("history_type", flat=True).distinct():
                if not reaches_all(self.user, needed[kind], trail.model):
                    raise UndoRefusedError(
                        _("您没有修改%(model)s的权限。") % {"model": trail.model._meta.verbose_name}
                    )

    def remove(self, writer, traces):
        """Delete records that the import made."""
        pks = [trace.pk for trace in traces]
        for relation in writer.model._meta.many_to_many:
            if relation.remote_field.through._meta.auto_created:
                own = BulkTable(relation.remote_field.through)
                own.delete(pks, ends_of(relation)[0])
        writer.table.delete(pks)
        writer.history.write([writer.row(trace.current.values) for trace in traces], REMOVED)
        self.counts["removed"] += len(traces)

    def restore(self, writer, traces):
        """Set back what the import changed, and only that."""
        rows = [writer.row(restored_values(trace), is_renewed=True) for trace in traces]
        changed = {name for trace in traces for name in trace.changed_names}
        writer.table.update(writer.table.with_renewed(changed & writer.table.place.keys()), rows)
        for relation in writer.trail.relations:
            restore_relation(relation, traces)
        writer.record(rows, CHANGED)
        self.counts["restored"] += len(traces)

    def bring(self, writer, traces):
        """Make records that the import deleted once more, under the numbers that they had."""
        made = writer.times_made([trace.pk for trace in traces])
        rows = []
        for trace in traces:
            row = writer.row(trace.before.values, is_new=True)
            row[writer.table.place["created_at"]] = made[trace.pk]
            rows.append(row)
        writer.table.insert(rows)
        writer.record(rows, CREATED)
        self.counts["returned"] += len(traces)


class Writer:
    """Writes what undoing does to the records of one model, and its history."""

    def __init__(self, trail, signature):
        self.trail = trail
        self.model = trail.model
        self.now = signature["now"]
        self.table = BulkTable(trail.model)
        self.history = HistoryTable(self.table, **signature)
        self.relations = relation_histories(trail.model)

    def row(self, values, is_renewed=False, is_new=False):
        """Return a row with these values by attribute, ready for the database.

        What is derived and the time stamps follow in a row that is renewed or new.
        """
        now = self.now if is_renewed or is_new else None
        return self.table.values(self.model(**values), now, is_new)

    def record(self, rows, kind):
        """Write the history of rows, with the many-to-many values as they now are."""
        pks = [row[self.table.pk] for row in rows]
        entry_of = dict(zip(pks, self.history.write(rows, kind), strict=True))
        for relation in self.relations.values():
            relation.write(entry_of)

    def times_made(self, pks):
        """Return {id: when it was first made}.

        The history keeps no time of creation, but its first entry was written in that moment.
        """
        entries = self.trail.history.objects.filter(**{f"{self.trail.key}__in": pks}).order_by()
        first = entries.values(self.trail.key).annotate(at=Min("history_date"))
        return {pk: moment(at) for pk, at in first.values_list(self.trail.key, "at")}


def restore_relation(relation, traces):
    """Set back the rows of a many-to-many field that the import added or removed."""
    table = BulkTable(relation.remote_field.through)
    owner, target = ends_of(relation)
    removed, added = [], []
    for trace in traces:
        if relation.name in trace.changed_names:
            now = trace.current.relations[relation.name]
            then = trace.before.relations[relation.name]
            removed += [row for key, row in now.items() if key not in then]
            added += [(row, trace.pk, key) for key, row in then.items() if key not in now]
    table.delete(removed)
    table.insert(added, [table.names[table.pk], owner, target])

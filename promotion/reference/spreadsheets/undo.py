"""Undoing an import: every record that it touched as it was before, or nothing."""

from collections import Counter

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from promotion.reference.fields import DerivedTextField
from promotion.reference.models import ImportBatch
from promotion.reference.records import TrackedModel
from promotion.reference.spreadsheets.batches import ROWS
from promotion.reference.spreadsheets.blockers import Inspection, restored_values
from promotion.reference.spreadsheets.trail import (
    CHANGED,
    CREATED,
    REMOVED,
    Trail,
    ends_of,
    entries_by_model,
)
from promotion.reference.vocabulary import ImportStage

# Kept with the history, as it is for everyone, whatever the language of who undid.
REASON = "撤销导入 #{}"


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
    heads = history_heads()
    work = Undo(ImportBatch.objects.get(pk=batch.pk), resource, user)
    # Looking takes longer than writing: nobody waits for it, and it is done once more only if
    # something has changed meanwhile.
    work.inspect()
    try:
        with transaction.atomic():
            work.batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            work.refuse_stage()
            if history_heads() != heads:
                work.inspect()
            counts = work.run()
    except DatabaseError:
        raise UndoRefusedError(
            _("数据库没有接受撤销，可能刚有人改动了相同的记录。什么也没有改动。")
        ) from None
    batch.refresh_from_db()
    return counts


def history_heads():
    """Return the newest history entry of every model: every edit leaves one."""
    return {
        model._meta.label: model.history.order_by().aggregate(last=Max("history_id"))["last"]
        for model in apps.get_models()
        if issubclass(model, TrackedModel) and hasattr(model, "history")
    }


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
        # Foreign keys are checked at the end of the transaction, unique values at once: what goes
        # makes room for what comes back.
        for step, kind in ((self.remove, CREATED), (self.restore, CHANGED), (self.bring, REMOVED)):
            for trail in self.trails:
                for traces in trail.parts(kind):
                    step(trail, traces)
        self.batch.stage = ImportStage.UNDONE
        self.batch.undone_at = self.now
        self.batch.undone_by = self.user
        self.batch.save(update_fields=["stage", "undone_at", "undone_by"])
        return dict(self.counts)

    def require_link_rights(self):
        """Ask for the rights to records of other models than the sheet's own."""
        needed = {CREATED: "delete", CHANGED: "change", REMOVED: "add"}
        for trail in self.trails:
            if self.user is None or trail.model is self.resource._meta.model:
                continue
            options = trail.model._meta
            for kind in trail.entries.order_by().values_list("history_type", flat=True).distinct():
                right = f"{options.app_label}.{needed[kind]}_{options.model_name}"
                if not self.user.has_perm(right):
                    raise UndoRefusedError(
                        _("您没有修改%(model)s的权限。") % {"model": options.verbose_name}
                    )

    def remove(self, trail, traces):
        """Delete records that the import made, in one statement a table."""
        pks = [trace.pk for trace in traces]
        for relation in trail.model._meta.many_to_many:
            through = relation.remote_field.through
            if through._meta.auto_created:
                owner = ends_of(relation)[0]
                delete_rows(through._base_manager.filter(**{f"{owner}__in": pks}))
        delete_rows(trail.model._base_manager.filter(pk__in=pks))
        self.record(trail, REMOVED, [trace.current.values for trace in traces])
        self.counts["removed"] += len(traces)

    def restore(self, trail, traces):
        """Set back what the import changed, and only that.

        Inserting with “on conflict update” runs each field's `pre_save`, so that what is derived
        follows.
        """
        values = [restored_values(trace) for trace in traces]
        changed = {name for trace in traces for name in trace.changed_names}
        fields = [
            field.name
            for field in trail.model._meta.concrete_fields
            if field.attname in changed
            or isinstance(field, DerivedTextField)
            or getattr(field, "auto_now", False)
        ]
        trail.model._base_manager.bulk_create(
            [trail.model(**row) for row in values],
            batch_size=ROWS,
            update_conflicts=True,
            unique_fields=[trail.model._meta.pk.name],
            update_fields=fields,
        )
        for relation in trail.relations:
            self.restore_relation(relation, traces)
        self.record(trail, CHANGED, values)
        self.counts["restored"] += len(traces)

    def restore_relation(self, relation, traces):
        through = relation.remote_field.through
        owner, target = ends_of(relation)
        removed, added = [], []
        for trace in traces:
            if relation.name in trace.changed_names:
                now = trace.current.relations[relation.name]
                then = trace.before.relations[relation.name]
                removed += [row for key, row in now.items() if key not in then]
                added += [
                    through(pk=row, **{owner: trace.pk, target: key})
                    for key, row in then.items()
                    if key not in now
                ]
        for start in range(0, len(removed), ROWS):
            delete_rows(through._base_manager.filter(pk__in=removed[start : start + ROWS]))
        through._base_manager.bulk_create(added, batch_size=ROWS)

    def bring(self, trail, traces):
        """Make records that the import deleted once more, under the numbers that they had."""
        model = trail.model
        records = [model(**trace.before.values) for trace in traces]
        model._base_manager.bulk_create(records, batch_size=ROWS)
        # The history keeps no time of creation, but its first entry was written in that moment.
        made = trail.history.objects.filter(
            history_type=CREATED, **{f"{trail.key}__in": [record.pk for record in records]}
        )
        moments = dict(
            made.order_by()
            .values(trail.key)
            .annotate(at=Min("history_date"))
            .values_list(trail.key, "at")
        )
        for record in records:
            record.created_at = moments.get(record.pk, record.created_at)
        model._base_manager.bulk_update(records, ["created_at"], batch_size=ROWS)
        self.record(trail, CREATED, [trace.before.values for trace in traces])
        self.counts["returned"] += len(traces)

    def record(self, trail, kind, rows):
        """Write the history of what was done, with the many-to-many rows as they now are."""
        entries = trail.history.objects.bulk_create(
            [
                trail.history(
                    history_type=kind,
                    history_date=self.now,
                    history_user=self.user,
                    history_change_reason=REASON.format(self.batch.pk),
                    **{name: values[name] for name in trail.names},
                )
                for values in rows
            ],
            batch_size=ROWS,
        )
        if kind == REMOVED:
            return
        entry_of = {getattr(entry, trail.key): entry for entry in entries}
        for relation in trail.relations:
            owner = ends_of(relation)[0]
            through = relation.remote_field.through
            kept = getattr(trail.history, relation.name).model
            links = through._base_manager.filter(**{f"{owner}__in": list(entry_of)})
            kept.objects.bulk_create(
                [
                    kept(
                        history=entry_of[getattr(link, owner)],
                        **{
                            field.attname: getattr(link, field.attname)
                            for field in through._meta.concrete_fields
                        },
                    )
                    for link in links
                ],
                batch_size=ROWS,
            )


def delete_rows(queryset):
    """Delete rows in one statement, without looking for dependants and without signals.

    `delete()` would write a history entry a row; who depends on the rows is known before.
    """
    queryset._raw_delete(queryset.db)

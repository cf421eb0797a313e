"""What keeps an import from being undone: edits since, dependants, and values no longer free."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from promotion.reference.batches import in_batches
from promotion.reference.models import Citation, SubjectModel, subject_models
from promotion.reference.reach import OwnRows, is_bounded
from promotion.reference.spreadsheets.conditions import unique_groups
from promotion.reference.spreadsheets.problems import one_line, shown
from promotion.reference.spreadsheets.trail import CHANGED, CREATED, REMOVED, ends_of, names_of

BLOCKERS_NAMED = 200


@dataclass(frozen=True)
class Blocker:
    """A record that keeps an import from being undone, and why."""

    model: type[models.Model]
    pk: int
    label: str
    reason: str
    is_gone: bool = False

    @property
    def kind(self):
        return self.model._meta.verbose_name

    def __str__(self):
        return one_line(
            _("%(kind)s“%(label)s”：%(reason)s")
            % {"kind": self.kind, "label": self.label, "reason": self.reason}
        )


class Blockers:
    """Collects blockers, counts all and names the first of them."""

    def __init__(self):
        self.total = 0
        self.found = []

    def add(self, model, pk, reason, other=None, **values):
        """Note a blocker; `other` is (model, pk) of the record that the reason names."""
        self.total += 1
        if len(self.found) < BLOCKERS_NAMED:
            self.found.append((model, pk, reason, other, values))

    def named(self):
        records = {}
        for model, pk, _reason, other, _values in self.found:
            for named_model, named_pk in filter(None, [(model, pk), other]):
                records.setdefault(named_model, set()).add(named_pk)
        known = {model: names_of(model, pks) for model, pks in records.items()}
        blockers = []
        for model, pk, reason, other, values in self.found:
            names, gone = known[model]
            if other:
                other_model, other_pk = other
                values["kind"] = other_model._meta.verbose_name
                values["other"] = known[other_model][0][other_pk]
            blockers.append(Blocker(model, pk, names[pk], reason % values, pk in gone))
        return blockers


class Inspection:
    """Looks at every record that an import touched, a part at a time, for what blocks its undoing.

    Every question is asked for some hundred records at once.
    """

    def __init__(self, batch, resource, user, trails):
        self.batch = batch
        self.resource = resource
        self.user = user
        self.trails = trails
        self.blockers = Blockers()
        actions = ("add", "change", "delete")
        is_limited = any(is_bounded(user, action, resource._meta.model) for action in actions)
        self.own = OwnRows(user) if is_limited else None

    def run(self):
        for trail in self.trails:
            for traces in trail.parts(CREATED):
                self.find_edits(trail, traces)
                self.find_dependants(trail.model, {trace.pk for trace in traces})
                self.find_forbidden(trail, traces)
            for kind in (CHANGED, REMOVED):
                for traces in trail.parts(kind):
                    self.find_edits(trail, traces)
                    known = self.find_unknown(trail, traces)
                    self.find_forbidden(trail, known)
                    self.find_lost_targets(trail, known)
                    self.find_taken_values(trail.model, known)
                    self.find_lost_anchors(trail.model, known)
        return self.blockers

    def find_edits(self, trail, traces):
        edited = {trace.newest: trace for trace in traces if not trace.is_as_written}
        entries = trail.history.objects.filter(history_id__in=edited).select_related("history_user")
        for entry in entries:
            trace = edited[entry.history_id]
            values = {
                "user": str(entry.history_user or _("命令")),
                "date": date_format(timezone.localtime(entry.history_date), "Y-m-d H:i"),
                "number": entry.import_batch_id,
            }
            if trace.newest == trace.entry:
                reason = _("现在的内容与导入时写入的不同，也没有留下修改记录。")
            elif entry.history_type == REMOVED:
                reason = _("导入之后已被删除（%(user)s，%(date)s）。")
            elif entry.import_batch_id:
                reason = _("之后又被导入 #%(number)d 写入（%(user)s，%(date)s）。请先撤销那一次。")
            else:
                reason = _("导入之后又有修改（%(user)s，%(date)s）。")
            self.blockers.add(trail.model, trace.pk, reason, **values)

    def find_unknown(self, trail, traces):
        """Note the records whose former content nobody kept; return the others."""
        for trace in traces:
            if trace.before is None:
                self.blockers.add(trail.model, trace.pk, _("没有留下导入前的内容，不能恢复。"))
        return [trace for trace in traces if trace.before is not None]

    def find_forbidden(self, trail, traces):
        """Ask for the user's right to each record, as it is and as it was."""
        model = self.resource._meta.model
        if trail.model is not model:
            return
        for trace in traces:
            if trace.current is None:
                continue
            old = model(**trace.current.values)
            new = model(**restored_values(trace)) if trace.before else old
            is_own = self.own is None or (self.own.have(old) and self.own.have(new))
            if not is_own or not self.resource.may_write(self.user, old, new):
                self.blockers.add(model, trace.pk, _("您没有修改这条记录的权限。"))
            elif not self.resource.may_publish(self.user, old, new):
                self.blockers.add(model, trace.pk, _("这条记录公开或将公开，您没有发布的权限。"))

    def find_dependants(self, model, pks):
        """Note the rows that need a record which the import made, unless it made them too."""
        for owner, rows, columns in dependants(model):
            found = rows(pks).order_by().values_list(*columns).distinct()
            for part in in_batches(found):
                ours = self.touched(owner, {pk for pk, _target in part})
                for pk, target in part:
                    if pk not in ours:
                        self.blockers.add(
                            owner,
                            pk,
                            _("用到了导入新增的%(kind)s“%(other)s”。"),
                            other=(model, target),
                        )

    def find_lost_targets(self, trail, traces):
        """Note the records that pointed to something which is gone."""
        for label, target_model, wanted in wanted_targets(trail, traces):
            targets = {target for _pk, target in wanted}
            found = set()
            for part in in_batches(targets):
                found.update(
                    target_model._base_manager.filter(pk__in=part).values_list("pk", flat=True)
                )
            for pk, target in wanted:
                if target not in found:
                    self.blockers.add(
                        trail.model,
                        pk,
                        _("原来的“%(field)s”是%(kind)s“%(other)s”，已不存在。"),
                        other=(target_model, target),
                        field=label,
                    )

    def find_taken_values(self, model, traces):
        """Note the records whose former value another record has taken since."""
        for fields, constraint in unique_groups(model):
            names = [model._meta.get_field(name).attname for name in fields]
            condition = (constraint and constraint.condition) or models.Q()
            wanted = {}
            for trace in traces:
                value = tuple(trace.before.values[name] for name in names)
                is_moved = trace.current is None or value != tuple(
                    trace.current.values[name] for name in names
                )
                if is_moved and None not in value:
                    wanted[value] = trace.pk
            rows = model._base_manager.filter(
                condition, **{f"{names[0]}__in": {value[0] for value in wanted}}
            )
            holders = {
                pk: wanted[tuple(value)]
                for pk, *value in rows.values_list("pk", *names)
                if wanted.get(tuple(value), pk) != pk
            }
            ours = self.touched(model, holders)
            label = str(model._meta.get_field(names[0]).verbose_name)
            for holder, pk in holders.items():
                if holder not in ours:
                    self.blockers.add(
                        model,
                        pk,
                        _("原来的“%(field)s”现在由%(kind)s“%(other)s”使用。"),
                        other=(model, holder),
                        field=shown(label),
                    )

    def find_lost_anchors(self, model, traces):
        """Note the citations whose former phrase is no longer in the text stored since."""
        if model is not Citation:
            return
        for trace in traces:
            values = trace.before.values if trace.current is None else restored_values(trace)
            if fault := Citation(**values).anchor_fault():
                self.blockers.add(
                    model,
                    trace.pk,
                    _("原来的短语“%(excerpt)s”：%(fault)s请先存入有这个短语的原文，再撤销。"),
                    excerpt=values["excerpt"],
                    fault=fault,
                )

    def touched(self, model, pks):
        """Return those of the records that the import touched itself."""
        if not hasattr(model, "history"):
            return set()
        key = model._meta.pk.attname
        return {
            pk
            for part in in_batches(pks)
            for pk in model.history.filter(
                import_batch=self.batch, **{f"{key}__in": part}
            ).values_list(key, flat=True)
        }


def restored_values(trace):
    """Return the values of a record with everything that the import changed set back."""
    changed = {
        name: trace.before.values[name]
        for name in trace.changed_names
        if name in trace.before.values
    }
    return {**trace.current.values, **changed}


def wanted_targets(trail, traces):
    """Yield (label, model, [(pk, target)]) for everything that restored records would point to."""
    meta = trail.model._meta
    for field in meta.concrete_fields:
        if field.many_to_one:
            wanted = [
                (trace.pk, trace.before.values[field.attname])
                for trace in traces
                if trace.before.values.get(field.attname) is not None
                and (trace.current is None or field.attname in trace.changed_names)
            ]
            yield str(field.verbose_name), field.related_model, wanted
    for relation in trail.relations:
        wanted = [
            (trace.pk, target)
            for trace in traces
            if relation.name in trace.changed_names
            for target in trace.before.targets(relation.name)
        ]
        yield str(relation.verbose_name), relation.related_model, wanted
    if issubclass(trail.model, SubjectModel):
        by_type = {}
        for trace in traces:
            if trace.current is None or {"subject_type_id", "subject_id"} & {*trace.changed_names}:
                values = trace.before.values
                by_type.setdefault(values["subject_type_id"], []).append(
                    (trace.pk, values["subject_id"])
                )
        for type_id, wanted in by_type.items():
            model = ContentType.objects.get_for_id(type_id).model_class()
            yield str(meta.get_field("subject_id").verbose_name), model, wanted


def dependants(model):
    """Yield (owner, rows, columns) for every table that may point to a model's records.

    `rows` returns the rows that point to some of them, `columns` name the owner's key and the
    record. The owner of a row of a many-to-many field is the record that has the field.
    """
    own_tables = {
        relation.remote_field.through
        for relation in model._meta.many_to_many
        if relation.remote_field.through._meta.auto_created
    }
    for reference in model._meta.get_fields(include_hidden=True):
        if not (reference.one_to_many or reference.one_to_one) or reference.concrete:
            continue
        # Generic relations have no such thing; entries of the history outlive what they tell of.
        if getattr(reference, "on_delete", models.DO_NOTHING) is models.DO_NOTHING:
            continue
        table, column = reference.related_model, reference.field.attname
        if table in own_tables:
            continue
        owner, key = owner_of(table)
        yield owner, rows_pointing(table, column), (key, column)
    for subject_model in subject_models(SubjectModel):
        rows = rows_pointing(
            subject_model, "subject_id", subject_type=ContentType.objects.get_for_model(model)
        )
        yield subject_model, rows, ("pk", "subject_id")


def owner_of(table):
    """Return the model that a row belongs to, and the row's column that names its record."""
    owner = table._meta.auto_created
    if not owner:
        return table, "pk"
    relation = next(
        relation for relation in owner._meta.many_to_many if relation.remote_field.through is table
    )
    return owner, ends_of(relation)[0]


def rows_pointing(table, column, **values):
    return lambda pks: table._base_manager.filter(**{f"{column}__in": pks}, **values)

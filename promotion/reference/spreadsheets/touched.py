"""The records that an import touched, as a list to page through."""

from dataclasses import dataclass, field

from django.contrib.admin.utils import display_for_field
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.problems import shown
from promotion.reference.spreadsheets.trail import CHANGED, CREATED, REMOVED, Trail, names_of

NOTHING = "—"


@dataclass
class TouchedRecord:
    """A record and what the import did to it; `changes` are (field, before, after) as texts."""

    model: type[models.Model]
    pk: int
    label: str
    is_gone: bool
    kind: str
    changes: list = field(default_factory=list)

    @property
    def model_name(self):
        return self.model._meta.verbose_name

    def get_kind_display(self):
        return {CREATED: _("新增"), CHANGED: _("更改"), REMOVED: _("去掉")}[self.kind]


class TouchedRecords:
    """The records of several models, one model after the other; only what is shown is fetched.

    `counts` says how many there are of each model.
    """

    def __init__(self, batch, counts):
        self.batch = batch
        self.counts = counts

    def __len__(self):
        return sum(self.counts.values())

    def __getitem__(self, part):
        records, offset = [], 0
        for model, count in self.counts.items():
            start, stop = max(part.start - offset, 0), min(part.stop - offset, count)
            if start < stop:
                records += read_records(Trail(self.batch, model), start, stop)
            offset += count
        return records


def read_records(trail, start, stop):
    traces = trail.page(start, stop)
    names, gone = names_of(trail.model, [trace.pk for trace in traces])
    targets = target_names(trail, traces)
    return [
        TouchedRecord(
            trail.model,
            trace.pk,
            names[trace.pk],
            trace.pk in gone,
            trace.kind,
            [read_change(trail, trace, name, targets) for name in trace.changed_names],
        )
        for trace in traces
    ]


def read_change(trail, trace, name, targets):
    """Return (field, before, after) of one changed attribute or many-to-many field."""
    for relation in trail.relations:
        if relation.name == name:
            known = targets[relation.related_model]
            before, after = (
                "、".join(sorted(known[target] for target in state.targets(name))) or NOTHING
                for state in (trace.before, trace.written)
            )
            return capfirst(relation.verbose_name), before, after
    changed = field_of(trail.model, name)
    known = targets.get(changed.related_model, {})
    before, after = (
        known[value]
        if changed.is_relation and value is not None
        else shown(display_for_field(value, changed, NOTHING)) or NOTHING
        for value in (trace.before.values[name], trace.written.values[name])
    )
    return capfirst(changed.verbose_name), before, after


def target_names(trail, traces):
    """Return {model: {pk: name}} of everything that changed relations pointed or point to."""
    wanted = {}
    relations = {relation.name: relation for relation in trail.relations}
    for trace in traces:
        for name in trace.changed_names:
            states = (trace.before, trace.written)
            if name in relations:
                pks = {pk for state in states for pk in state.targets(name)}
                wanted.setdefault(relations[name].related_model, set()).update(pks)
            elif (changed := field_of(trail.model, name)).is_relation:
                pks = {state.values[name] for state in states} - {None}
                wanted.setdefault(changed.related_model, set()).update(pks)
    return {model: names_of(model, pks)[0] for model, pks in wanted.items()}


def field_of(model, attribute):
    return next(field for field in model._meta.concrete_fields if field.attname == attribute)

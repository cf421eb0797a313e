"""What an import did to each record, read back from the history."""

from dataclasses import dataclass, field

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Max, OuterRef, Subquery

from promotion.reference.batches import QUERY_VALUES, in_batches
from promotion.reference.models import subject_models
from promotion.reference.records import TrackedModel
from promotion.reference.services import count_rows

CREATED, CHANGED, REMOVED = "+", "~", "-"


@dataclass
class State:
    """The values of a record by attribute name, and its many-to-many rows as {target: row}."""

    values: dict
    relations: dict = field(default_factory=dict)

    def targets(self, name):
        return set(self.relations.get(name, {}))


@dataclass
class Trace:
    """One record that an import touched: as it was, as it was written, and as it is now.

    `before` is None for a record that the import made, and where the history does not reach back.
    """

    pk: int
    kind: str
    entry: int
    former: int | None
    newest: int
    before: State | None = None
    written: State | None = None
    current: State | None = None

    @property
    def changed_names(self):
        """The attributes and the many-to-many fields that the import changed."""
        if self.kind != CHANGED or self.before is None:
            return []
        before, written = self.before, self.written
        return [
            *(name for name, value in written.values.items() if before.values[name] != value),
            *(name for name in written.relations if before.targets(name) != written.targets(name)),
        ]

    @property
    def is_as_written(self):
        """Tell whether nobody has changed what the import left.

        Entries that end where the import did, such as those of an import since undone, are no
        change.
        """
        if self.current is None or self.kind == REMOVED:
            return self.current is None and self.kind == REMOVED
        return self.newest == self.entry or (
            all(self.current.values[name] == value for name, value in self.written.values.items())
            and all(
                self.current.targets(name) == self.written.targets(name)
                for name in self.written.relations
            )
        )


class Trail:
    """The records of one model that an import touched, read a part at a time."""

    def __init__(self, batch, model):
        self.model = model
        self.key = model._meta.pk.attname
        self.history = model.history.model
        self.entries = model.history.filter(import_batch=batch)
        self.names = [field.attname for field in self.history.tracked_fields]
        self.relations = self.history._history_m2m_fields

    def parts(self, kind, are_locked=False):
        """Yield the records of one kind of change in lists, what was written last first.

        Locked, which needs a transaction, they are before their history is read: nobody's edit
        comes between the two.
        """
        entries = self.entries.filter(history_type=kind).order_by("-history_id")
        pks = list(entries.values_list(self.key, flat=True))
        for part in in_batches(pks):
            rows = self.model._base_manager.filter(pk__in=part)
            yield self.traces(part, rows.select_for_update() if are_locked else rows)

    def page(self, start, stop):
        """Return the records of a stretch of the import, in the order of its writing."""
        pks = list(self.entries.order_by("history_id").values_list(self.key, flat=True)[start:stop])
        return self.traces(pks, self.model._base_manager.filter(pk__in=pks))

    def traces(self, pks, rows):
        """Return what the import did to these records, in their order."""
        current = self.current_states(pks, rows)
        others = self.model.history.filter(**{self.key: OuterRef(self.key)}).order_by("-history_id")
        earlier = others.filter(history_id__lt=OuterRef("history_id"))
        found = (
            self.entries.filter(**{f"{self.key}__in": pks})
            .annotate(
                former=Subquery(earlier.values("history_id")[:1]),
                newest=Subquery(others.values("history_id")[:1]),
            )
            .values_list(self.key, "history_type", "history_id", "former", "newest")
        )
        traces = {values[0]: Trace(*values) for values in found}
        entries = {trace.entry for trace in traces.values()}
        entries |= {trace.former for trace in traces.values() if trace.kind == CHANGED}
        states = self.kept_states(entries - {None})
        for trace in traces.values():
            trace.written = states[trace.entry]
            # The entry of a removal holds what was removed.
            before = {CHANGED: trace.former, REMOVED: trace.entry}.get(trace.kind)
            trace.before = states.get(before)
            trace.current = current.get(trace.pk)
        return [traces[pk] for pk in pks]

    def current_states(self, pks, rows):
        names = [field.attname for field in self.model._meta.concrete_fields]
        # An ordering by another model's field would leave out rows whose target is gone.
        rows = rows.order_by().values(*names)
        states = {values[self.key]: State(values) for values in rows}
        for relation in self.relations:
            owner, target = ends_of(relation)
            links = relation.remote_field.through._base_manager.filter(**{f"{owner}__in": pks})
            self.add_relation(states, relation, links.values_list(owner, target, "pk"))
        return states

    def kept_states(self, entries):
        """Return {history id: what that entry holds}."""
        states = {}
        for part in in_batches(entries, QUERY_VALUES):
            rows = self.history.objects.filter(history_id__in=part)
            for entry, *values in rows.values_list("history_id", *self.names):
                states[entry] = State(dict(zip(self.names, values, strict=True)))
        for relation in self.relations:
            kept = getattr(self.history, relation.name).model
            through_key = relation.remote_field.through._meta.pk.attname
            _owner, target = ends_of(relation)
            links = []
            for part in in_batches(entries, QUERY_VALUES):
                rows = kept.objects.filter(history_id__in=part)
                links += rows.values_list("history_id", target, through_key)
            self.add_relation(states, relation, links)
        return states

    def add_relation(self, states, relation, links):
        for state in states.values():
            state.relations[relation.name] = {}
        for owner, target, row in links:
            if owner in states:
                states[owner].relations[relation.name][target] = row


def newest_entries(models):
    """Return the newest history entry of each model that has a history.

    Every edit leaves an entry, so equal entries mean that nothing has changed in between.
    """
    return {
        model._meta.label: model.history.order_by().aggregate(last=Max("history_id"))["last"]
        for model in models
        if hasattr(model, "history")
    }


def ends_of(relation):
    """Return the columns of a many-to-many field's own table: its owner's and its target's."""
    return f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"


def entries_by_model(batch):
    """Return {model: how many entries an import wrote into its history}, its own model first."""
    models = {model._meta.label: model for model in subject_models(TrackedModel)}
    counts = count_rows(
        **{
            label: model.history.filter(import_batch=batch).order_by()
            for label, model in models.items()
        }
    )
    own_first = sorted(models.values(), key=lambda model: model is not batch.model)
    return {model: counts[model._meta.label] for model in own_first if counts[model._meta.label]}


def names_of(model, pks):
    """Return ({pk: what the record is called}, the pks of those that are gone)."""
    names = {row.pk: str(row) for row in model._base_manager.filter(pk__in=pks).select_related()}
    gone = set(pks) - names.keys()
    if gone and hasattr(model, "history"):
        key = model._meta.pk.attname
        for entry in model.history.filter(**{f"{key}__in": gone}).latest_of_each():
            try:
                names[getattr(entry, key)] = str(entry.history_object)
            except ObjectDoesNotExist:
                # It was called after a record that is gone as well.
                continue
    return {pk: names.get(pk, f"#{pk}") for pk in pks}, gone

"""Writing a plan: records, their relations and the history of both, in bulk."""

from django.utils.translation import gettext as _

from promotion.reference.fields import DerivedTextField
from promotion.reference.spreadsheets.batches import ROWS, in_batches, listed
from promotion.reference.spreadsheets.bulk import BulkTable, HistoryTable

MAX_REASON = 100


class Saver:
    """Writes the steps of one plan, inside the caller's transaction."""

    def __init__(self, plan, batch, user=None, watch=None):
        self.plan = plan
        self.model = plan.resource._meta.model
        self.table = plan.record_table
        self.watch = watch
        reason = _("导入 %(file)s") % {"file": plan.table.file_name}
        self.signature = {
            "batch": batch,
            "user": user,
            "reason": reason[:MAX_REASON],
            "now": plan.now,
        }
        self.history = HistoryTable(self.table, **self.signature)
        columns = [bound.column for bound in plan.bound if bound.column.is_relation]
        self.links = {column.name: LinkTable(column, self.signature) for column in columns}
        self.relations = {
            field.name: RelationHistory(self.model, field)
            for field in self.model.history.model._history_m2m_fields
        }
        self.updated_names = sorted(
            {self.model._meta.get_field(name).attname for name in self.own_fields()}
        )
        self.done = 0

    def own_fields(self):
        """Return the names of the record's columns that a change touches."""
        for name in self.plan.changed_names:
            # A figure's or citation's subject is two columns.
            yield from ["subject_type", "subject_id"] if name == "subject" else [name]
        for field in self.model._meta.concrete_fields:
            if isinstance(field, DerivedTextField) or getattr(field, "auto_now", False):
                yield field.name

    def save(self):
        new_ids = self.table.allocate(self.plan.counts["new"])
        self.row_ids = {
            number: new_ids[place] if kind == "new" else place
            for number, (kind, place) in self.plan.places.items()
        }
        next_id = iter(new_ids)
        for steps in in_batches(self.plan.steps, ROWS):
            for step in steps:
                if step.is_new:
                    step.pk = step.values[self.table.pk] = next(next_id)
                for name, number in step.references.items():
                    attname = self.model._meta.get_field(name).attname
                    step.values[self.table.place[attname]] = self.row_ids[number]
            self.save_batch(steps)

    def save_batch(self, steps):
        created = [step for step in steps if step.is_new]
        changed = [step for step in steps if not step.is_new and step.is_changed]
        before = [step for step in steps if step.former]
        self.write_history(
            before, [step.former for step in before], "~", stamp=(None, None, _("导入前的内容"))
        )
        self.table.insert([step.values for step in created])
        self.table.update(self.updated_names, [step.values for step in changed])
        added = {
            name: table.save([(step.pk, *step.links[name]) for step in steps if name in step.links])
            for name, table in self.links.items()
        }
        self.write_history(created, [step.values for step in created], "+", added)
        self.write_history(changed, [step.values for step in changed], "~")
        self.done += len(steps)
        if self.watch:
            self.watch(self.done)

    def write_history(self, steps, rows, kind, added=None, **options):
        """Write an entry for each step, with the many-to-many values as they now are.

        `added` are the rows of each relation just added, where the records can have no others.
        """
        if not rows:
            return
        entries = self.history.write(rows, kind, **options)
        entry_of = {step.pk: entry for step, entry in zip(steps, entries, strict=True)}
        for name, relation in self.relations.items():
            if added is None:
                relation.write(entry_of)
            else:
                relation.keep(added.get(name, ()), entry_of)


class LinkTable:
    """The rows behind a many-to-many column, and their history where they have one."""

    def __init__(self, column, signature):
        self.through = column.through
        self.table = BulkTable(column.through)
        self.owner = self.table.place[f"{column.owner_name}_id"]
        self.target = self.table.place[f"{column.target_name}_id"]
        self.blank = self.table.values(column.through(**column.fixed), signature["now"], True)
        is_tracked = hasattr(column.through, "history")
        self.history = HistoryTable(self.table, **signature) if is_tracked else None

    def save(self, links):
        """Write (owner's id, ids of targets added, rows removed) of several owners.

        Returns the rows added, as values.
        """
        added = []
        for owner, targets, _removed in links:
            for target in targets:
                row = self.blank.copy()
                row[self.owner], row[self.target] = owner, target
                added.append(row)
        for row, pk in zip(added, self.table.allocate(len(added)), strict=True):
            row[self.table.pk] = pk
        removed = [link for _owner, _targets, gone in links for link in gone]
        self.table.insert(added)
        if self.history:
            self.history.write(added, "+")
            self.history.write([self.table.values(link) for link in removed], "-")
        self.table.delete([link.pk for link in removed])
        return added


class RelationHistory:
    """What the history keeps of a many-to-many field beside each entry."""

    def __init__(self, model, field):
        self.through = field.remote_field.through
        self.kept = BulkTable(getattr(model.history.model, field.name).model)
        self.names = [own.attname for own in self.through._meta.concrete_fields]
        self.owner = f"{field.m2m_field_name()}_id"
        self.place = self.names.index(self.owner)

    def write(self, entry_of):
        """Write the present values of each record, given as {its id: its entry's id}."""
        for pks in in_batches(entry_of):
            links = self.through._default_manager.filter(**{f"{self.owner}__in": listed(pks)})
            self.keep(links.values_list(*self.names), entry_of)

    def keep(self, links, entry_of):
        """Write rows of the relation, given as values, beside the entries of their owners."""
        self.kept.insert(
            [(*link, entry_of[link[self.place]]) for link in links if link[self.place] in entry_of],
            [*self.names, "history_id"],
        )

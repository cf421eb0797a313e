"""Writing a plan: records, their relations and the history of both, in bulk."""

from promotion.reference.batches import ROWS, in_batches
from promotion.reference.spreadsheets.bulk import BulkTable, HistoryTable, relation_histories

MAX_REASON = 100
# Kept with the history, as it is for everyone, whatever the language of who imports.
REASON = "导入 {}"
REASON_BEFORE = "导入前的内容"


class Saver:
    """Writes the steps of one plan, inside the caller's transaction."""

    def __init__(self, plan, batch, user=None, watch=None):
        self.plan = plan
        self.model = plan.resource._meta.model
        self.table = plan.record_table
        self.watch = watch
        self.signature = {
            "batch": batch,
            "user": user,
            "reason": REASON.format(plan.table.file_name)[:MAX_REASON],
            "now": plan.now,
        }
        self.history = HistoryTable(self.table, **self.signature)
        columns = [bound.column for bound in plan.bound if bound.column.is_relation]
        self.links = {column.name: LinkTable(column, self.signature) for column in columns}
        self.relations = relation_histories(self.model)
        self.updated_names = self.table.with_renewed(self.changed_attributes())
        self.done = 0

    def changed_attributes(self):
        for name in self.plan.changed_names:
            # A figure's or citation's subject is two columns.
            for own in ["subject_type", "subject_id"] if name == "subject" else [name]:
                yield self.model._meta.get_field(own).attname

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
            before, [step.former for step in before], "~", stamp=(None, None, REASON_BEFORE)
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

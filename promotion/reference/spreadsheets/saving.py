"""Writing a plan: records, their relations and the history of both, in bulk."""

from collections import defaultdict

from django.utils import timezone

from promotion.reference.fields import DerivedTextField
from promotion.reference.spreadsheets.batches import ROWS, in_batches
from promotion.reference.spreadsheets.links import LinkColumn
from promotion.reference.spreadsheets.matching import SheetRow

MAX_REASON = 100


class Saver:
    """Writes the rows of one plan, inside the caller's transaction."""

    def __init__(self, plan, user=None, reason=""):
        self.plan = plan
        self.model = plan.resource._meta.model
        self.history = {
            "default_user": user,
            "default_change_reason": reason[:MAX_REASON],
            "default_date": timezone.now(),
            "batch_size": ROWS,
        }

    def save(self):
        created = [row for row in self.plan.written if row.is_new]
        # A record of which only links changed stays as it is: the links have a history.
        changed = [
            row
            for row in self.plan.written
            if not row.is_new
            and any(not isinstance(column, LinkColumn) for column, _now, _new in row.changes)
        ]
        for generation in generations(created):
            self.model._default_manager.bulk_create(
                [row.instance for row in generation], batch_size=ROWS
            )
        for batch in in_batches(changed, ROWS):
            self.update(batch)
        rows_of = defaultdict(list)
        for row in self.plan.written:
            for column in row.links:
                rows_of[column].append(row)
        for column, rows in rows_of.items():
            self.save_links(column, rows)
        self.record(created, is_update=False)
        self.record(changed, is_update=True)

    def update(self, rows):
        """Update changed records in one statement per batch.

        `bulk_update` writes one CASE per field and row and derives nothing; inserting with
        “on conflict update” is many times faster and runs each field's `pre_save`, so that
        search text, sort key and time of change follow.
        """
        names = {
            column.field.name
            for row in rows
            for column, _now, _new in row.changes
            if not column.is_relation
        }
        names |= {
            field.name
            for field in self.model._meta.concrete_fields
            if isinstance(field, DerivedTextField) or getattr(field, "auto_now", False)
        }
        self.model._default_manager.bulk_create(
            [row.instance for row in rows],
            batch_size=ROWS,
            update_conflicts=True,
            unique_fields=[self.model._meta.pk.name],
            update_fields=sorted(names),
        )

    def save_links(self, column, rows):
        through = column.through
        added = [link for row in rows for link in row.links[column][0]]
        removed = [link for row in rows for link in row.links[column][1]]
        if through._meta.auto_created:
            for batch in in_batches(removed):
                through._default_manager.filter(pk__in=[link.pk for link in batch]).delete()
        else:
            for link in removed:
                link._history_user = self.history["default_user"]
                link._change_reason = self.history["default_change_reason"]
                link.delete()
        through._default_manager.bulk_create(added, batch_size=ROWS)
        if hasattr(through, "history"):
            through.history.bulk_history_create(added, **self.history)

    def record(self, rows, is_update):
        """Write the history of records, with their many-to-many values as they now are."""
        for batch in in_batches(rows, ROWS):
            instances = [row.instance for row in batch]
            entries = self.model.history.bulk_history_create(
                instances, update=is_update, **self.history
            )
            entry_of = {
                instance.pk: entry for instance, entry in zip(instances, entries, strict=True)
            }
            for field in self.model.history.model._history_m2m_fields:
                self.record_relation(field, entry_of)

    def record_relation(self, field, entry_of):
        """Write what the history keeps of a many-to-many field beside each entry."""
        through = field.remote_field.through
        kept = getattr(self.model.history.model, field.name).model
        names = [own.attname for own in through._meta.fields]
        owner = f"{field.m2m_field_name()}_id"
        for pks in in_batches(entry_of):
            links = through._default_manager.filter(**{f"{owner}__in": pks})
            kept.objects.bulk_create(
                [
                    kept(
                        history=entry_of[getattr(link, owner)],
                        **{name: getattr(link, name) for name in names},
                    )
                    for link in links
                ],
                batch_size=ROWS,
            )


def generations(rows):
    """Return new rows in groups of which each needs only the groups before it."""
    depths = {}

    def depth(row):
        if row.number not in depths:
            parents = [
                value
                for value in row.values.values()
                if isinstance(value, SheetRow) and value.is_new
            ]
            depths[row.number] = 1 + max(map(depth, parents), default=0)
        return depths[row.number]

    groups = defaultdict(list)
    for row in rows:
        groups[depth(row)].append(row)
    return [groups[number] for number in sorted(groups)]

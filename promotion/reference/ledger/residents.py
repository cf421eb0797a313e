"""The rows that point at a record already, and which of them a row that joins them meets."""

from collections import defaultdict

from django.db import models

from promotion.reference.batches import in_batches
from promotion.reference.ledger.journal import passing_names
from promotion.reference.records import Part
from promotion.reference.spreadsheets.conditions import applies, unique_groups, violates
from promotion.reference.spreadsheets.trail import ends_of

# Where a row stands in a list, and which words of a paragraph find the place again, are no facts.
NO_FACTS = {"position", "excerpt"}


def rows_of(reference, model, pks):
    return [row for batch in in_batches(pks) for row in reference.rows(model, batch).order_by("pk")]


def groups_of(table):
    """Return (field names, constraint) of what a table holds unique, many-to-many tables too."""
    return [*unique_groups(table), *((names, None) for names in table._meta.unique_together)]


class Residents:
    """The rows among which others are to be, by what must be unique and by all that they say."""

    def __init__(self, table, column, rows, others):
        self.table = table
        groups = [
            (tuple(table._meta.get_field(name).attname for name in names), constraint)
            for names, constraint in groups_of(table)
        ]
        self.groups = [(names, constraint) for names, constraint in groups if column in names]
        self.compared = compared_columns(table)
        self.targets = [
            targets_of(field, [row.pk for row in [*rows, *others]])
            for field in table._meta.many_to_many
            if field.remote_field.through._meta.auto_created
        ]
        self.by_key, self.by_content = {}, {}
        for other in others:
            for key in self.keys(other):
                self.by_key[key] = other
            if issubclass(table, Part):
                self.by_content.setdefault(self.content(other), other)

    def keys(self, row):
        """Yield what no other row may share with this one."""
        for names, constraint in self.groups:
            values = tuple(getattr(row, name) for name in names)
            if None not in values and (constraint is None or applies(constraint, row)):
                yield names, values

    def content(self, row):
        """Return all that a row says, without what names it."""
        own = tuple(getattr(row, name) for name in self.compared)
        return own, tuple(frozenset(targets[row.pk]) for targets in self.targets)

    def twins(self, row):
        """Return the rows with which this one cannot be."""
        return [self.by_key[key] for key in self.keys(row) if key in self.by_key]

    def like(self, row, twins):
        """Return a row that says the same, which among parts need be no twin, or None."""
        if twins:
            same = (twin for twin in twins if self.content(twin) == self.content(row))
            return next(same, None)
        return self.by_content.get(self.content(row)) if self.by_content else None


def compared_columns(table):
    """Return the columns that say something of a row: not its number, its code or its place."""
    named = {names[0] for names, _constraint in unique_groups(table) if len(names) == 1}
    passing = passing_names(table) | {"created_at"}
    return [
        field.attname
        for field in table._meta.concrete_fields
        if not field.primary_key
        and field.name not in named | NO_FACTS
        and field.attname not in passing
    ]


def broken_rules(row):
    """Return the messages of the rules across fields that a row breaks."""
    return [
        str(constraint.get_violation_error_message())
        for constraint in row._meta.constraints
        if isinstance(constraint, models.CheckConstraint) and violates(constraint, row)
    ]


def targets_of(field, pks):
    """Return {row: the numbers of what it points at} by a many-to-many field."""
    owner, target = ends_of(field)
    targets = defaultdict(set)
    for batch in in_batches(pks):
        rows = field.remote_field.through._base_manager.filter(**{f"{owner}__in": batch})
        for pk, pointed_at in rows.values_list(owner, target):
            targets[pk].add(pointed_at)
    return targets

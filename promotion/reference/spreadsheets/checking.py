"""Checking records before they are written: what `full_clean` checks, for many rows at once."""

from collections import defaultdict

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import (
    CheckConstraint,
    FileField,
    Q,
    prefetch_related_objects,
)
from django.utils.translation import gettext as _

from promotion.reference.batches import ROWS, in_batches, listed
from promotion.reference.spreadsheets import conditions
from promotion.reference.spreadsheets.problems import Problem, shown

VALUES_REMEMBERED = 1_000


class Checker:
    """Finds what a model's fields, `clean` and constraints object to in changed rows.

    It takes a file's rows a part at a time and remembers the values that must not repeat.
    """

    def __init__(self, resource, bound, absent=()):
        self.resource = resource
        self.model = resource._meta.model
        self.bound = {column.name: column for column in bound}
        fields = self.model._meta.fields
        # Relations were resolved to existing records; the rest is not in sheets or derived.
        self.left_out = {
            f.name for f in fields if f.is_relation or not f.editable or isinstance(f, FileField)
        }
        self.absent = set(absent)
        self.relations = [f.name for f in fields if f.many_to_one]
        blank = self.model()
        self.checks = [
            (constraint, conditions.fields_of(constraint.condition))
            for constraint in self.model._meta.constraints
            if isinstance(constraint, CheckConstraint)
        ]
        self.checks_of_new = [
            (constraint, names)
            for constraint, names in self.checks
            if names & self.bound.keys() or conditions.violates(constraint, blank)
        ]
        self.good = defaultdict(dict)
        """Name of a field → {value: the same, cleaned}, of values that were right before."""
        self.seen = {}
        """Hash of (unique fields, values) → number of the first row that has them."""

    def check(self, rows):
        """Return the problems of these rows, those that other records cause included."""
        problems = []
        for batch in in_batches(rows, ROWS):
            # `clean` may look at related records: fetch them together.
            prefetch_related_objects(
                [row.instance for row in batch if not row.is_new], *self.relations
            )
            for row in batch:
                problems += self.check_alone(row)
        for names, constraint in conditions.unique_groups(self.model):
            problems += self.check_unique(rows, names, constraint)
        return problems

    def check_alone(self, row):
        bad = set(row.errors)
        if "subject" in bad:
            bad |= {"subject_type", "subject_id"}
        if row.is_new:
            bad |= self.absent
        problems = []
        for column, _now, _new in row.changes:
            if column.is_relation or column.field.name in self.left_out or column.name in bad:
                continue
            try:
                self.check_field(column.field, row.instance)
            except ValidationError as error:
                problems += self.problems_of(row, ValidationError({column.name: error}))
                bad.add(column.name)
        if bad:
            # As in a form, rules across fields wait until the fields are right.
            return problems + self.check_constraints(row, bad)
        try:
            row.instance.clean()
        except ValidationError as error:
            return self.problems_of(row, error)
        return self.check_constraints(row, bad)

    def check_field(self, field, instance):
        """Set a field to its cleaned value; raise ValidationError where it has none."""
        value = getattr(instance, field.attname)
        if field.blank and value in field.empty_values:
            return
        good = self.good[field.name]
        if value not in good:
            if len(good) >= VALUES_REMEMBERED:
                good.clear()
            good[value] = field.clean(value, instance)
        setattr(instance, field.attname, good[value])

    def check_constraints(self, row, bad):
        problems = []
        for constraint, names in self.checks_of_new if row.is_new else self.checks:
            if names & bad or not conditions.violates(constraint, row.instance):
                continue
            problems.append(self.problem(row, names, constraint.get_violation_error_message()))
        return problems

    def problems_of(self, row, error):
        """Return a validation error as problems, each at its field."""
        return [
            self.problem(row, [] if name == NON_FIELD_ERRORS else [name], message)
            for name, messages in error.update_error_dict({}).items()
            for message in ValidationError(messages).messages
        ]

    def problem(self, row, names, message):
        """Return a problem at the named fields, as far as the file has them."""
        headings, values = [], []
        for name in self.resource.fields:
            if name not in names:
                continue
            bound = self.bound.get(name)
            headings.append(bound.heading if bound else self.resource.fields[name].heading)
            if bound:
                values.append(shown(bound.cell(row.cells)))
        return Problem(
            str(message), row.number, "、".join(headings), "、".join(filter(None, values))
        )

    def check_unique(self, rows, names, constraint):
        """Find rows that share what only one record may have, with a record or another row."""
        keys = defaultdict(list)
        attributes = [self.model._meta.get_field(name).attname for name in names]
        for row in rows:
            key = tuple(getattr(row.instance, attribute) for attribute in attributes)
            if any(part is None or part == "" for part in key if len(key) == 1):
                continue
            if constraint is None or conditions.applies(constraint, row.instance):
                keys[key].append(row)
        if not keys:
            return []
        owners = self.owners(keys, names, attributes, constraint)
        problems = []
        for key, sharing in keys.items():
            owner = owners.get(key)
            for row in sharing:
                first = self.seen.setdefault(hash((names, key)), row.number)
                if owner is not None and owner != row.instance.pk:
                    text = _("已被另一条记录使用。")
                    if constraint:
                        text = constraint.get_violation_error_message()
                elif first != row.number:
                    text = _("与第 %(row)d 行相同，而这个值只能用一次。") % {"row": first}
                else:
                    continue
                problems.append(self.problem(row, names, text))
        return problems

    def owners(self, keys, names, attributes, constraint):
        """Return {key: id of the record that holds it now}."""
        owners = {}
        condition = constraint.condition if constraint and constraint.condition else Q()
        for batch in in_batches({key[0] for key in keys}):
            found = self.model._default_manager.filter(
                condition, **{f"{names[0]}__in": listed(batch)}
            )
            for pk, *key in found.order_by().values_list("pk", *attributes):
                owners[tuple(key)] = pk
        return owners

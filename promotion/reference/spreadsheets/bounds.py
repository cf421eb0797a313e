"""Refusing rows of a sheet that its user's rights do not reach: by record, and by value."""

from django.utils.translation import gettext as _

from promotion.reference.models import SubjectModel
from promotion.reference.reach import OwnRows, choosable, is_bounded, owner_field
from promotion.reference.spreadsheets.problems import Problem, shown


class Bounds:
    """Asks of each row whether its record is, and would be, the user's own.

    Refuses nothing where the user's rights reach all records.
    """

    def __init__(self, resource, bound, user):
        self.resource = resource
        self.model = resource._meta.model
        self.user = user
        self.bound = {column.name: column for column in bound}
        is_limited = any(is_bounded(user, action, self.model) for action in ("add", "change"))
        self.own = OwnRows(user) if is_limited else None

    def refuse_records(self, rows):
        """Leave out the rows about records of others, before they are compared with anything."""
        problems = []
        for row in rows if self.own else ():
            if row.is_matched and not row.is_new and not self.own.have(row.instance):
                row.is_matched = False
                problems.append(
                    self.problem(row, row.matched_by, _("这条记录不归您管理，不能修改。"))
                )
        return problems

    def refuse_values(self, rows):
        """Refuse what would make a record another's, or link it to what the user may not choose."""
        problems = []
        for row in rows if self.own else ():
            if self.owner_name not in row.errors and not self.own.have(row.instance):
                message = _("这样这条记录就不归您管理。请填您管理的%(kind)s。") % {
                    "kind": self.resource.fields[self.owner_name].heading
                    if self.owner_name
                    else self.model._meta.verbose_name
                }
                problems.append(self.problem(row, self.owner_name, message))
        return problems + self.refuse_choices(rows) if self.own else []

    @property
    def owner_name(self):
        """The column that says whose a record is; "" where the record itself does."""
        if issubclass(self.model, SubjectModel):
            return "subject"
        owner = owner_field(self.model)
        return owner.name if owner else ""

    def refuse_choices(self, rows):
        problems = []
        for name, bound in self.bound.items():
            if name in {"subject", self.owner_name} or not bound.column.field.is_relation:
                continue
            wanted = {row: pks for row in rows if (pks := chosen_in(row, name))}
            known = set(
                choosable(self.user, bound.column.field)
                .filter(pk__in=set().union(*wanted.values()))
                .values_list("pk", flat=True)
            )
            problems += [
                self.problem(row, name, _("这里填的不归您管理，请填您管理的或已公开的记录。"))
                for row, pks in wanted.items()
                if not pks <= known
            ]
        return problems

    def problem(self, row, name, message):
        bound = self.bound.get(name)
        column = self.resource.fields.get(name)
        return Problem(
            message,
            row.number,
            bound.heading if bound else column.heading if column else "",
            shown(bound.cell(row.cells)) if bound else shown(row),
        )


def chosen_in(row, name):
    """Return the ids that a row would newly set a relation to."""
    for column, now, new in row.changes:
        if column.name == name:
            before = now if isinstance(now, frozenset) else {now}
            after = new if isinstance(new, frozenset) else {new}
            return {pk for pk in after - before if isinstance(pk, int)}
    return set()

"""Comparing what each row says with what its record holds."""

import copy

from django.utils.translation import gettext as _

from promotion.reference.reach import reaches_all
from promotion.reference.spreadsheets.characters import fold
from promotion.reference.spreadsheets.columns import MODEL_DEFAULT
from promotion.reference.spreadsheets.lookups import FileRow
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.reading import filled


class Comparer:
    """Sets the values of matched rows on their records, and keeps note of what changes."""

    def __init__(self, resource, bound, user=None):
        self.resource = resource
        self.bound = bound
        self.user = user

    def compare(self, rows):
        """Set the values of matched rows; fill their `changes`, `links`, `references`, `errors`."""
        existing = [row.instance for row in rows if not row.is_new]
        for bound in self.bound:
            if bound.column.is_relation:
                self.compare_links(bound, rows, existing)
            else:
                self.compare_values(bound, rows, existing)

    def compare_values(self, bound, rows, existing):
        column = bound.column
        current = column.current(existing)
        is_identity = self.identity_test(bound)
        for row in rows:
            if is_identity and is_identity(row):
                continue
            now = None
            if not row.is_new:
                now = current(row.instance)
                cell = bound.cell(row.cells)
                if column.holds("" if cell is None else cell, now):
                    row.errors.pop(bound.name, None)
                    continue
            value = self.value(bound, row)
            if value is MODEL_DEFAULT:
                continue
            new = column.comparable(value)
            if not row.is_new:
                if new == now:
                    continue
                row.old = row.old or copy.copy(row.instance)
            column.assign(row.instance, value)
            if isinstance(value, FileRow):
                row.references[bound.name] = value.number
            row.changes.append((column, now, new))

    def identity_test(self, bound):
        """Return the test whether a row's cell served to find the record and must not change it
        now, or None for a column that never does."""
        if bound.name == "slug":
            return lambda row: not row.is_new or not filled(bound.cell(row.cells))
        if bound.name in self.resource.keys[0]:
            return lambda row: not row.is_new
        return self.is_known_name if bound.name == "name" else None

    def is_known_name(self, row):
        if row.is_new or "name" not in row.values:
            return False
        if row.matched_by not in self.resource.codes:
            return row.matched_by == "name"
        # Found by a registration code: another of its known names is no change of name.
        known = {fold(name) for name in [*row.instance.alias_list, row.instance.name_en]}
        return fold(row.values["name"]) in known

    def value(self, bound, row):
        """Return the value that a row gives a column, MODEL_DEFAULT where it has none to give."""
        if bound.name in row.errors:
            return MODEL_DEFAULT
        if bound.name in row.values:
            return row.values[bound.name]
        try:
            return bound.column.empty_value(row.is_new)
        except CellError as error:
            row.errors[bound.name] = error
            return MODEL_DEFAULT

    def compare_links(self, bound, rows, existing):
        column = bound.column
        links = column.links(existing)
        removals = {}
        for row in rows:
            value = self.value(bound, row)
            if value is MODEL_DEFAULT:
                continue
            present = links.running.get(row.instance.pk, {})
            wanted = {target.pk: target for target in value}
            if present.keys() == wanted.keys():
                continue
            added = [target for pk, target in wanted.items() if pk not in present]
            gone = [link for pk, link in present.items() if pk not in wanted]
            if error := column.refuse_links(row.instance, added, links):
                row.errors[bound.name] = error
                continue
            row.links[column] = (added, [])
            if problem := self.refuse_link_rights(column, added, gone):
                row.errors[bound.name] = problem
            removals.update(dict.fromkeys(gone, row))
            row.changes.append((column, frozenset(present), frozenset(wanted)))
        if not removals:
            return
        removed = column.through._default_manager.in_bulk(removals)
        for pk, link in removed.items():
            _added, links_removed = removals[pk].links[column]
            links_removed.append(link)
        for link, error in column.lossy_removals(list(removed.values())).items():
            removals[link.pk].errors[bound.name] = error

    def refuse_link_rights(self, column, added, removed):
        """Return the error if the user may not make or delete the records behind a link."""
        options = column.through._meta
        if options.auto_created:
            return None
        for action, links in (("add", added), ("delete", removed)):
            if links and not reaches_all(self.user, action, column.through):
                return CellError(_("您没有修改%(model)s的权限。") % {"model": options.verbose_name})
        return None

"""Why two records are not made one: what hinders it, and which rights it needs."""

from collections import defaultdict
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from promotion.reference.batches import in_batches
from promotion.reference.models import SubjectModel, Submission
from promotion.reference.publication import REVIEWED_BASES, would_be_public
from promotion.reference.reach import reaches_all
from promotion.reference.records import PublicRecord
from promotion.reference.rights import may_publish
from promotion.reference.spreadsheets.blockers import owner_of
from promotion.reference.vocabulary import PublicationStatus

RIGHTS_TO_MERGE = ("change", "delete")


@dataclass(frozen=True)
class Obstacle:
    """A row that hinders a merge or its undoing, and what to do about it."""

    message: str
    model: type[models.Model] | None = None
    pk: int | None = None

    def __str__(self):
        return self.message


class MergeRefusedError(Exception):
    """A merge, or the undoing of one, that cannot be; nothing has been changed."""

    def __init__(self, *obstacles):
        super().__init__(" ".join(map(str, obstacles)))
        self.obstacles = obstacles


def may_merge(user, model):
    """Tell whether a user may make one record of two drafts, or two of one again.

    What points at them may be anyone's.
    """
    return all(reaches_all(user, right, model) for right in RIGHTS_TO_MERGE)


def require_right(user, model):
    if not may_merge(user, model):
        raise MergeRefusedError(
            Obstacle(_("合并%(kind)s需要修改和删除的权限。") % {"kind": model._meta.verbose_name})
        )


def refuse_public(user, rows):
    """Refuse whoever may not publish to touch what the public sees, or will see in time."""
    if may_publish(user):
        return
    for table, pks in rows.items():
        if seen := first_public(table, pks):
            raise MergeRefusedError(
                Obstacle(
                    _("这会改动已公开或将公开的%(kind)s“%(row)s”，要有发布的权限。")
                    % {"kind": table._meta.verbose_name, "row": seen},
                    table,
                    seen.pk,
                )
            )


def first_public(table, pks):
    """Return one of a table's rows that the public sees or is to see, None where there is none."""
    for batch in in_batches(pks):
        rows = table._base_manager.filter(pk__in=batch)
        if issubclass(table, PublicRecord):
            rows = rows.filter(status=PublicationStatus.PUBLISHED)
        elif issubclass(table, SubjectModel):
            rows = rows.prefetch_related("subject")
        else:
            rows = rows.select_related(*table.public_with)
        if found := next((row for row in rows if would_be_public(row)), None):
            return found
    return None


def touched_rows(entries):
    """Return {table: numbers} of the rows that a journal changed and that pages may show."""
    rows = defaultdict(set)
    for entry in entries:
        table = apps.get_model(entry["table"])
        owner, key = owner_of(table)
        if issubclass(owner, REVIEWED_BASES) and not issubclass(owner, Submission):
            values = {**entry["before"], **(entry["after"] or {})}
            rows[owner].add(entry["pk"] if owner is table else values[key])
    return rows

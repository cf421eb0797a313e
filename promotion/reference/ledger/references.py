"""Every way in which a row of any layer may point at a record, found in the models themselves."""

from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count
from django.utils.text import capfirst


@dataclass(frozen=True)
class Reference:
    """A column that holds the numbers of a model's records; `kind` names that of their type."""

    table: type[models.Model]
    column: str
    kind: str = ""

    def rows(self, model, pks):
        """Return the rows that point at some of a model's records."""
        rows = self.table._base_manager.filter(**{f"{self.column}__in": pks})
        if not self.kind:
            return rows
        return rows.filter(**{self.kind: ContentType.objects.get_for_model(model).pk})

    def counts(self, model, pks):
        """Return {pk: how many rows point at it}."""
        rows = self.rows(model, pks).order_by().values_list(self.column)
        return dict(rows.annotate(Count("pk")))

    @property
    def label(self):
        """What the rows are called; those of a many-to-many field after its owner."""
        return capfirst((self.table._meta.auto_created or self.table)._meta.verbose_name_plural)


def references_to(model):
    """Return the references to a model's records, many-to-many and generic ones included.

    Entries of the history are none: they tell what was.
    """
    direct = [
        Reference(relation.related_model, relation.field.attname)
        for relation in model._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one)
        and not relation.concrete
        and getattr(relation, "on_delete", models.DO_NOTHING) is not models.DO_NOTHING
    ]
    generic = [
        Reference(
            table, table._meta.get_field(field.fk_field).attname,
            table._meta.get_field(field.ct_field).attname,
        )
        for table in apps.get_models()
        for field in table._meta.private_fields
        if isinstance(field, GenericForeignKey) and not hasattr(table, "history_object")
    ]  # fmt: skip
    return [*direct, *generic]

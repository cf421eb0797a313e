"""Who changed what, when and why."""

from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class HistoryEntry(models.Model):
    """Base of every history table: which import, if any, made the entry."""

    import_batch = models.ForeignKey(
        "reference.ImportBatch",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("导入批次"),
    )

    class Meta:
        abstract = True


class Records(HistoricalRecords):
    """A history that leaves out some fields, whether or not the model has them all."""

    def get_extra_fields(self, model, fields):
        # The library looks each of them up when it makes a former version of a row.
        extra = super().get_extra_fields(model, fields)
        known = {field.name for field in model._meta.concrete_fields}
        left_out = [name for name in self.excluded_fields if name in known]
        return {**extra, "_history_excluded_fields": left_out}


@cache
def labels_of(field):
    """Return the label of each choice that a field has."""
    return dict(field.flatchoices)


class TrackedModel(models.Model):
    """Base of everything that staff edit: it keeps who changed what, when and why."""

    history = Records(
        inherit=True,
        bases=[HistoryEntry],
        excluded_fields=["search_text", "sort_key", "created_at", "updated_at"],
        m2m_fields_model_field_name="tracked_relations",
    )
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("修改时间"), auto_now=True)

    key_fields = ("slug",)
    """The fields that together name a row in files, whatever its database id."""
    operated_through = ""
    """The way from a row to the users who operate its place; none makes it nobody's own."""
    tracked_relations = []
    """The many-to-many fields whose former values the history keeps."""

    class Meta:
        abstract = True

    @classmethod
    def key_paths(cls):
        """Return the lookups of the texts that make a row's key: slugs, codes and choices."""
        fields = map(cls._meta.get_field, cls.key_fields)
        return [f"{field.name}__slug" if field.is_relation else field.name for field in fields]

    def _get_FIELD_display(self, field):
        """Return the label of a choice; Django makes a table of all of them anew for each."""
        value = getattr(self, field.attname)
        return None if value is None else str(labels_of(field).get(value, value))

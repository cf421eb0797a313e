"""Rows about a record of any model, and finding those models without importing them."""

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from promotion.reference.ledger.models import Distinction, Merge  # noqa: F401 tables of this app


def subject_models(base):
    """Return the models of every layer that extend `base`, without importing a higher layer."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, base) and not hasattr(model, "history_object")
    ]


class SubjectModel(models.Model):
    """A row about another record of any model, the subject."""

    subject_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", verbose_name=_("所属类别")
    )
    subject_id = models.PositiveBigIntegerField(_("所属记录"))
    subject = GenericForeignKey("subject_type", "subject_id")

    class Meta:
        abstract = True

    def clean_fields(self, exclude=None):
        """Refuse a row about nothing, which no foreign key of the database refuses."""
        super().clean_fields(exclude)
        if self.subject_type_id and self.subject_id and self.subject is None:
            raise ValidationError(
                _("它所属的记录已不存在：可能已删除，或已并入另一条。请在现有的记录上另加一条。")
            )

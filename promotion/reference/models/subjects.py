"""Rows about a record of any model, and finding those models without importing them."""

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
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

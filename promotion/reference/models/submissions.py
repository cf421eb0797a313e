"""What editors ask reviewers to let before the public."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from promotion.reference.ledger.models import Distinction, Merge  # noqa: F401 tables of this app
from promotion.reference.models.subjects import SubjectModel
from promotion.reference.records import (
    known_values,
)
from promotion.reference.vocabulary import (
    OPEN_STAGES,
    ReviewStage,
)


class Submission(SubjectModel):
    """Something that an editor asks a reviewer to let before the public.

    Without changes it is a record that is not public yet; with changes, what an editor would alter
    in and around a record that is. It is itself a record of what happened, not something to edit.
    """

    is_for_staff = True

    label = models.CharField(_("记录"), max_length=200)
    changes = models.JSONField(_("改动"), default=list)
    stage = models.CharField(
        _("进展"), max_length=10, choices=ReviewStage.choices, default=ReviewStage.WAITING
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("送审人"),
    )
    made_at = models.DateTimeField(_("送审时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("审核人"),
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True)
    reason = models.CharField(_("退回理由"), max_length=500, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("送审")
        verbose_name_plural = _("送审")
        permissions = [("publish_records", _("可以发布记录"))]
        constraints = [
            known_values("stage", ReviewStage),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"],
                condition=Q(stage__in=OPEN_STAGES),
                name="reference_submission_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(stage=ReviewStage.REFUSED) | ~Q(reason=""),
                name="reference_submission_refused_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.label} #{self.pk}"

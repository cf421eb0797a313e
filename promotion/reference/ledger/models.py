"""What staff have decided about records that look alike."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MAX_REASON = 60
# Two records that each were merged into the other's successor would otherwise be followed forever.
MAX_STEPS = 20


class Decision(models.Model):
    """Who decided something about two records of one model, and when.

    The records are named by number: what was decided outlives them.
    """

    model_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, related_name="+", verbose_name=_("种类")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("操作人"),
    )
    made_at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]

    @property
    def model(self):
        return self.model_type.model_class()


class Distinction(Decision):
    """Two records that look alike and that staff know to be different things."""

    is_for_staff = True

    low_id = models.PositiveBigIntegerField(_("记录一"))
    high_id = models.PositiveBigIntegerField(_("记录二"))

    class Meta(Decision.Meta):
        verbose_name = _("不是同一个")
        verbose_name_plural = _("不是同一个")
        constraints = [
            models.UniqueConstraint(
                fields=["model_type", "low_id", "high_id"], name="reference_distinction_once"
            ),
            models.CheckConstraint(
                condition=Q(low_id__lt=F("high_id")), name="reference_distinction_in_order"
            ),
        ]

    def __str__(self):
        return f"{self.model_type}: {self.low_id} ≠ {self.high_id}"


class MergeQuerySet(models.QuerySet):
    def of(self, model):
        """Return the merges of a model's records that have not been undone."""
        return self.filter(model_type=ContentType.objects.get_for_model(model), undone_at=None)


class Merge(Decision):
    """Two records made one: which stayed, which went, and every row as it was and as it became.

    It also leads from the address of the one that went to the one that stayed.
    """

    kept_id = models.PositiveBigIntegerField(_("保留的记录"))
    gone_id = models.PositiveBigIntegerField(_("并入的记录"))
    kept_name = models.CharField(_("保留的名称"), max_length=200)
    gone_name = models.CharField(_("并入的名称"), max_length=200)
    gone_slug = models.CharField(_("原网址代码"), max_length=80)
    reason = models.CharField(_("原因"), max_length=MAX_REASON, blank=True)
    journal = models.JSONField(_("改动"), default=list)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("撤销人"),
    )

    objects = MergeQuerySet.as_manager()

    class Meta(Decision.Meta):
        verbose_name = _("合并")
        verbose_name_plural = _("合并")
        indexes = [models.Index(fields=["model_type", "gone_slug"])]
        constraints = [
            models.UniqueConstraint(
                fields=["model_type", "gone_id"],
                condition=Q(undone_at=None),
                name="reference_merge_once",
            )
        ]

    def __str__(self):
        return f"{self.gone_name} → {self.kept_name} #{self.pk}"


def successor_of(model, slug):
    """Return the record into which the one that had this address was merged, or None."""
    merges = Merge.objects.of(model).defer("journal")
    merge = merges.filter(gone_slug=slug).first()
    for _step in range(MAX_STEPS):
        if merge is None:
            return None
        if row := model._default_manager.filter(pk=merge.kept_id).first():
            return row
        merge = merges.filter(gone_id=merge.kept_id).first()
    return None

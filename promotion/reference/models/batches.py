"""The spreadsheets that were handed in."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from promotion.reference.ledger.models import Distinction, Merge  # noqa: F401 tables of this app
from promotion.reference.records import (
    known_values,
)
from promotion.reference.vocabulary import (
    ImportStage,
)


class ImportBatch(models.Model):
    """A spreadsheet handed in: by whom, how far it has come, what it did.

    The history entries of everything it wrote name it. It is itself a record of what happened,
    not something that staff edit.
    """

    is_for_staff = True

    model_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, related_name="+", verbose_name=_("种类")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("导入人"),
        help_text=_("空着的是用命令导入的。"),
    )
    file_name = models.CharField(_("文件"), max_length=255)
    file_digest = models.CharField(_("文件的 SHA-256"), max_length=64)
    stage = models.CharField(
        _("进展"), max_length=10, choices=ImportStage.choices, default=ImportStage.CHECKING
    )
    plan = models.CharField(_("检查结果的摘要"), max_length=64, blank=True)
    new_count = models.PositiveIntegerField(_("新增"), default=0)
    changed_count = models.PositiveIntegerField(_("更改"), default=0)
    unchanged_count = models.PositiveIntegerField(_("没有变化"), default=0)
    refused_count = models.PositiveIntegerField(_("有错误的行"), default=0)
    started_at = models.DateTimeField(_("交来时间"), auto_now_add=True, db_index=True)
    finished_at = models.DateTimeField(_("写入时间"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("撤销人"),
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        constraints = [known_values("stage", ImportStage)]
        permissions = [("export_records", _("可以导出记录"))]

    def __str__(self):
        return f"{self.file_name} #{self.pk}"

    @property
    def model(self):
        """The model whose records the sheet holds."""
        return self.model_type.model_class()

    @property
    def counts(self):
        """How many rows were taken in which way, as the command prints it."""
        return {
            "new": self.new_count,
            "changed": self.changed_count,
            "unchanged": self.unchanged_count,
            "refused": self.refused_count,
        }

    def note(self, stage, counts):
        """Save how far the run has come; what it wrote, in the transaction that writes it."""
        self.stage = stage
        for name, count in counts.items():
            setattr(self, f"{name}_count", count)
        if stage == ImportStage.WRITTEN:
            self.finished_at = timezone.now()
        self.save()

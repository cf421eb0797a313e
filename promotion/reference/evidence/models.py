"""The tables of the documents themselves: what staff stored of a source, paragraph by paragraph.

They are apart from Source so that no list, sheet or history ever loads or copies a text.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SourceText(models.Model):
    """That the text of a source is stored, by whom and when; private unless the source says so."""

    source = models.OneToOneField(
        "reference.Source",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="stored_text",
        verbose_name=pgettext_lazy("one", "资料来源"),
    )
    waiting = models.TextField(
        _("待确认的原文"), blank=True, help_text=_("已交来，尚未替换原来的。")
    )
    stored_at = models.DateTimeField(_("存入时间"), null=True, blank=True)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("存入人"),
    )

    class Meta:
        verbose_name = _("存档原文")
        verbose_name_plural = _("存档原文")

    def __str__(self):
        return str(self.source)


class SourceParagraph(models.Model):
    """One paragraph of a stored text, under the number that citations name."""

    source = models.ForeignKey(
        "reference.Source",
        on_delete=models.CASCADE,
        related_name="text_paragraphs",
        verbose_name=pgettext_lazy("one", "资料来源"),
    )
    number = models.PositiveSmallIntegerField(_("段落"))
    text = models.TextField(_("原文"))

    class Meta:
        ordering = ["source_id", "number"]
        verbose_name = _("原文段落")
        verbose_name_plural = _("原文段落")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "number"], name="reference_sourceparagraph_number_once"
            )
        ]

    def __str__(self):
        return f"{self.source_id} ¶{self.number}"

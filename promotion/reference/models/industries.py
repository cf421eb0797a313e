"""Industries, each as the scheme of one plan, town or park names it."""

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from promotion.reference.ledger.models import Distinction, Merge  # noqa: F401 tables of this app
from promotion.reference.publish_rules import Filled
from promotion.reference.records import (
    LISTED_RULES,
    PublicRecord,
    RecordQuerySet,
)


class IndustryScheme(PublicRecord):
    """A way of dividing industries that one plan, town or park has adopted (a scheme)."""

    page = ""
    review_every_days = 1095
    publish_rules = [*PublicRecord.publish_rules, Filled("adopted_by", is_required=False)]

    adopted_by = models.CharField(_("提出者"), max_length=120, blank=True)
    adopted_by_en = models.CharField(_("提出者（英文）"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta(PublicRecord.Meta):
        ordering = ["position", "pk"]
        verbose_name = pgettext_lazy("one", "产业分类")
        verbose_name_plural = _("产业分类")

    @classmethod
    def link_expressions(cls):
        return F("name"), F("name_en"), "industry_list", F("slug")


class IndustryQuerySet(RecordQuerySet):
    def for_list(self):
        return self.select_related("scheme")


class Industry(PublicRecord):
    """An industry as one scheme names it; the same name in two schemes is two rows."""

    public_with = ("scheme",)
    page = "industry_detail"
    review_every_days = 1095
    publish_rules = [*LISTED_RULES, Filled("code", is_required=False)]

    scheme = models.ForeignKey(
        IndustryScheme,
        on_delete=models.PROTECT,
        related_name="industries",
        verbose_name=pgettext_lazy("one", "产业分类"),
    )
    code = models.CharField(
        _("国民经济行业代码"), max_length=10, blank=True, help_text=_("GB/T 4754 的代码，可留空。")
    )
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    objects = IndustryQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        ordering = ["scheme__position", "position", "pk"]
        verbose_name = pgettext_lazy("one", "产业")
        verbose_name_plural = _("产业")

    def __str__(self):
        return f"{self.name}（{self.scheme.name}）"

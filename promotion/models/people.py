"""Advisers, and the people whom enterprises want to employ."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Company
from parks.models import Park
from promotion.reference.fields import PartialDateField
from promotion.reference.publish_rules import Filled
from promotion.reference.records import LISTED_RULES, Person, PublicRecord, RecordQuerySet


class Advisor(Person):
    """An expert appointed to advise enterprises on strategy, technology transfer or policy."""

    page = "advisor_detail"

    appointed_on = PartialDateField(_("聘任日期"))

    class Meta(Person.Meta):
        verbose_name = pgettext_lazy("one", "科创顾问")
        verbose_name_plural = _("科创顾问")


class TalentDemandQuerySet(RecordQuerySet):
    def for_list(self):
        return self.select_related("company", "park")


class TalentDemand(PublicRecord):
    """A position that an enterprise or park wants to fill, as listed in the talent-demand list."""

    public_with = ("company", "park")
    page = "talent_detail"
    publish_rules = [
        *LISTED_RULES,
        Filled("company", "park"),
        Filled("headcount", is_required=False),
        Filled("closes_on", is_required=False),
    ]
    review_every_days = 60

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="talent_demands",
        verbose_name=pgettext_lazy("one", "企业"),
    )
    park = models.ForeignKey(
        Park,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="talent_demands",
        verbose_name=pgettext_lazy("one", "园区"),
    )
    headcount = models.PositiveSmallIntegerField(_("人数"), null=True, blank=True)
    requirements = models.TextField(_("要求"), blank=True, max_length=1000)
    requirements_en = models.TextField(_("要求（英文）"), blank=True, max_length=2000)
    opens_on = models.DateField(_("开始日期"), null=True, blank=True)
    closes_on = models.DateField(_("截止日期"), null=True, blank=True)

    objects = TalentDemandQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        verbose_name = _("人才需求")
        verbose_name_plural = _("人才需求")
        constraints = [
            *PublicRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="promotion_talentdemand_closes_after_opening",
                violation_error_message=_("截止日期不能早于开始日期。"),
            ),
        ]

"""Programmes and the measures that they promise."""

from django.db import models
from django.db.models import F, Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Company
from parks.models import District, Incubator, Park
from promotion.models.alliances import Alliance
from promotion.models.events import Event
from promotion.reference.claims import Claim, Staged, claim_status_field
from promotion.reference.fields import PartialDateField
from promotion.reference.records import (
    PublicRecord,
    RecordQuerySet,
    ends_after_start,
    known_values,
)
from promotion.reference.vocabulary import ClaimStatus, Stage
from promotion.vocabulary import ProgramKind


class ProgramQuerySet(RecordQuerySet):
    def for_list(self):
        return self.prefetch_related(Prefetch("district", District.objects.published()))


class Program(Claim, Staged, PublicRecord):
    """A programme, plan, strategy or project by which the district helps enterprises or builds."""

    page = "program_detail"
    searched_texts = (*PublicRecord.searched_texts, "lead", "lead_en")
    review_every_days = 180
    tracked_relations = ["parks", "companies"]
    forward_values = {**Claim.forward_values, **Staged.forward_values}
    due_fields = ("due_on", "ends_on")

    kind = models.CharField(_("类型"), max_length=16, choices=ProgramKind.choices)
    stage = models.CharField(_("进展"), max_length=10, choices=Stage.choices, blank=True)
    claim_status = claim_status_field(ClaimStatus.PLANNED)
    is_featured = models.BooleanField(
        _("置顶"), default=False, help_text=_("排在服务计划页的最前面。")
    )
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="programs",
        verbose_name=_("所在区域"),
    )
    lead = models.CharField(_("牵头单位"), max_length=200, blank=True)
    lead_en = models.CharField(_("牵头单位（英文）"), max_length=300, blank=True)
    alliance = models.ForeignKey(
        Alliance,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="programs",
        verbose_name=_("承担联盟"),
    )
    starts_on = PartialDateField(_("开始日期"))
    ends_on = PartialDateField(_("结束日期"))
    parks = models.ManyToManyField(
        Park, blank=True, related_name="programs", verbose_name=_("相关园区")
    )
    companies = models.ManyToManyField(
        Company, blank=True, related_name="programs", verbose_name=_("相关企业")
    )

    objects = ProgramQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        ordering = ["-is_featured", "sort_key", "pk"]
        verbose_name = pgettext_lazy("one", "服务计划")
        verbose_name_plural = _("服务计划")
        constraints = [
            *PublicRecord.Meta.constraints,
            known_values("kind", ProgramKind),
            *Staged.Meta.constraints,
            *Claim.Meta.constraints,
            ends_after_start("starts_on", "ends_on"),
        ]


class MeasureQuerySet(RecordQuerySet):
    def for_list(self):
        return self.prefetch_related(
            Prefetch("parks", Park.objects.published()),
            Prefetch("incubators", Incubator.objects.published()),
            Prefetch("events", Event.objects.published()),
        )


class Measure(PublicRecord):
    """One thing that a programme promises to do (for example 优聘一批科创顾问)."""

    public_with = ("program",)
    review_every_days = 180
    tracked_relations = ["parks", "incubators"]

    program = models.ForeignKey(
        Program,
        on_delete=models.CASCADE,
        related_name="measures",
        verbose_name=pgettext_lazy("one", "服务计划"),
    )
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    parks = models.ManyToManyField(
        Park, blank=True, related_name="measures", verbose_name=_("相关园区")
    )
    incubators = models.ManyToManyField(
        Incubator, blank=True, related_name="measures", verbose_name=_("相关孵化器")
    )

    objects = MeasureQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        ordering = ["program_id", "position", "pk"]
        verbose_name = pgettext_lazy("one", "举措")
        verbose_name_plural = _("举措")

    @classmethod
    def link_expressions(cls):
        return F("name"), F("name_en"), "program_detail", F("program__slug")

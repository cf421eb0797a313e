"""What the district does for enterprises: programmes, alliances, policies, events and people."""

from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Company
from parks.models import District, Incubator, Park
from promotion.reference.fields import PartialDateField, WebAddressField
from promotion.reference.models import Industry
from promotion.reference.records import Person, PublicRecord, RecordQuerySet, known_values
from promotion.reference.vocabulary import ClaimStatus, OfficialLevel, Stage
from promotion.vocabulary import AllianceKind, ProgramKind


class Alliance(PublicRecord):
    """A standing cooperation: an alliance, mechanism, agreement, platform or database."""

    page = "alliance_detail"
    tracked_relations = ["districts", "parks", "incubators", "companies"]

    kind = models.CharField(_("类型"), max_length=10, choices=AllianceKind.choices)
    claim_status = models.CharField(
        _("实现状态"),
        max_length=10,
        choices=ClaimStatus.choices,
        default=ClaimStatus.ACHIEVED,
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("所属联盟或机制"),
    )
    lead = models.CharField(_("发起或牵头单位"), max_length=200, blank=True)
    lead_en = models.CharField(_("发起或牵头单位（英文）"), max_length=300, blank=True)
    established_on = PartialDateField(_("成立日期"))
    districts = models.ManyToManyField(
        District, blank=True, related_name="alliances", verbose_name=_("成员地区")
    )
    parks = models.ManyToManyField(
        Park, blank=True, related_name="alliances", verbose_name=_("成员园区")
    )
    incubators = models.ManyToManyField(
        Incubator, blank=True, related_name="alliances", verbose_name=_("成员孵化器")
    )
    companies = models.ManyToManyField(
        Company, blank=True, related_name="alliances", verbose_name=_("成员企业")
    )

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "联盟与机制")
        verbose_name_plural = _("联盟与机制")
        constraints = [
            *PublicRecord.Meta.constraints,
            known_values("kind", AllianceKind),
            known_values("claim_status", ClaimStatus),
        ]


class ProgramQuerySet(RecordQuerySet):
    def for_list(self):
        return self.prefetch_related(Prefetch("district", District.objects.published()))


class Program(PublicRecord):
    """A programme, plan, strategy or project by which the district helps enterprises or builds."""

    page = "program_detail"
    tracked_relations = ["parks", "companies"]

    kind = models.CharField(_("类型"), max_length=16, choices=ProgramKind.choices)
    stage = models.CharField(_("进展"), max_length=10, choices=Stage.choices, blank=True)
    claim_status = models.CharField(
        _("实现状态"),
        max_length=10,
        choices=ClaimStatus.choices,
        default=ClaimStatus.PLANNED,
    )
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
            known_values("stage", Stage, blank=True),
            known_values("claim_status", ClaimStatus),
            models.CheckConstraint(
                condition=Q(starts_on="") | Q(ends_on="") | Q(ends_on__gte=F("starts_on")),
                name="promotion_program_ends_after_start",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
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


class PolicyQuerySet(RecordQuerySet):
    def for_list(self):
        return self.prefetch_related(
            Prefetch("industries", Industry.objects.published().select_related("scheme"))
        )


class Policy(PublicRecord):
    """A policy or official plan that enterprises may rely on, who may apply and when."""

    page = "policy_detail"
    tracked_relations = ["industries"]

    level = models.CharField(_("级别"), max_length=10, choices=OfficialLevel.choices, blank=True)
    issuer = models.CharField(_("发布单位"), max_length=200, blank=True)
    issuer_en = models.CharField(_("发布单位（英文）"), max_length=300, blank=True)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    issued_on = PartialDateField(_("发布日期"))
    eligibility = models.TextField(_("申报条件"), blank=True, max_length=1000)
    eligibility_en = models.TextField(_("申报条件（英文）"), blank=True, max_length=2000)
    opens_on = models.DateField(_("申报开始"), null=True, blank=True)
    closes_on = models.DateField(_("申报截止"), null=True, blank=True)
    url = WebAddressField(_("原文链接"), blank=True)
    industries = models.ManyToManyField(
        Industry, blank=True, related_name="policies", verbose_name=_("产业")
    )

    objects = PolicyQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "政策")
        verbose_name_plural = _("政策")
        constraints = [
            *PublicRecord.Meta.constraints,
            known_values("level", OfficialLevel, blank=True),
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="promotion_policy_closes_after_opening",
                violation_error_message=_("申报截止不能早于申报开始。"),
            ),
        ]


class Event(PublicRecord):
    """A conference, competition, salon or ceremony, held or announced."""

    page = "event_detail"
    tracked_relations = ["parks", "companies"]

    claim_status = models.CharField(
        _("实现状态"),
        max_length=10,
        choices=ClaimStatus.choices,
        default=ClaimStatus.PLANNED,
        help_text=_("确知已经举办才选“已实现”。"),
    )
    starts_on = PartialDateField(_("开始日期"))
    ends_on = PartialDateField(_("结束日期"))
    date_note = models.CharField(_("日期说明"), max_length=200, blank=True)
    date_note_en = models.CharField(_("日期说明（英文）"), max_length=300, blank=True)
    venue = models.CharField(_("地点"), max_length=200, blank=True)
    venue_en = models.CharField(_("地点（英文）"), max_length=300, blank=True)
    organiser = models.CharField(_("主办单位"), max_length=200, blank=True)
    organiser_en = models.CharField(_("主办单位（英文）"), max_length=300, blank=True)
    measure = models.ForeignKey(
        Measure,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("所属举措"),
    )
    url = WebAddressField(_("活动链接"), blank=True)
    parks = models.ManyToManyField(
        Park, blank=True, related_name="events", verbose_name=_("相关园区")
    )
    companies = models.ManyToManyField(
        Company, blank=True, related_name="events", verbose_name=_("相关企业")
    )

    class Meta(PublicRecord.Meta):
        ordering = ["-starts_on", "sort_key", "pk"]
        verbose_name = pgettext_lazy("one", "活动")
        verbose_name_plural = _("活动")
        constraints = [
            *PublicRecord.Meta.constraints,
            known_values("claim_status", ClaimStatus),
            models.CheckConstraint(
                condition=Q(starts_on="") | Q(ends_on="") | Q(ends_on__gte=F("starts_on")),
                name="promotion_event_ends_after_start",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
        ]


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
        on_delete=models.SET_NULL,
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

"""What the records say about one thing asked for: a verdict with its reason.

The judges are pure functions of what was read. What the records do not say is unknown, never
guessed; what is planned fits nothing yet.
"""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parks.vocabulary import Availability, SpaceUse
from promotion.reference.models import Industry
from promotion.reference.templatetags.quantities import area, partial_date
from promotion.reference.vocabulary import ClaimStatus, Stage
from promotion.vocabulary import FirmStage, Verdict

MATCHED, UNKNOWN, UNMATCHED = Verdict.MATCHED, Verdict.UNKNOWN, Verdict.UNMATCHED
INDUSTRY = Industry._meta.verbose_name
SPACE = gettext_lazy("空间")
AREA = gettext_lazy("面积")
TEAM = gettext_lazy("人数")
FIRM_STAGE = gettext_lazy("企业阶段")
NOW = gettext_lazy("现在能用")
YOUNG_FIRMS = {FirmStage.IDEA, FirmStage.START_UP}
NOT_READY = {Stage.PLANNED, Stage.UNDER_WAY}
MAX_EVIDENCE = 6


@dataclass(frozen=True)
class Judgement:
    """One thing asked for, whether it is there, the reason, and the records that show it."""

    criterion: str
    verdict: Verdict
    reason: str
    evidence: tuple = ()

    @property
    def shown_evidence(self):
        return self.evidence[:MAX_EVIDENCE]


def not_yet(judgements):
    """Return the judgements on something planned: nothing that it will have is there now."""
    caveat = _("（规划中，现在还没有）")
    return [
        replace(judgement, verdict=UNMATCHED, reason=judgement.reason + caveat)
        if judgement.verdict == MATCHED
        else judgement
        for judgement in judgements
    ]


def judge_industry(needs, industries, tenant_count=0):
    """Judge by the industries that a record names, and by those of the tenants of a park."""
    named = tuple(industry for industry in industries if industry.pk in needs.industries)
    if named:
        return Judgement(INDUSTRY, MATCHED, _("资料把它列为这里的产业。"), named)
    if tenant_count:
        reason = ngettext(
            "已公布的入驻企业中有 %(count)d 家属于这个产业。",
            "已公布的入驻企业中有 %(count)d 家属于这个产业。",
            tenant_count,
        )
        return Judgement(INDUSTRY, MATCHED, reason % {"count": tenant_count})
    if industries:
        reason = _("资料列出的产业里没有它。")
        return Judgement(INDUSTRY, UNMATCHED, reason, tuple(industries))
    return Judgement(INDUSTRY, UNKNOWN, _("资料没有写明产业。"))


def judge_incubators(criterion, incubators):
    """Judge by the incubators that are at work, or only planned; None where there are none."""
    ready = tuple(row for row in incubators if row.stage not in NOT_READY)
    if ready:
        return Judgement(criterion, MATCHED, _("这里有孵化器。"), ready)
    if incubators:
        reason = _("孵化器还在规划或建设，现在不能入驻。")
        return Judgement(criterion, UNMATCHED, reason, tuple(incubators))
    return None


def free_spaces(spaces, use=""):
    """Return the spaces that can still be taken, of one use if it is named."""
    return [
        space
        for space in spaces
        if space.availability == Availability.AVAILABLE and use in ("", space.use)
    ]


def judge_space(needs, spaces, incubators):
    """Judge whether the kind of space asked for is on offer in a park."""
    free = tuple(free_spaces(spaces, needs.use))
    if free:
        reason = ngettext(
            "公布了 %(count)d 处可租的此类空间。", "公布了 %(count)d 处可租的此类空间。", len(free)
        )
        return Judgement(SPACE, MATCHED, reason % {"count": len(free)}, free)
    if needs.use == SpaceUse.INCUBATION and (found := judge_incubators(SPACE, incubators)):
        return found
    if any(space.use == needs.use for space in spaces):
        return Judgement(SPACE, UNMATCHED, _("公布的此类空间都已租出或预订。"))
    if spaces:
        return Judgement(SPACE, UNMATCHED, _("公布的房源里没有此类空间。"))
    return Judgement(SPACE, UNKNOWN, _("资料没有写明有哪些空间可租。"))


def judge_area(needs, park, spaces):
    """Judge whether one space on offer is large enough."""
    free = free_spaces(spaces, needs.use)
    fitting = [space for space in free if space.floor_area_sqm >= needs.area_sqm]
    if fitting:
        nearest = min(fitting, key=lambda space: space.floor_area_sqm)
        reason = _("够大的可租空间里最小的是 %(area)s。") % {"area": area(nearest.floor_area_sqm)}
        return Judgement(AREA, MATCHED, reason, (nearest,))
    if free:
        largest = max(free, key=lambda space: space.floor_area_sqm)
        reason = _("可租空间里最大的是 %(area)s。") % {"area": area(largest.floor_area_sqm)}
        return Judgement(AREA, UNMATCHED, reason, (largest,))
    if park.floor_area_sqm and park.floor_area_sqm < needs.area_sqm:
        reason = _("全部建筑面积是 %(area)s。") % {"area": area(park.floor_area_sqm)}
        return Judgement(AREA, UNMATCHED, reason)
    return unknown_area()


def unknown_area():
    """Say that no record tells how large the space is that can be taken."""
    return Judgement(AREA, UNKNOWN, _("资料没有写明可租空间的面积。"))


def judge_team():
    """Say that no record tells how many people a place holds."""
    reason = _("资料没有写明能容纳多少人；人数不能换算成面积。")
    return Judgement(TEAM, UNKNOWN, reason)


def judge_stage_in_park(needs, park, incubators):
    """Judge by who is in a park already: incubators, enterprises, enterprises from abroad."""
    if needs.stage in YOUNG_FIRMS:
        found = judge_incubators(FIRM_STAGE, incubators)
        return found or Judgement(FIRM_STAGE, UNKNOWN, _("资料没有写明这里有孵化器。"))
    if needs.stage == FirmStage.FOREIGN_ENTRANT:
        if park.foreign_tenant_count:
            reason = ngettext(
                "已公布的入驻企业中有 %(count)d 家来自境外。",
                "已公布的入驻企业中有 %(count)d 家来自境外。",
                park.foreign_tenant_count,
            )
            return Judgement(FIRM_STAGE, MATCHED, reason % {"count": park.foreign_tenant_count})
        return Judgement(FIRM_STAGE, UNKNOWN, _("资料没有写明有境外企业入驻。"))
    if park.tenant_count:
        reason = ngettext(
            "已公布 %(count)d 家入驻企业。", "已公布 %(count)d 家入驻企业。", park.tenant_count
        )
        return Judgement(FIRM_STAGE, MATCHED, reason % {"count": park.tenant_count})
    return Judgement(FIRM_STAGE, UNKNOWN, _("资料没有写明有哪些企业入驻。"))


def judge_incubation(needs):
    """Judge the kind of space that an incubator offers."""
    if needs.use == SpaceUse.INCUBATION:
        return Judgement(SPACE, MATCHED, _("这是孵化器。"))
    return Judgement(SPACE, UNKNOWN, _("资料没有写明孵化器提供此类空间。"))


def judge_stage_in_incubator(needs):
    """Judge by what an incubator is for: young enterprises."""
    if needs.stage in YOUNG_FIRMS:
        return Judgement(FIRM_STAGE, MATCHED, _("孵化器扶持初创企业。"))
    if needs.stage == FirmStage.ESTABLISHED:
        return Judgement(FIRM_STAGE, UNMATCHED, _("孵化器面向初创企业。"))
    return Judgement(FIRM_STAGE, UNKNOWN, _("资料没有写明是否接收这样的企业。"))


def judge_stage_in_program(needs, incubators):
    """Judge by the incubators that a programme's measures name."""
    ready = tuple(row for row in incubators if row.stage not in NOT_READY)
    if needs.stage in YOUNG_FIRMS and ready:
        return Judgement(FIRM_STAGE, MATCHED, _("举措涉及扶持初创企业的孵化器。"), ready)
    return Judgement(FIRM_STAGE, UNKNOWN, _("资料没有写明面向哪个阶段的企业。"))


def judge_eligibility(policy):
    """Say that nobody but the reader of the conditions can tell whether a firm is eligible."""
    if policy.eligibility:
        reason = _("申报条件须对照原文逐条核对，这里不代为判断。")
    else:
        reason = _("资料没有写明申报条件。")
    return Judgement(FIRM_STAGE, UNKNOWN, reason)


def judge_place_now(place):
    """Judge whether a place can be moved into now."""
    if place.stage == Stage.OPERATING:
        return Judgement(NOW, MATCHED, _("已建成或运行中。"))
    if place.stage == Stage.PLANNED:
        return Judgement(NOW, UNMATCHED, _("还在规划。"))
    if place.stage == Stage.UNDER_WAY:
        return Judgement(NOW, UNKNOWN, _("正在建设或推进；是否已可入驻，资料没有写明。"))
    return Judgement(NOW, UNKNOWN, _("资料没有写明是否已经建成。"))


def is_planned(program):
    """Tell whether a programme is only planned, forecast or hoped for."""
    return program.stage == Stage.PLANNED or (
        program.stage == "" and program.claim_status != ClaimStatus.ACHIEVED
    )


def judge_program_now(program):
    """Judge whether a programme has come into effect."""
    if is_planned(program):
        return Judgement(NOW, UNMATCHED, _("还是计划，没有实施的记载。"))
    if program.stage == Stage.UNDER_WAY:
        return Judgement(NOW, UNKNOWN, _("正在推进；现在能否参加，资料没有写明。"))
    return Judgement(NOW, MATCHED, _("已在实施。"))


def judge_policy_now(policy, today):
    """Judge whether applications are taken on a day."""
    if policy.closes_on and policy.closes_on < today:
        reason = _("受理已于 %(date)s截止。") % {"date": partial_date(policy.closes_on)}
        return Judgement(NOW, UNMATCHED, reason)
    if policy.opens_on and policy.opens_on > today:
        reason = _("自 %(date)s起受理。") % {"date": partial_date(policy.opens_on)}
        return Judgement(NOW, UNMATCHED, reason)
    if policy.closes_on:
        reason = _("受理至 %(date)s。") % {"date": partial_date(policy.closes_on)}
        return Judgement(NOW, MATCHED, reason)
    return Judgement(NOW, UNKNOWN, _("资料没有写明受理时间。"))

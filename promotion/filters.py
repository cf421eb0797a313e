"""Filter forms of the lists of services, policies and people."""

from django.utils.translation import gettext_lazy as _

from companies.models import Company
from parks.models import Park
from promotion.reference.facets import ChoiceFacet, IndustryFacet, RecordFacet
from promotion.reference.filters import RecordFilter, SortFilter
from promotion.reference.vocabulary import ClaimStatus, OfficialLevel, Stage
from promotion.vocabulary import AllianceKind, ProgramKind


class ProgramFilter(RecordFilter):
    kind = ChoiceFacet(choices=ProgramKind.choices, label=_("类型"))
    stage = ChoiceFacet(choices=Stage.choices, label=_("进展"))
    claim_status = ChoiceFacet(choices=ClaimStatus.choices, label=_("实现状态"))
    sort = SortFilter(newest="starts_on")


class AllianceFilter(RecordFilter):
    kind = ChoiceFacet(choices=AllianceKind.choices, label=_("类型"))
    district = RecordFacet("districts", label=_("成员地区"))
    claim_status = ChoiceFacet(choices=ClaimStatus.choices, label=_("实现状态"))
    sort = SortFilter(newest="established_on")


class PolicyFilter(RecordFilter):
    level = ChoiceFacet(choices=OfficialLevel.choices, label=_("级别"))
    industry = IndustryFacet()
    sort = SortFilter(newest="issued_on")


class EventFilter(RecordFilter):
    claim_status = ChoiceFacet(choices=ClaimStatus.choices, label=_("实现状态"))
    park = RecordFacet("parks", label=_("相关园区"))
    sort = SortFilter(newest="starts_on")


class TalentFilter(RecordFilter):
    park = RecordFacet("park", label=Park._meta.verbose_name)
    company = RecordFacet("company", label=Company._meta.verbose_name)
    sort = SortFilter(newest="opens_on")

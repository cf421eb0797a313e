"""Filter forms of the lists of services, policies and people."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from parks.models import District
from promotion.models import Alliance, Policy
from promotion.reference.filters import (
    ChoiceFilter,
    IndustryFilter,
    RecordChoiceFilter,
    RecordFilter,
)
from promotion.reference.vocabulary import ClaimStatus, OfficialLevel
from promotion.vocabulary import AllianceKind, ProgramKind


def member_districts(request):
    """Return the public areas that are members of a public alliance."""
    membership = Alliance.districts.through.objects.filter(
        district=OuterRef("pk"), alliance__in=Alliance.objects.published().order_by()
    )
    return District.objects.published().filter(Exists(membership))


class ProgramFilter(RecordFilter):
    kind = ChoiceFilter(choices=ProgramKind.choices, label=_("类型"))


class AllianceFilter(RecordFilter):
    kind = ChoiceFilter(choices=AllianceKind.choices, label=_("类型"))
    district = RecordChoiceFilter(
        field_name="districts", queryset=member_districts, label=_("成员地区")
    )


class PolicyFilter(RecordFilter):
    level = ChoiceFilter(choices=OfficialLevel.choices, label=_("级别"))
    industry = IndustryFilter(Policy)


class EventFilter(RecordFilter):
    claim_status = ChoiceFilter(choices=ClaimStatus.choices, label=_("实现状态"))

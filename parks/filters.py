"""Filter forms of the lists of places."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parks.models import Belt, District, Incubator, Park, Service, Space
from parks.vocabulary import Availability, BeltScale, ParkKind, SpaceUse
from promotion.reference.filters import (
    ChoiceFilter,
    IndustryFilter,
    RecordChoiceFilter,
    RecordFilter,
    TickFilter,
    WholeNumberFilter,
)
from promotion.reference.vocabulary import OfficialLevel


def districts_with(model):
    """Return the public areas in which, or in whose parts, a model has public rows."""

    def queryset(request):
        inside = (
            Q(district=OuterRef("pk"))
            | Q(district__parent=OuterRef("pk"))
            | Q(district__parent__parent=OuterRef("pk"))
        )
        return District.objects.published().filter(
            Exists(model.objects.published().order_by().filter(inside))
        )

    return queryset


class DistrictFilter(RecordChoiceFilter):
    """A choice among areas that also finds what lies in their parts."""

    def __init__(self, model):
        super().__init__(queryset=districts_with(model), label=District._meta.verbose_name)

    def filter(self, qs, value):
        if not value:
            return qs
        return qs.filter(
            Q(district=value) | Q(district__parent=value) | Q(district__parent__parent=value)
        )


def parks_with(model):
    """Return the public parks in which a model has public rows."""

    def queryset(request):
        rows = model.objects.published().order_by().filter(park=OuterRef("pk"))
        return Park.objects.published().filter(Exists(rows))

    return queryset


class BeltFilter(RecordFilter):
    scale = ChoiceFilter(choices=BeltScale.choices, label=_("范围"))


class ParkFilter(RecordFilter):
    kind = ChoiceFilter(choices=ParkKind.choices, label=_("类型"))
    industry = IndustryFilter(Park)
    belt = RecordChoiceFilter(
        field_name="belts",
        queryset=lambda request: Belt.objects.published(),
        label=Belt._meta.verbose_name,
    )
    area = DistrictFilter(Park)
    open_space = TickFilter(method="filter_open_space", label=_("有可租载体"))
    incubator = TickFilter(method="filter_incubator", label=_("有孵化器"))

    def filter_open_space(self, queryset, name, value):
        space = Space.objects.published().available().order_by().filter(park=OuterRef("pk"))
        return queryset.filter(Exists(space))

    def filter_incubator(self, queryset, name, value):
        incubators = Incubator.objects.published().order_by().filter(park=OuterRef("pk"))
        return queryset.filter(Exists(incubators))


class SpaceFilter(RecordFilter):
    use = ChoiceFilter(choices=SpaceUse.choices, label=_("用途"))
    park = RecordChoiceFilter(queryset=parks_with(Space), label=Park._meta.verbose_name)
    availability = ChoiceFilter(choices=Availability.choices, label=_("租用状态"))
    area_min = WholeNumberFilter(
        field_name="floor_area_sqm", lookup_expr="gte", label=_("最小面积（平方米）")
    )
    area_max = WholeNumberFilter(
        field_name="floor_area_sqm", lookup_expr="lte", label=_("最大面积（平方米）")
    )


class IncubatorFilter(RecordFilter):
    level = ChoiceFilter(
        field_name="level_held", choices=OfficialLevel.choices, label=_("已获级别")
    )
    park = RecordChoiceFilter(queryset=parks_with(Incubator), label=_("所在园区"))
    service = RecordChoiceFilter(
        field_name="services",
        queryset=lambda request: Service.objects.all(),
        label=pgettext_lazy("one", "服务"),
    )

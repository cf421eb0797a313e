"""Filter forms of the lists of places."""

from collections import Counter

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parks.models import Belt, District, Incubator, Park, Space
from parks.vocabulary import Availability, BeltScale, ParkKind, SpaceUse
from promotion.reference.facets import ChoiceFacet, IndustryFacet, RecordFacet, TickFacet, count_by
from promotion.reference.filters import RecordFilter, SortFilter, WholeNumberFilter
from promotion.reference.kept import kept
from promotion.reference.vocabulary import OfficialLevel, Stage


def parents_of_areas():
    """Return {area: what it lies in} by primary keys."""
    return dict(District.objects.order_by().values_list("pk", "parent"))


class AreaFacet(RecordFacet):
    """A facet over areas that also finds what lies in their parts."""

    def __init__(self):
        super().__init__(
            "district",
            "district__parent",
            "district__parent__parent",
            label=District._meta.verbose_name,
        )

    def count(self, rows, *, is_whole=False):
        """Yield the query that counts by the areas that rows name themselves."""
        yield count_by(rows, F("district"))

    def add_up(self, counts):
        """Return what was counted by area, for each area with all that lies in its parts.

        Here and not in the query, which would go through the rows once for each level.
        """
        if not counts:
            return counts
        parents = kept(parents_of_areas, "parents of areas")
        found = Counter()
        for key, count in counts.items():
            area = int(key)
            for _path in self.paths:
                found[str(area)] += count
                area = parents.get(area)
                if area is None:
                    break
        return found


def has_open_space():
    """Return the condition that a park has public space to let."""
    return Exists(Space.objects.published().available().order_by().filter(park=OuterRef("pk")))


def has_incubator():
    """Return the condition that a park has a public incubator."""
    return Exists(Incubator.objects.published().order_by().filter(park=OuterRef("pk")))


class BeltFilter(RecordFilter):
    scale = ChoiceFacet(choices=BeltScale.choices, label=_("范围"))
    industry = IndustryFacet()


class ParkFilter(RecordFilter):
    kind = ChoiceFacet(choices=ParkKind.choices, label=_("类型"))
    industry = IndustryFacet()
    belt = RecordFacet("belts", label=Belt._meta.verbose_name)
    area = AreaFacet()
    stage = ChoiceFacet(choices=Stage.choices, label=_("建设阶段"))
    open_space = TickFacet(has_open_space, choice=_("有可租载体"), label=_("载体房源"))
    incubator = TickFacet(has_incubator, choice=_("有孵化器"), label=_("孵化器"))
    sort = SortFilter(newest="opened_on", largest="floor_area_sqm")


class SpaceFilter(RecordFilter):
    use = ChoiceFacet(choices=SpaceUse.choices, label=_("用途"))
    park = RecordFacet("park", label=Park._meta.verbose_name)
    availability = ChoiceFacet(choices=Availability.choices, label=_("租用状态"))
    area_min = WholeNumberFilter(
        field_name="floor_area_sqm", lookup_expr="gte", label=_("最小面积（平方米）")
    )
    area_max = WholeNumberFilter(
        field_name="floor_area_sqm", lookup_expr="lte", label=_("最大面积（平方米）")
    )
    sort = SortFilter(largest="floor_area_sqm")


class IncubatorFilter(RecordFilter):
    level = ChoiceFacet(field_name="level_held", choices=OfficialLevel.choices, label=_("已获级别"))
    park = RecordFacet("park", label=_("所在园区"))
    service = RecordFacet("services", order="name", label=pgettext_lazy("one", "服务"))

"""Pages about places: belts, parks, the space in them, and incubators."""

from django.utils.translation import gettext_lazy as _

from parks.filters import BeltFilter, IncubatorFilter, ParkFilter, SpaceFilter
from parks.models import Belt, Incubator, Park, Space
from parks.services import draw_belt
from promotion.reference.services import LinkQuery, desk_of, fetch_sections
from promotion.reference.views import RecordDetailView, RecordListView

MAX_ROWS = 60


class BeltList(RecordListView):
    model = Belt
    filterset_class = BeltFilter
    title = _("产业带")
    intro = _("产业带把沿线的园区、研究机构和企业总部连在一起，成片发展。")
    empty = _("还没有发布产业带。可以先从园区看起。")


class BeltDetail(RecordDetailView):
    model = Belt
    list_page = "belt_list"
    list_title = BeltList.title

    def get_related(self):
        return {"nodes": list(self.object.nodes.published().for_list())}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "drawing": draw_belt(self.object, context["nodes"]),
            "desk": desk_of(self.object.district),
        }


class ParkList(RecordListView):
    model = Park
    filterset_class = ParkFilter
    title = _("园区")
    intro = _("产业园区、产城综合体、商务广场、科研院所、特色小镇：企业可以落脚的地方。")
    empty = _("还没有发布园区。请联系招商服务部门了解可选的地点。")


class ParkDetail(RecordDetailView):
    model = Park
    list_page = "park_list"
    list_title = ParkList.title

    def get_related(self):
        park = self.object
        hosts = Park.objects.published().filter(hosted_parks=park)
        return {
            "nodes": list(park.belt_nodes.published().for_list()),
            "incubators": list(park.incubators.published()),
            "recognitions": list(park.recognitions.published()),
            "tenancies": list(park.tenancies.published().for_list()[: MAX_ROWS + 1]),
            "spaces": list(park.spaces.published().for_list()[: MAX_ROWS + 1]),
            "sections": fetch_sections(
                LinkQuery("host", hosts),
                LinkQuery("hosted_parks", park.hosted_parks.published()),
                LinkQuery("buildings", park.buildings.published()),
                LinkQuery("measures", park.measures.published(), note="program__name"),
                LinkQuery("programs", park.programs.published()),
                LinkQuery(
                    "events",
                    park.events.published(),
                    starts_on="starts_on",
                    ends_on="ends_on",
                ),
                LinkQuery("alliances", park.alliances.published()),
                LinkQuery("talent_demands", park.talent_demands.published()),
                LinkQuery("liaisons", park.liaisons.published(), note="job_title"),
            ),
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "desk": desk_of(self.object, self.object.district),
            "max_rows": MAX_ROWS,
        }


class SpaceList(RecordListView):
    model = Space
    filterset_class = SpaceFilter
    title = _("载体房源")
    intro = _("各园区正在招租的办公、实验、厂房和孵化空间。")
    empty = _("目前没有发布房源。可以先看园区，或直接询问招商服务部门有哪些空间。")


class IncubatorList(RecordListView):
    model = Incubator
    filterset_class = IncubatorFilter
    title = _("孵化器")
    intro = _("帮助初创企业成长的机构：已获级别、所在园区、运营方式和服务。")
    empty = _("还没有发布孵化器。可以先看园区。")


class IncubatorDetail(RecordDetailView):
    model = Incubator
    list_page = "incubator_list"
    list_title = IncubatorList.title

    def get_related(self):
        incubator = self.object
        return {
            "tenancies": list(incubator.tenancies.published().for_list()[: MAX_ROWS + 1]),
            "sections": fetch_sections(
                LinkQuery("mentors", incubator.mentors.published(), note="job_title"),
                LinkQuery("measures", incubator.measures.published(), note="program__name"),
                LinkQuery("alliances", incubator.alliances.published()),
            ),
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "desk": desk_of(self.object, self.object.park, self.object.district),
            "max_rows": MAX_ROWS,
        }

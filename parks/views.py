"""Pages about places: belts, parks, the space in them, and incubators."""

import hashlib

from django.core.cache import cache
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import quote_etag
from django.utils.translation import gettext_lazy as _

from parks.drawing import draw_belt
from parks.filters import BeltFilter, IncubatorFilter, ParkFilter, SpaceFilter
from parks.models import Belt, District, Incubator, Park, Space
from parks.poster import make_poster, render_poster
from parks.services import nodes_on
from promotion.reference.ledger.addresses import follows_merges
from promotion.reference.services import LinkQuery, desk_of, fetch_sections
from promotion.reference.typesetting import png_of
from promotion.reference.views import PublicPage, RecordDetailView, RecordListView

MAX_ROWS = 60
SECONDS_A_PICTURE_IS_KEPT = 24 * 60 * 60


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
        nodes = nodes_on(self.object)
        asked = self.request.GET.get("node", "")
        self.opened = next((node for node in nodes if node.park.slug == asked), None)
        self.is_node_missing = bool(asked) and self.opened is None
        if not self.opened:
            return {"nodes": nodes}
        park = self.opened.park
        prefetch_related_objects([park], Prefetch("district", District.objects.published()))
        incubators = park.incubators.published()
        return {"nodes": nodes, "parks": [park], "incubators": list(incubators)}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "drawing": draw_belt(self.object, context["nodes"]),
            "opened": self.opened,
            "is_node_missing": self.is_node_missing,
            "opened_desk": self.opened and desk_of(self.opened.park, self.opened.park.district),
            "desk": desk_of(self.object.district),
        }


@method_decorator(follows_merges(Belt), name="dispatch")
class BeltPicture(PublicPage):
    """The drawing of a belt as a file, drawn again only when what it shows has changed."""

    content_type = ""

    def get(self, request, slug):
        belt = get_object_or_404(Belt.objects.published(), slug=slug)
        poster = make_poster(belt, nodes_on(belt))
        svg = render_poster(poster)
        digest = hashlib.sha256(svg.encode()).hexdigest()
        etag = quote_etag(digest)
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = HttpResponse(
                self.content_of(poster, svg, digest), content_type=self.content_type
            )
        response["ETag"] = etag
        return response


class BeltSvg(BeltPicture):
    content_type = "image/svg+xml"

    def content_of(self, poster, svg, digest):
        return svg


class BeltPng(BeltPicture):
    content_type = "image/png"

    def content_of(self, poster, svg, digest):
        return cache.get_or_set(
            f"belt-picture-{digest}",
            lambda: png_of(svg, poster.width, poster.height),
            SECONDS_A_PICTURE_IS_KEPT,
        )


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
            "buildings": list(park.buildings.published()[: MAX_ROWS + 1]),
            "sections": fetch_sections(
                LinkQuery("host", hosts),
                LinkQuery("hosted_parks", park.hosted_parks.published()),
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

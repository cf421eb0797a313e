"""Pages of the site as a whole: home, figures, and pages about the site."""

from django.db.models import Exists, OuterRef
from django.utils.functional import SimpleLazyObject
from django.views.generic import DetailView, TemplateView

from companies.models import Company
from parks.drawing import draw_belt
from parks.models import Belt, District, Incubator, Park, Space
from parks.services import home_district, nodes_on
from promotion.charts import park_charts, tenant_charts
from promotion.models import Alliance, Event, Program, SitePage
from promotion.reference.kept import kept
from promotion.reference.models import Figure, Industry
from promotion.reference.services import (
    CitationIndex,
    count_rows,
    fetch_figure_subjects,
)
from promotion.reference.views import FigureList, PublicPage

MAX_HEADLINES = 12
MAX_HOME_EVENTS = 3


def split_districts(home):
    """Return the public areas inside the home district, and those that it works with."""
    in_alliance = Exists(Alliance.objects.published().order_by().filter(districts=OuterRef("pk")))
    areas, partners = [], []
    if home:
        districts = District.objects.published().annotate(in_alliance=in_alliance)
        for district in districts.select_related("parent"):
            if home.pk in (district.parent_id, district.parent and district.parent.parent_id):
                areas.append(district)
            elif district.pk not in (home.pk, home.parent_id):
                partners.append(district)
    return areas, partners


def count_places():
    """Return how much of what a visitor looks for is public."""
    return count_rows(
        parks=Park.objects.published(),
        companies=Company.objects.published(),
        incubators=Incubator.objects.published(),
        spaces=Space.objects.published().available(),
    )


class Home(PublicPage, TemplateView):
    """The district at a glance."""

    template_name = "promotion/home.html"

    def get_context_data(self, **kwargs):
        home = home_district(self.request)
        belt = Belt.objects.published().first()
        nodes = nodes_on(belt) if belt else []
        # Few are marked as such: which of them are public is told by the names of their subjects.
        marked = Figure.objects.shown().filter(is_headline=True)
        subjects = fetch_figure_subjects(marked)
        for figure in marked:
            figure.link = subjects.get((figure.subject_type_id, figure.subject_id))
        headlines = [figure for figure in marked if figure.link][:MAX_HEADLINES]
        industries = list(Industry.objects.published().for_list())
        pillars = [row for row in industries if row.scheme_id == industries[0].scheme_id]
        program = Program.objects.published().first()
        measures = list(program.measures.published()) if program else []
        events = list(Event.objects.published()[:MAX_HOME_EVENTS])
        areas, partners = split_districts(home)
        shown = [home, belt, program, *nodes, *headlines, *pillars, *measures, *events]
        return super().get_context_data(**kwargs) | {
            "belt": belt,
            "nodes": nodes,
            "drawing": SimpleLazyObject(lambda: draw_belt(belt, nodes)),
            "headlines": headlines,
            "pillars": pillars,
            "program": program,
            "measures": measures,
            "events": events,
            "areas": areas,
            "partners": partners,
            "counts": kept(count_places, "places"),
            "citations": CitationIndex([row for row in (*shown, *areas, *partners) if row]),
        }


class DistrictFigures(FigureList):
    """The district in figures: every number with its caveats, series over time, and counts."""

    def get_charts(self):
        return [*super().get_charts(), *tenant_charts(), *park_charts()]


class SitePageDetail(PublicPage, DetailView):
    """A page about the site itself."""

    context_object_name = "record"

    def get_queryset(self):
        return SitePage.objects.published()

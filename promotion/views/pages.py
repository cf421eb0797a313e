"""Pages of the site as a whole: home, figures, data, and pages about the site."""

from django.db.models import Exists, OuterRef
from django.views.generic import DetailView, TemplateView

from companies.models import Company
from parks.drawing import draw_belt
from parks.models import Belt, District, Incubator, Park, Space
from parks.services import home_district
from promotion.charts import park_charts, tenant_charts
from promotion.models import Advisor, Alliance, Event, Policy, Program, SitePage, TalentDemand
from promotion.reference.models import Figure, Industry, Source
from promotion.reference.services import (
    CitationIndex,
    count_rows,
    fetch_figure_subjects,
)
from promotion.reference.views import FigureList

LISTED_MODELS = [
    Belt,
    Park,
    Space,
    Incubator,
    Company,
    Industry,
    Program,
    Alliance,
    Policy,
    Event,
    TalentDemand,
    Advisor,
    Figure,
    Source,
]
# Models whose list is not named after them.
LIST_PAGES = {TalentDemand: "talent_list"}
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


class Home(TemplateView):
    """The district at a glance."""

    template_name = "promotion/home.html"

    def get_context_data(self, **kwargs):
        home = home_district(self.request)
        belt = Belt.objects.published().first()
        nodes = list(belt.nodes.published().for_drawing()) if belt else []
        headlines = list(Figure.objects.published().filter(is_headline=True)[:MAX_HEADLINES])
        subjects = fetch_figure_subjects(headlines)
        for figure in headlines:
            figure.link = subjects.get((figure.subject_type_id, figure.subject_id))
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
            "drawing": draw_belt(belt, nodes) if belt else None,
            "headlines": headlines,
            "pillars": pillars,
            "program": program,
            "measures": measures,
            "events": events,
            "areas": areas,
            "partners": partners,
            "counts": count_rows(
                parks=Park.objects.published(),
                companies=Company.objects.published(),
                incubators=Incubator.objects.published(),
                spaces=Space.objects.published().available(),
            ),
            "citations": CitationIndex([row for row in (*shown, *areas, *partners) if row]),
        }


class DistrictFigures(FigureList):
    """The district in figures: every number with its caveats, series over time, and counts."""

    def get_charts(self):
        return [*super().get_charts(), *tenant_charts(), *park_charts()]


class Data(TemplateView):
    """What data there is, how much of it, and where it comes from."""

    template_name = "promotion/data.html"

    def get_context_data(self, **kwargs):
        listed = {model._meta.model_name: model.objects.published() for model in LISTED_MODELS}
        counts = count_rows(**listed)
        return super().get_context_data(**kwargs) | {
            "kinds": [
                {
                    "name": model._meta.verbose_name_plural,
                    "page": LIST_PAGES.get(model, f"{model._meta.model_name}_list"),
                    "count": counts[model._meta.model_name],
                }
                for model in LISTED_MODELS
            ]
        }


class SitePageDetail(DetailView):
    """A page about the site itself."""

    context_object_name = "record"

    def get_queryset(self):
        return SitePage.objects.published()

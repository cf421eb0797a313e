"""Pages of the site as a whole: home, search, compare, data, and pages about the site."""

from django.db.models import Exists, F, Func, OuterRef, Prefetch, Subquery
from django.views.generic import DetailView, TemplateView

from companies.models import Company, Tenancy
from companies.vocabulary import TenancyRole
from parks.models import Belt, BeltNode, District, Incubator, Park, Space
from parks.services import draw_belt, home_district
from promotion.models import Advisor, Alliance, Event, Policy, Program, SitePage, TalentDemand
from promotion.reference.models import Figure, Industry, Source
from promotion.reference.records import validate_slug
from promotion.reference.services import (
    CitationIndex,
    count_rows,
    fetch_figure_subjects,
    figures_by_subject,
)
from promotion.services import MAX_RESULTS, clean_query, search

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
MAX_COMPARED = 4
MAX_HEADLINES = 12
MAX_HOME_EVENTS = 3
COMPARED_FIELDS = [
    "kind",
    "stage",
    "address",
    "site_area_sqm",
    "floor_area_sqm",
    "opened_on",
    "total_investment_cny_10k",
    "metro_access",
    "operator",
    "as_of",
]


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
        nodes = list(belt.nodes.published().for_list()) if belt else []
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


class Search(TemplateView):
    """Everything public that holds the words asked for, by kind."""

    template_name = "promotion/search.html"

    def get_context_data(self, **kwargs):
        asked = self.request.GET.get("q", "").strip()
        groups = search(clean_query(asked))
        found = sum(len(group.links) for group in groups)
        return super().get_context_data(**kwargs) | {
            "asked": clean_query(asked),
            "groups": groups,
            "found": found,
            "is_cut": found == MAX_RESULTS,
        }


def is_slug(text):
    return len(text) <= Park._meta.get_field("slug").max_length and bool(
        validate_slug.regex.match(text)
    )


def tenant_count():
    """Return the expression for how many public tenants a park has."""
    tenants = Tenancy.objects.published().filter(
        park=OuterRef("pk"), role=TenancyRole.TENANT, ended_on=""
    )
    counted = tenants.order_by().annotate(row_count=Func(F("pk"), function="COUNT"))
    return Subquery(counted.values("row_count"))


class Compare(TemplateView):
    """Up to four parks side by side."""

    template_name = "promotion/compare.html"

    def get_context_data(self, **kwargs):
        asked = list(dict.fromkeys(filter(None, self.request.GET.getlist("park"))))
        slugs = [slug for slug in asked if is_slug(slug)][:MAX_COMPARED]
        found = (
            Park.objects.published()
            .for_list()
            .filter(slug__in=slugs)
            .annotate(tenant_count=tenant_count())
            .prefetch_related(
                Prefetch("belt_nodes", BeltNode.objects.published().for_list(), "public_nodes"),
                Prefetch("incubators", Incubator.objects.published(), "public_incubators"),
                Prefetch("spaces", Space.objects.published().available(), "public_spaces"),
            )
        )
        parks = sorted(found, key=lambda park: slugs.index(park.slug))
        figures = figures_by_subject(parks)
        cited = [*parks, *(figure for rows in figures.values() for figure in rows)]
        return super().get_context_data(**kwargs) | {
            "parks": parks,
            "choices": Park.objects.published(),
            "slots": [*parks, *[None] * (MAX_COMPARED - len(parks))],
            "is_incomplete": len(parks) < len(asked),
            "fields": COMPARED_FIELDS,
            "figures": figures,
            "citations": CitationIndex(cited),
        }


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

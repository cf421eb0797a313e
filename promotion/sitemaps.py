"""The site map: every public page in both languages, and when it last changed."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Value
from django.urls import reverse

from companies.models import Company
from parks.models import Belt, Incubator, Park, Space
from promotion.models import Advisor, Alliance, Event, Policy, Program, SitePage, TalentDemand
from promotion.reference.models import Figure, Industry, Source

RECORDS = [
    Belt,
    Park,
    Incubator,
    Company,
    Industry,
    Program,
    Alliance,
    Policy,
    Event,
    TalentDemand,
    Advisor,
    Source,
    SitePage,
]
# What each fixed page shows; a page changes when the newest of these does.
PAGES = {
    "home": [Belt, Park, Company, Incubator, Space, Figure, Industry, Program, Event],
    "belt_list": [Belt],
    "park_list": [Park],
    "space_list": [Space],
    "incubator_list": [Incubator],
    "company_list": [Company],
    "industry_list": [Industry],
    "program_list": [Program],
    "alliance_list": [Alliance],
    "policy_list": [Policy],
    "event_list": [Event],
    "talent_list": [TalentDemand],
    "advisor_list": [Advisor],
    "figure_list": [Figure],
    "source_list": [Source],
    "data": [*RECORDS, Space, Figure],
    "match": [],
    "inquiry": [],
}
ADDRESSES_PER_FILE = 10_000


def newest_changes():
    """Return when a public row of each model that the fixed pages show last changed.

    One query; a model without public rows has None.
    """
    models = list(dict.fromkeys(model for shown in PAGES.values() for model in shown))
    first, *others = [
        model.objects.published()
        .order_by()
        .annotate(place=Value(place))
        .values("place")
        .annotate(newest=Max("updated_at"))
        .values_list("place", "newest")
        for place, model in enumerate(models)
    ]
    found = dict(first.union(*others, all=True))
    return {model: found.get(place) for place, model in enumerate(models)}


class TwoLanguages(Sitemap):
    i18n = True
    alternates = True
    x_default = True
    limit = ADDRESSES_PER_FILE


class PageSitemap(TwoLanguages):
    """Home, the lists and the other fixed pages."""

    def items(self):
        newest = newest_changes()
        return [
            (page, max(filter(None, (newest[model] for model in shown)), default=None))
            for page, shown in PAGES.items()
        ]

    def location(self, item):
        return reverse(item[0])

    def lastmod(self, item):
        return item[1]

    def get_latest_lastmod(self):
        return max(filter(None, newest_changes().values()), default=None)


class RecordSitemap(TwoLanguages):
    """The pages of one model's public rows."""

    def __init__(self, model):
        self.model = model

    def items(self):
        rows = self.model.objects.published().order_by("pk")
        return rows.values_list("slug", "updated_at", named=True)

    def location(self, item):
        return reverse(self.model.page, args=[item.slug])

    def lastmod(self, item):
        return item.updated_at

    def get_latest_lastmod(self):
        return self.model.objects.published().aggregate(newest=Max("updated_at"))["newest"]


SITEMAPS = {
    "pages": PageSitemap,
    **{model._meta.model_name: RecordSitemap(model) for model in RECORDS},
}

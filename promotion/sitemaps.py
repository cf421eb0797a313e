"""The site map: every public page in both languages."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from companies.models import Company
from parks.models import Belt, Incubator, Park
from promotion.models import Advisor, Alliance, Event, Policy, Program, SitePage, TalentDemand
from promotion.reference.models import Industry, Source

PAGES = [
    "home",
    "belt_list",
    "park_list",
    "space_list",
    "incubator_list",
    "company_list",
    "industry_list",
    "program_list",
    "alliance_list",
    "policy_list",
    "event_list",
    "talent_list",
    "advisor_list",
    "figure_list",
    "source_list",
    "data",
    "inquiry",
]


class TwoLanguages(Sitemap):
    i18n = True
    alternates = True
    x_default = True


class PageSitemap(TwoLanguages):
    """Home, the lists and the other fixed pages."""

    def items(self):
        return PAGES

    def location(self, item):
        return reverse(item)


class RecordSitemap(TwoLanguages):
    """The pages of one model's public rows."""

    def __init__(self, model):
        self.model = model

    def items(self):
        return self.model.objects.published().only("slug", "updated_at")

    def lastmod(self, item):
        return item.updated_at


SITEMAPS = {
    "pages": PageSitemap,
    **{
        model._meta.model_name: RecordSitemap(model)
        for model in (
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
        )
    },
}

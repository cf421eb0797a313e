"""Filter form of the list of enterprises."""

from django.db.models import F, Value
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from companies.vocabulary import CompanyKind
from parks.filters import AreaFacet
from parks.models import Park
from promotion.reference.facets import (
    ChoiceFacet,
    Facet,
    IndustryFacet,
    RecordFacet,
    count_by,
    public_path_q,
)
from promotion.reference.filters import RecordFilter, SortFilter
from promotion.reference.vocabulary import ClaimStatus, OfficialLevel

ANY_RECOGNITION = "any"


class CountryFacet(Facet):
    """A facet over the countries that public enterprises come from."""

    def count(self, rows, *, is_whole=False):
        yield count_by(rows, F("country"))

    def filter(self, qs, values):
        return qs.filter(country__in=values) if values else qs

    def label_of(self, value):
        return countries.name(value)


class RecognitionFacet(ChoiceFacet):
    """A facet over the levels of what enterprises have been recognised for, or any of them."""

    def __init__(self):
        choices = [(ANY_RECOGNITION, _("有荣誉资质")), *OfficialLevel.choices]
        super().__init__(choices, label=_("荣誉资质"))

    def held(self, rows, **conditions):
        """Return the rows that hold a public recognition that has come about."""
        is_public = public_path_q(rows.model, "recognitions")
        return rows.filter(is_public, recognitions__claim_status=ClaimStatus.ACHIEVED, **conditions)

    def count(self, rows, *, is_whole=False):
        held = self.held(rows)
        yield count_by(held, Value(ANY_RECOGNITION), is_repeated=True)
        yield count_by(held, F("recognitions__level"), is_repeated=True)

    def filter(self, qs, values):
        if not values:
            return qs
        levels = {} if ANY_RECOGNITION in values else {"recognitions__level__in": values}
        found = self.held(qs.model.objects.order_by(), **levels)
        return qs.filter(pk__in=found.values("pk"))


class CompanyFilter(RecordFilter):
    kind = ChoiceFacet(choices=CompanyKind.choices, label=_("类型"))
    industry = IndustryFacet()
    park = RecordFacet("tenancies__park", label=Park._meta.verbose_name)
    area = AreaFacet()
    country = CountryFacet(label=_("国家或地区"))
    recognition = RecognitionFacet()
    sort = SortFilter(newest="established_on", largest="staff_count")

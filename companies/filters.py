"""Filter form of the list of enterprises."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from companies.models import Company, Recognition, Tenancy
from parks.models import Park
from promotion.reference.filters import (
    ChoiceFilter,
    IndustryFilter,
    RecordChoiceFilter,
    RecordFilter,
)
from promotion.reference.vocabulary import ClaimStatus, OfficialLevel

ANY_RECOGNITION = "any"


def parks_with_companies(request):
    """Return the public parks in which a public enterprise is."""
    tenancies = Tenancy.objects.published().order_by().filter(park=OuterRef("pk"))
    return Park.objects.published().filter(Exists(tenancies))


class CountryFilter(ChoiceFilter):
    """A choice among the countries that public enterprises come from."""

    @property
    def field(self):
        if "choices" not in self.extra:
            codes = (
                Company.objects.published()
                .exclude(country="")
                .order_by("country")
                .values_list("country", flat=True)
                .distinct()
            )
            self.extra["choices"] = [(code, countries.name(code)) for code in codes]
        return super().field


class CompanyFilter(RecordFilter):
    industry = IndustryFilter(Company)
    park = RecordChoiceFilter(
        queryset=parks_with_companies, method="filter_park", label=Park._meta.verbose_name
    )
    country = CountryFilter(label=_("国家或地区"))
    recognition = ChoiceFilter(
        choices=[(ANY_RECOGNITION, _("有荣誉资质")), *OfficialLevel.choices],
        method="filter_recognition",
        label=_("荣誉资质"),
    )

    def filter_park(self, queryset, name, value):
        tenancies = Tenancy.objects.published().order_by().filter(company=OuterRef("pk"))
        return queryset.filter(Exists(tenancies.filter(park=value)))

    def filter_recognition(self, queryset, name, value):
        held = (
            Recognition.objects.published()
            .order_by()
            .filter(company=OuterRef("pk"), claim_status=ClaimStatus.ACHIEVED)
        )
        if value != ANY_RECOGNITION:
            held = held.filter(level=value)
        return queryset.filter(Exists(held))

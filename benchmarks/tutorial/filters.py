"""The filter form, with the widgets that django-filter gives by itself."""

import django_filters

from benchmarks.tutorial.models import Company


class CompanyFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains")

    class Meta:
        model = Company
        fields = ["name", "kind", "industries", "parks", "country"]

"""Pages of the tutorial-style site."""

from django.views.generic import DetailView, TemplateView
from django_filters.views import FilterView

from benchmarks.tutorial.filters import CompanyFilter
from benchmarks.tutorial.models import Company, Figure, Industry, Park


class Home(TemplateView):
    template_name = "tutorial/home.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "park_count": Park.objects.count(),
            "company_count": Company.objects.filter(is_published=True).count(),
            "industries": Industry.objects.all(),
            "parks": Park.objects.all(),
            "figures": Figure.objects.order_by("-pk")[:12],
            "newest": Company.objects.filter(is_published=True).order_by("-pk")[:6],
        }


class CompanyList(FilterView):
    queryset = Company.objects.filter(is_published=True)
    filterset_class = CompanyFilter
    paginate_by = 24
    template_name = "tutorial/company_list.html"


class CompanyDetail(DetailView):
    queryset = Company.objects.filter(is_published=True)
    template_name = "tutorial/company_detail.html"

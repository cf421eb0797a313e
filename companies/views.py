"""Pages about tenant enterprises."""

from django.utils.translation import gettext_lazy as _

from companies.filters import CompanyFilter
from companies.models import Company
from promotion.reference.services import LinkQuery, desk_of, fetch_sections
from promotion.reference.views import RecordDetailView, RecordListView


class CompanyList(RecordListView):
    model = Company
    filterset_class = CompanyFilter
    title = _("企业")
    intro = _("已经在这里的企业、集团和科研机构。")
    empty = _("还没有发布企业。可以先看园区，了解企业可以落脚的地方。")


class CompanyDetail(RecordDetailView):
    model = Company
    list_page = "company_list"
    list_title = CompanyList.title

    def get_related(self):
        company = self.object
        return {
            "tenancies": company.public_tenancies,
            "recognitions": list(company.recognitions.published()),
            "sections": fetch_sections(
                LinkQuery("parent", Company.objects.published().filter(subsidiaries=company)),
                LinkQuery("subsidiaries", company.subsidiaries.published()),
                LinkQuery("programs", company.programs.published()),
                LinkQuery(
                    "events",
                    company.events.published(),
                    starts_on="starts_on",
                    ends_on="ends_on",
                ),
                LinkQuery("alliances", company.alliances.published()),
                LinkQuery("talent_demands", company.talent_demands.published()),
            ),
        }

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        parks = [tenancy.park for tenancy in context["tenancies"]]
        return context | {"desk": desk_of(*parks, self.object.district)}

"""A visitor's shortlist: places side by side, and as a document to hand on."""

from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from parks.services import home_district
from promotion.comparison.shortlist import Shortlist, cite
from promotion.prospectus import make_prospectus, prospectus_name
from promotion.reference.ledger.addresses import redirect_query
from promotion.reference.views import PublicPage

ONLY_DIFFERENCES = "differences"


class Compare(PublicPage, TemplateView):
    """Up to four places of a kind side by side; the address names them and is all there is."""

    template_name = "promotion/compare.html"

    def get(self, request, *args, **kwargs):
        context = self.get_context_data(**kwargs)
        if context["shortlist"].is_missing_some and (response := redirect_query(request)):
            return response
        return self.render_to_response(context)

    def get_context_data(self, **kwargs):
        shortlist = Shortlist(self.request.GET, home_district(self.request))
        is_narrowed = self.request.GET.get("only") == ONLY_DIFFERENCES
        if is_narrowed:
            for table in shortlist.tables:
                table.leave_out_alike()
        return super().get_context_data(**kwargs) | {
            "shortlist": shortlist,
            "is_narrowed": is_narrowed,
            "additions": shortlist.additions(),
            "address": f"{self.request.path}?{shortlist.query}",
            "citations": cite(line for table in shortlist.tables for line in table.lines),
            "made_on": timezone.localdate(),
        }


class Prospectus(PublicPage):
    """The places of a comparison as a printable document in the language of the page."""

    def get(self, request):
        home = home_district(request)
        shortlist = Shortlist(request.GET, home)
        if shortlist.is_missing_some and (response := redirect_query(request)):
            return response
        if not shortlist.tables:
            # The comparison says what was not found and offers a choice.
            return redirect(f"{reverse('compare')}?{request.GET.urlencode()}")
        root = f"{request.scheme}://{request.get_host()}"
        address = f"{reverse('compare')}?{shortlist.query}"
        document = make_prospectus(shortlist, home, root, address, reverse("inquiry"))
        response = HttpResponse(document, content_type="application/pdf")
        name = quote(prospectus_name(shortlist), safe="")
        response["Content-Disposition"] = (
            f"attachment; filename=\"prospectus.pdf\"; filename*=UTF-8''{name}.pdf"
        )
        return response

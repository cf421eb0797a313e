"""The page that asks what a firm needs and ranks what may fit, with reasons."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from parks.models import Park
from parks.vocabulary import SpaceUse
from promotion.matching import find_matches
from promotion.needs import NeedsForm
from promotion.reference.ledger.addresses import redirect_query
from promotion.reference.models import Industry
from promotion.reference.services import CitationIndex
from promotion.reference.templatetags.quantities import area
from promotion.reference.views import PublicPage
from promotion.vocabulary import FirmStage

COMPARED_AT_ONCE = 3
EXAMPLE_AREA_SQM = 2000


def example_questions():
    """Return (question, query) for what a visitor might ask."""
    return [
        (question, urlencode(asked))
        for question, asked in (
            (
                _("初创团队找孵化工位"),
                {"use": SpaceUse.INCUBATION.value, "stage": FirmStage.START_UP.value},
            ),
            (
                _("成熟企业找 %(area)s厂房") % {"area": area(EXAMPLE_AREA_SQM)},
                {
                    "use": SpaceUse.FACTORY.value,
                    "area_sqm": EXAMPLE_AREA_SQM,
                    "stage": FirmStage.ESTABLISHED.value,
                },
            ),
            (
                _("境外企业找办公室"),
                {"use": SpaceUse.OFFICE.value, "stage": FirmStage.FOREIGN_ENTRANT.value},
            ),
        )
    ]


class FindMatches(PublicPage, TemplateView):
    """Parks, incubators, programmes and policies that may fit what is asked."""

    template_name = "promotion/match.html"

    def get(self, request, *args, **kwargs):
        context = self.get_context_data(**kwargs)
        if "industry" in context["form"].errors and (response := redirect_query(request)):
            return response
        return self.render_to_response(context)

    def get_context_data(self, **kwargs):
        industries = list(Industry.objects.published())
        form = NeedsForm(self.request.GET, industries)
        needs = form.get_needs()
        rankings = find_matches(needs, industries) if needs else []
        shown = [match.record for ranking in rankings for match in ranking.shown]
        best = [record.slug for record in shown if isinstance(record, Park)][:COMPARED_AT_ONCE]
        return super().get_context_data(**kwargs) | {
            "form": form,
            "is_asked": bool(needs),
            "rankings": rankings,
            "has_match": any(match.fits for ranking in rankings for match in ranking.matches),
            "compared": urlencode({"park": best}, doseq=True) if best[1:] else "",
            "examples": example_questions(),
            "citations": CitationIndex(shown),
        }

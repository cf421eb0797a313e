"""The living style page: what pages are made of, with this site's own records in it."""

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from parks.drawing import draw_belt
from parks.filters import ParkFilter
from parks.models import Belt, Park
from parks.services import nodes_on
from promotion.reference.models import Figure
from promotion.reference.services import CitationIndex, fetch_figure_subjects
from promotion.reference.views import PublicPage
from promotion.reference.vocabulary import ClaimStatus

COLOURS = [
    ("paper", _("纸面：页面的底色")),
    ("surface", _("浮面：卡片与输入框")),
    ("ink", _("墨色：正文")),
    ("muted", _("次要文字：说明与口径")),
    ("rule", _("细线：分隔")),
    ("field", _("框线：输入框的边")),
    ("accent", _("强调色：链接、产业带、按钮，别无他用")),
    ("accent-soft", _("浅强调：标签与提示的底")),
]
STEPS = ["4", "3", "2", "1", "0", "small"]
SPACES = ["1", "2", "3", "4", "5"]


class StyleGuide(PublicPage, TemplateView):
    """Every component in its states; for those who build pages, so only where DEBUG is on."""

    template_name = "promotion/styleguide.html"

    def get(self, request, *args, **kwargs):
        if not settings.DEBUG:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        belt = Belt.objects.published().first()
        nodes = nodes_on(belt) if belt else []
        parks = list(Park.objects.published().for_list()[:3])
        public = Figure.objects.published()
        figures = [
            *public.filter(claim_status=ClaimStatus.ACHIEVED)[:2],
            *public.exclude(claim_status=ClaimStatus.ACHIEVED)[:2],
        ]
        subjects = fetch_figure_subjects(figures)
        for figure in figures:
            figure.link = subjects.get((figure.subject_type_id, figure.subject_id))
        return super().get_context_data(**kwargs) | {
            "title": _("样式"),
            "colours": COLOURS,
            "steps": STEPS,
            "spaces": SPACES,
            "belt": belt,
            "drawing": draw_belt(belt, nodes) if belt else None,
            "parks": parks,
            "figures_shown": figures,
            "filterset": ParkFilter(
                self.request.GET, Park.objects.published(), request=self.request
            ),
            "citations": CitationIndex([*parks, *nodes, *figures]),
        }

"""The staff page of figures on which sources disagree."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.ledger.contradictions import (
    group_by_measure,
    in_order_of_measure,
    open_again,
    settled_figures,
    show,
    unsettled_figures,
)
from promotion.reference.ledger.pages import LedgerPages, row_number
from promotion.reference.models import Citation, Figure
from promotion.reference.rights import has_right, may_publish

FIGURE_VIEWS = {"open": gettext_lazy("待选定"), "settled": gettext_lazy("已选定")}


class ContradictionPages(LedgerPages):
    """The page at contradictions/."""

    @property
    def views(self):
        return {"contradictions": ("contradictions/", self.contradictions)}

    def contradictions(self, request):
        """List figures of one measure that disagree; show one of them, or leave it open again."""
        if not has_right(request.user, "change", Figure):
            raise PermissionDenied
        if request.method == "POST":
            # The public sees the choice at once.
            if not may_publish(request.user):
                raise PermissionDenied
            self.settle(request)
            return HttpResponseRedirect(request.get_full_path())
        view = request.GET.get("show")
        view = view if view in FIGURE_VIEWS else "open"
        if view == "settled":
            rows = in_order_of_measure(settled_figures()).prefetch_related("alternatives")
        else:
            rows = group_by_measure(in_order_of_measure(unsettled_figures()))
        page = self.paginate(request, rows, show=view)
        groups = list(page.object_list)
        if view == "settled":
            groups = [[figure, *figure.alternatives.all()] for figure in groups]
        every = [figure for group in groups for figure in group]
        self.add_evidence(every)
        return self.render(
            request,
            "contradictions",
            _("说法不一的数据"),
            views=FIGURE_VIEWS.items(),
            view=view,
            page=page,
            groups=groups,
        )

    def add_evidence(self, figures):
        """Let figures know their subjects and citations, in a few queries for all."""
        citations = {}
        for citation in Citation.objects.for_subjects(figures):
            citations.setdefault(citation.subject_id, []).append(citation)
        by_type = {}
        for figure in figures:
            figure.evidence = citations.get(figure.pk, [])
            figure.address = self.address_of(figure)
            by_type.setdefault(figure.subject_type_id, set()).add(figure.subject_id)
        subjects = {
            type_id: ContentType.objects.get_for_id(type_id)
            .model_class()
            ._base_manager.select_related()
            .in_bulk(ids)
            for type_id, ids in by_type.items()
        }
        for figure in figures:
            figure.about = subjects[figure.subject_type_id].get(figure.subject_id)
            figure.about_address = self.address_of(figure.about)

    def settle(self, request):
        number = row_number(request.POST.get("show") or request.POST.get("open") or "")
        act = show if request.POST.get("show") else open_again
        try:
            figure = act(number, request.user)
        except Figure.DoesNotExist:
            raise Http404 from None
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            told = (
                _("“%(label)s”公开显示选定的数据，另外的留在各自资料的页面上。")
                if act is show
                else _("已撤销选定，“%(label)s”的各种说法都重新显示。")
            )
            messages.success(request, told % {"label": figure.label})

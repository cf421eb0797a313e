"""The staff page of figures and fields on which sources disagree."""

from itertools import groupby

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.editorial.proposals import save_or_propose
from promotion.reference.editorial.rows import StaleError
from promotion.reference.ledger.contradictions import (
    group_by_measure,
    in_order_of_measure,
    open_again,
    settled_figures,
    show,
    unsettled_figures,
)
from promotion.reference.ledger.disputes import adopt, disputed_fields
from promotion.reference.ledger.pages import LedgerPages, row_number
from promotion.reference.models import Citation, Figure
from promotion.reference.publication import record_of
from promotion.reference.reach import reaches_all
from promotion.reference.rights import has_right
from promotion.reference.services import fetch_subject_rows
from promotion.reference.stated_values import written

FIGURES_OPEN, FIGURES_SETTLED, FIELDS = "open", "settled", "fields"
VIEWS = {
    FIGURES_OPEN: gettext_lazy("待选定的数据"),
    FIGURES_SETTLED: gettext_lazy("已选定的数据"),
    FIELDS: gettext_lazy("字段的不同说法"),
}

ACTS = {
    "show": (
        show,
        Figure,
        gettext_lazy("“%(label)s”公开显示选定的数据，另外的留在各自资料的页面上。"),
    ),
    "open": (
        open_again,
        Figure,
        gettext_lazy("已撤销选定，“%(label)s”的各种说法都重新显示。"),
    ),
    "adopt": (
        adopt,
        Citation,
        gettext_lazy("“%(label)s”改用这份资料的说法，原来的说法留在它的资料页面上。"),
    ),
}
"""Name of a button → what it does, to which rows, and what is then told."""
KEPT_FOR_REVIEW = gettext_lazy("“%(label)s”的选择已送审。审核通过之前，公众看到的仍是原来的内容。")


def group_by_field(citations):
    """Return lists of the citations of one field of one record, given in that order."""
    groups = groupby(citations, key=lambda each: (*subject_of(each), each.field))
    return [list(group) for _field, group in groups]


def subject_of(citation):
    return citation.subject_type_id, citation.subject_id


class ContradictionPages(LedgerPages):
    """The page at contradictions/."""

    @property
    def views(self):
        return {"contradictions": ("contradictions/", self.contradictions)}

    def contradictions(self, request):
        """List figures of one measure that disagree; show one of them, or leave it open again."""
        if not reaches_all(request.user, "change", Figure):
            raise PermissionDenied
        if request.method == "POST":
            self.settle(request)
            return HttpResponseRedirect(request.get_full_path())
        view = request.GET.get("show")
        view = view if view in VIEWS else FIGURES_OPEN
        if view == FIELDS:
            rows = group_by_field(disputed_fields())
        elif view == FIGURES_SETTLED:
            rows = in_order_of_measure(settled_figures()).prefetch_related("alternatives")
        else:
            rows = group_by_measure(in_order_of_measure(unsettled_figures()))
        page = self.paginate(request, rows, show=view)
        groups = list(page.object_list)
        if view == FIELDS:
            groups = self.with_values(request, groups)
        else:
            if view == FIGURES_SETTLED:
                groups = [[figure, *figure.alternatives.all()] for figure in groups]
            self.add_evidence([figure for group in groups for figure in group])
        return self.render(
            request,
            "contradictions",
            _("说法不一的数据"),
            views=VIEWS.items(),
            view=view,
            page=page,
            groups=groups,
        )

    def with_values(self, request, groups):
        """Return citations of one field each as what the page shows of the field."""
        records = fetch_subject_rows(citation for group in groups for citation in group)
        supporting = {}
        for citation in Citation.objects.supporting().for_subjects(records.values()):
            supporting.setdefault((*subject_of(citation), citation.field), []).append(citation)
        shown = []
        for group in groups:
            first = group[0]
            record = records.get(subject_of(first))
            if record is None:
                continue
            shown.append(
                {
                    "record": record,
                    "address": self.address_of(record),
                    "label": first.field_label,
                    "value": written(record, first.field),
                    "supporting": supporting.get((*subject_of(first), first.field), []),
                    "citations": group,
                    "may_change": has_right(request.user, "change", type(record)),
                }
            )
        return shown

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
        """Do what a button asks for, or keep it for review; tell what came of it."""
        name = next((name for name in ACTS if request.POST.get(name)), "show")
        act, model, told = ACTS[name]
        row = get_object_or_404(model, pk=row_number(request.POST.get(name, "")))
        record = record_of(row)
        if record is None:
            raise Http404
        changed = row.subject if model is Citation else row
        if not all(has_right(request.user, "change", type(each)) for each in (row, changed)):
            raise PermissionDenied
        try:
            proposal = save_or_propose(request.user, record, lambda: act(row.pk, request.user))
        except model.DoesNotExist:
            raise Http404 from None
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except StaleError as error:
            messages.error(request, str(error))
        else:
            label = row.field_label if model is Citation else row.label
            text = KEPT_FOR_REVIEW if proposal else told
            messages.success(request, text % {"label": label})

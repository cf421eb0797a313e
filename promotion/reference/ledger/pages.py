"""The staff pages: records that may be one, merging two, and figures that disagree."""

from collections import Counter

from django.apps import apps
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from promotion.reference.ledger.contradictions import (
    group_by_measure,
    in_order_of_measure,
    open_again,
    settled_figures,
    show,
    unsettled_figures,
)
from promotion.reference.ledger.duplicates import (
    compared_models,
    unique_codes,
    waiting_duplicates,
)
from promotion.reference.ledger.fields import pair_fields
from promotion.reference.ledger.merging import (
    MergeRefusedError,
    code_obstacles,
    may_merge,
    merge,
    state_of,
    undo_merge,
)
from promotion.reference.ledger.models import Distinction, Merge
from promotion.reference.ledger.references import references_to
from promotion.reference.models import Citation, Figure
from promotion.reference.rights import has_right, may_publish
from promotion.reference.vocabulary import PublicationStatus

PER_PAGE = 25
PAGE = "p"
# Longer ones fit no column.
LONGEST_NUMBER = 18
VIEWS = {
    "waiting": gettext_lazy("待判断"),
    "distinct": gettext_lazy("不是同一个"),
    "merged": gettext_lazy("合并过的"),
}
FIGURE_VIEWS = {"open": gettext_lazy("待选定"), "settled": gettext_lazy("已选定")}


class LedgerPages:
    """The pages under duplicates/ and contradictions/ of an admin site."""

    def __init__(self, site):
        self.site = site

    @property
    def urls(self):
        views = {
            "duplicates": ("duplicates/", self.duplicates),
            "distinguish": ("duplicates/distinguish/", require_POST(self.distinguish)),
            "merge": ("duplicates/<str:label>/<int:kept>/<int:gone>/", self.merge),
            "merged": ("duplicates/merged/<int:number>/", self.merged),
            "contradictions": ("contradictions/", self.contradictions),
        }
        return [
            path(route, self.site.admin_view(view), name=name)
            for name, (route, view) in views.items()
        ]

    # What the pages share

    def render(self, request, template, title, **context):
        request.current_app = self.site.name
        return TemplateResponse(
            request,
            f"admin/ledger/{template}.html",
            {**self.site.each_context(request), "title": title, **context},
        )

    def paginate(self, request, rows, **query):
        """Return a page of rows with what its numbers lead to."""
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get(PAGE))
        page.numbers = [
            (number, f"?{urlencode({**query, PAGE: number})}" if isinstance(number, int) else "")
            for number in page.paginator.get_elided_page_range(page.number)
        ]
        return page

    def address_of(self, record):
        """Return the address of a row's own page, "" where there is none."""
        if record is None or type(record) not in self.site._registry:
            return ""
        options = record._meta
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[record.pk])

    def with_addresses(self, obstacles):
        return [
            (
                obstacle,
                self.address_of(
                    obstacle.model and obstacle.model._base_manager.filter(pk=obstacle.pk).first()
                ),
            )
            for obstacle in obstacles
        ]

    def models_for(self, request):
        """Return {label: model} of what the user may change; refuse whoever may change nothing."""
        models = {
            model._meta.label_lower: model
            for model in compared_models()
            if model in self.site._registry and has_right(request.user, "change", model)
        }
        if not models:
            raise PermissionDenied
        return models

    def model_for(self, request, label):
        try:
            return self.models_for(request)[label]
        except KeyError:
            known = label in {model._meta.label_lower for model in compared_models()}
            raise (PermissionDenied if known else Http404) from None

    def list_address(self, model, view):
        query = urlencode({"model": model._meta.label_lower, "show": view})
        return f"{reverse('admin:duplicates')}?{query}"

    # Probable duplicates

    def duplicates(self, request):
        """List pairs of records that may be one, those that are not, or those that were merged."""
        models = self.models_for(request)
        found = waiting_duplicates(list(models.values()))
        waiting = {label: found[model] for label, model in models.items()}
        fullest = next((label for label, pairs in waiting.items() if pairs), next(iter(models)))
        label = request.GET.get("model")
        label = label if label in models else fullest
        view = request.GET.get("show")
        view = view if view in VIEWS else "waiting"
        model = models[label]
        content_type = ContentType.objects.get_for_model(model)
        rows = {
            "waiting": waiting[label],
            "distinct": Distinction.objects.filter(model_type=content_type).select_related("user"),
            "merged": Merge.objects.filter(model_type=content_type)
            .select_related("user", "undone_by")
            .defer("journal"),
        }[view]
        page = self.paginate(request, rows, model=label, show=view)
        if view != "merged":
            page.object_list = self.with_records(model, page.object_list)
        return self.render(
            request,
            "duplicates",
            _("可能重复的记录"),
            kinds=[
                (name, each._meta.verbose_name, len(waiting[name])) for name, each in models.items()
            ],
            asked=label,
            views=VIEWS.items(),
            view=view,
            page=page,
            may_merge=may_merge(request.user, model),
        )

    def with_records(self, model, pairs):
        """Return (pair, its two records) for the pairs of which both are still there."""
        pairs = list(pairs)
        codes = unique_codes(model)
        found = model._base_manager.in_bulk(
            {pk for pair in pairs for pk in (pair.low_id, pair.high_id)}
        )
        for record in found.values():
            record.address = self.address_of(record)
            record.codes = [code for name in codes if (code := getattr(record, name))]
        return [
            (pair, [found[pair.low_id], found[pair.high_id]])
            for pair in pairs
            if pair.low_id in found and pair.high_id in found
        ]

    def distinguish(self, request):
        """Note that two records are not the same, or take that back."""
        model = self.model_for(request, request.POST.get("model", ""))
        low, high = sorted(row_number(request.POST.get(name, "")) for name in ("first", "second"))
        pair = {
            "model_type": ContentType.objects.get_for_model(model), "low_id": low, "high_id": high,
        }  # fmt: skip
        if request.POST.get("undo"):
            Distinction.objects.filter(**pair).delete()
            messages.success(request, _("已撤销，这两条会重新列为可能重复。"))
            return HttpResponseRedirect(self.list_address(model, "distinct"))
        records = model._base_manager.in_bulk([low, high])
        if len(records) < 2:
            raise Http404
        Distinction.objects.get_or_create(**pair, defaults={"user": request.user})
        messages.success(
            request,
            _("已记下“%(first)s”与“%(second)s”不是同一个，不再列出。")
            % {"first": records[low], "second": records[high]},
        )
        return HttpResponseRedirect(self.list_address(model, "waiting"))

    # Merging

    def merge(self, request, label, kept, gone):
        """Show two records field by field; make one of them."""
        model = self.model_for(request, label)
        if not may_merge(request.user, model):
            raise PermissionDenied
        kept, gone = row_number(str(kept)), row_number(str(gone))
        found = model._base_manager.in_bulk([kept, gone])
        if len(found) < 2:
            raise Http404
        refused = []
        if request.method == "POST":
            pairings = {pairing.name for pairing in pair_fields(found[kept], found[gone])}
            taken = {name for name in pairings if request.POST.get(f"take-{name}") == str(gone)}
            try:
                made = merge(
                    model,
                    kept,
                    gone,
                    user=request.user,
                    taken=taken,
                    reason=request.POST.get("reason", "").strip(),
                    seen=request.POST.get("seen", ""),
                )
            except MergeRefusedError as error:
                refused = self.with_addresses(error.obstacles)
                found = model._base_manager.in_bulk([kept, gone])
                if len(found) < 2:
                    messages.error(request, str(error))
                    return HttpResponseRedirect(self.list_address(model, "waiting"))
            else:
                messages.success(
                    request,
                    _("“%(gone)s”已并入“%(kept)s”。可以在这一页撤销。")
                    % {"gone": made.gone_name, "kept": made.kept_name},
                )
                return HttpResponseRedirect(reverse("admin:merged", args=[made.pk]))
        return self.render_merge(request, model, found[kept], found[gone], refused)

    def render_merge(self, request, model, kept, gone, refused):
        pairings = pair_fields(kept, gone)
        for record in (kept, gone):
            record.address = self.address_of(record)
        for pairing in pairings:
            pairing.is_taken = request.POST.get(f"take-{pairing.name}") == str(gone.pk)
        return self.render(
            request,
            "merge",
            _("合并两条记录"),
            opts=model._meta,
            kept=kept,
            gone=gone,
            seen=state_of(kept, gone),
            list_url=self.list_address(model, "waiting"),
            swap_url=reverse("admin:merge", args=[model._meta.label_lower, gone.pk, kept.pk]),
            choices=[pairing for pairing in pairings if pairing.contradicts],
            others=[pairing for pairing in pairings if not pairing.contradicts and pairing.texts],
            relations=self.relations_of(model, kept, gone),
            hides=gone.status == PublicationStatus.PUBLISHED != kept.status,
            obstacles=self.with_addresses(code_obstacles(kept, gone)),
            refused=refused,
            reason=request.POST.get("reason", ""),
        )

    def relations_of(self, model, kept, gone):
        """Return (what, rows of the one that stays, rows of the other) of all that has any."""
        totals = {}
        for reference in references_to(model):
            counts = reference.counts(model, [kept.pk, gone.pk])
            ours, theirs = totals.get(reference.label, (0, 0))
            totals[reference.label] = (
                ours + counts.get(kept.pk, 0), theirs + counts.get(gone.pk, 0),
            )  # fmt: skip
        return [(label, *counts) for label, counts in totals.items() if any(counts)]

    def merged(self, request, number):
        """Show what a merge did, and undo it."""
        made = get_object_or_404(Merge.objects.select_related("user", "undone_by"), pk=number)
        model = self.model_for(request, made.model._meta.label_lower)
        allowed, refused = may_merge(request.user, model), []
        if request.method == "POST":
            if not allowed:
                raise PermissionDenied
            try:
                undo_merge(made.pk, request.user)
            except MergeRefusedError as error:
                refused = self.with_addresses(error.obstacles)
            else:
                messages.success(
                    request,
                    _("已撤销合并，“%(gone)s”恢复为单独的记录。") % {"gone": made.gone_name},
                )
                return HttpResponseRedirect(reverse("admin:merged", args=[made.pk]))
        tables = Counter(entry["table"] for entry in made.journal)
        return self.render(
            request,
            "merged",
            _("一次合并"),
            made=made,
            kept_url=self.address_of(model._base_manager.filter(pk=made.kept_id).first()),
            counts=[(table_label(label), count) for label, count in tables.items()],
            may_undo=allowed and made.undone_at is None,
            list_url=self.list_address(model, "merged"),
            refused=refused,
        )

    # Contradictions

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


def row_number(text):
    """Return a row's number as a request gives it; answer "not found" for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise Http404
    return int(text)


def table_label(label):
    table = apps.get_model(label)
    return (table._meta.auto_created or table)._meta.verbose_name_plural

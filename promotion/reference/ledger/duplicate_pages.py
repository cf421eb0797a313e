"""The staff pages of records that may be one, of merging two, and of what was merged."""

from collections import Counter

from django.apps import apps
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.ledger.duplicates import (
    compared_models,
    unique_codes,
    waiting_duplicates,
)
from promotion.reference.ledger.fields import pair_fields
from promotion.reference.ledger.merging import (
    code_obstacles,
    merge,
    state_of,
    undo_merge,
)
from promotion.reference.ledger.models import Distinction, Merge
from promotion.reference.ledger.pages import LedgerPages, row_number
from promotion.reference.ledger.references import references_to
from promotion.reference.ledger.refusals import MergeRefusedError, may_merge
from promotion.reference.reach import reaches_all
from promotion.reference.vocabulary import PublicationStatus

VIEWS = {
    "waiting": gettext_lazy("待判断"),
    "distinct": gettext_lazy("不是同一个"),
    "merged": gettext_lazy("合并过的"),
}


class DuplicatePages(LedgerPages):
    """The pages under duplicates/."""

    @property
    def views(self):
        return {
            "duplicates": ("duplicates/", self.duplicates),
            "distinguish": ("duplicates/distinguish/", require_POST(self.distinguish)),
            "merge": ("duplicates/<str:label>/<int:kept>/<int:gone>/", self.merge),
            "merged": ("duplicates/merged/<int:number>/", self.merged),
        }

    def models_for(self, request):
        """Return {label: model} of what the user may change; refuse whoever may change nothing."""
        models = {
            model._meta.label_lower: model
            for model in compared_models()
            if model in self.site._registry and reaches_all(request.user, "change", model)
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
            with transaction.atomic():
                Distinction.objects.filter(**pair).delete()
                log(Action.DISTINGUISH, model, first=low, second=high, distinct=False)
            messages.success(request, _("已撤销，这两条会重新列为可能重复。"))
            return HttpResponseRedirect(self.list_address(model, "distinct"))
        records = model._base_manager.in_bulk([low, high])
        if len(records) < 2:
            raise Http404
        with transaction.atomic():
            Distinction.objects.get_or_create(**pair, defaults={"user": request.user})
            log(Action.DISTINGUISH, model, first=low, second=high, distinct=True)
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


def table_label(label):
    table = apps.get_model(label)
    return (table._meta.auto_created or table)._meta.verbose_name_plural

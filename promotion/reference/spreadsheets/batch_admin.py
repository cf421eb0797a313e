"""The admin of imports: what each did to which records, and the way to undo it."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.admin_bases import refuse_strange_ids
from promotion.reference.models import ImportBatch
from promotion.reference.rights import may_write
from promotion.reference.spreadsheets.runs import Run
from promotion.reference.spreadsheets.touched import TouchedRecords
from promotion.reference.spreadsheets.trail import entries_by_model
from promotion.reference.spreadsheets.undo import UndoRefusedError, undo
from promotion.reference.spreadsheets.waiting import start_worker
from promotion.reference.vocabulary import ImportStage

RECORDS_PER_PAGE = 50
PAGE = "p"


class KindFilter(admin.SimpleListFilter):
    """The kinds of records that sheets were taken in for."""

    title = gettext_lazy("种类")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        types = model_admin.get_queryset(request).order_by().values_list("model_type", flat=True)
        return [
            (str(content_type.pk), capfirst(content_type.name))
            for content_type in ContentType.objects.filter(pk__in=types.distinct())
        ]

    def queryset(self, request, queryset):
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(model_type=self.value()) if self.value() in known else queryset


class ImportBatchAdmin(admin.ModelAdmin):
    """Every import is on record: nobody adds, edits or deletes one, some may undo it.

    Who may view all imports sees all, anybody else their own. Undoing needs the rights to add and
    to change the records, for someone else's import also the right to delete them.
    """

    list_display = [
        "started_at", "user", "kind", "file_name", "stage",
        "new_count", "changed_count", "unchanged_count", "refused_count",
    ]  # fmt: skip
    list_display_links = ["started_at", "file_name"]
    list_filter = [KindFilter, "stage"]
    list_select_related = ["user", "model_type"]
    list_per_page = 50
    date_hierarchy = "started_at"
    search_fields = ["file_name", "file_digest", "user__username"]
    fields = [
        "kind",
        "file_name",
        "file_digest",
        "user",
        "stage",
        ("new_count", "changed_count", "unchanged_count", "refused_count"),
        ("started_at", "finished_at"),
        ("undone_at", "undone_by"),
    ]

    @admin.display(description=gettext_lazy("种类"), ordering="model_type")
    def kind(self, batch):
        return capfirst(batch.model_type.name)

    # Who may do what

    def sees_all(self, request):
        return super().has_view_permission(request)

    def has_module_permission(self, request):
        return super().has_module_permission(request) or self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        if self.sees_all(request):
            return True
        if obj is not None:
            return obj.user_id == request.user.pk
        return ImportBatch.objects.filter(user_id=request.user.pk).exists()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_undo_permission(self, request, batch):
        model_admin = self.admin_of(batch.model)
        return (
            model_admin is not None
            and self.has_view_permission(request, batch)
            and all(may_write(request.user, batch.model).values())
            and (batch.user_id == request.user.pk or model_admin.has_delete_permission(request))
        )

    def get_queryset(self, request):
        batches = super().get_queryset(request)
        return batches if self.sees_all(request) else batches.filter(user_id=request.user.pk)

    # Pages

    def get_urls(self):
        undo_page = path(
            "<path:object_id>/undo/",
            self.admin_site.admin_view(self.undo_view),
            name="reference_importbatch_undo",
        )
        return [undo_page, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show an import and the records that it touched."""
        batch = self.find(request, object_id)
        run = Run(batch)
        if run.stands_still:
            start_worker()
        page = self.touched_records(request, batch)
        context = {
            "is_being_undone": batch.stage == ImportStage.UNDOING,
            "outcome": run.outcome,
            "page": page,
            "page_range": page.paginator.get_elided_page_range(page.number),
            "page_var": PAGE,
            "records": [
                (record, *self.urls_of(request, record.model, record.pk, record.is_gone))
                for record in page
            ],
            "undo_url": self.address("undo", batch) if self.may_undo_now(request, batch) else "",
        }
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def undo_view(self, request, object_id):
        """Ask whether to undo an import; do it, or list what hinders it."""
        batch = self.find(request, object_id)
        if not self.has_undo_permission(request, batch):
            raise PermissionDenied
        context = {}
        if request.method == "POST" and self.is_long(batch):
            if Run(batch).ask_to_undo(request.user):
                start_worker()
            return HttpResponseRedirect(self.address("change", batch))
        if request.method == "POST":
            resource = self.admin_of(batch.model).resource_class()
            try:
                counts = undo(batch, resource, request.user)
            except UndoRefusedError as error:
                context = {
                    "refusal": str(error),
                    "blockers": [
                        (each, *self.urls_of(request, each.model, each.pk, each.is_gone))
                        for each in error.blockers
                    ],
                    "total": error.total,
                }
            else:
                messages.success(
                    request,
                    _(
                        "已撤销：删去 %(removed)d 条新增的记录，恢复 %(restored)d 条更改的记录，"
                        "找回 %(returned)d 条去掉的记录。"
                    )
                    % counts,
                )
                return HttpResponseRedirect(self.address("change", batch))
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/reference/importbatch/undo.html",
            {
                **self.admin_site.each_context(request),
                "title": _("撤销这次导入"),
                "opts": self.opts,
                "batch": batch,
                "counts_by_kind": [
                    (model._meta.verbose_name, count)
                    for model, count in entries_by_model(batch).items()
                ],
                "batch_url": self.address("change", batch),
                "changelist_url": self.address("changelist"),
                **context,
            },
        )

    # What the pages are made of

    def find(self, request, object_id):
        """Return the import with a number; answer "not found" where the user may see none."""
        refuse_strange_ids(object_id)
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        return batch

    def admin_of(self, model):
        """Return the admin of a model, if it has one."""
        return self.admin_site._registry.get(model)

    def address(self, page, batch=None):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[batch.pk] if batch else [], current_app=self.admin_site.name)

    def is_long(self, batch):
        """Tell whether undoing an import takes longer than a request should."""
        return sum(entries_by_model(batch).values()) > settings.MAX_SHEET_ROWS_IN_REQUEST

    def may_undo_now(self, request, batch):
        return batch.stage == ImportStage.WRITTEN and self.has_undo_permission(request, batch)

    def touched_records(self, request, batch):
        """Return one page of the records that an import touched and the user may view."""
        counts = {
            model: count
            for model, count in entries_by_model(batch).items()
            if (model_admin := self.admin_of(model)) and model_admin.has_view_permission(request)
        }
        paginator = Paginator(TouchedRecords(batch, counts), RECORDS_PER_PAGE)
        return paginator.get_page(request.GET.get(PAGE))

    def urls_of(self, request, model, pk, is_gone):
        """Return the addresses of a record's own page, unless it is gone, and of its history."""
        model_admin = self.admin_of(model)
        if model_admin is None or not model_admin.has_view_permission(request):
            return "", ""
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        return tuple(
            reverse(f"{page}_{name}", args=[pk], current_app=self.admin_site.name)
            if is_there
            else ""
            for name, is_there in (("change", not is_gone), ("history", True))
        )

"""Import and export for a model's admin: upload, preview, confirm; export what the list shows."""

import io
import tempfile

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from promotion.reference.models import ImportBatch
from promotion.reference.reach import within_reach
from promotion.reference.rights import may_write
from promotion.reference.spreadsheets.forms import ExportForm, UploadForm
from promotion.reference.spreadsheets.problems import SheetError, TooManyRowsError
from promotion.reference.spreadsheets.reading import read_table
from promotion.reference.spreadsheets.runs import Run
from promotion.reference.spreadsheets.waiting import WAITING, start_worker
from promotion.reference.spreadsheets.writing import csv_lines, write_sheet
from promotion.reference.vocabulary import ImportStage

EXPORT_RIGHT = "reference.export_records"
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SpreadsheetAdminMixin:
    """Adds import and export to a ModelAdmin that names its `resource_class`.

    Import needs the right to add or to change the model's records, and each row the one that it
    takes; export needs the right to view them and the one to take data out. Contact data of
    persons is exported only to those who may change it.
    """

    resource_class = None
    change_list_template = "admin/spreadsheets/change_list.html"

    def get_urls(self):
        views = {
            "import": ("import/", self.import_view),
            "import_template": ("import/template/", self.template_view),
            "import_run": ("import/<int:number>/", self.run_view),
            "import_state": ("import/<int:number>/state/", self.state_view),
            "import_confirm": ("import/<int:number>/confirm/", self.confirm_view),
            "import_marked": ("import/<int:number>/marked/", self.marked_view),
            "import_changes": ("import/<int:number>/changes/", self.changes_view),
            "export": ("export/", self.export_view),
        }
        urls = [
            path(route, self.admin_site.admin_view(view), name=self.url_name(name))
            for name, (route, view) in views.items()
        ]
        return [*urls, *super().get_urls()]

    def url_name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def page_url(self, page, run=None):
        return reverse(
            f"admin:{self.url_name(page)}",
            args=[run.batch.pk] if run else [],
            current_app=self.admin_site.name,
        )

    def has_import_permission(self, request):
        """Tell whether a user may take in files; what each row needs is asked with the row."""
        return any(may_write(request.user, self.model).values())

    def has_export_permission(self, request):
        return self.has_view_permission(request) and request.user.has_perm(EXPORT_RIGHT)

    def may_see_personal(self, request):
        return bool(self.resource_class.personal) and self.has_change_permission(request)

    def changelist_view(self, request, extra_context=None):
        context = {
            "import_url": self.page_url("import") if self.has_import_permission(request) else "",
            "export_url": self.page_url("export") if self.has_export_permission(request) else "",
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # Import

    def import_view(self, request):
        """Show the upload form, or take a file and lead to its page."""
        self.require(self.has_import_permission(request))
        if request.method != "POST":
            return self.upload_page(request, UploadForm())
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.upload_page(request, form)
        upload = form.cleaned_data["file"]
        # Never more than the limit comes into memory, whatever the request claims.
        data = upload.read(settings.MAX_SHEET_BYTES + 1)
        resource = self.resource_class()
        try:
            is_short = self.is_short(resource, upload.name, data)
        except SheetError as error:
            form.add_error("file", str(error))
            return self.upload_page(request, form)
        run = Run.hand_in(data, file_name=upload.name, user=request.user, model=self.model)
        self.go_on(run, resource, is_short)
        return HttpResponseRedirect(self.page_url("import_run", run))

    def run_view(self, request, number):
        """Show how far a file has come: being checked, to be confirmed, refused, written."""
        run = self.run(request, number)
        if run.stands_still:
            start_worker()
        stage = run.batch.stage
        context = {
            "title": _("导入“%(file)s”") % {"file": run.batch.file_name},
            "batch": run.batch,
            "counts": run.batch.counts,
            "outcome": run.outcome,
            "state": progress_of(run),
            "has_changes": run.changes.exists(),
            "is_under_way": stage in WAITING,
            "is_elsewhere": run.is_elsewhere,
            "is_waiting": stage == ImportStage.CHECKED,
            "is_refused": stage == ImportStage.REFUSED,
            "is_over": stage in {ImportStage.WRITTEN, ImportStage.UNDONE},
            "state_url": self.page_url("import_state", run),
            "confirm_url": self.page_url("import_confirm", run),
            "marked_url": self.page_url("import_marked", run),
            "changes_url": self.page_url("import_changes", run),
            "batch_url": self.batch_url(run),
        }
        return self.page(request, "run", context)

    def state_view(self, request, number):
        """Return how far a file has come, for the page that shows it."""
        run = self.run(request, number)
        if run.stands_still:
            start_worker()
        return JsonResponse({"is_under_way": run.batch.stage in WAITING, **progress_of(run)})

    def confirm_view(self, request, number):
        """Have what was previewed written."""
        run = self.run(request, number)
        if request.method != "POST":
            return HttpResponseRedirect(self.page_url("import_run", run))
        # The worker of this machine would wait for files that it will never see.
        if run.is_elsewhere:
            return HttpResponseRedirect(self.page_url("import_run", run))
        if not run.confirm():
            messages.warning(request, _("这份文件不在等待确认：它的现状见下。"))
            return HttpResponseRedirect(self.page_url("import_run", run))
        self.go_on(run, self.resource_class(), run.is_short)
        if run.batch.stage == ImportStage.WRITTEN:
            messages.success(
                request,
                _("导入完成：新增 %(new)d 条，更改 %(changed)d 条，%(unchanged)d 条没有变化。")
                % run.batch.counts,
            )
        return HttpResponseRedirect(self.page_url("import_run", run))

    def marked_view(self, request, number):
        """Return the file with its faults marked."""
        run = self.run(request, number)
        stem = run.batch.file_name.rpartition(".")[0]
        return self.kept_file(run.marked, _("%(name)s-错误说明.xlsx") % {"name": stem}, XLSX_TYPE)

    def changes_view(self, request, number):
        """Return the list of everything that the file would change."""
        run = self.run(request, number)
        stem = run.batch.file_name.rpartition(".")[0]
        return self.kept_file(run.changes, _("%(name)s-变化清单.csv") % {"name": stem}, CSV_TYPE)

    def template_view(self, request):
        """Return a workbook to fill in, with every heading, its rule and the allowed values."""
        # With openpyxl, which is large.
        from promotion.reference.spreadsheets.template import write_template  # noqa: PLC0415

        self.require(self.has_import_permission(request))
        resource = self.resource_class(personal=True)
        sheet = io.BytesIO()
        write_template(sheet, resource, request.user)
        sheet.seek(0)
        return self.download(sheet, _("%(title)s-空白表.xlsx") % {"title": resource.title})

    # Export

    def export_view(self, request):
        """Ask for the format, then return what the list is filtered to."""
        self.require(self.has_export_permission(request))
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{self.page_url('changelist')}?e=1")
        data = request.POST if request.method == "POST" else None
        form = ExportForm(data, may_see_personal=self.may_see_personal(request))
        if not form.is_valid():
            context = {"form": form, "count": changelist.result_count, "title": _("导出")}
            return self.page(request, "export", context)
        resource = self.resource_class(personal=form.cleaned_data.get("personal", False))
        suffix = form.cleaned_data["file_format"]
        name = f"{resource.title}-{timezone.localdate().isoformat()}{suffix}"
        resource.log_export(changelist.result_count, suffix, request.user)
        rows = resource.export_rows(self.exportable(request, changelist.queryset, resource))
        if suffix == ".csv":
            response = StreamingHttpResponse(
                csv_lines(resource.headings, rows), content_type=CSV_TYPE
            )
            response["Content-Disposition"] = content_disposition_header(True, name)
            return response
        sheet = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
        write_sheet(sheet, suffix, resource.title, resource.headings, rows)
        sheet.seek(0)
        return self.download(sheet, name)

    def exportable(self, request, rows, resource):
        """Return the rows to give out: with personal data only what the user may change."""
        return within_reach(request.user, "change", rows) if resource.with_personal else rows

    # What the views share

    def require(self, permission):
        if not permission:
            raise PermissionDenied

    def is_short(self, resource, file_name, data):
        """Tell whether a file is short enough for a request; SheetError for an unusable one."""
        try:
            read_table(
                file_name,
                data,
                resource.vocabulary.recognise,
                max_rows=settings.MAX_SHEET_ROWS_IN_REQUEST,
                max_bytes=settings.MAX_SHEET_BYTES,
            )
        except TooManyRowsError:
            return False
        return True

    def go_on(self, run, resource, is_short):
        """Do the next step with a file now, or leave it to the worker."""
        if is_short:
            run.advance(resource)
        else:
            start_worker()

    def run(self, request, number):
        """Return the user's own run with a number; answer "not found" for any other."""
        self.require(self.has_import_permission(request))
        own = ImportBatch.objects.filter(user=request.user)
        content_type = ContentType.objects.get_for_model(self.model)
        return Run(get_object_or_404(own, pk=number, model_type=content_type))

    def batch_url(self, run):
        """Return the page of what an import did, where imports have one."""
        if ImportBatch not in self.admin_site._registry:
            return ""
        return reverse(
            "admin:reference_importbatch_change",
            args=[run.batch.pk],
            current_app=self.admin_site.name,
        )

    def kept_file(self, path, name, content_type):
        try:
            file = path.open("rb")
        except OSError:
            raise Http404 from None
        return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)

    def upload_page(self, request, form):
        resource = self.resource_class(personal=True)
        columns = [
            {
                "heading": column.heading,
                "is_required": column.name in resource.required_columns,
                "rule": column.rule(),
                "example": resource.example(column),
            }
            for column in resource.get_export_fields()
        ]
        return self.page(request, "import", {"form": form, "columns": columns, "title": _("导入")})

    def page(self, request, name, context):
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"admin/spreadsheets/{name}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "changelist_url": self.page_url("changelist"),
                "import_url": self.page_url("import"),
                "template_url": self.page_url("import_template"),
                **context,
            },
        )

    def download(self, file, name):
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def progress_of(run):
    """Return how far a run has come as a page shows it: in words and as a share."""
    progress = run.progress
    done, total = progress.get("done", 0), progress.get("total", 0)
    texts = {
        "read": _("正在读取文件"),
        "check": _("正在检查：%(total)d 行中的第 %(done)d 行"),
        "mark": _("正在标出错误"),
        "undo": _("正在撤销"),
        "write": _("正在写入：%(total)d 行中的第 %(done)d 行"),
    }
    waiting = _("由接收文件的那台服务器处理") if run.is_elsewhere else _("正在排队")
    text = texts.get(progress.get("step"), waiting)
    return {"text": text % {"done": done, "total": total}, "done": done, "total": total}

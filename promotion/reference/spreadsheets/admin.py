"""Import and export for a model's admin: upload, preview, confirm; export what the list shows."""

import io
import tempfile

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from promotion.reference.spreadsheets import pending
from promotion.reference.spreadsheets.forms import ExportForm, UploadForm
from promotion.reference.spreadsheets.problems import SheetError, TooManyRowsError
from promotion.reference.spreadsheets.reading import read_table
from promotion.reference.spreadsheets.report import write_report
from promotion.reference.spreadsheets.template import write_template
from promotion.reference.spreadsheets.writing import csv_lines, write_xlsx

PROBLEMS_SHOWN = 500
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SpreadsheetAdminMixin:
    """Adds import and export to a ModelAdmin that names its `resource_class`.

    Import needs the rights to add and to change the model, export the right to view it; contact
    data of persons is exported only to those who may change it.
    """

    resource_class = None
    change_list_template = "admin/spreadsheets/change_list.html"

    def get_urls(self):
        views = {
            "import": ("import/", self.import_view),
            "import_confirm": ("import/confirm/", self.confirm_view),
            "import_report": ("import/report/", self.report_view),
            "import_template": ("import/template/", self.template_view),
            "export": ("export/", self.export_view),
        }
        urls = [
            path(route, self.admin_site.admin_view(view), name=self.url_name(name))
            for name, (route, view) in views.items()
        ]
        return [*urls, *super().get_urls()]

    def url_name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def page_url(self, page):
        return reverse(f"admin:{self.url_name(page)}", current_app=self.admin_site.name)

    def has_import_permission(self, request):
        """Tell whether a user may take in files: a file can both add and change."""
        label, name = self.opts.app_label, self.opts.model_name
        return request.user.has_perms([f"{label}.add_{name}", f"{label}.change_{name}"])

    def has_export_permission(self, request):
        return self.has_view_permission(request)

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
        """Show the upload form, or what an uploaded file would do."""
        self.require(self.has_import_permission(request))
        pending.clear_expired()
        if request.method != "POST":
            return self.upload_page(request, UploadForm())
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.upload_page(request, form)
        upload = form.cleaned_data["file"]
        try:
            # Never more than the limit comes into memory, whatever the request claims.
            data = upload.read(settings.MAX_SHEET_BYTES + 1)
            return self.preview_page(request, upload.name, data)
        except SheetError as error:
            form.add_error("file", str(error))
            return self.upload_page(request, form)

    def confirm_view(self, request):
        """Write what was previewed, or say why not."""
        self.require(self.has_import_permission(request))
        if request.method != "POST":
            return HttpResponseRedirect(self.page_url("import"))
        try:
            file = self.pending_file(request)
            data = file.claim()
        except SheetError as error:
            return self.start_again(request, error)
        is_written = False
        try:
            resource = self.resource_class()
            table = self.read(resource, file.file_name, data)
            result = resource.import_data(table, user=request.user, expected=file.plan)
            is_written = not result.problems and not result.is_stale
        except SheetError as error:
            return self.start_again(request, error)
        finally:
            if is_written:
                file.discard()
            else:
                file.release()
        if is_written:
            return self.written(request, result.counts)
        messages.warning(request, _("预览之后数据有了变化，什么也没有写入。请再看一遍下面的内容。"))
        return self.preview_page(request, file.file_name, data)

    def report_view(self, request):
        """Return the previewed file with its faults marked."""
        self.require(self.has_import_permission(request))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            file = self.pending_file(request)
            resource = self.resource_class()
            table = self.read(resource, file.file_name, file.read())
        except SheetError as error:
            return self.start_again(request, error)
        result = resource.import_data(table, dry_run=True, user=request.user)
        report = io.BytesIO()
        write_report(report, "report.xlsx", table, result.problems)
        report.seek(0)
        stem = file.file_name.rpartition(".")[0]
        return self.download(report, _("%(name)s-错误说明.xlsx") % {"name": stem})

    def template_view(self, request):
        """Return a workbook to fill in, with every heading, its rule and the allowed values."""
        self.require(self.has_import_permission(request))
        resource = self.resource_class(personal=True)
        sheet = io.BytesIO()
        write_template(sheet, resource)
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
        rows = resource.export_rows(changelist.queryset)
        if suffix == ".csv":
            response = StreamingHttpResponse(
                csv_lines(resource.headings, rows), content_type=CSV_TYPE
            )
            response["Content-Disposition"] = content_disposition_header(True, name)
            return response
        sheet = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
        write_xlsx(sheet, resource.title, resource.headings, rows)
        sheet.seek(0)
        return self.download(sheet, name)

    # What the views share

    def require(self, permission):
        if not permission:
            raise PermissionDenied

    def read(self, resource, file_name, data):
        try:
            return read_table(
                file_name,
                data,
                resource.vocabulary.recognise,
                max_rows=settings.MAX_SHEET_ROWS_IN_REQUEST,
                max_bytes=settings.MAX_SHEET_BYTES,
            )
        except TooManyRowsError:
            raise SheetError(
                _(
                    "文件超过 %(limit)d 行，不能在网页上导入。请分成几个文件，"
                    "或请管理员用 import_data 命令导入。"
                )
                % {"limit": settings.MAX_SHEET_ROWS_IN_REQUEST}
            ) from None

    def pending_file(self, request):
        token = request.POST.get("token", "")
        return pending.find(token, user=request.user, model=self.model)

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

    def preview_page(self, request, file_name, data):
        """Show what a file would do and keep it for its confirmation."""
        resource = self.resource_class()
        table = self.read(resource, file_name, data)
        result = resource.import_data(table, dry_run=True, user=request.user)
        file = pending.keep(
            data,
            file_name=file_name,
            user=request.user,
            model=self.model,
            plan=result.plan.fingerprint,
        )
        context = {
            "title": _("导入预览"),
            "file_name": file_name,
            "table": table,
            "result": result,
            "counts": result.counts,
            "problems": result.problems[:PROBLEMS_SHOWN],
            "token": file.token,
        }
        return self.page(request, "preview", context)

    def written(self, request, counts):
        messages.success(
            request,
            _("导入完成：新增 %(new)d 条，更改 %(changed)d 条，%(unchanged)d 条没有变化。")
            % counts,
        )
        return HttpResponseRedirect(self.page_url("changelist"))

    def start_again(self, request, error):
        messages.error(request, str(error))
        return HttpResponseRedirect(self.page_url("import"))

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
                "confirm_url": self.page_url("import_confirm"),
                "report_url": self.page_url("import_report"),
                "template_url": self.page_url("import_template"),
                **context,
            },
        )

    def download(self, file, name):
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)

"""The admin of the audit log: to be searched, read and taken out, never written."""

import datetime
import json

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from promotion.audit.models import AuditEntry
from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.batches import ROWS
from promotion.reference.spreadsheets.writing import csv_lines

EXPORT_RIGHT = "audit.export_entries"
COLUMNS = [
    "number", "at", "actor_id", "actor", "address", "page", "action",
    "record_type", "record_id", "record_label", "detail", "previous_hash", "hash",
]  # fmt: skip


class PeriodFilter(admin.ListFilter):
    """From one day to another, both included."""

    title = gettext_lazy("日期")
    template = "admin/audit/_period_filter.html"
    ends = ("from", "to")

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.days = {}
        for name in self.ends:
            text = params.pop(name, [""])[-1]
            if day := read_day(text):
                self.days[name] = day
        self.used_parameters = {name: day.isoformat() for name, day in self.days.items()}

    def has_output(self):
        return True

    def expected_parameters(self):
        return list(self.ends)

    def queryset(self, request, queryset):
        if first := self.days.get("from"):
            queryset = queryset.filter(at__gte=start_of(first))
        if last := self.days.get("to"):
            queryset = queryset.filter(at__lt=start_of(last + datetime.timedelta(days=1)))
        return queryset

    def choices(self, changelist):
        """Return what the form of the filter holds: its days, and the other filters as they are."""
        others = changelist.get_filters_params().items()
        yield {
            "days": self.used_parameters,
            "others": [
                *((name, value) for name, values in others for value in values),
                *([("q", changelist.query)] if changelist.query else []),
            ],
        }


def read_day(text):
    """Return the day that an address names, or None."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    # Those at the ends of the calendar have no neighbour in every time zone.
    return day if datetime.date.min.year < day.year < datetime.date.max.year else None


def start_of(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


class AuditEntryAdmin(admin.ModelAdmin):
    """Who may view the log searches and reads it; taking it out needs a right of its own."""

    change_list_template = "admin/audit/change_list.html"
    change_form_template = "admin/audit/change_form.html"
    list_display = ["number", "at", "who", "address", "action", "record"]
    list_filter = [PeriodFilter, "action"]
    list_per_page = 50
    # Counting the whole log for every page would take ever longer.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["=number", "actor", "=address", "record_type", "=record_id", "record_label"]
    search_help_text = gettext_lazy("按序号、用户、网络地址、记录的种类、编号或名称查找。")
    fields = [
        "number", "at", "who", "actor_id", "address", "page", "action",
        "record", "told", "previous_hash", "hash",
    ]  # fmt: skip
    readonly_fields = ["who", "record", "told"]

    @admin.display(description=gettext_lazy("用户"), ordering="actor")
    def who(self, entry):
        return entry.who

    @admin.display(description=gettext_lazy("记录"), ordering="record_type")
    def record(self, entry):
        return entry.record

    @admin.display(description=gettext_lazy("细节"))
    def told(self, entry):
        return json.dumps(entry.detail, ensure_ascii=False)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def get_urls(self):
        export = path(
            "export/",
            self.admin_site.admin_view(require_POST(self.export_view)),
            name="audit_auditentry_export",
        )
        return [export, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        context = {"may_export": request.user.has_perm(EXPORT_RIGHT), **(extra_context or {})}
        return super().changelist_view(request, context)

    def export_view(self, request):
        """Return what the list is filtered to as CSV; that too is on the log."""
        if not (self.has_view_permission(request) and request.user.has_perm(EXPORT_RIGHT)):
            raise PermissionDenied
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{reverse('admin:audit_auditentry_changelist')}?e=1")
        log(Action.EXPORT, AuditEntry, count=changelist.result_count, format=".csv")
        headings = [capfirst(AuditEntry._meta.get_field(name).verbose_name) for name in COLUMNS]
        entries = changelist.queryset.iterator(chunk_size=ROWS)
        response = StreamingHttpResponse(
            csv_lines(headings, map(cells_of, entries)), content_type="text/csv; charset=utf-8"
        )
        name = _("审计记录-%(day)s.csv") % {"day": timezone.localdate().isoformat()}
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


def cells_of(entry):
    """Return the cells of an entry, as it was written."""
    values = {name: getattr(entry, name) for name in COLUMNS}
    values["at"] = localtime(entry.at).isoformat()
    values["detail"] = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)
    return list(values.values())

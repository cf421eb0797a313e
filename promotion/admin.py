from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from promotion.audit.models import AuditEntry
from promotion.audit_admin import AuditEntryAdmin
from promotion.models import (
    Advisor,
    Alliance,
    Event,
    Inquiry,
    InquirySubject,
    Measure,
    Policy,
    Program,
    SitePage,
    TalentDemand,
)
from promotion.reference.admin_bases import PersonAdmin, RecordAdmin
from promotion.reference.stale_admin import StaleFormsMixin
from promotion.resources import (
    AdvisorResource,
    AllianceResource,
    EventResource,
    MeasureResource,
    PolicyResource,
    ProgramResource,
    SitePageResource,
    TalentDemandResource,
)
from promotion.users_admin import StaffGroupAdmin

admin.site.unregister(Group)
admin.site.register(Group, StaffGroupAdmin)


class MeasureInline(admin.StackedInline):
    model = Measure
    fields = [("name", "name_en"), ("slug", "position", "status"), ("summary", "summary_en")]
    extra = 0
    show_change_link = True


@admin.register(Program)
class ProgramAdmin(RecordAdmin):
    resource_class = ProgramResource
    main_fields = [
        "kind",
        ("stage", "claim_status", "due_on"),
        "is_featured",
        "district",
        ("lead", "lead_en"),
        "alliance",
        ("starts_on", "ends_on"),
        "parks",
        "companies",
    ]
    list_columns = ["kind", "stage", "claim_status", "is_featured"]
    filters = ["kind", "stage", "claim_status"]
    inlines = [MeasureInline, *RecordAdmin.inlines]


@admin.register(Measure)
class MeasureAdmin(RecordAdmin):
    resource_class = MeasureResource
    main_fields = ["program", "position", "parks", "incubators"]
    list_columns = ["program", "position"]
    filters = ["program"]
    list_select_related = ["program"]


@admin.register(Alliance)
class AllianceAdmin(RecordAdmin):
    resource_class = AllianceResource
    main_fields = [
        "kind",
        ("claim_status", "due_on"),
        "parent",
        ("lead", "lead_en"),
        "established_on",
        "districts",
        "parks",
        "incubators",
        "companies",
    ]
    list_columns = ["kind", "claim_status", "established_on"]
    filters = ["kind", "claim_status"]


@admin.register(Policy)
class PolicyAdmin(RecordAdmin):
    resource_class = PolicyResource
    main_fields = [
        "level",
        ("issuer", "issuer_en"),
        ("document_number", "issued_on"),
        ("eligibility", "eligibility_en"),
        ("opens_on", "closes_on"),
        "industries",
        "url",
    ]
    list_columns = ["level", "issuer", "opens_on", "closes_on"]
    filters = ["level", ("closes_on", admin.DateFieldListFilter)]


@admin.register(Event)
class EventAdmin(RecordAdmin):
    resource_class = EventResource
    main_fields = [
        ("claim_status", "due_on"),
        ("starts_on", "ends_on"),
        ("date_note", "date_note_en"),
        ("venue", "venue_en"),
        ("organiser", "organiser_en"),
        "measure",
        "parks",
        "companies",
        "url",
    ]
    list_columns = ["starts_on", "organiser", "claim_status"]
    filters = ["claim_status"]


@admin.register(Advisor)
class AdvisorAdmin(PersonAdmin):
    resource_class = AdvisorResource
    main_fields = [*PersonAdmin.main_fields, "appointed_on"]


@admin.register(TalentDemand)
class TalentDemandAdmin(RecordAdmin):
    resource_class = TalentDemandResource
    main_fields = [
        ("company", "park"),
        "headcount",
        ("requirements", "requirements_en"),
        ("opens_on", "closes_on"),
    ]
    list_columns = ["company", "park", "headcount", "closes_on"]
    filters = [("closes_on", admin.DateFieldListFilter)]
    list_select_related = ["company", "park"]


@admin.register(SitePage)
class SitePageAdmin(RecordAdmin):
    resource_class = SitePageResource
    main_fields = ["body", "body_en", "position"]
    list_columns = ["slug", "position"]
    inlines = []


class InquirySubjectInline(admin.TabularInline):
    """The records that an enquiry asks about."""

    model = InquirySubject
    fields = readonly_fields = ["record_type", "name"]
    verbose_name_plural = _("咨询涉及")
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        # Shown to whoever sees the enquiry that it is a part of.
        return True


@admin.register(Inquiry)
class InquiryAdmin(StaleFormsMixin, admin.ModelAdmin):
    """The inbox: what visitors wrote is read, whether it has been handled is noted.

    Every right is asked for by itself: to see enquiries, to note on them, to delete them.
    """

    list_display = [
        "number",
        "received_at",
        "organisation",
        "sought",
        "industry_name",
        "asked_about",
        "is_handled",
    ]
    list_filter = ["is_handled", "sought", ("received_at", admin.DateFieldListFilter)]
    list_select_related = ["industry"]
    date_hierarchy = "received_at"
    search_fields = ["number", "organisation", "contact_name", "email", "phone", "message"]
    search_help_text = _("按编号、单位、联系人、邮箱、电话或内容查找。")
    inlines = [InquirySubjectInline]
    fieldsets = [
        (None, {"fields": ["number", "received_at", "is_handled", "note"]}),
        (
            _("咨询内容"),
            {
                "fields": [
                    "organisation",
                    "country",
                    ("industry", "other_industry"),
                    "sought",
                    ("floor_area_min_sqm", "floor_area_max_sqm", "headcount"),
                    "timing",
                    "message",
                ]
            },
        ),
        (_("联系方式"), {"fields": ["contact_name", "email", "phone", "language"]}),
        (
            _("同意与期限"),
            {"fields": ["agreed_text", "keep_until", "reply_working_days", "mail_status"]},
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("subjects")

    def get_readonly_fields(self, request, obj=None):
        shown = flatten_fieldsets(self.fieldsets)
        return [name for name in shown if name not in ("is_handled", "note")]

    def has_add_permission(self, request):
        return False

    @admin.display(description=_("产业"))
    def industry_name(self, inquiry):
        return inquiry.industry.name if inquiry.industry else inquiry.other_industry

    @admin.display(description=_("咨询涉及"))
    def asked_about(self, inquiry):
        return "、".join(subject.name for subject in inquiry.subjects.all())

    @admin.display(description=_("同意的隐私说明版本"))
    def agreed_text(self, inquiry):
        version = inquiry.privacy_version
        address = reverse("admin:promotion_sitepage_simple_history", args=[version.id, version.pk])
        moment = date_format(localtime(version.history_date), "Y-m-d H:i")
        return format_html('<a href="{}">{}</a>', address, moment)


admin.site.register(AuditEntry, AuditEntryAdmin)

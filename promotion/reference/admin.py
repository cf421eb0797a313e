from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from promotion.reference.admin_bases import (
    FRESHNESS_FIELDS,
    CitationInline,
    FreshnessAdmin,
    RecordAdmin,
    TrackedAdmin,
)
from promotion.reference.evidence.admin import SourceTextPages
from promotion.reference.models import (
    Citation,
    Figure,
    ImportBatch,
    Industry,
    IndustryScheme,
    Source,
)
from promotion.reference.publish_admin import CHANGED, DELETED, KeepsCitedMixin, keeping_cited
from promotion.reference.resources import (
    CitationResource,
    FigureResource,
    IndustryResource,
    IndustrySchemeResource,
    SourceResource,
)
from promotion.reference.spreadsheets.batch_admin import ImportBatchAdmin


class IndustryInline(admin.TabularInline):
    """The industries of a scheme, in their order."""

    model = Industry
    fields = ["position", "name", "name_en", "slug", "code", "status"]
    extra = 0
    show_change_link = True


@admin.register(IndustryScheme)
class IndustrySchemeAdmin(RecordAdmin):
    resource_class = IndustrySchemeResource
    main_fields = [("adopted_by", "adopted_by_en"), "position"]
    list_columns = ["adopted_by", "position"]
    inlines = [IndustryInline, CitationInline]


@admin.register(Industry)
class IndustryAdmin(RecordAdmin):
    resource_class = IndustryResource
    main_fields = ["scheme", "code", "position"]
    list_columns = ["scheme", "code"]
    filters = ["scheme"]
    list_select_related = ["scheme"]


@admin.register(Source)
class SourceAdmin(SourceTextPages, RecordAdmin):
    resource_class = SourceResource
    main_fields = [
        ("publisher", "publisher_en"),
        "published_on",
        ("date_note", "date_note_en"),
        "url",
        "file_name",
        ("archived_text", "is_text_public"),
    ]
    list_columns = ["publisher", "published_on"]
    readonly_fields = ["archived_text", *RecordAdmin.readonly_fields]
    inlines = []


class SubjectAdmin(TrackedAdmin):
    """Rows about another record are added on that record's own page."""

    readonly_fields = ["about"]

    @admin.display(description=_("所属记录"))
    def about(self, row):
        return row.subject

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("subject")

    def has_add_permission(self, request):
        return False


@admin.register(Figure)
class FigureAdmin(FreshnessAdmin, SubjectAdmin):
    resource_class = FigureResource
    list_display = ["label", "about", "plain_value", "unit", "bound", "claim_status", "is_headline"]
    list_filter = ["claim_status", "bound", "unit", "is_headline"]
    search_fields = ["label", "label_en", "code", "scope"]
    inlines = [CitationInline]
    fields = [
        "about",
        ("label", "label_en", "code"),
        ("value", "unit", "bound"),
        ("claim_status", "due_on"),
        ("period", "period_en"),
        ("scope", "scope_en"),
        ("note", "note_en"),
        ("is_headline", "position"),
        "alternative_to",
        tuple(FRESHNESS_FIELDS),
    ]

    def save_formset(self, request, form, formset, change):
        # What a form asks of its own record does not reach the one that a figure belongs to.
        told = DELETED if formset.deleted_forms else CHANGED
        with keeping_cited(form.instance.citations.all(), told):
            super().save_formset(request, form, formset, change)

    @admin.display(description=_("数值"), ordering="value")
    def plain_value(self, figure):
        return f"{figure.value.normalize():f}"


@admin.register(Citation)
class CitationAdmin(KeepsCitedMixin, SubjectAdmin):
    resource_class = CitationResource
    list_display = ["excerpt", "source", "paragraph", "about", "supported_field", "stated_value"]
    list_filter = ["source", ("subject_type", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["source", "subject_type"]
    search_fields = ["excerpt", "source__name"]
    fields = ["about", "field", "source", "paragraph", "excerpt", "stated_value"]

    @admin.display(description=_("支持的字段"))
    def supported_field(self, citation):
        return citation.field_label or _("整条记录")


admin.site.register(ImportBatch, ImportBatchAdmin)

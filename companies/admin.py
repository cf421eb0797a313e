from django.contrib import admin

from companies.models import Company, Recognition, Tenancy
from companies.resources import CompanyResource, RecognitionResource, TenancyResource
from parks.admin import ParkAdmin
from parks.models import Park
from promotion.reference.admin_bases import (
    FRESHNESS_FIELDS,
    AutocompleteRelations,
    CitationInline,
    FreshnessAdmin,
    RecordAdmin,
)


class TenancyInline(AutocompleteRelations, admin.TabularInline):
    model = Tenancy
    fields = ["park", "incubator", "role", "claim_status", "started_on", "ended_on"]
    extra = 0
    show_change_link = True


class ParkTenancyInline(TenancyInline):
    fields = ["company", *TenancyInline.fields[1:]]


admin.site.unregister(Park)


@admin.register(Park)
class ParkWithTenantsAdmin(ParkAdmin):
    """The park's page with its tenants, which only this layer knows."""

    inlines = [ParkTenancyInline, *ParkAdmin.inlines]


class RecognitionInline(AutocompleteRelations, admin.TabularInline):
    model = Recognition
    fields = ["name", "slug", "level", "awarded_by", "awarded_on", "status"]
    extra = 0
    show_change_link = True


@admin.register(Company)
class CompanyAdmin(RecordAdmin):
    resource_class = CompanyResource
    main_fields = [
        "kind",
        "parent",
        "district",
        "unified_social_credit_code",
        "established_on",
        ("registered_capital_cny_10k", "staff_count"),
        "country",
        "industries",
        "website",
        ("address", "address_en"),
    ]
    list_columns = ["kind", "parent", "unified_social_credit_code"]
    filters = ["kind", "industries", "parks", "country"]
    list_select_related = ["parent"]
    private_fields = ["contact_name", "phone", "email"]
    inlines = [TenancyInline, RecognitionInline, *RecordAdmin.inlines]

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        code = search_term.strip().upper()
        return found | queryset.filter(unified_social_credit_code=code or None), may_repeat


@admin.register(Recognition)
class RecognitionAdmin(RecordAdmin):
    resource_class = RecognitionResource
    main_fields = [
        ("company", "park"),
        "level",
        ("awarded_by", "awarded_by_en"),
        ("awarded_on", "expires_on"),
        ("claim_status", "due_on"),
    ]
    list_columns = ["company", "park", "level", "awarded_on"]
    filters = ["level", "claim_status"]
    list_select_related = ["company", "park"]


@admin.register(Tenancy)
class TenancyAdmin(FreshnessAdmin):
    resource_class = TenancyResource
    list_display = ["company", "park", "role", "claim_status", "started_on", "ended_on"]
    list_filter = ["role", "claim_status", "park"]
    list_select_related = ["company", "park"]
    search_fields = ["company__search_text", "park__search_text"]
    fields = [
        "company",
        "park",
        "incubator",
        ("role", "claim_status", "due_on"),
        ("started_on", "ended_on"),
        ("note", "note_en"),
        tuple(FRESHNESS_FIELDS),
    ]
    inlines = [CitationInline]

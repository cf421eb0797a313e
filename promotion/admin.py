from django.contrib import admin

from promotion.models import Advisor, Alliance, Event, Measure, Policy, Program, TalentDemand
from promotion.reference.admin_bases import PersonAdmin, RecordAdmin
from promotion.resources import (
    AdvisorResource,
    AllianceResource,
    EventResource,
    MeasureResource,
    PolicyResource,
    ProgramResource,
    TalentDemandResource,
)


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
        ("stage", "claim_status", "is_featured"),
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
        ("kind", "claim_status"),
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
        "claim_status",
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

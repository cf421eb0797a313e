from django.contrib import admin

from parks.models import (
    Belt,
    BeltNode,
    Building,
    District,
    Incubator,
    Liaison,
    Mentor,
    Park,
    Service,
    Space,
)
from parks.resources import (
    BeltNodeResource,
    BeltResource,
    BuildingResource,
    DistrictResource,
    IncubatorResource,
    LiaisonResource,
    MentorResource,
    ParkResource,
    ServiceResource,
    SpaceResource,
)
from promotion.reference.admin_bases import (
    FRESHNESS_FIELDS,
    AutocompleteRelations,
    CitationInline,
    FreshnessAdmin,
    PersonAdmin,
    RecordAdmin,
    TrackedAdmin,
)


class BeltNodeInline(AutocompleteRelations, admin.TabularInline):
    model = BeltNode
    fields = ["position", "park", "role", "map_label", "map_label_en"]
    extra = 0
    show_change_link = True


class ParkNodeInline(BeltNodeInline):
    fields = ["belt", "position", "role"]


class BuildingInline(admin.TabularInline):
    model = Building
    fields = ["name", "slug", "floor_count", "floor_area_sqm", "status"]
    extra = 0
    show_change_link = True


@admin.register(District)
class DistrictAdmin(RecordAdmin):
    resource_class = DistrictResource
    main_fields = ["level", "parent", "division_code", "is_home", "industries"]
    list_columns = ["level", "parent", "is_home"]
    filters = ["level"]
    list_select_related = ["parent"]


@admin.register(Belt)
class BeltAdmin(RecordAdmin):
    resource_class = BeltResource
    main_fields = [
        "scale",
        "district",
        ("start_point", "start_point_en"),
        ("end_point", "end_point_en"),
        ("strategy", "strategy_en"),
        "industries",
    ]
    list_columns = ["scale", "district"]
    filters = ["scale"]
    list_select_related = ["district"]
    inlines = [BeltNodeInline, *RecordAdmin.inlines]


@admin.register(BeltNode)
class BeltNodeAdmin(FreshnessAdmin):
    resource_class = BeltNodeResource
    list_display = ["park", "belt", "position", "role", "map_label"]
    list_filter = ["belt", "role"]
    list_select_related = ["park", "belt"]
    search_fields = ["park__search_text", "belt__search_text", "map_label"]
    fields = [
        "belt",
        "park",
        "position",
        "role",
        ("map_label", "map_label_en"),
        tuple(FRESHNESS_FIELDS),
    ]
    inlines = [CitationInline]


@admin.register(Park)
class ParkAdmin(RecordAdmin):
    resource_class = ParkResource
    main_fields = [
        "kind",
        ("stage", "due_on"),
        "district",
        "host",
        "industries",
        ("site_area_sqm", "floor_area_sqm"),
        "opened_on",
        "total_investment_cny_10k",
        ("metro_access", "metro_access_en"),
        ("operator", "operator_en"),
    ]
    list_columns = ["kind", "district", "stage"]
    filters = ["kind", "stage", "district", "belts"]
    list_select_related = ["district"]
    inlines = [ParkNodeInline, BuildingInline, *RecordAdmin.inlines]


@admin.register(Building)
class BuildingAdmin(RecordAdmin):
    resource_class = BuildingResource
    main_fields = [
        "park",
        ("address", "address_en"),
        ("floor_count", "floor_area_sqm"),
        "completed_on",
    ]
    list_columns = ["park", "floor_count", "floor_area_sqm"]
    filters = ["park"]
    list_select_related = ["park"]


@admin.register(Space)
class SpaceAdmin(RecordAdmin):
    resource_class = SpaceResource
    main_fields = [
        "park",
        "building",
        ("floor", "floor_en"),
        ("use", "availability", "available_on"),
        ("floor_area_sqm", "rent_cny_sqm_day"),
    ]
    list_columns = ["park", "use", "floor_area_sqm", "rent_cny_sqm_day", "availability"]
    filters = ["use", "availability", "park"]
    list_select_related = ["park", "building"]


@admin.register(Service)
class ServiceAdmin(TrackedAdmin):
    resource_class = ServiceResource
    list_display = ["name", "name_en", "position"]
    search_fields = ["name", "name_en"]
    fields = ["name", "name_en", "slug", "position"]
    prepopulated_fields = {"slug": ["name_en"]}


@admin.register(Incubator)
class IncubatorAdmin(RecordAdmin):
    resource_class = IncubatorResource
    main_fields = [
        "park",
        "district",
        ("stage", "due_on"),
        ("level_held", "level_aimed"),
        ("operating_model", "operating_model_en"),
        "services",
        "industries",
    ]
    list_columns = ["park", "level_held", "level_aimed", "stage"]
    filters = ["level_held", "level_aimed", "services"]
    list_select_related = ["park"]


@admin.register(Mentor)
class MentorAdmin(PersonAdmin):
    resource_class = MentorResource
    main_fields = ["incubator", *PersonAdmin.main_fields]
    list_columns = ["incubator", *PersonAdmin.list_columns]
    list_select_related = ["incubator__park"]


@admin.register(Liaison)
class LiaisonAdmin(PersonAdmin):
    resource_class = LiaisonResource
    main_fields = ["park", *PersonAdmin.main_fields]
    list_columns = ["park", *PersonAdmin.list_columns]
    list_select_related = ["park"]

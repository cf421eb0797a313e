"""What lists of the API are filtered by: the pages' filters, and a few for parts of records."""

import django_filters
from django.db.models import Q

from companies.models import Company, Recognition, Tenancy
from parks.models import Belt, BeltNode, Incubator, Park
from promotion.models import Program
from promotion.reference.facets import ChoiceFacet, Facet, public_path_q
from promotion.reference.filters import (
    MAX_NUMBER,
    MAX_QUERY_LENGTH,
    FacetedFilterSet,
    RecordFilter,
    WholeNumberFilter,
)
from promotion.reference.models import Source


class OwnerFilter(django_filters.CharFilter):
    """The rows that belong to the public record with a slug."""

    def __init__(self, owner):
        super().__init__(max_length=MAX_QUERY_LENGTH, label=owner._meta.verbose_name)

    def filter(self, qs, value):
        if not value:
            return qs
        is_owner = Q(**{f"{self.field_name}__slug": value})
        return qs.filter(public_path_q(qs.model, self.field_name), is_owner)


def vocabulary_facet(model, name):
    """Return the facet over a model's field with a closed vocabulary."""
    field = model._meta.get_field(name)
    return ChoiceFacet(choices=field.choices, label=field.verbose_name)


class NodeFilter(FacetedFilterSet):
    belt = OwnerFilter(Belt)
    park = OwnerFilter(Park)
    role = vocabulary_facet(BeltNode, "role")


class PartOfParkFilter(RecordFilter):
    park = OwnerFilter(Park)


class MentorFilter(RecordFilter):
    incubator = OwnerFilter(Incubator)


class RecognitionFilter(RecordFilter):
    company = OwnerFilter(Company)
    park = OwnerFilter(Park)
    claim_status = vocabulary_facet(Recognition, "claim_status")


class TenancyFilter(FacetedFilterSet):
    company = OwnerFilter(Company)
    park = OwnerFilter(Park)
    incubator = OwnerFilter(Incubator)
    role = vocabulary_facet(Tenancy, "role")
    claim_status = vocabulary_facet(Tenancy, "claim_status")


class MeasureFilter(RecordFilter):
    program = OwnerFilter(Program)


class CitationFilter(FacetedFilterSet):
    source = OwnerFilter(Source)


def schema_of(item):
    """Return what a filter takes, as JSON Schema."""
    if isinstance(item, ChoiceFacet):
        return {"type": "array", "items": {"type": "string", "enum": list(item.vocabulary)}}
    if isinstance(item, Facet):
        return {"type": "array", "items": {"type": "string"}}
    if isinstance(item, django_filters.ChoiceFilter):
        return {"type": "string", "enum": [value for value, _label in item.extra["choices"]]}
    if isinstance(item, WholeNumberFilter):
        return {"type": "integer", "minimum": 0, "maximum": MAX_NUMBER}
    return {"type": "string", "maxLength": MAX_QUERY_LENGTH}

"""Abstract bases: what every public record of the site has, each idea once."""

from promotion.reference.records.addresses import address_of
from promotion.reference.records.bases import (
    LISTED_RULES,
    Freshness,
    Part,
    PublicRecord,
    Sourced,
    ends_after_start,
    known_values,
    validate_slug,
)
from promotion.reference.records.contacts import Person, PublicContact
from promotion.reference.records.illustration import Illustrated
from promotion.reference.records.queries import (
    NAMING_FIELDS,
    PartQuerySet,
    RecordQuerySet,
    english_or_chinese,
    hidden_q,
    in_one,
    published_q,
    row_count,
)
from promotion.reference.records.tracking import TrackedModel

__all__ = [
    "LISTED_RULES",
    "NAMING_FIELDS",
    "Freshness",
    "Illustrated",
    "Part",
    "PartQuerySet",
    "Person",
    "PublicContact",
    "PublicRecord",
    "RecordQuerySet",
    "Sourced",
    "TrackedModel",
    "address_of",
    "ends_after_start",
    "english_or_chinese",
    "hidden_q",
    "in_one",
    "known_values",
    "published_q",
    "row_count",
    "validate_slug",
]

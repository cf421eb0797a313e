"""The kernel's tables: industries in their schemes, the sources behind every fact, its upkeep."""

from promotion.reference.evidence.models import SourceParagraph, SourceText
from promotion.reference.ledger.models import Distinction, Merge
from promotion.reference.models.batches import ImportBatch
from promotion.reference.models.figures import CHAINED, OF_ANOTHER, Figure
from promotion.reference.models.industries import Industry, IndustryScheme
from promotion.reference.models.roles import Role
from promotion.reference.models.sources import LOST_ANCHOR, Citation, Source, sourced_models
from promotion.reference.models.subjects import SubjectModel, subject_models
from promotion.reference.models.submissions import Submission
from promotion.reference.models.versions import DataVersion, PendingChange

__all__ = [
    "CHAINED",
    "LOST_ANCHOR",
    "OF_ANOTHER",
    "Citation",
    "DataVersion",
    "Distinction",
    "Figure",
    "ImportBatch",
    "Industry",
    "IndustryScheme",
    "Merge",
    "PendingChange",
    "Role",
    "Source",
    "SourceParagraph",
    "SourceText",
    "SubjectModel",
    "Submission",
    "sourced_models",
    "subject_models",
]

"""What the public sees, and moving records to and from it."""

from django.core.exceptions import ValidationError
from django.db import transaction

from promotion.reference.models import Citation, SubjectModel
from promotion.reference.records import Part, PublicRecord
from promotion.reference.vocabulary import PublicationStatus

REVIEWED_BASES = (PublicRecord, Part, SubjectModel)
"""What is public by itself or with its owner; anything else is a list that all records share."""


def is_public(row):
    """Tell whether the public sees a row of any model now."""
    if isinstance(row, Citation):
        return row.subject is not None and is_public(row.subject)
    if not isinstance(row, REVIEWED_BASES):
        return True
    return type(row)._default_manager.published().filter(pk=row.pk).exists()


def would_be_public(row):
    """Tell whether the public would see a row that is not saved yet."""
    if isinstance(row, PublicRecord):
        return row.status == PublicationStatus.PUBLISHED
    if isinstance(row, SubjectModel):
        return row.subject is not None and would_be_public(row.subject)
    if not isinstance(row, REVIEWED_BASES):
        return True
    owners = [owner for path in row.public_with if (owner := getattr(row, path)) is not None]
    return all(would_be_public(owner) for owner in owners)


def record_of(row):
    """Return the record with a page of its own that a row belongs to, None if there is none."""
    while isinstance(row, REVIEWED_BASES) and not isinstance(row, PublicRecord):
        row = row.subject if isinstance(row, SubjectModel) else getattr(row, row.public_with[0])
    return row if isinstance(row, PublicRecord) else None


@transaction.atomic
def set_status(records, status, *, reason=""):
    """Move records to a publication status, all or none, and return how many moved.

    `reason` is kept with the history, the name of the status without one. Raises ValidationError,
    with the record as its `record`, for one that may not have the status.
    """
    moved = 0
    for record in records:
        if record.status == status:
            continue
        record.status = status
        record._change_reason = reason or PublicationStatus(status).label
        try:
            record.full_clean()
        except ValidationError as error:
            error.record = record
            raise
        record.save()
        moved += 1
    return moved

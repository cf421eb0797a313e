"""Moving records to and from the public."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from promotion.reference.vocabulary import PublicationStatus


@transaction.atomic
def set_status(records, status):
    """Move records to a publication status, all or none, and return how many moved.

    Raises ValidationError, with the record as its `record`, for one that may not have the status.
    """
    moved = 0
    for record in records:
        if record.status == status:
            continue
        record.status = status
        if status == PublicationStatus.PUBLISHED:
            record.plan_review(timezone.localdate())
        record._change_reason = PublicationStatus(status).label
        try:
            record.full_clean()
        except ValidationError as error:
            error.record = record
            raise
        record.save()
        moved += 1
    return moved

"""Checking facts again: what is overdue, and noting that something is still true."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from promotion.reference.models import subject_models
from promotion.reference.records import Freshness

# Kept with the history, as it is for everyone, whatever the language of who confirms.
REASON = "仍然属实"


def reviewed_models():
    """Return the models whose rows are checked again from time to time."""
    return subject_models(Freshness)


def overdue(model, today=None):
    """Return the public rows of a model that are to be checked by now, or never were."""
    today = today or timezone.localdate()
    rows = model._default_manager.published().filter(model.overdue_q(today))
    return rows.select_related("responsible")


@transaction.atomic
def confirm(*querysets):
    """Note that rows were checked today and are still true, all or none; return how many.

    Raises ValidationError, with the row as its `record`, for one that is not right as it stands.
    """
    today, count = timezone.localdate(), 0
    for row in (row for queryset in querysets for row in queryset):
        row.verified_on = today
        row.review_by = today + row.review_interval()
        row._change_reason = REASON
        try:
            row.full_clean()
        except ValidationError as error:
            error.record = row
            raise
        row.save()
        count += 1
    return count

"""Checking facts again: what is overdue, and noting that something is still true."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from promotion.audit.services import log_each
from promotion.audit.vocabulary import Action
from promotion.reference.models import subject_models
from promotion.reference.records import Freshness

# Kept with the history, as it is for everyone, whatever the language of who confirms.
REASON = "仍然属实"


def reviewed_models():
    """Return the models whose rows are checked again from time to time."""
    return subject_models(Freshness)


def overdue(model, today=None):
    """Return the public rows of a model that are to be checked by now, or never were."""
    return overdue_among(model._default_manager.all(), today)


def overdue_among(rows, today=None):
    """Return those of a queryset's rows that the public sees and that are to be checked by now."""
    today = today or timezone.localdate()
    due = rows.published().filter(rows.model.overdue_q(today))
    return due.select_related("responsible")


@transaction.atomic
def confirm(*querysets):
    """Note that rows were checked today and are still true, all or none; return how many.

    Raises ValidationError, with the row as its `record`, for one that is not right as it stands.
    """
    today, confirmed = timezone.localdate(), []
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
        confirmed.append(row)
    log_each(Action.CONFIRM, confirmed)
    return len(confirmed)

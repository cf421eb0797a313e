"""The radar of promises: what was to come and is unconfirmed, for whoever can ask after it."""

from dataclasses import dataclass, field

from django.db.models import Model

from promotion.reference.claims import ForwardRecord
from promotion.reference.models import Citation, subject_models
from promotion.reference.services import subject_key


@dataclass
class Promise:
    """A public statement that was to have come true, and what it rests on."""

    record: Model
    since: str
    """Since when it is unconfirmed; "" where nothing tells by when or as of when it was said."""
    citations: list = field(default_factory=list)

    @property
    def field_to_mend(self):
        """The field that says that it is still to come."""
        values = self.record.forward_values
        return next(name for name in values if getattr(self.record, name) in values[name])

    @property
    def due(self):
        return self.record.due


def forward_models():
    """Return the models whose rows may be about what is still to come."""
    return subject_models(ForwardRecord)


def public_promises(rows):
    """Return the public ones of some rows that say that something is still to come."""
    return rows.published().filter(rows.model.forward_q())


def unconfirmed(rows, today=None):
    """Return the promises, of the rows that make any, that are past due or that nothing dates."""
    promises = [Promise(row, row.unconfirmed_since(today)) for row in rows]
    return [
        promise
        for promise in promises
        if promise.since or not (promise.due or promise.record.last_word)
    ]


def unconfirmed_rows(model):
    """Return the rows of a model whose promises nobody has confirmed, as a queryset."""
    found = [
        promise.record.pk for promise in unconfirmed(public_promises(model._default_manager.all()))
    ]
    return model._default_manager.filter(pk__in=found)


def with_names(rows):
    """Return the rows with what their names are made of."""
    if hasattr(rows.model, "subject_id"):
        return rows.prefetch_related("subject")
    return rows.for_list() if hasattr(rows, "for_list") else rows


def expired_promises(querysets, today=None):
    """Return the unconfirmed promises of some querysets with their citations, the oldest first."""
    promises = [
        promise
        for rows in querysets
        for promise in unconfirmed(with_names(public_promises(rows)), today)
    ]
    by_subject = {subject_key(promise.record): promise for promise in promises}
    records = [promise.record for promise in promises]
    for citation in Citation.objects.supporting().for_subjects(records):
        promise = by_subject[citation.subject_type_id, citation.subject_id]
        if citation.field in ("", promise.field_to_mend):
            promise.citations.append(citation)
    return sorted(promises, key=lambda promise: promise.since)

"""Moving records to and from the public, and what keeps them from it."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects

from promotion.reference.models import Citation, Figure
from promotion.reference.publish_rules import (
    ABOUT_CITATIONS,
    Evidence,
    Kind,
    citation_faults,
    fact_fields,
    lacking_q,
    own_faults,
)
from promotion.reference.vocabulary import PublicationStatus


def evidence_of(records):
    """Return {record's id: what of it has citations} of saved records of one model."""
    model = type(records[0])
    about = {
        "subject_type": ContentType.objects.get_for_model(model),
        "subject_id__in": [record.pk for record in records],
    }
    fields, bare_figures = defaultdict(set), defaultdict(list)
    for pk, field in Citation.objects.filter(**about).order_by().values_list("subject_id", "field"):
        fields[pk].add(field)
    if model is not Figure:
        bare = Figure.objects.filter(**about, citations=None)
        for pk, label in bare.values_list("subject_id", "label"):
            bare_figures[pk].append(label)
    return {
        record.pk: Evidence(frozenset(fields[record.pk]), tuple(bare_figures[record.pk]))
        for record in records
    }


def faults_of(records):
    """Return {record's id: what it lacks} of saved records of one model, in a few queries."""
    records = list(records)
    if not records:
        return {}
    evidence = evidence_of(records)
    many = {field.name for field in type(records[0])._meta.many_to_many}
    prefetch_related_objects(records, *(many & set(fact_fields(type(records[0])))))
    return {
        record.pk: own_faults(record) + citation_faults(record, evidence[record.pk])
        for record in records
    }


def unmet(record):
    """Return what a record lacks, required and advised, before it may or should be public."""
    if record.pk is None:
        return own_faults(record) + citation_faults(record, Evidence())
    return faults_of([record])[record.pk]


def blocking(record):
    """Return what keeps a record from the public."""
    return [fault for fault in unmet(record) if fault.is_required]


def lacking(queryset, *kinds):
    """Return the rows that lack something of the given kinds, by default all that is required."""
    kinds = kinds or (Kind.FIELD, *ABOUT_CITATIONS)
    return queryset.filter(lacking_q(queryset.model, *kinds))


def ready(queryset):
    """Return the rows that lack nothing that is required."""
    kinds = (Kind.FIELD, *ABOUT_CITATIONS)
    return queryset.exclude(lacking_q(queryset.model, *kinds))


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
        record._change_reason = PublicationStatus(status).label
        try:
            record.full_clean()
            if status == PublicationStatus.PUBLISHED:
                refuse_lacking(record)
        except ValidationError as error:
            error.record = record
            raise
        record.save()
        moved += 1
    return moved


def refuse_lacking(record):
    """Raise ValidationError for a record that lacks something that the public must find."""
    if faults := blocking(record):
        raise ValidationError([fault.message for fault in faults])

"""What the public sees, what keeps a record from it, and moving records to and from it."""

from collections import defaultdict
from contextlib import contextmanager

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from promotion.reference.batches import in_batches
from promotion.reference.models import Citation, Figure, SubjectModel
from promotion.reference.publish_rules import (
    ABOUT_CITATIONS,
    Evidence,
    Kind,
    citation_faults,
    citations_of,
    fact_fields,
    lacking_q,
    own_faults,
)
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
    """Tell whether a row, saved or not, is meant for the public.

    It sees the row now, or does once the moment set for it has come, a moment that is past is set
    anew, or a record around it is published: nobody is asked again.
    """
    if isinstance(row, PublicRecord):
        return row.status == PublicationStatus.PUBLISHED
    if isinstance(row, SubjectModel):
        return row.subject is not None and would_be_public(row.subject)
    if not isinstance(row, REVIEWED_BASES):
        return True
    owners = [owner for path in row.public_with if (owner := owner_at(row, path)) is not None]
    return all(would_be_public(owner) for owner in owners)


def held_back(record):
    """Return in words what keeps a published record from the public now, "" if nothing does.

    Asked of each row of a list: it reads the owners of a record and nothing else.
    """
    now = timezone.now()
    if record.status != PublicationStatus.PUBLISHED:
        return ""
    if record.expires_at and record.expires_at <= now:
        return _("已发布，但已于 %(moment)s 到期，不公开") % {"moment": moment(record.expires_at)}
    if record.publish_at and record.publish_at > now:
        return _("已定时，%(moment)s 起公开") % {"moment": moment(record.publish_at)}
    for path in record.public_with:
        owner = owner_at(record, path)
        if owner and (owner.status != PublicationStatus.PUBLISHED or held_back(owner)):
            return _("已发布，但“%(owner)s”公开后才公开") % {"owner": owner}
    return ""


def standing(record):
    """Return in words where a record stands: its status, or why it is not public in spite of it."""
    return held_back(record) or record.get_status_display()


def moment(at):
    return date_format(timezone.localtime(at), "Y-m-d H:i")


def owner_at(row, path):
    """Return what a row leads to by a path of relations, None where one of them is empty."""
    for name in path.split("__"):
        row = row and getattr(row, name)
    return row


def record_of(row):
    """Return the record with a page of its own that a row belongs to, None if there is none."""
    while isinstance(row, REVIEWED_BASES) and not isinstance(row, PublicRecord):
        row = row.subject if isinstance(row, SubjectModel) else getattr(row, row.public_with[0])
    return row if isinstance(row, PublicRecord) else None


def records_of(rows):
    """Return the records that rows of a queryset of figures or citations belong to."""
    rows = rows.prefetch_related("subject")
    return {record for row in rows if (record := record_of(row)) is not None}


def cited_records(pks):
    """Return the records that citations, given by their ids, belong to."""
    return {
        record
        for batch in in_batches(pks)
        for record in records_of(Citation.objects.filter(pk__in=batch))
    }


def evidence_of(records):
    """Return {record's id: what of it has citations} of saved records of one model."""
    model = type(records[0])
    about = {
        "subject_type": ContentType.objects.get_for_model(model),
        "subject_id__in": [record.pk for record in records],
    }
    fields, bare_figures = defaultdict(set), defaultdict(list)
    cited = Citation.objects.supporting().filter(**about).order_by()
    for pk, field in cited.values_list("subject_id", "field"):
        fields[pk].add(field)
    if model is not Figure:
        bare = Figure.objects.filter(~Exists(citations_of(Figure)), **about)
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


def public_faults(records):
    """Return {record: what keeps it from the public} of those that the database has as published.

    They are read anew: what is told is what the public would find.
    """
    by_model = defaultdict(set)
    for record in records:
        by_model[type(record)].add(record.pk)
    found = {}
    for model, pks in by_model.items():
        published = model._default_manager.filter(status=PublicationStatus.PUBLISHED)
        for batch in in_batches(pks):
            rows = list(published.filter(pk__in=batch))
            faults = faults_of(rows)
            found |= {row: [each for each in faults[row.pk] if each.is_required] for row in rows}
    return found


class LossError(Exception):
    """What was written lets public records lack what they must have, as {record: faults}."""

    def __init__(self, lost):
        super().__init__()
        self.lost = lost

    def in_words(self, text):
        """Return, for each record, a text that has places for its name and what it would lack."""
        return [
            str(text) % {"record": record, "lacking": "".join(fault.message for fault in faults)}
            for record, faults in self.lost.items()
        ]


@contextmanager
def losing_nothing(records, *kinds):
    """Raise LossError if what is written inside lets public records lack more than before.

    It looks at what is lacking of the given kinds, by default at all that is required.
    """
    former = public_faults(records)
    yield
    lost = {}
    for record, faults in public_faults(records).items():
        had = former.get(record, [])
        if new := [each for each in faults if each.kind in (kinds or Kind) and each not in had]:
            lost[record] = new
    if lost:
        raise LossError(lost)


def lacking(queryset, *kinds):
    """Return the rows that lack something of the given kinds, by default all that is required."""
    kinds = kinds or (Kind.FIELD, *ABOUT_CITATIONS)
    return queryset.filter(lacking_q(queryset.model, *kinds))


def ready(queryset):
    """Return the rows that lack nothing that is required."""
    kinds = (Kind.FIELD, *ABOUT_CITATIONS)
    return queryset.exclude(lacking_q(queryset.model, *kinds))


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
        if status == PublicationStatus.PUBLISHED:
            record.plan_review(timezone.localdate())
        record._change_reason = reason or PublicationStatus(status).label
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

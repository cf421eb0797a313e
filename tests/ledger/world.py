"""Two records with everything that can point at them, and the whole database as a value."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType

from companies.models import Tenancy
from promotion.models import Inquiry, InquirySubject
from promotion.reference.evidence.models import SourceParagraph
from promotion.reference.ledger.refusals import MergeRefusedError
from promotion.reference.models import Figure, Merge
from tests import factories
from tests.test_admin import make_row

OURS = {"reference", "parks", "companies", "promotion"}
NOT_ENTERED = {"reference.Merge", "reference.Distinction", "reference.DataVersion"}


# Rows that cannot point at a record without more being said.
POINTING = {
    ("companies.Recognition", "park"): lambda park: factories.make_recognition(park=park),
    ("companies.Recognition", "company"): lambda record: factories.make_recognition(company=record),
    ("promotion.InquirySubject", "record"): lambda record: InquirySubject.objects.create(
        inquiry=factories.make_inquiry(), record=record, name=record.name
    ),
    ("reference.Figure", "subject"): factories.make_figure,
    ("reference.Citation", "subject"): factories.make_citation,
    ("reference.Submission", "subject"): lambda record: factories.make_submission(subject=record),
}
MADE = {
    Inquiry: factories.make_inquiry,
    SourceParagraph: lambda: SourceParagraph.objects.create(
        source=factories.make_source(), number=7, text="一段"
    ),
    Tenancy: factories.make_tenancy,
}


def our_tables():
    """Return every table of ours that holds what staff or visitors have entered."""
    return [
        table
        for table in apps.get_models(include_auto_created=True)
        if table._meta.app_label in OURS
        and "Historical" not in table.__name__
        and table._meta.label not in NOT_ENTERED
    ]


def everything():
    """Return every row of every table of ours, `updated_at` left out."""
    return {
        table._meta.label: {
            row[table._meta.pk.attname]: {
                name: value for name, value in row.items() if name != "updated_at"
            }
            for row in table._base_manager.values()
        }
        for table in our_tables()
    }


def pointing_fields(model):
    """Return (table, field) of every field that may point at a record, as the models have it."""
    found = []
    for table in our_tables():
        if table._meta.label == "reference.ImportBatch":
            continue
        for field in [*table._meta.concrete_fields, *table._meta.private_fields]:
            if field in table._meta.concrete_fields and field.primary_key:
                continue
            if isinstance(field, GenericForeignKey):
                takes_model = table is not Figure or hasattr(model, "figures")
            else:
                takes_model = field.related_model is model
            if takes_model:
                found.append((table, field))
    return found


def make_pointing(table, field, record):
    """Make a row of a table that points at a record by a field; return the row."""
    special = POINTING.get((table._meta.label, field.name))
    if special:
        return special(record)
    if table._meta.auto_created:
        ends = [each for each in table._meta.concrete_fields if each.many_to_one]
        other = next(end for end in ends if end is not field)
        row = table(**{field.name: record, other.name: make_row(other.related_model)})
        row.save()
        return row
    row = MADE.get(table, lambda: make_row(table))()
    table._base_manager.filter(pk=row.pk).update(**{field.attname: record.pk})
    row.refresh_from_db()
    return row


def target_of(row, field):
    """Return (content type id or None, number) of what a row points at."""
    if isinstance(field, GenericForeignKey):
        ct = row._meta.get_field(field.ct_field).attname
        return getattr(row, ct), getattr(row, field.fk_field)
    return None, getattr(row, field.attname)


def expected_target(record, field):
    if isinstance(field, GenericForeignKey):
        return ContentType.objects.get_for_model(record).pk, record.pk
    return None, record.pk


def two_parks(**values):
    """Return 康建广场, which stays, and 康建商务广场."""
    kept = factories.make_park(name="康建广场", slug="kangjian")
    gone = factories.make_park(**{"name": "康建商务广场", "slug": "kangjian-plaza", **values})
    return kept, gone


def refusal(act, *arguments, **options):
    """Try; return what is said, nothing having changed."""
    before, merges = everything(), list(Merge.objects.values())
    with pytest.raises(MergeRefusedError) as caught:
        act(*arguments, **options)
    assert everything() == before
    assert list(Merge.objects.values()) == merges
    return str(caught.value)

"""The database counts every change of what the public reads, whatever makes it, and no other."""

import datetime

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from simple_history.models import HistoricalChanges

from parks.models import Park
from promotion.audit.models import AuditEntry
from promotion.reference.changes import current_version, next_moment, public_tables
from promotion.reference.models import Citation
from promotion.reference.shared_pages import one_state
from tests.factories import (
    make_citation,
    make_company,
    make_industry,
    make_inquiry,
    make_park,
    make_parkoperator,
    make_submission,
)

pytestmark = pytest.mark.django_db(transaction=True)
STAFF_ALONE = {
    "parks_parkoperator",
    "promotion_inquiry",
    "promotion_inquirysubject",
    "reference_dataversion",
    "reference_distinction",
    "reference_importbatch",
    "reference_pendingchange",
    "reference_role",
    "reference_submission",
}
"""The tables that no page of the public shows; whoever adds one decides."""
LABELS = ("reference", "parks", "companies", "promotion")


@pytest.fixture
def park():
    return make_park(name="甲")


def copy_of(park):
    park.pk, park.slug = None, "copy"
    return park


def raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_every_table_counts_but_those_that_staff_alone_read():
    ours = {
        model._meta.db_table
        for label in LABELS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if not issubclass(model, HistoricalChanges)
    }
    assert ours - set(public_tables()) == STAFF_ALONE


@pytest.mark.parametrize(
    "change",
    [
        lambda park: park.save(),
        lambda park: make_park(),
        lambda park: park.delete(),
        lambda park: Park.objects.update(name="乙"),
        lambda park: Park.objects.bulk_create([copy_of(park)]),
        lambda park: park.industries.add(make_industry()),
        lambda park: raw("UPDATE parks_park SET name = '丁'"),
        lambda park: raw("DELETE FROM reference_citation"),
        lambda park: make_citation(park),
    ],
    ids=["save", "add", "delete", "update", "bulk", "relation", "SQL", "SQL delete", "citation"],
)
def test_each_way_to_change_what_is_public_counts(park, change):
    make_citation(park)
    before = current_version()
    change(park)
    assert current_version() != before


@pytest.mark.parametrize("make", [make_inquiry, make_submission, make_parkoperator])
def test_what_staff_alone_read_does_not_count(make):
    row = make()
    before = current_version()
    row.save()
    row.delete()
    assert current_version() == before


def test_looking_up_and_logging_do_not_count(park):
    before = current_version()
    list(Citation.objects.all())
    AuditEntry.objects.count()
    assert current_version() == before


def test_a_change_that_is_taken_back_does_not_count(park):
    before = current_version()
    with transaction.atomic():
        park.save()
        transaction.set_rollback(True)
    assert current_version() == before


def test_a_transaction_that_has_not_ended_counts_for_nobody_else(park):
    before = current_version()
    other = connection.copy()
    try:
        with transaction.atomic():
            park.save()
            if connection.vendor == "postgresql":
                with other.cursor() as cursor:
                    cursor.execute("SELECT number FROM reference_dataversion")
                    assert cursor.fetchone() == (before,)
    finally:
        other.close()
    assert current_version() != before


def test_a_page_is_made_without_waiting_for_who_writes_and_leaves_writing_as_it_was(park):
    with one_state():
        assert Park.objects.get().name == "甲"
    with transaction.atomic():
        Park.objects.update(name="乙")
    assert Park.objects.get().name == "乙"


NOON = datetime.datetime(2026, 5, 4, 4, tzinfo=datetime.UTC)
"""Noon in Shanghai, where the day ends twelve hours later."""


@pytest.mark.parametrize(
    ("values", "hours"),
    [
        ({}, 12),
        ({"publish_at": NOON + datetime.timedelta(hours=2)}, 2),
        ({"expires_at": NOON + datetime.timedelta(hours=3)}, 3),
        ({"publish_at": NOON - datetime.timedelta(hours=2)}, 12),
        ({"publish_at": NOON + datetime.timedelta(hours=2), "status": "draft"}, 12),
        ({"publish_at": NOON + datetime.timedelta(hours=20)}, 12),
    ],
)
def test_pages_change_by_themselves_at_set_moments_and_at_midnight(values, hours):
    make_company(**values)
    assert next_moment(NOON) == NOON + datetime.timedelta(hours=hours)
    assert timezone.get_current_timezone_name() == "Asia/Shanghai"


def test_of_several_set_moments_the_first_comes_next():
    for hours in (5, 2, 3):
        make_company(publish_at=NOON + datetime.timedelta(hours=hours))
    assert next_moment(NOON) == NOON + datetime.timedelta(hours=2)

"""Queries grow with thousands of rows, not with rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from promotion.reference.batches import ROWS
from promotion.resources import RESOURCES
from tests import factories
from tests.spreadsheets.samples import credit_code, csv_file, export, read

pytestmark = pytest.mark.django_db

HEADINGS = ["名称", "统一社会信用代码", "园区", "产业", "地址", "所属集团"]


@pytest.fixture
def references():
    for number in range(3):
        factories.make_park(slug=f"p{number}")
        factories.make_industry(slug=f"i{number}")


def rows(count, address="某路"):
    """Return a sheet of companies, each with a park, two industries and most with a group."""
    group = [f"企业{count - 1}号"]
    return [HEADINGS] + [
        [
            f"企业{number}号",
            credit_code(number),
            f"p{number % 3}",
            f"i{number % 3}、i{(number + 1) % 3}",
            address,
            *(group if number < count - 1 else [""]),
        ]
        for number in range(count)
    ]


def queries(sheet, **options):
    """Return how many queries an import takes, statements of the transaction left out."""
    table = read(csv_file(sheet), max_rows=10_000)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        result = RESOURCES["companies"]().import_data(table, **options)
    assert result.problems == []
    return len(captured)


def test_planning_takes_as_many_queries_for_ten_rows_as_for_four_hundred(references):
    assert queries(rows(10), dry_run=True) == queries(rows(400), dry_run=True)


def test_an_unchanged_file_takes_as_many_queries_for_ten_rows_as_for_four_hundred(references):
    queries(rows(400))
    assert queries(rows(400)[:11] + rows(400)[-1:]) == queries(rows(400))


def test_writing_takes_a_constant_number_of_queries_a_thousand_rows(references):
    first = queries(rows(ROWS))
    Company.objects.filter(parent__isnull=False).delete()
    Company.objects.all().delete()
    twice = queries(rows(2 * ROWS))
    # SQLite takes some 25 rows of 40 columns in one statement: a few hundred for a thousand.
    assert twice < 2.2 * first
    assert first < 0.3 * ROWS


def test_updating_takes_a_constant_number_of_queries_a_thousand_rows(references):
    queries(rows(ROWS))
    assert queries(rows(ROWS, address="新路")) < 0.2 * ROWS


def test_exporting_takes_as_many_queries_for_ten_rows_as_for_four_hundred(references):
    counts = []
    for count in (10, 400):
        queries(rows(count))
        with CaptureQueriesContext(connection) as captured:
            export("companies")
        counts.append(len(captured))
    # The companies, then once for each five hundred their parks and their industries.
    assert counts == [3, 3]


def test_clean_does_not_ask_for_each_row():
    park = factories.make_park()
    building = factories.make_building(park=park)
    for number in range(20):
        factories.make_space(name=f"{number}室", park=park, building=building)
    counts = []
    for count in (2, 20):
        sheet = [["名称", "楼层"], *([f"{number}室", f"{count}层"] for number in range(count))]
        table = read(csv_file(sheet), model="spaces")
        with CaptureQueriesContext(connection) as captured:
            RESOURCES["spaces"]().import_data(table, dry_run=True)
        counts.append(len(captured))
    assert counts[0] == counts[1]

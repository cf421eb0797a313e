"""No page reads through a table that grows with the enterprises: each query finds by an index.

SQLite plans without looking at the rows, so that a few show what it would do with 100,000.
PostgreSQL reads through small tables on purpose; forbidden to, it does so only where it must.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.filters import CompanyFilter
from companies.models import Company
from promotion.reference.models import Citation, subject_models
from promotion.reference.records import PublicRecord, published_q
from tests.pages.world import EVERY_ADDRESS, build

pytestmark = pytest.mark.django_db

GROWING = (
    "companies_company",
    "companies_company_industries",
    "companies_tenancy",
    "companies_recognition",
    "reference_citation",
    "reference_figure",
)
ADDRESSES = [
    *EVERY_ADDRESS,
    "/companies/?q=企业",
    "/companies/?page=3",
    "/companies/?sort=name",
    "/companies/?kind=enterprise&industry=hub-industry",
    "/companies/?park=hub-park&area=hub-home&country=DE&recognition=any",
    "/en/companies/",
    "/parks/?open_space=on&incubator=on&industry=hub-industry",
    "/feed.atom",
    "/sitemap-company.xml",
    "/api/v1/companies/",
    "/api/v1/companies/?park=hub-park",
]


def plan(sql, params):
    """Return the lines of the plan of a query."""
    with connection.cursor() as cursor:
        prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{prefix} {sql}", params)
        return [line[-1] for line in cursor.fetchall()]


def read_through(sql, params):
    """Return the growing tables of which a query reads every row, past any index."""
    if connection.vendor == "postgresql":
        lines = "\n".join(plan(sql, params))
        return set(re.findall(r"Seq Scan on (\w+)", lines)) & set(GROWING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rootpage, name FROM sqlite_master WHERE type = 'table'")
        tables = dict(cursor.fetchall())
        cursor.execute(f"EXPLAIN {sql}", params)
        steps = cursor.fetchall()
    # A plan names tables as the query does, each part of which has a U0: its program does not.
    opened, found = {}, set()
    for _address, act, place, page, *_rest in steps:
        if act == "OpenRead":
            opened[place] = tables.get(page)
        elif act in {"Rewind", "Last"}:
            found.add(opened.get(place))
    return found & set(GROWING)


def read_through_by(client, address):
    """Return the growing tables that the queries of a page read through."""
    queries = []

    def watch(execute, sql, params, many, context):
        queries.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        assert client.get(address).status_code == 200
    found = set()
    for sql, params in queries:
        if sql.startswith("SELECT") and any(f'"{table}"' in sql for table in GROWING):
            found |= read_through(sql, params)
    return found


@pytest.fixture
def no_reading_through():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")


def test_every_page_finds_by_an_index(client, no_reading_through):
    build(30)
    found = {address: read_through_by(client, address) for address in ADDRESSES}
    assert {address: tables for address, tables in found.items() if tables} == {}


@pytest.mark.parametrize("words", ["企", "企业", "hub 企业 2"])
def test_a_search_looks_into_the_index(no_reading_through, words):
    if connection.vendor == "postgresql" and len(words) < 3:
        pytest.skip("PostgreSQL indexes pieces of three characters")
    build(30)
    way = {
        "sqlite": "SCAN companies_company_pieces VIRTUAL TABLE INDEX 0:M",
        "postgresql": "Bitmap Index Scan on companies_company_search",
    }
    query = Company.objects.published().matching(words).by_relevance(words).query
    assert way[connection.vendor] in "\n".join(plan(*query.sql_with_params()))
    assert read_through(*query.sql_with_params()) == set()


def test_a_search_that_finds_nothing_looks_into_the_index_for_what_is_near(client):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL compares all names")
    build(30)
    with CaptureQueriesContext(connection) as queries:
        assert "您要找的是不是" in client.get("/search/?q=企页").text
    compared = [query["sql"] for query in queries if " THEN 1 ELSE 0 " in query["sql"]]
    assert len(compared) == 1
    assert "SELECT rowid FROM companies_company_pieces" in compared[0]
    assert read_through_by(client, "/search/?q=企页") == set()


def test_the_facets_of_a_whole_list_are_counted_without_its_rows():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by the size of the table")
    build(30)
    filterset = CompanyFilter({}, Company.objects.published())
    for name in ("kind", "industry", "park", "area", "country"):
        for counted in filterset.facet_filters[name].count(filterset.queryset, is_whole=True):
            first, *more = plan(*counted.query.sql_with_params())
            assert re.match(r"(SCAN|SEARCH) companies_\w+ USING COVERING INDEX", first), name
            # Rows come in the order of what they are counted by.
            assert "USE TEMP B-TREE FOR GROUP BY" not in more, name


def test_a_list_is_read_in_its_order_and_skipped_without_its_rows(client):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by the size of the table")
    build(100)
    with CaptureQueriesContext(connection) as queries:
        client.get("/companies/?page=2")
    (rows,) = [
        query["sql"]
        for query in queries
        if 'ORDER BY "companies_company"."sort_key"' in query["sql"]
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {rows}")
        lines = [line[-1] for line in cursor.fetchall()]
    assert lines == ["SEARCH companies_company USING INDEX companies_company_list (status=?)"]


def test_the_citations_of_several_kinds_are_found_by_what_they_are_about():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by the size of the table")
    build(3)
    records = [row for model in subject_models(PublicRecord) for row in model.objects.all()[:2]]
    found = Citation.objects.filter(published_q("source")).for_subjects(records)
    lines = plan(*found.query.sql_with_params())
    ways = [line for line in lines if "reference_citation" in line]
    assert len(ways) == len({type(record) for record in records}) > 8
    assert all("(subject_type_id=? AND subject_id=?)" in line for line in ways)

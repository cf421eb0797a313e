"""No page reads through a table that grows with the enterprises: each query finds by an index.

SQLite plans without looking at the rows, so that a few show what it would do with 100,000.
PostgreSQL reads through small tables on purpose; forbidden to, it does so only where it must.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
    *(address for address in EVERY_ADDRESS if not address.startswith("/search/")),
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
READS_ALL = {
    # It says how many rows each file of open data holds.
    "/data/": {"companies_tenancy"},
}
"""What a page reads through, and why it may."""


def plan(sql, params):
    """Return the lines of the plan of a query."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            return [line[-1] for line in cursor.fetchall()], names_of(sql)
        cursor.execute(f"EXPLAIN {sql}", params)
        return [line for (line,) in cursor.fetchall()], {}


def names_of(sql):
    """Return the tables by the names that a query gives them."""
    named = re.findall(r'(?:FROM|JOIN) "(\w+)" (?:AS )?"?(\w+)"?', sql)
    return {alias: table for table, alias in named if alias not in {"ON", "WHERE", "INNER", "LEFT"}}


def read_through(lines, names):
    """Return the growing tables of which a plan reads every row."""
    scans = re.compile(r"^SCAN (\w+)(?! USING| VIRTUAL)|Seq Scan on (\w+)")
    tables = {match[1] or match[2] for line in lines if (match := scans.search(line))}
    return {names.get(table, table) for table in tables} & set(GROWING)


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
            found |= read_through(*plan(sql, params))
    return found


@pytest.fixture
def no_reading_through():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")


def test_every_page_finds_by_an_index(client, no_reading_through):
    build(30)
    found = {address: read_through_by(client, address) for address in ADDRESSES}
    known = READS_ALL if connection.vendor == "sqlite" else {}
    assert {address: tables for address, tables in found.items() if tables} == known


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads all texts in search")
def test_a_search_of_three_characters_looks_into_the_index(no_reading_through):
    build(30)
    found = Company.objects.published().matching("hub 企业 2").by_relevance("hub 企业 2")
    sql, params = found.query.sql_with_params()
    assert "Bitmap Index Scan on companies_company_search" in "\n".join(plan(sql, params)[0])


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
    lines = plan(*found.query.sql_with_params())[0]
    ways = [line for line in lines if "reference_citation" in line]
    assert len(ways) == len({type(record) for record in records}) > 8
    assert all("(subject_type_id=? AND subject_id=?)" in line for line in ways)

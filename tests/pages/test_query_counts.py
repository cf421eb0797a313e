"""Each page asks the database a fixed number of times, however much it shows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.pages.world import EVERY_ADDRESS, build

pytestmark = pytest.mark.django_db

QUERIES = {
    "/": 13,
    "/search/?q=hub": 3,
    "/compare/?park=hub-park&park=park-0": 11,
    "/data/": 3,
    "/inquiries/new/?park=hub-park&company=hub-company": 6,
    "/about/privacy/": 3,
    "/belts/": 7,
    "/parks/": 10,
    "/spaces/": 6,
    "/incubators/": 9,
    "/companies/": 10,
    "/industries/": 6,
    "/programs/": 6,
    "/alliances/": 6,
    "/policies/": 7,
    "/events/": 5,
    "/talent/": 5,
    "/advisors/": 5,
    "/figures/": 6,
    "/sources/": 5,
    "/belts/hub-belt/": 8,
    "/parks/hub-park/": 13,
    "/incubators/hub-incubator/": 10,
    "/companies/hub-company/": 10,
    "/industries/hub-industry/": 6,
    "/programs/hub-program/": 11,
    "/alliances/alliance-0/": 6,
    "/policies/policy-0/": 6,
    "/events/event-0/": 6,
    "/talent/talentdemand-0/": 5,
    "/advisors/advisor-0/": 5,
    "/sources/hub-source/": 8,
}
# A chosen record is one more query for each filter that names one.
FILTERED_QUERIES = {
    "/parks/?q=hub&kind=complex&industry=hub-industry&belt=hub-belt&area=hub-home": 13,
    "/companies/?q=hub&industry=hub-industry&park=hub-park&country=DE": 12,
    "/incubators/?q=hub&park=hub-park": 10,
    "/spaces/?use=office&park=hub-park&availability=available&area_min=1&area_max=1000": 7,
}


def count_queries(client, addresses):
    counted = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200, address
        counted[address] = len(queries)
    return counted


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_pages_ask_a_fixed_number_of_queries(client, rows):
    build(rows)
    assert count_queries(client, EVERY_ADDRESS) == QUERIES


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_filtered_lists_ask_a_fixed_number_of_queries(client, rows):
    build(rows)
    assert count_queries(client, FILTERED_QUERIES) == FILTERED_QUERIES


def test_english_pages_ask_as_many_queries(client):
    build(3)
    english = {f"/en{address}": count for address, count in QUERIES.items()}
    assert count_queries(client, english) == english

"""Each page asks the database a fixed number of times, however much it shows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.pages.world import EVERY_ADDRESS, build

pytestmark = pytest.mark.django_db

QUERIES = {
    "/": 12,
    "/search/?q=hub": 2,
    "/compare/?park=hub-park&park=park-0": 10,
    "/match/?industry=hub-industry&use=office&area_sqm=50&team_size=3&stage=start_up": 10,
    "/data/": 2,
    "/inquiries/new/": 1,
    "/belts/": 6,
    "/parks/": 9,
    "/spaces/": 5,
    "/incubators/": 8,
    "/companies/": 9,
    "/industries/": 5,
    "/programs/": 5,
    "/alliances/": 5,
    "/policies/": 6,
    "/events/": 4,
    "/talent/": 4,
    "/advisors/": 4,
    "/figures/": 5,
    "/sources/": 4,
    "/belts/hub-belt/": 7,
    "/parks/hub-park/": 12,
    "/incubators/hub-incubator/": 9,
    "/companies/hub-company/": 9,
    "/industries/hub-industry/": 5,
    "/programs/hub-program/": 10,
    "/alliances/alliance-0/": 5,
    "/policies/policy-0/": 5,
    "/events/event-0/": 5,
    "/talent/talentdemand-0/": 4,
    "/advisors/advisor-0/": 4,
    "/sources/hub-source/": 7,
}
# A chosen record is one more query for each filter that names one.
FILTERED_QUERIES = {
    "/parks/?q=hub&kind=complex&industry=hub-industry&belt=hub-belt&area=hub-home": 12,
    "/companies/?q=hub&industry=hub-industry&park=hub-park&country=DE": 11,
    "/incubators/?q=hub&park=hub-park": 9,
    "/spaces/?use=office&park=hub-park&availability=available&area_min=1&area_max=1000": 6,
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

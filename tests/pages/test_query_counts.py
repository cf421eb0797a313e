"""Each page asks the database a fixed number of times, however much it shows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotion.models import Event
from tests.pages.world import EVERY_ADDRESS, build

pytestmark = pytest.mark.django_db

QUERIES = {
    "/": 13,
    "/search/?q=hub": 4,
    "/compare/?park=hub-park&park=park-0": 13,
    "/compare/?space=space-0&incubator=hub-incubator&incubator=incubator-0": 13,
    "/match/?industry=hub-industry&use=office&area_sqm=50&team_size=3&stage=start_up": 11,
    "/data/": 4,
    "/data/api/": 2,
    "/inquiries/new/?park=hub-park&company=hub-company": 6,
    "/about/privacy/": 3,
    "/belts/": 9,
    "/parks/": 10,
    "/spaces/": 7,
    "/incubators/": 9,
    "/companies/": 10,
    "/industries/": 7,
    "/programs/": 7,
    "/alliances/": 7,
    "/policies/": 8,
    "/events/": 7,
    "/talent/": 7,
    "/advisors/": 5,
    "/figures/": 12,
    "/sources/": 5,
    "/belts/hub-belt/": 8,
    "/belts/hub-belt/?node=park-0": 10,
    "/parks/hub-park/": 14,
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
MACHINE_QUERIES = {
    "/feed.atom": 2,
    "/events.ics": 2,
    "/events/event-0.ics": 1,
    "/sitemap.xml": 28,
    "/sitemap-pages.xml": 1,
    "/sitemap-company.xml": 1,
}
# Whatever is chosen, counting the facets under the other filters is one more query.
FILTERED_QUERIES = {
    "/parks/?q=hub&kind=complex&industry=hub-industry&belt=hub-belt&area=hub-home": 12,
    "/companies/?q=hub&industry=hub-industry&park=hub-park&country=DE": 12,
    "/incubators/?q=hub&park=hub-park": 10,
    "/spaces/?use=office&park=hub-park&availability=available&area_min=1&area_max=1000": 8,
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
def test_what_machines_read_asks_a_fixed_number_of_queries(client, rows):
    build(rows)
    Event.objects.update(starts_on="2026-01-01")
    assert count_queries(client, MACHINE_QUERIES) == MACHINE_QUERIES


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_filtered_lists_ask_a_fixed_number_of_queries(client, rows):
    build(rows)
    assert count_queries(client, FILTERED_QUERIES) == FILTERED_QUERIES


def test_english_pages_ask_as_many_queries(client):
    build(3)
    english = {f"/en{address}": count for address, count in QUERIES.items()}
    assert count_queries(client, english) == english

"""Every address that names a merged record leads to the same page of the one that stayed."""

import pytest

from companies.models import Company
from parks.models import Belt, Park
from promotion.models import Event
from promotion.reference.ledger.merging import merge, undo_merge
from promotion.reference.models import Industry, Source
from tests import factories
from tests.ledger.world import two_parks

pytestmark = pytest.mark.django_db


def gone_and_kept(maker, model):
    kept, gone = maker(slug="kept"), maker(slug="gone")
    return kept, gone, merge(model, kept.pk, gone.pk)


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("page", ["", "drawing.svg", "drawing.png"])
def test_drawings_of_belts(client, prefix, page):
    _kept, _gone, made = gone_and_kept(factories.make_belt, Belt)
    response = client.get(f"{prefix}/belts/gone/{page}")
    assert (response.status_code, response["Location"]) == (301, f"{prefix}/belts/kept/{page}")
    assert "max-age=3600" in response["Cache-Control"]
    undo_merge(made.pk)
    assert client.get(f"{prefix}/belts/gone/{page}").status_code == 200


def test_the_calendar_of_an_event(client):
    def maker(slug):
        return factories.make_event(slug=slug, starts_on="2026-12-01")

    gone_and_kept(maker, Event)
    assert client.get("/events/gone.ics")["Location"] == "/events/kept.ics"
    assert client.get("/events/nowhere.ics").status_code == 404


def test_the_note_of_a_mark(client):
    gone = factories.make_source(slug="gone")
    citation = factories.make_citation(factories.make_park(), source=gone)
    merge(Source, factories.make_source(slug="kept").pk, gone.pk)
    address = client.get(f"/sources/gone/citations/{citation.pk}/")["Location"]
    assert address == f"/sources/kept/citations/{citation.pk}/"
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/compare/?park=kangjian-plaza&park=other",
        "/compare/prospectus.pdf?park=other&park=kangjian-plaza",
        "/inquiries/new/?park=kangjian-plaza&sought=office",
        "/spaces/?park=kangjian-plaza&sort=name",
    ],
)
def test_queries_that_name_a_park(client, address):
    factories.make_home()
    factories.make_privacy_notice()
    kept, gone = two_parks()
    factories.make_park(slug="other")
    factories.make_space(park=gone)
    made = merge(Park, kept.pk, gone.pk)
    response = client.get(address)
    assert response.status_code == 301
    assert response["Location"] == address.replace("kangjian-plaza", "kangjian")
    assert client.get(response["Location"]).status_code == 200
    undo_merge(made.pk)
    assert client.get(address).status_code == 200


def test_queries_that_name_an_industry(client):
    kept, _gone, _made = gone_and_kept(factories.make_industry, Industry)
    factories.make_company(industries=[kept])
    factories.make_home()
    factories.make_park()
    for page in ("/companies/", "/match/"):
        assert client.get(f"{page}?industry=gone")["Location"] == f"{page}?industry=kept"
        assert client.get(f"{page}?industry=nowhere").status_code == 200


def test_what_the_public_may_not_see_is_not_led_to(client):
    kept, _gone, _made = gone_and_kept(factories.make_company, Company)
    Company.objects.filter(pk=kept.pk).update(status="draft")
    assert client.get("/companies/gone/").status_code == 404
    assert client.get("/inquiries/new/?company=gone").status_code == 200


def test_strange_queries_lead_nowhere(client):
    two_parks()
    for value in ("a%00b", "x" * 500, "", "%E5%BA%B7"):
        assert client.get(f"/inquiries/new/?park={value}").status_code == 200
        assert client.get(f"/spaces/?park={value}").status_code == 200

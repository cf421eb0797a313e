"""What is not public appears nowhere: not by address, not through relations, not in searches."""

import datetime

import pytest
from django.utils import timezone

from promotion.reference.models import Source, subject_models
from promotion.reference.records import PublicRecord
from tests.factories import (
    make_citation,
    make_company,
    make_figure,
    make_home,
    make_incubator,
    make_mentor,
    make_park,
    make_source,
    make_tenancy,
)
from tests.pages.world import API, API_FILES, EVERY_ADDRESS, FEEDS, MACHINES, build

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
HIDDEN = {
    "draft": {"status": "draft"},
    "scheduled": {"publish_at": timezone.now() + HOUR},
    "expired": {"expires_at": timezone.now() - HOUR},
}
SECRET = "zsecretz"


def texts(client, addresses):
    """Yield (address, text) of each page that is there, in both languages."""
    for address in addresses:
        for prefix in ("", "/en"):
            response = client.get(prefix + address)
            if response.status_code == 200:
                content = b"".join(response) if response.streaming else response.content
                yield prefix + address, content.decode()


@pytest.mark.parametrize("state", HIDDEN.values(), ids=HIDDEN)
def test_hidden_records_appear_nowhere(client, state):
    build(1)
    for model in subject_models(PublicRecord):
        model.objects.filter(slug=f"{model._meta.model_name}-0").update(
            slug=f"{SECRET}-{model._meta.model_name}",
            name=SECRET,
            name_en=SECRET,
            summary=SECRET,
            search_text=SECRET,
            **state,
        )
    pages = dict(texts(client, [*EVERY_ADDRESS, *MACHINES[:2], *FEEDS, *API, *API_FILES]))
    assert len(pages) > 50
    assert [address for address, text in pages.items() if SECRET in text] == []
    found = client.get(f"/search/?q={SECRET}").context
    assert (found["results"].total, found["nearest"]) == (0, [])
    assert SECRET not in client.get(f"/search/suggest/?q={SECRET}").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "belts",
        "parks",
        "incubators",
        "companies",
        "industries",
        "programs",
        "alliances",
        "policies",
        "events",
        "talent",
        "advisors",
        "sources",
    ],
)
def test_a_hidden_record_has_no_page(client, address):
    build(1)
    slug = {"talent": "talentdemand-0", "industries": "industry-0"}.get(address)
    for model in subject_models(PublicRecord):
        if (
            slug is None
            and client.get(f"/{address}/{model._meta.model_name}-0/").status_code == 200
        ):
            slug = f"{model._meta.model_name}-0"
    assert client.get(f"/{address}/{slug}/").status_code == 200
    for model in subject_models(PublicRecord):
        model.objects.filter(slug=slug).update(status="draft")
    assert client.get(f"/{address}/{slug}/").status_code == 404


def test_people_hide_with_the_place_that_they_work_in(client):
    incubator = make_incubator(park=make_park(status="draft"))
    make_mentor(incubator=incubator, name=SECRET)
    make_tenancy(incubator=incubator, company=make_company(slug="shown"), note=SECRET)
    assert client.get(f"/search/?q={SECRET}").context["results"].total == 0
    assert SECRET not in client.get("/companies/shown/").content.decode()


def test_a_hidden_source_gives_no_marks_and_no_page(client):
    park = make_park(slug="cited")
    make_citation(park, source=make_source(slug="hidden", name=SECRET))
    assert SECRET in client.get("/parks/cited/").content.decode()
    Source.objects.update(status="draft")
    text = client.get("/parks/cited/").content.decode()
    assert SECRET not in text
    assert 'class="mark"' not in text
    assert client.get("/sources/hidden/").status_code == 404


def test_a_source_page_leaves_out_facts_of_hidden_records(client):
    source = make_source(slug="source")
    hidden = make_park(name=SECRET, status="draft")
    make_citation(hidden, source=source)
    make_citation(make_figure(hidden, label=SECRET), source=source)
    shown = make_park(name="公开园区")
    make_citation(shown, source=source, excerpt="公开短语")
    text = client.get("/sources/source/").content.decode()
    assert SECRET not in text
    assert "公开园区" in text
    assert "公开短语" in text


def test_figures_of_hidden_records_are_not_listed(client):
    make_figure(make_park(status="draft"), label=SECRET, is_headline=True)
    assert SECRET not in client.get("/figures/").content.decode()
    assert SECRET not in client.get("/").content.decode()


def test_private_contacts_are_never_shown(client):
    company = make_company(
        slug="private", contact_name=SECRET, phone="13900000000", email="x@private.example"
    )
    make_tenancy(company=company)
    make_mentor(incubator=make_incubator(slug="incubator"), phone="13900000000")
    for address in ("/companies/private/", "/incubators/incubator/", "/companies/", "/search/?q=1"):
        text = client.get(address).content.decode()
        assert SECRET not in text
        assert "13900000000" not in text
        assert "x@private.example" not in text


def test_a_hidden_home_district_is_not_named(client):
    make_home(name=SECRET, status="draft")
    for address in ("/", "/inquiries/new/", "/parks/"):
        assert SECRET not in client.get(address).content.decode()

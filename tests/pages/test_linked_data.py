"""What pages say to search engines and link previews: what is known, and no more."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.factories import (
    make_belt,
    make_company,
    make_district,
    make_event,
    make_figure,
    make_home,
    make_incubator,
    make_industry,
    make_park,
    make_program,
    make_scheme,
    make_sitepage,
    make_source,
    make_space,
    make_tenancy,
)
from tests.pages.world import EVERY_ADDRESS, build
from tests.reference.test_pictures import picture_bytes

pytestmark = pytest.mark.django_db

ROOT = "http://testserver"
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def nodes(client, address):
    """Return the schema.org objects of a page."""
    (text,) = BLOCK.findall(client.get(address).text)
    data = json.loads(text)
    assert data["@context"] == "https://schema.org"
    return data["@graph"]


def subject(client, address):
    """Return what a page is about, or None where schema.org has no word for it."""
    *subjects, trail = nodes(client, address)
    assert trail["@type"] == "BreadcrumbList"
    return subjects[0] if subjects else None


def flat(client, address):
    """Return the text of a page on one line."""
    return " ".join(client.get(address).text.split())


def shared(client, address):
    """Return what a link to the page shows: property → content."""
    found = re.findall(
        r'<meta property="(og:[a-z_:]+)" content="([^"]*)">', client.get(address).text
    )
    return dict(found)


def test_every_page_says_where_it_is_and_how_to_get_there(client):
    build(1)
    for address in EVERY_ADDRESS:
        for prefix in ("", "/en"):
            path = prefix + address.partition("?")[0]
            found = shared(client, prefix + address)
            assert found["og:url"] == ROOT + path, address
            assert found["og:title"], address
            if path not in ("/", "/en/"):
                assert found["og:description"], address
                trail = nodes(client, prefix + address)[-1]["itemListElement"]
                assert trail[0]["item"] == f"{ROOT}{prefix}/", address
                assert trail[-1]["item"] == ROOT + path, address
                assert [step["position"] for step in trail] == [*range(1, len(trail) + 1)]


def test_home_names_the_site_and_who_is_behind_it(client):
    make_home(name="某区", summary="一段简介", phone="021-1", contact_name="招商科")
    website, organisation = nodes(client, "/")
    assert website == {
        "@type": "WebSite",
        "name": "某区招商",
        "url": f"{ROOT}/",
        "inLanguage": "zh-Hans",
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{ROOT}/search/?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }
    assert organisation == {
        "@type": "Organization",
        "name": "某区招商",
        "url": f"{ROOT}/",
        "logo": f"{ROOT}/static/promotion/share.png",
        "description": "一段简介",
        "areaServed": {"@type": "AdministrativeArea", "name": "某区"},
        "contactPoint": {"@type": "ContactPoint", "name": "招商科", "telephone": "021-1"},
    }


def test_a_desk_that_nobody_has_named_is_not_made_up(client):
    make_home()
    assert "contactPoint" not in nodes(client, "/")[1]


def test_before_there_is_a_district_home_names_the_site_alone(client):
    assert [node["@type"] for node in nodes(client, "/")] == ["WebSite"]


def test_a_park_is_a_place_with_what_is_known(client):
    make_park(
        slug="park",
        name="某园区",
        name_en="Some Park",
        aliases="园、某园",
        summary="一段简介",
        stage="under_way",
        address="某路1号",
        phone="021-1",
        website="https://example.org/",
        district=make_district(name="某镇"),
    )
    assert subject(client, "/parks/park/") == {
        "@type": "Place",
        "name": "某园区",
        "alternateName": ["Some Park", "园", "某园"],
        "description": "建设或推进中：一段简介",
        "url": f"{ROOT}/parks/park/",
        "address": {"@type": "PostalAddress", "streetAddress": "某路1号"},
        "telephone": "021-1",
        "sameAs": "https://example.org/",
        "containedInPlace": {"@type": "AdministrativeArea", "name": "某镇"},
        "additionalProperty": [
            {"@type": "PropertyValue", "name": "建设阶段", "value": "建设或推进中"}
        ],
    }


def test_what_is_unknown_is_left_out(client):
    make_park(slug="park", name="某园区")
    make_company(slug="c", name="某企业")
    assert subject(client, "/parks/park/") == {
        "@type": "Place",
        "name": "某园区",
        "url": f"{ROOT}/parks/park/",
    }
    assert subject(client, "/companies/c/") == {
        "@type": "Organization",
        "name": "某企业",
        "url": f"{ROOT}/companies/c/",
    }


def test_an_incubator_is_a_place_in_its_park(client):
    make_incubator(
        slug="i", name="某孵化器", level_aimed="national", park=make_park(slug="p", name="某园区")
    )
    assert subject(client, "/incubators/i/") == {
        "@type": "Place",
        "name": "某孵化器",
        "url": f"{ROOT}/incubators/i/",
        "containedInPlace": {"@type": "Place", "name": "某园区", "url": f"{ROOT}/parks/p/"},
    }


def test_a_space_is_a_place_in_a_list(client):
    make_space(slug="s", name="某层", park=make_park(slug="p", name="某园区"))
    assert subject(client, "/spaces/")["mainEntity"] == {
        "@type": "ItemList",
        "numberOfItems": 1,
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": 1,
                "item": {
                    "@type": "Place",
                    "name": "某层",
                    "containedInPlace": {
                        "@type": "Place",
                        "name": "某园区",
                        "url": f"{ROOT}/parks/p/",
                    },
                },
            }
        ],
    }


def test_a_company_is_an_organisation_without_its_private_contacts(client):
    company = make_company(
        slug="c",
        name="某企业",
        established_on="2021-10",
        staff_count=0,
        unified_social_credit_code="91310000MA1FL00J8F",
        contact_name="某人",
        phone="139",
        email="someone@example.org",
    )
    park = make_park(slug="p", name="某园区")
    make_tenancy(company=company, park=park)
    make_tenancy(company=company, park=park, role="investor")
    make_tenancy(company=company, claim_status="planned")
    make_tenancy(company=company, ended_on="2025")
    assert subject(client, "/companies/c/") == {
        "@type": "Organization",
        "name": "某企业",
        "url": f"{ROOT}/companies/c/",
        "foundingDate": "2021-10",
        "numberOfEmployees": {"@type": "QuantitativeValue", "value": 0},
        "identifier": {
            "@type": "PropertyValue",
            "propertyID": "GB 32100-2015",
            "value": "91310000MA1FL00J8F",
        },
        "location": [{"@type": "Place", "name": "某园区", "url": f"{ROOT}/parks/p/"}],
    }


def test_an_event_that_was_held_is_an_event(client):
    make_event(
        slug="e",
        name="某大会",
        claim_status="achieved",
        starts_on="2024-06",
        venue="某厅",
        organiser="某区",
    )
    assert subject(client, "/events/e/") == {
        "@type": "Event",
        "name": "某大会",
        "url": f"{ROOT}/events/e/",
        "startDate": "2024-06",
        "location": {"@type": "Place", "name": "某厅"},
        "organizer": {"@type": "Organization", "name": "某区"},
    }


def test_an_event_is_asserted_only_if_held_or_announced_for_a_time_to_come(client):
    next_year = str(timezone.localdate().year + 1)
    for status, starts_on, is_asserted in (
        ("planned", next_year, True),
        ("planned", "2024", False),
        ("planned", "", False),
        ("forecast", next_year, False),
        ("hoped", next_year, False),
        ("achieved", "", True),
    ):
        event = make_event(claim_status=status, starts_on=starts_on, summary="简介")
        found = subject(client, event.get_absolute_url())
        assert bool(found) == is_asserted, (status, starts_on)
        if is_asserted and status == "planned":
            assert found["description"] == "计划：简介"


def test_a_service_programme_that_is_planned_says_so(client):
    make_program(
        slug="p", name="某计划", summary="简介", lead="某局", district=make_district(name="某镇")
    )
    make_program(slug="q", kind="project", claim_status="achieved")
    assert subject(client, "/programs/p/") == {
        "@type": "GovernmentService",
        "name": "某计划",
        "description": "计划：简介",
        "url": f"{ROOT}/programs/p/",
        "provider": {"@type": "Organization", "name": "某局"},
        "areaServed": {"@type": "AdministrativeArea", "name": "某镇"},
    }
    assert subject(client, "/programs/q/") is None


def test_belts_industries_and_sources(client):
    make_belt(slug="b", name="某带", district=make_district(name="某区"))
    make_industry(slug="i", name="某业", scheme=make_scheme(name="某分类"))
    make_source(slug="s", name="某文", publisher="某社", published_on="2025-12-04")
    assert subject(client, "/belts/b/") == {
        "@type": "Place",
        "name": "某带",
        "url": f"{ROOT}/belts/b/",
        "containedInPlace": {"@type": "AdministrativeArea", "name": "某区"},
    }
    assert subject(client, "/industries/i/") == {
        "@type": "DefinedTerm",
        "name": "某业",
        "url": f"{ROOT}/industries/i/",
        "inDefinedTermSet": {"@type": "DefinedTermSet", "name": "某分类"},
    }
    assert subject(client, "/sources/s/") == {
        "@type": "CreativeWork",
        "name": "某文",
        "url": f"{ROOT}/sources/s/",
        "publisher": {"@type": "Organization", "name": "某社"},
        "datePublished": "2025-12-04",
    }


def test_a_list_names_its_rows_from_where_its_page_begins(client):
    for number in range(25):
        make_park(name=f"园{number:02}", slug=f"park-{number}", pinyin=f"yuan {number:02}")
    found = subject(client, "/parks/?page=2")
    assert (found["@type"], found["url"]) == ("CollectionPage", f"{ROOT}/parks/?page=2")
    assert found["mainEntity"] == {
        "@type": "ItemList",
        "numberOfItems": 25,
        "itemListElement": [{"@type": "ListItem", "position": 25, "url": f"{ROOT}/parks/park-24/"}],
    }
    assert "mainEntity" not in subject(client, "/companies/")


@pytest.mark.parametrize("address", ["/figures/", "/data/"])
def test_figures_and_data_are_a_dataset(client, address):
    make_figure(make_home(name="某区"))
    found = subject(client, address)
    assert found["@type"] == "Dataset"
    assert found["spatialCoverage"] == {"@type": "AdministrativeArea", "name": "某区"}
    assert found["creator"]["name"] == "某区招商"
    assert found["url"] == ROOT + address


@pytest.mark.parametrize("address", ["/figures/", "/data/"])
def test_data_have_a_licence_once_one_is_published(client, address):
    page = make_sitepage(slug="data-licence", name="某许可", name_en="Some licence", status="draft")
    assert "license" not in subject(client, address)
    assert '使用许可</dt> <dd> <span class="unknown">暂未公布' in flat(client, "/data/")
    page.status = "published"
    page.save()
    assert subject(client, address)["license"] == f"{ROOT}/about/data-licence/"
    assert subject(client, f"/en{address}")["license"] == f"{ROOT}/en/about/data-licence/"
    assert '使用许可</dt> <dd> <a href="/about/data-licence/">某许可</a>' in flat(client, "/data/")


def test_english_pages_speak_english_to_machines_too(client):
    make_park(slug="park", name="某园区", name_en="Some Park", summary="简介", summary_en="About")
    found = subject(client, "/en/parks/park/")
    assert (found["name"], found["alternateName"]) == ("Some Park", ["某园区"])
    assert found["description"] == "About"
    assert found["url"] == f"{ROOT}/en/parks/park/"
    locales = shared(client, "/en/parks/park/")
    assert (locales["og:locale"], locales["og:locale:alternate"]) == ("en_GB", "zh_CN")


def test_no_name_can_leave_its_place(client):
    name = "</script><script>alert(1)</script>\"&'<!--"
    make_home(name=name)
    make_park(slug="park", name=name, summary=name)
    text = client.get("/parks/park/").text
    assert "<script>" not in text
    assert "<!--" not in text
    assert subject(client, "/parks/park/")["name"] == name
    assert nodes(client, "/parks/park/")[-1]["itemListElement"][-1]["name"] == name
    assert shared(client, "/parks/park/")["og:title"].startswith("&lt;/script&gt;&lt;script&gt;")


def test_a_link_shows_the_records_picture_or_the_sites_emblem(client):
    picture = SimpleUploadedFile("p.jpg", picture_bytes(size=(700, 350)))
    park = make_park(slug="park", picture=picture, picture_alt="大门")
    assert {
        name: value
        for name, value in shared(client, "/parks/park/").items()
        if name.startswith("og:image")
    } == {
        "og:image": ROOT + park.picture.storage.url(park.picture.renditions[-1].name),
        "og:image:width": "700",
        "og:image:height": "350",
        "og:image:alt": "大门",
    }
    assert subject(client, "/parks/park/")["image"] == ROOT + park.picture.storage.url(
        park.picture.renditions[-1].name
    )
    make_park(slug="bare")
    assert shared(client, "/parks/bare/")["og:image"] == f"{ROOT}/static/promotion/share.png"


def test_errors_say_nothing_to_machines(client):
    text = client.get("/parks/none/").text
    assert "ld+json" not in text
    assert "og:" not in text

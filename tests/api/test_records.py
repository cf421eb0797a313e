"""What the API gives of each record, and what it keeps to itself."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotion.api.kinds import CLAIM_FIELDS, KINDS
from promotion.api.serializers import serializer_of
from promotion.models import SitePage
from promotion.reference.models import Figure
from promotion.resources import RESOURCES
from tests.factories import (
    make_advisor,
    make_citation,
    make_company,
    make_figure,
    make_home,
    make_incubator,
    make_mentor,
    make_park,
    make_program,
    make_source,
    make_tenancy,
)
from tests.pages.world import build

pytestmark = pytest.mark.django_db

FOR_STAFF = [
    *["id", "created_at", "updated_at", "status", "publish_at", "expires_at", "review_by"],
    *["responsible", "pinyin", "sort_key", "search_text", "is_featured", "is_headline"],
    *["alternative_to", "file_name", "is_text_public"],
]
PERSONAL = ["contact_name", "phone", "email", "consented_on"]
OF_OTHERS = ["picture", "picture_alt", "picture_alt_en", "picture_focus_x", "picture_focus_y"]
# A company's parks are given by its tenancies, with role and claim; a subject as a link.
OTHERWISE = [*CLAIM_FIELDS, "parks", "subject_type", "subject_id"]
WITHHELD = {*FOR_STAFF, *PERSONAL, *OF_OTHERS, *OTHERWISE}
LIST_QUERIES = {
    "districts": 7,
    "belts": 7,
    "nodes": 4,
    "parks": 9,
    "buildings": 5,
    "spaces": 5,
    "incubators": 8,
    "mentors": 5,
    "companies": 8,
    "recognitions": 5,
    "tenancies": 4,
    "programs": 9,
    "measures": 7,
    "alliances": 9,
    "policies": 6,
    "events": 8,
    "advisors": 5,
    "talent": 5,
    "schemes": 5,
    "industries": 5,
    "figures": 25,
    "sources": 5,
}
DETAIL_QUERIES = {
    "districts": 5,
    "belts": 6,
    "nodes": 3,
    "parks": 6,
    "buildings": 4,
    "spaces": 4,
    "incubators": 7,
    "mentors": 4,
    "companies": 5,
    "recognitions": 4,
    "tenancies": 3,
    "programs": 7,
    "measures": 6,
    "alliances": 8,
    "policies": 5,
    "events": 7,
    "advisors": 4,
    "talent": 4,
    "schemes": 4,
    "industries": 4,
    "figures": 5,
    "sources": 4,
    "citations": 3,
}
SECRET = "zsecretz"


def file_text(client, address):
    return b"".join(client.get(address).streaming_content).decode()


def everything(client):
    """Yield (address, text) of all that the API gives, in both forms."""
    for name in KINDS:
        yield name, client.get(f"/api/v1/{name}/?page_size=100").text
        for suffix in ("csv", "json"):
            yield f"{name}.{suffix}", file_text(client, f"/data/{name}.{suffix}")


def test_kinds_are_named_as_sheets_are():
    for name, kind in KINDS.items():
        assert RESOURCES[name]._meta.model is kind.model
    assert set(RESOURCES) - set(KINDS) == {"services", "liaisons", "pages"}


@pytest.mark.parametrize("name", KINDS)
def test_a_field_is_served_or_withheld_on_purpose(name):
    kind = KINDS[name]
    own = {field.name for field in (*kind.model._meta.fields, *kind.model._meta.many_to_many)}
    assert own - set(kind.fields) - WITHHELD == set()
    assert {*FOR_STAFF, *PERSONAL, *OF_OTHERS} & set(kind.fields) == set()
    assert set(serializer_of(kind)().fields) - own <= {
        *["claim", "figures", "citations", "subject", "is_disputed", "page_url", "api_url"]
    }


def test_no_personal_data_is_given(client):
    people = {"phone": "13900000000", "email": "x@private.example"}
    desk = {"contact_name": SECRET, **people}
    make_home(**desk)
    park = make_park(**desk)
    incubator = make_incubator(park=park, **desk)
    company = make_company(**desk)
    make_tenancy(company=company, park=park)
    make_mentor(incubator=incubator, **people)
    make_advisor(**people)
    # The phrase that proves a withheld field is withheld with it.
    make_citation(park, field="contact_name", excerpt=SECRET)
    for address, text in everything(client):
        for secret in (SECRET, *people.values()):
            assert secret not in text, address


def test_every_row_leads_to_itself_and_to_its_page(client):
    build(1)
    for name in KINDS:
        rows = client.get(f"/en/api/v1/{name}/?page_size=100").json()["results"]
        assert rows, name
        for row in rows[:3]:
            assert client.get(row["api_url"]).json() == row
            assert client.get(row["page_url"]).status_code == 200


def test_a_value_has_its_claim_its_source_and_both_languages(client):
    park = make_park(slug="a", name="甲", name_en="A", stage="planned", due_on="2020", as_of="2019")
    figure = make_figure(
        park, code="f", label="投资", value="20.5", unit="cny_100m", claim_status="planned"
    )
    make_citation(figure, source=make_source(slug="s"), paragraph=7, excerpt="拟投资")
    row = client.get("/api/v1/parks/a/").json()
    assert (row["name"], row["name_en"], row["as_of"]) == ("甲", "A", "2019")
    assert row["verified_on"] is row["floor_area_sqm"] is row["summary"] is None
    assert row["claim"] == {
        "status": None,
        "stage": "planned",
        "due_on": "2020",
        "is_forward": True,
        "is_unconfirmed": True,
        "unconfirmed_since": "2020",
        "words": "规划中 · 自2020年起未见证实",
        "words_en": "In planning · unconfirmed since 2020",
    }
    (number,) = row["figures"]
    assert (number["value"], number["unit"], number["bound"]) == (20.5, "cny_100m", "exact")
    assert (number["claim"]["status"], number["claim"]["words"]) == ("planned", "计划")
    (citation,) = number["citations"]
    assert (citation["field"], citation["paragraph"]) == (None, 7)
    assert (citation["source"]["key"], citation["excerpt"]) == ("s", "拟投资")


def test_what_is_linked_says_that_it_is_planned(client):
    host = make_park(slug="host", stage="planned")
    make_park(slug="guest", host=host)
    link = client.get("/api/v1/parks/guest/").json()["host"]
    assert (link["key"], link["claim"]["words"]) == ("host", "规划中")
    assert link["claim"]["words_en"] == "In planning"


def test_what_is_hidden_is_not_linked(client):
    make_park(slug="guest", host=make_park(status="draft"))
    program = make_program(slug="p")
    program.parks.add(make_park(status="draft"), make_park(slug="shown"))
    assert client.get("/api/v1/parks/guest/").json()["host"] is None
    (park,) = client.get("/api/v1/programs/p/").json()["parks"]
    assert park["key"] == "shown"


def test_figures_that_sources_disagree_on_say_so(client):
    park = make_park(slug="a")
    shown = make_figure(park, code="shown", value=1)
    make_figure(park, code="other", value=2, alternative_to=shown)
    assert client.get("/api/v1/figures/shown/").json()["is_disputed"] is True
    assert client.get("/api/v1/parks/a/").json()["figures"][0]["is_disputed"] is True
    assert client.get("/api/v1/figures/other/").status_code == 404
    Figure.objects.filter(code="other").update(value=1)
    assert client.get("/api/v1/figures/shown/").json()["is_disputed"] is False


def test_parts_are_found_by_the_keys_of_their_owners(client):
    tenancy = make_tenancy(company=make_company(slug="c"), park=make_park(slug="p"))
    make_citation(tenancy, field="role", source=make_source(slug="s"), paragraph=3)
    row = client.get("/api/v1/tenancies/c/p/tenant/").json()
    assert (row["company"]["key"], row["park"]["key"], row["role"]) == ("c", "p", "tenant")
    citation = client.get("/api/v1/citations/tenancies:c/p/tenant/role/s/3/").json()
    assert (citation["subject"]["kind"], citation["subject"]["key"]) == ("tenancies", "c/p/tenant")


def test_files_hold_the_records_of_the_api(client):
    make_park(slug="a", name="=1+1", stage="planned", host=make_park(slug="b", name="乙"))
    text = file_text(client, "/data/parks.csv")
    assert text.startswith("\ufeffslug,name,")
    rows = {row["slug"]: row for row in csv.DictReader(io.StringIO(text[1:]))}
    assert rows["a"]["name"] == "'=1+1"
    assert (rows["a"]["claim_stage"], rows["a"]["claim_words"]) == ("planned", "规划中")
    assert (rows["a"]["claim_is_forward"], rows["b"]["claim_is_forward"]) == ("true", "false")
    assert (rows["a"]["host"], rows["a"]["host_name"]) == ("b", "乙")
    listed = client.get("/api/v1/parks/").json()["results"]
    assert json.loads(file_text(client, "/data/parks.json"))["parks"] == listed
    assert client.get("/data/parks.csv")["Content-Disposition"] == (
        'attachment; filename="parks.csv"'
    )


def test_the_licence_is_named_with_every_answer(client):
    assert client.get("/api/v1/parks/").json()["licence"] is None
    SitePage.objects.create(slug="data-licence", name="许可", body="x", status="published")
    make_park(slug="a")
    for address in ("/api/v1/parks/", "/api/v1/parks/a/", "/data/parks.csv", "/data/parks.json"):
        link = '<http://testserver/about/data-licence/>; rel="license"'
        assert client.get(address)["Link"] == link
    assert client.get("/api/v1/parks/").json()["licence"]["name"] == "许可"


def count_queries(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_and_records_ask_a_fixed_number_of_queries(client, rows):
    build(rows)
    lists, details = {}, {}
    for name in KINDS:
        address = f"/api/v1/{name}/?page_size=100"
        lists[name] = count_queries(client, address)
        details[name] = count_queries(client, client.get(address).json()["results"][0]["api_url"])
    # One for each kind of record that the page's rows are about.
    assert lists.pop("citations") <= 25
    assert lists == LIST_QUERIES
    assert details == DETAIL_QUERIES

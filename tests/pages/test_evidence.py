"""What the public sees of a source: the phrases cited, who says so and when; never its text."""

import io
import re

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from promotion.reference.evidence import storing
from promotion.reference.models import Citation, Source
from tests.factories import (
    make_citation,
    make_figure,
    make_incubator,
    make_mentor,
    make_park,
    make_source,
    make_tenancy,
    make_text,
)
from tests.pages.world import EVERY_ADDRESS, FEEDS, MACHINES, build

pytestmark = pytest.mark.django_db

PRIVATE = "这一句不公开"


def note(client, citation, prefix=""):
    address = f"{prefix}/sources/{citation.source.slug}/citations/{citation.pk}/"
    return client.get(address)


def test_a_mark_opens_who_says_so_where_and_as_of_when(client):
    source = make_source(name="某报道", publisher="某报社", published_on="2023-02")
    park = make_park(slug="park", as_of="2022")
    figure = make_figure(park, label="总长", value="2.5", unit="km", bound="about", as_of="2021-10")
    figure.claim_status = "planned"
    figure.save()
    response = note(client, make_citation(park, source=source, field="kind", excerpt="园区"))
    assert response["X-Robots-Tag"] == "noindex"
    text = " ".join(response.text.split())
    for said in ("某报道", "某报社", "2023年2月", "2022年", "第 1 段", ">园区</q>", "类型"):
        assert said in text
    assert "<html" not in text
    text = " ".join(note(client, make_citation(figure, source=source, paragraph=7)).text.split())
    for said in ("总长", "约2.5", "计划", "2021年10月", "第 7 段"):
        assert said in text


def test_what_a_source_does_not_say_is_said_to_be_unknown(client):
    citation = make_citation(make_tenancy(), source=make_source(date_note="由文意推定为2023年"))
    text = note(client, citation).text
    for said in ("文件未注明发布者", "由文意推定为2023年", "暂未公布"):
        assert said in text
    Source.objects.update(date_note="")
    assert "未注明日期" in note(client, citation).text


def test_a_mark_is_read_in_english(client):
    source = make_source(
        name="某报道", name_en="A report", publisher="报社", publisher_en="A paper"
    )
    text = note(client, make_citation(make_park(), source=source), "/en").text
    assert "A report" in text
    assert "A paper" in text
    assert 'href="/en/sources/' in text


def test_only_public_facts_of_public_sources_are_told(client):
    park = make_park()
    incubator = make_incubator(park=park)
    rows = [
        park,
        make_figure(park),
        make_tenancy(park=park),
        incubator,
        make_mentor(incubator=incubator),
    ]
    citations = [make_citation(row) for row in rows]
    assert {note(client, citation).status_code for citation in citations} == {200}
    for state in ({"status": "draft"}, {"expires_at": "2020-01-01T00:00:00Z"}):
        type(park).objects.update(**state)
        told = [note(client, citation).status_code for citation in citations]
        assert [told[0], told[1], told[2], told[4]] == [404] * 4
        type(park).objects.update(status="published", expires_at=None)
    Source.objects.update(status="in_review")
    assert {note(client, citation).status_code for citation in citations} == {404}


def test_a_mark_belongs_to_its_source_and_its_record(client):
    citation = make_citation(make_park())
    other = make_source(slug="other")
    assert client.get(f"/sources/{other.slug}/citations/{citation.pk}/").status_code == 404
    for pk in ("0", "9" * 30, "x", "%00"):
        address = f"/sources/{citation.source.slug}/citations/{pk}/"
        assert client.get(address).status_code == 404
    Citation.objects.update(subject_id=999)
    assert note(client, citation).status_code == 404


def test_paper_names_a_source_by_an_address_that_leads_there(client):
    park = make_park(slug="park")
    make_citation(park, source=make_source(slug="doc", name="某报道"))
    for prefix in ("", "/en"):
        notes = client.get(f"{prefix}/parks/park/").text.partition('id="notes"')[2]
        address = re.search(r'<a href="([^"]*)">[^[]*某报道', notes)[1]
        assert address == f"http://testserver{prefix}/sources/doc/"


def test_every_mark_of_a_page_can_be_opened(client):
    build(2)
    marks = {
        match
        for address in EVERY_ADDRESS
        for match in re.findall(
            r'class="mark"\s+href="/sources/([\w-]+)/#c(\d+)"', client.get(address).text
        )
    }
    assert len(marks) > 30
    for slug, pk in marks:
        assert client.get(f"/sources/{slug}/citations/{pk}/").status_code == 200


def test_a_stored_text_is_nowhere_unless_it_is_free_to_publish(client, admin_client):
    build(1)
    source = make_text(Source.objects.get(slug="hub-source"), "x", f"{PRIVATE}一", f"{PRIVATE}二")
    storing.hand_in(source, [f"{PRIVATE}三"])
    citation = Citation.objects.filter(source=source).first()
    addresses = [
        *EVERY_ADDRESS,
        *MACHINES[:2],
        *FEEDS,
        "/sources/hub-source/?page=1",
        f"/sources/hub-source/citations/{citation.pk}/",
        f"/search/?q={PRIVATE}",
        f"/search/suggest/?q={PRIVATE}",
    ]
    for address in addresses:
        shown = client.get(address).text.replace(f"q={PRIVATE}", "")
        assert f"{PRIVATE}一" not in shown, address
        assert f"{PRIVATE}三" not in shown, address
    for kind in (".csv", ".xlsx"):
        address = "/admin/reference/source/export/"
        response = admin_client.post(address, {"file_format": kind})
        assert response.status_code == 200
        data = b"".join(response.streaming_content)
        if kind == ".xlsx":
            book = load_workbook(io.BytesIO(data))
            shown = str([[c.value for c in row] for sheet in book for row in sheet.rows])
        else:
            shown = data.decode("utf-8-sig")
        assert source.name in shown
        assert PRIVATE not in shown
    for page in ("change", "history"):
        shown = admin_client.get(f"/admin/reference/source/{source.pk}/{page}/").text
        assert source.name in shown
        assert PRIVATE not in shown
    assert PRIVATE not in str(list(Source.history.values()))


def test_a_text_that_is_free_to_publish_is_shown_whole_in_parts(client):
    paragraphs = [f"第{number}句。" for number in range(1, 151)]
    source = make_text(make_source(is_text_public=True), *paragraphs)
    address = f"/sources/{source.slug}/"
    assert '<li value="100" id="t100">第100句。</li>' in client.get(address).text
    assert "第101句" not in client.get(address).text
    for page in ("2", "99"):
        assert "第150句" in client.get(address, {"page": page}).text
    assert "第1句" in client.get(address, {"page": "\x00"}).text
    source.is_text_public = False
    source.save()
    assert "第1句" not in client.get(address).text
    storing.remove(source, None)
    source.is_text_public = True
    source.save()
    assert 'id="text"' not in client.get(address).text


def test_a_source_names_its_phrases_and_the_facts_that_they_support(client):
    call_command("load_site", verbosity=0)
    text = client.get("/sources/taopu-belt/").text
    assert "约2.5公里" in text
    assert "文件未注明日期" in text
    assert text.count('<li id="c') > 100

"""The belt's page: its drawing, the list that says the same, the cards and the files."""

import io
import re
import xml.etree.ElementTree as ET

import pytest
from PIL import Image, ImageChops

from parks.models import Park
from tests.factories import (
    make_belt,
    make_citation,
    make_company,
    make_district,
    make_figure,
    make_home,
    make_incubator,
    make_node,
    make_park,
    make_source,
    make_tenancy,
)

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


def text_of(client, address, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def belt():
    """A belt of two nodes: one of which much is known, and one of which nothing is."""
    make_home(name="某区")
    belt = make_belt(slug="belt", name="某路产业带", name_en="Some Road belt", as_of="2023")
    known = make_park(slug="known", name="甲园", name_en="Park A", metro_access="11号线某站")
    make_node(belt=belt, park=known, role="core", position=1)
    make_node(belt=belt, park=make_park(slug="unknown", name="乙园"), position=2)
    make_incubator(slug="incubator", name="某孵化器", park=known)
    make_incubator(name="未发布的孵化器", park=known, status="draft")
    for _number in range(2):
        make_tenancy(park=known)
    make_tenancy(park=known, role="operator")
    make_tenancy(park=known, claim_status="planned")
    make_tenancy(park=known, ended_on="2020")
    make_tenancy(park=known, company=make_company(status="draft"))
    return belt


def test_only_present_public_tenants_and_incubators_are_counted(client, belt):
    text = text_of(client, "/belts/belt/")
    assert text.count("1 个孵化器 · 2 家入驻企业") == 2  # across and down
    assert "<dt>孵化器</dt> <dd> 1 </dd>" in text
    assert "<dt>已公布的入驻企业</dt> <dd> 2 </dd>" in text


def test_the_list_says_what_the_drawing_says(client, belt):
    text = text_of(client, "/belts/belt/")
    drawing, _, rest = text.partition('class="node-list"')
    for word in ("甲园", "核心节点", "11号线某站", "乙园", "文件未说明其作用"):
        assert word in drawing
        assert word in rest
    unknown = rest.partition("乙园")[2]
    assert unknown.count("暂未公布") >= 3


def test_the_drawing_says_that_it_is_schematic(client, belt):
    text = text_of(client, "/belts/belt/")
    assert "示意图，节点次序与间距不代表实际位置。" in text


def test_a_node_leads_to_its_card_by_a_plain_address(client, belt):
    text = text_of(client, "/belts/belt/")
    assert 'href="/belts/belt/?node=known" data-hx-get="/belts/belt/?node=known"' in text
    assert "node-card" not in text
    english = text_of(client, "/en/belts/belt/")
    assert 'href="/en/belts/belt/?node=known"' in english


def card_of(text):
    return text.partition('<section class="node-card"')[2].partition("</section>")[0]


def test_a_card_tells_what_is_known_of_the_node(client, belt):
    card = card_of(text_of(client, "/belts/belt/?node=known"))
    assert "核心节点" in card
    assert 'tabindex="-1" autofocus>甲园' in card
    assert "11号线某站" in card
    assert 'href="/incubators/incubator/">某孵化器</a>' in card
    assert "未发布的孵化器" not in card
    assert '<a href="/companies/?park=known"> 2 家 </a>' in card
    assert 'href="/parks/known/"' in card
    assert 'href="/compare/?park=known"' in card
    assert "某区" in card  # whom to turn to where the park names nobody
    assert 'href="/belts/belt/"' in card


def test_a_card_says_what_is_not_known(client, belt):
    card = card_of(text_of(client, "/belts/belt/?node=unknown"))
    assert "文件未说明其作用" in card
    assert '<dt>孵化器</dt> <dd> <span class="unknown">暂未公布</span> </dd>' in card
    assert '<dt>已公布的入驻企业</dt> <dd><span class="unknown">暂未公布</span> </dd>' in card


def test_a_card_gives_the_sources_and_the_caveats(client, belt):
    park = belt.nodes.first().park
    make_figure(park, label="投资", value=20, unit="cny_100m", claim_status="planned")
    source = make_source(slug="source")
    citation = make_citation(park, field="metro_access", source=source)
    card = card_of(text_of(client, "/belts/belt/?node=known"))
    assert f'href="/sources/source/#c{citation.pk}"' in card
    assert "20亿元" in card
    assert "计划" in card


def test_the_desk_of_a_park_is_its_contact(client, belt):
    park = belt.nodes.first().park
    park.contact_name = "甲园招商部"
    park.save()
    assert "甲园招商部" in card_of(text_of(client, "/belts/belt/?node=known"))


def test_a_park_without_a_desk_is_answered_for_by_its_area(client, belt):
    park = belt.nodes.first().park
    park.district = make_district(name="某镇", phone="021-0002")
    park.save()
    assert "021-0002" in card_of(text_of(client, "/belts/belt/?node=known"))
    park.district.status = "draft"
    park.district.save()
    assert "021-0002" not in client.get("/belts/belt/?node=known").text


def test_the_open_node_is_marked_in_the_drawing(client, belt):
    def marked(address):
        return re.findall(r'data-node="([^"]+)" aria-current="true"', text_of(client, address))

    assert marked("/belts/belt/?node=known") == ["known", "known"]
    assert marked("/belts/belt/") == []


def test_htmx_is_answered_with_the_page_that_everybody_gets(client, belt):
    plain = text_of(client, "/belts/belt/?node=known")
    assert text_of(client, "/belts/belt/?node=known", **{"hx-request": "true"}) == plain


@pytest.mark.parametrize("asked", ["none", "%00", "%FF", "known%20", "x" * 5_000, "<script>"])
def test_a_node_that_is_not_there_is_named_as_missing(client, belt, asked):
    text = text_of(client, f"/belts/belt/?node={asked}")
    assert "这条产业带上没有您要找的节点" in text
    assert 'class="node-card"' not in text


def test_a_node_of_a_hidden_park_has_no_card(client, belt):
    Park.objects.filter(slug="known").update(status="draft")
    text = text_of(client, "/belts/belt/?node=known")
    assert "这条产业带上没有您要找的节点" in text
    assert "甲园" not in text


def test_a_belt_without_nodes_says_so(client):
    make_belt(slug="empty")
    text = text_of(client, "/belts/empty/")
    assert "这条产业带还没有发布节点。" in text
    assert "这条产业带还没有发布节点。" in client.get("/belts/empty/drawing.svg").content.decode()
    assert client.get("/belts/empty/drawing.png").status_code == 200


def svg_of(client, address="/belts/belt/drawing.svg"):
    response = client.get(address)
    assert response["Content-Type"] == "image/svg+xml"
    return ET.fromstring(response.content)


def test_the_svg_file_stands_alone(client, belt):
    make_citation(belt, source=make_source(name="某文件", published_on="2024-01-31"))
    root = svg_of(client)
    words = " ".join(root.itertext())
    assert root.find(f"{SVG}title").text == "某路产业带示意图"
    for word in ("甲园", "乙园", "核心节点", "文件未说明其作用", "示意图"):
        assert word in words
    assert "资料来源：某文件（2024年1月31日）" in words
    assert "数据时点：2023年" in words
    # Neither style sheet nor style attribute, which a strict policy refuses, nor other files.
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "title", "desc", "rect", "text", "tspan", "g", "path", "circle"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert attributes.isdisjoint({"style", "href", "onload"})


def test_the_files_are_in_the_language_of_their_address(client, belt):
    root = svg_of(client, "/en/belts/belt/drawing.svg")
    words = " ".join(root.itertext())
    assert "Some Road belt" in words
    assert "Park A" in words
    assert "甲园" not in words


def test_what_a_name_holds_cannot_break_the_picture(client):
    belt = make_belt(slug="belt", name='<b>&"\x01\x0b', start_point="\x1f", end_point="]]>")
    make_node(belt=belt, park=make_park(name="</text><script>1</script>\x08"))
    assert "</text><script>1</script>" in "".join(svg_of(client).itertext()).replace("\n", "")
    assert client.get("/belts/belt/drawing.png").status_code == 200


def png_of(client, address="/belts/belt/drawing.png"):
    response = client.get(address)
    assert response["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(response.content)).convert("RGB")


def test_the_png_file_is_the_svg_file_at_twice_its_size(client, belt):
    root = svg_of(client)
    picture = png_of(client)
    assert picture.width == 2 * round(float(root.get("width")))
    assert picture.height == pytest.approx(2 * float(root.get("height")), abs=1)
    assert picture.getpixel((5, 5)) == (0xFB, 0xFA, 0xF6)
    colours = {colour for _count, colour in picture.getcolors(maxcolors=picture.width * 4_000)}
    assert (0x0B, 0x5C, 0x5A) in colours


def test_chinese_is_set_in_glyphs_of_its_own(client):
    pictures = []
    for number, name in enumerate(["园", "鑫", "園"]):
        belt = make_belt(slug=f"belt-{number}", name=name)
        make_node(belt=belt, park=make_park(name="甲"))
        picture = png_of(client, f"/belts/belt-{number}/drawing.png")
        title = picture.crop((96, 90, 96 + 70, 180))
        assert len(title.getcolors(maxcolors=10_000)) > 8, name
        pictures.append(title)
    for one, other in ((0, 1), (1, 2), (0, 2)):
        assert ImageChops.difference(pictures[one], pictures[other]).getbbox()


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_who_has_the_file_is_not_sent_it_again_until_it_changes(client, belt, ending):
    address = f"/belts/belt/drawing.{ending}"
    etag = client.get(address)["ETag"]
    response = client.get(address, headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    belt.name = "另一个名称"
    belt.save()
    response = client.get(address, headers={"if-none-match": etag})
    assert response.status_code == 200
    assert response["ETag"] != etag


def test_hidden_belts_have_no_files(client):
    make_belt(slug="hidden", status="draft")
    for address in ("hidden/drawing.svg", "hidden/drawing.png", "none/drawing.png"):
        assert client.get(f"/belts/{address}").status_code == 404


def test_a_file_leaves_out_hidden_nodes_and_sources(client, belt):
    make_node(belt=belt, park=make_park(name="未公开的园", status="draft"), position=3)
    make_citation(belt, source=make_source(name="未公开的文件", status="draft"))
    text = text_of(client, "/belts/belt/drawing.svg")
    assert "乙园" in text
    assert "未公开" not in text


@pytest.mark.parametrize("slug", ["%00", "%FF", "a" * 5_000, "..%2F..", "-", "%E5%B8%A6"])
@pytest.mark.parametrize("ending", ["svg", "png"])
def test_hostile_names_of_files_are_refused_plainly(client, slug, ending):
    assert client.get(f"/belts/{slug}/drawing.{ending}").status_code in {400, 404}


def test_a_long_belt_is_drawn_within_the_memory_that_a_picture_may_ask(client):
    belt = make_belt(slug="belt")
    for number in range(120):
        make_node(belt=belt, park=make_park(name="W" * 200), position=number)
    picture = png_of(client)
    assert 15_000_000 < picture.width * picture.height <= 16_100_000


def test_the_home_page_leads_from_the_drawing_to_the_parks(client, belt):
    text = text_of(client, "/")
    nodes = re.findall(r'<a class="belt-node" href="([^"]+)"', text)
    assert nodes == ["/parks/known/", "/parks/unknown/"] * 2
    assert "?node=" not in text


@pytest.mark.parametrize("ending", ["svg", "png"])
@pytest.mark.parametrize("total", [1, 3])
def test_a_file_asks_a_fixed_number_of_queries(client, django_assert_num_queries, total, ending):
    belt = make_belt(slug="belt")
    for _number in range(total):
        make_citation(make_node(belt=belt))
    with django_assert_num_queries(3):
        client.get(f"/belts/belt/drawing.{ending}")

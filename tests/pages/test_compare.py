"""Places side by side: the same rows, what differs, what is not known, and who says so."""

import pytest

from tests.factories import (
    make_belt,
    make_building,
    make_citation,
    make_district,
    make_figure,
    make_home,
    make_incubator,
    make_industry,
    make_node,
    make_park,
    make_scheme,
    make_service,
    make_source,
    make_space,
    make_tenancy,
)

pytestmark = pytest.mark.django_db


def table_of(response, number=0):
    """Return a comparison as {row's label: (what each place says, whether they differ)}."""
    rows = response.context["shortlist"].tables[number].rows
    return {
        str(row.label): (
            [" ".join(" ".join(filter(None, line.words)) for line in cell) for cell in row.cells],
            row.differs,
        )
        for row in rows
    }


def slugs(response):
    return [place.slug for place in response.context["shortlist"].places]


def text_of(response):
    return " ".join(response.content.decode().split())


def test_parks_stand_side_by_side_in_the_order_asked_for(client):
    make_park(slug="one", name="此处", kind="tower")
    make_park(slug="two", name="彼处", kind="tower", floor_area_sqm=2_000_000, operator="某公司")
    response = client.get("/compare/?park=two&park=one&park=two")
    assert slugs(response) == ["two", "one"]
    table = table_of(response)
    assert table["类型"] == (["楼宇", "楼宇"], False)
    assert table["建筑面积"] == (["200万平方米（2平方公里）", ""], False)
    assert table["运营单位"] == (["某公司", ""], False)
    assert table["地址"] == (["", ""], False)
    assert 'class="message"' not in text_of(response)


def test_what_is_not_known_is_said_in_every_cell(client):
    make_park(slug="one", kind="tower")
    text = text_of(client.get("/compare/?park=one"))
    cells = text.partition("<tbody>")[2].partition("</tbody>")[0]
    # All but the type.
    assert cells.count('<span class="unknown">暂未公布</span>') == 19
    assert cells.count("<td>") == 20


def test_rows_that_differ_are_marked_with_a_word(client):
    make_park(slug="one", kind="tower", operator="甲公司")
    make_park(slug="two", kind="tower", operator="乙公司")
    text = text_of(client.get("/compare/?park=one&park=two"))
    assert text.count('<span class="difference">不同</span>') == 1
    assert '运营单位 <span class="difference">不同</span>' in text


def test_what_is_known_of_some_alone_does_not_differ(client):
    for slug, operator in (("one", "甲公司"), ("two", ""), ("three", "甲公司"), ("four", "乙公司")):
        make_park(slug=slug, operator=operator)
    said = table_of(client.get("/compare/?park=one&park=two&park=three"))["运营单位"]
    assert said == (["甲公司", "", "甲公司"], False)
    said = table_of(client.get("/compare/?park=one&park=two&park=four"))["运营单位"]
    assert said == (["甲公司", "", "乙公司"], True)


def test_what_is_alike_can_be_left_out(client):
    make_park(slug="one", kind="tower", operator="甲公司", address="某路1号")
    make_park(slug="two", kind="tower", operator="乙公司")
    address = "/compare/?park=one&park=two"
    assert f'href="{address.partition("/compare/")[2]}&amp;only=differences"' in text_of(
        client.get(address)
    ).replace("&amp;park", "&park")
    response = client.get(f"{address}&only=differences")
    assert table_of(response) == {
        "地址": (["某路1号", ""], False),
        "运营单位": (["甲公司", "乙公司"], True),
    }
    assert "看全部项目" in text_of(response)


def test_places_that_are_alike_are_said_to_be(client):
    make_park(slug="one", kind="tower")
    make_park(slug="two", kind="tower")
    text = text_of(client.get("/compare/?park=one&park=two&only=differences"))
    assert "各项都相同，或都未公布。" in text


def test_one_place_alone_has_nothing_to_differ_from(client):
    make_park(slug="one", kind="tower", operator="甲公司")
    response = client.get("/compare/?park=one&only=differences")
    assert len(table_of(response)) == 20
    assert "略去相同的项目" not in text_of(client.get("/compare/?park=one"))


def test_a_park_brings_what_is_in_it(client):
    park = make_park(slug="one")
    make_node(park=park, belt=make_belt(name="某产业带"), role="core")
    make_incubator(park=park, name="某孵化器", level_held="municipal")
    make_incubator(park=park, name="草稿孵化器", status="draft")
    make_space(park=park, name="某房源", floor_area_sqm=300)
    make_space(park=park, name="已租房源", availability="let")
    make_tenancy(park=park)
    make_tenancy(park=park, ended_on="2020")
    table = table_of(client.get("/compare/?park=one"))
    assert table["产业带"][0] == ["某产业带 核心节点"]
    assert table["孵化器"][0] == ["某孵化器 市级"]
    assert table["可租载体"][0] == ["某房源 300平方米"]
    assert table["已公布的入驻企业"][0] == ["1 家"]


def test_more_than_a_cell_can_hold_is_counted(client):
    park = make_park(slug="one")
    for _number in range(13):
        make_space(park=park)
    cell = client.get("/compare/?park=one").context["shortlist"].tables[0].rows[14].cells[0]
    assert len(cell) == 13
    assert cell[-1].text == "共 13 条，这里显示一部分。"
    assert cell[-1].address == "/spaces/?park=one"


def test_industries_stay_under_the_scheme_that_names_them(client):
    first, second = make_scheme(name="甲方案", position=1), make_scheme(name="乙方案", position=2)
    named = [
        make_industry(name="芯片", scheme=first),
        make_industry(name="生物", scheme=first, position=1),
        make_industry(name="芯片", scheme=second),
    ]
    make_park(slug="one", industries=named)
    assert table_of(client.get("/compare/?park=one"))["产业"][0] == [
        "甲方案 芯片、生物 乙方案 芯片"
    ]


def test_figures_keep_their_caveats_and_sources(client):
    park = make_park(slug="one")
    figure = make_figure(
        park,
        label="投资",
        value=20,
        unit="cny_100m",
        bound="over",
        claim_status="planned",
        scope="一期",
        period="全年",
        as_of="2023",
        note="原文为拟",
    )
    citation = make_citation(figure, source=make_source(slug="doc"), paragraph=7)
    response = client.get("/compare/?park=one")
    assert table_of(response)["数据"][0] == [
        "投资 超20亿元 一期 · 全年 · 数据时点 2023年 · 原文为拟 计划 · 自2023年起未见证实"
    ]
    text = text_of(response)
    assert '<span class="claim claim-planned">计划</span>' in text
    assert f'href="/sources/doc/#c{citation.pk}"' in text
    assert "[1] 第 7 段" in text


def test_spaces_are_told_apart_by_place_use_and_rent(client):
    park = make_park(name="某园区", address="某路1号", phone="021-0001")
    building = make_building(park=park, name="某楼")
    make_space(slug="one", park=park, building=building, rent_cny_sqm_day=0, floor_area_sqm=80)
    make_space(slug="two", park=park, use="laboratory", floor_area_sqm=80)
    table = table_of(client.get("/compare/?space=one&space=two"))
    assert table["园区"] == (["某园区", "某园区"], False)
    assert table["楼宇"] == (["某楼", ""], False)
    assert table["用途"] == (["办公", "实验室"], True)
    assert table["面积"] == (["80平方米", "80平方米"], False)
    assert table["租金"] == (["0元/平方米/天", ""], False)
    assert table["园区地址"] == (["某路1号", "某路1号"], False)
    assert "电话 021-0001" in table["联系"][0][1]


def test_an_incubator_aims_at_a_level_that_it_does_not_hold(client):
    make_incubator(slug="one", level_held="municipal", level_aimed="national")
    make_incubator(slug="two", level_held="national", services=[make_service(name="路演")])
    table = table_of(client.get("/compare/?incubator=one&incubator=two"))
    assert table["已获级别"] == (["市级", "国家级"], True)
    assert table["目标级别"] == (["国家级（目标，尚未获得）", ""], False)
    assert table["服务"] == (["", "路演"], False)


def test_the_contact_falls_back_to_the_park_and_to_the_district(client):
    make_home(name="某区", phone="021-0001")
    make_incubator(slug="own", phone="021-0003", park=make_park(phone="021-0002"))
    make_incubator(slug="of-park", park=make_park(name="某园区", phone="021-0002"))
    make_incubator(slug="of-district")
    response = client.get("/compare/?incubator=own&incubator=of-park&incubator=of-district")
    assert table_of(response)["联系"][0] == [
        "电话 021-0003",
        "某园区 电话 021-0002",
        "某区 电话 021-0001",
    ]


def test_the_desk_of_the_area_comes_before_the_home_districts(client):
    make_home(name="某区", phone="021-0001")
    town = make_district(name="某镇", phone="021-0002")
    park = make_park(slug="in-town", district=town)
    make_space(slug="in-park", park=park)
    make_park(slug="in-draft", district=make_district(status="draft", phone="021-0003"))
    response = client.get("/compare/?park=in-town&park=in-draft&space=in-park")
    parks, spaces = (table_of(response, index)["联系"][0] for index in range(2))
    assert parks == ["某镇 电话 021-0002", "某区 电话 021-0001"]
    assert spaces == ["某镇 电话 021-0002"]


def test_kinds_are_not_mixed(client):
    make_park(slug="park")
    make_incubator(slug="incubator")
    make_space(slug="space")
    response = client.get("/compare/?incubator=incubator&park=park&space=space")
    assert [table.kind.name for table in response.context["shortlist"].tables] == [
        "park",
        "space",
        "incubator",
    ]
    assert "不同类别各列一表，不混在一起比较。" in text_of(response)


@pytest.mark.parametrize("kind", ["park", "space", "incubator"])
def test_at_most_four_of_a_kind_are_compared_and_the_page_says_so(client, kind):
    make = {"park": make_park, "space": make_space, "incubator": make_incubator}[kind]
    asked = [make().slug for _number in range(5)]
    response = client.get("/compare/", {kind: [*asked, *map(str, range(95))]})
    assert slugs(response) == asked[:4]
    text = text_of(response)
    assert "每类最多列出四处：这里只有所选的前四处。" in text
    assert "没有找到" not in text


@pytest.mark.parametrize(
    "asked",
    ["nowhere", "%00", "-", "draft", "of-another-kind", "a" * 10_000],
    ids=lambda text: text[:8],
)
def test_what_is_not_there_is_left_out(client, asked):
    make_park(slug="island")
    make_park(slug="draft", status="draft")
    make_incubator(slug="of-another-kind")
    response = client.get(f"/compare/?park=island&park={asked}")
    assert slugs(response) == ["island"]
    text = text_of(response)
    assert "所选的有的没有找到，已略去。" in text
    assert "前四处" not in text


def test_one_can_be_taken_out_and_another_put_in(client):
    make_park(slug="one", name="此处")
    make_park(slug="two", name="彼处")
    make_park(slug="three", name="另一处")
    make_space(slug="room", name="某房源", park=make_park(name="某园区"))
    text = text_of(client.get("/compare/?park=one&park=two"))
    assert 'href="?park=two" data-unmark="park=one"' in text
    assert '<input type="hidden" name="park" value="one">' in text
    assert '<option value="three">另一处</option>' in text
    assert '<option value="two">' not in text
    assert '<option value="room">某园区 · 某房源</option>' in text


def test_the_address_can_be_handed_on(client):
    make_park(slug="one")
    text = text_of(client.get("/en/compare/?junk=1&park=one&park=nowhere"))
    assert '<a href="/en/compare/?park=one">http://testserver/en/compare/?park=one</a>' in text


def test_english_readers_are_told_what_is_still_chinese(client):
    make_park(slug="one", name="此处", name_en="Here", operator="某公司")
    text = text_of(client.get("/en/compare/?park=one"))
    assert '<span lang="zh-Hans">某公司</span>' in text
    assert ">Here</a>" in text


def test_a_choice_that_is_still_chinese_says_so_to_english_readers(client):
    make_park(slug="one", name="此处")
    make_park(slug="two", name="彼处", name_en="There")
    text = text_of(client.get("/en/compare/"))
    assert '<option value="one" lang="zh-Hans">此处</option>' in text
    assert '<option value="two">There</option>' in text
    assert '<option value="one">此处</option>' in text_of(client.get("/compare/"))


def test_lists_and_pages_lead_to_the_comparison(client):
    make_park(slug="park")
    make_incubator(slug="incubator")
    make_space(slug="space")
    for kind in ("park", "incubator", "space"):
        text = text_of(client.get(f"/{kind}s/"))
        assert f'<input type="checkbox" name="{kind}" value="{kind}" form="compare-form">' in text
    assert 'href="/compare/?park=park"' in text_of(client.get("/parks/park/"))
    assert 'href="/compare/?incubator=incubator"' in text_of(client.get("/incubators/incubator/"))

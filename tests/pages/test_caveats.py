"""A fact keeps its bound, its status, its scope, its date and its source; the unknown is named."""

import datetime

import pytest
from django.utils import timezone, translation

from promotion.reference.templatetags.quantities import area, figure_value, money, partial_date
from tests.factories import (
    make_alliance,
    make_belt,
    make_citation,
    make_company,
    make_district,
    make_event,
    make_figure,
    make_home,
    make_incubator,
    make_node,
    make_park,
    make_program,
    make_recognition,
    make_source,
    make_space,
    make_tenancy,
)

pytestmark = pytest.mark.django_db


def text_of(client, address):
    return " ".join(client.get(address).content.decode().split())


@pytest.mark.parametrize(
    ("value", "unit", "bound", "chinese", "english"),
    [
        ("2.5", "km", "about", "约2.5公里", "about 2.5 km"),
        ("16.1", "cny_100m", "exact", "16.1亿元", "CNY 1.61 billion"),
        ("2", "cny_100m", "over", "超2亿元", "over CNY 200 million"),
        ("10", "cny_100m", "over", "超10亿元", "over CNY 1 billion"),
        ("350", "cny_10k", "at_least", "不低于350万元", "at least CNY 3.5 million"),
        ("100", "companies", "nearly", "近100家", "nearly 100 companies"),
        ("1", "companies", "exact", "1家", "1 company"),
        ("100000", "sqm", "over", "超10万平方米", "over 100,000 m²"),
        ("2.32", "sqkm", "exact", "2.32平方公里", "2.32 km²"),
        ("15.1", "percent", "exact", "15.1%", "15.1%"),
        ("20", "years", "over", "超20年", "over 20 years"),
        ("3", "people", "exact", "3人", "3 people"),
        ("8", "items", "exact", "8个", "8"),
    ],
)
def test_figures_are_set_in_the_way_of_each_language(value, unit, bound, chinese, english):
    figure = make_figure(make_park(), value=value, unit=unit, bound=bound)
    figure.refresh_from_db()
    with translation.override("zh-hans"):
        assert figure_value(figure) == chinese
    with translation.override("en"):
        assert figure_value(figure) == english


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("2021", "2021年", "2021"),
        ("2021-10", "2021年10月", "October 2021"),
        ("2021-10-08", "2021年10月8日", "8 October 2021"),
        (datetime.date(2021, 10, 8), "2021年10月8日", "8 October 2021"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_dates_are_as_exact_as_they_are_known(value, chinese, english):
    with translation.override("zh-hans"):
        assert partial_date(value) == chinese
    with translation.override("en"):
        assert partial_date(value) == english


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (9_999, "9,999平方米", "9,999 m²"),
        (100_000, "10万平方米", "100,000 m²"),
        (2_320_000, "232万平方米（2.32平方公里）", "2,320,000 m² (2.32 km²)"),
    ],
)
def test_large_areas_are_given_in_both_units(value, chinese, english):
    with translation.override("zh-hans"):
        assert area(value) == chinese
    with translation.override("en"):
        assert area(value) == english


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [(500, "500万元", "CNY 5 million"), (161_000, "16.1亿元", "CNY 1.61 billion")],
)
def test_money_is_counted_in_the_way_of_each_language(value, chinese, english):
    with translation.override("zh-hans"):
        assert money(value) == chinese
    with translation.override("en"):
        assert money(value) == english


@pytest.mark.parametrize(
    ("status", "label"), [("planned", "计划"), ("forecast", "预计"), ("hoped", "期望")]
)
def test_what_has_not_come_about_says_so(client, status, label):
    park = make_park(slug="park")
    make_figure(park, claim_status=status, is_headline=True)
    make_recognition(park=park, claim_status=status)
    make_tenancy(park=park, claim_status=status)
    make_program(parks=[park], claim_status=status, slug="program")
    make_alliance(parks=[park], claim_status=status, slug="alliance")
    make_event(parks=[park], claim_status=status, slug="event")
    badge = f'<span class="claim claim-{status}">{label}</span>'
    assert text_of(client, "/parks/park/").count(badge) == 6
    for address in (
        "/programs/",
        "/programs/program/",
        "/alliances/",
        "/alliances/alliance/",
        "/events/",
        "/events/event/",
        "/figures/",
        "/search/?q=测试活动",
    ):
        assert badge in text_of(client, address), address


def test_what_has_come_about_needs_no_badge(client):
    park = make_park(slug="park")
    make_figure(park)
    make_program(parks=[park], claim_status="achieved")
    assert 'class="claim' not in text_of(client, "/parks/park/")


def test_a_stage_before_operation_is_always_visible(client):
    make_park(slug="park", stage="under_way")
    make_incubator(slug="incubator", stage="planned")
    make_program(slug="program", stage="planned")
    for address in ("/parks/", "/parks/park/"):
        assert "建设或推进中" in text_of(client, address)
    for address in (
        "/incubators/",
        "/incubators/incubator/",
        "/programs/",
        "/programs/program/",
    ):
        assert "规划中" in text_of(client, address)


def test_a_level_aimed_at_is_a_target_and_not_held(client):
    make_incubator(slug="incubator", level_held="municipal", level_aimed="national")
    text = text_of(client, "/incubators/incubator/")
    assert "国家级（目标，尚未获得）" in text
    assert '<span class="level">市级</span>' in text
    assert "目标：国家级" in text_of(client, "/incubators/")
    assert "没有符合这些条件的记录" in text_of(client, "/incubators/?level=national")


def test_a_planned_event_that_is_past_is_not_called_upcoming(client):
    make_event(slug="past", starts_on="2024-12", claim_status="planned")
    make_event(slug="span", starts_on="2024-12", ends_on="2025-01", claim_status="planned")
    make_event(slug="held", starts_on="2024-06", claim_status="achieved")
    next_year = str(timezone.localdate().year + 1)
    make_event(slug="coming", starts_on=next_year, claim_status="planned")
    make_event(slug="undated", claim_status="planned")
    planned = '<span class="claim claim-planned">计划</span> <span class="unconfirmed">'
    assert f"原计划 2024年12月 {planned}自2024年12月起未见证实" in text_of(client, "/events/past/")
    assert f"原计划 2024年12月 至 2025年1月 {planned}自2025年1月起未见证实" in text_of(
        client, "/events/span/"
    )
    assert "原计划" not in text_of(client, "/events/held/")
    assert "原计划" not in text_of(client, "/events/coming/")
    assert "未见证实" not in text_of(client, "/events/coming/")
    assert "日期暂未公布" in text_of(client, "/events/undated/")
    assert f"原计划 2024年12月 {planned}自2024年12月起未见证实" in text_of(client, "/events/")


def test_a_figure_shows_its_scope_period_date_and_source(client):
    make_home()
    source = make_source(slug="doc", name="一份文件")
    figure = make_figure(
        make_district(name="某镇"),
        label="税收",
        scope="产业区",
        period="全年",
        as_of="2022",
        note="只计产业区",
        is_headline=True,
    )
    citation = make_citation(figure, source=source, paragraph=13)
    for address in ("/", "/figures/"):
        text = text_of(client, address)
        for caveat in ("产业区", "全年", "数据时点 2022年", "只计产业区", "某镇"):
            assert caveat in text
        assert f'href="/sources/doc/#c{citation.pk}"' in text
        assert 'aria-label="来源 1">1</a>' in text
        assert "<li>[1] 第 13 段</li>" in text


def test_a_mark_leads_to_the_place_that_the_source_page_shows(client):
    park = make_park(slug="park", name="某园区", summary="简介")
    citation = make_citation(park, field="summary", source=make_source(slug="doc"), excerpt="短语")
    assert f'href="/sources/doc/#c{citation.pk}"' in text_of(client, "/parks/park/")
    text = text_of(client, "/sources/doc/")
    assert f'id="c{citation.pk}"' in text
    assert '<a href="/parks/park/">某园区</a>' in text
    assert '<q lang="zh-Hans">短语</q> <span>简介</span>' in text


def test_each_place_in_a_source_has_one_number_on_a_page(client):
    source = make_source()
    park = make_park(slug="park", kind="tower", summary="简介")
    make_citation(park, source=source, paragraph=7, field="summary")
    make_citation(park, source=source, paragraph=7, field="kind")
    make_citation(park, source=source, paragraph=9, field="kind")
    text = text_of(client, "/parks/park/")
    assert text.count('aria-label="来源 1">1</a>') == 2
    assert text.count('aria-label="来源 2">2</a>') == 1
    assert "<li>[1] 第 7 段</li><li>[2] 第 9 段</li>" in text


@pytest.mark.parametrize(
    ("address", "unknown"),
    [("/parks/park/", 13), ("/companies/company/", 15), ("/incubators/incubator/", 12)],
)
def test_what_is_not_known_is_said_to_be_unpublished(client, address, unknown):
    make_home()
    make_park(slug="park")
    make_company(slug="company")
    make_incubator(slug="incubator")
    assert text_of(client, address).count("暂未公布") >= unknown


def test_a_rent_of_nothing_is_not_an_unknown_rent(client):
    make_space(rent_cny_sqm_day=0)
    assert "0元/平方米/天" in text_of(client, "/spaces/")
    make_space(name="未知租金")
    assert '<span class="unknown">暂未公布</span>' in text_of(client, "/spaces/?q=未知租金")


def test_a_node_without_a_role_has_none_guessed(client):
    belt = make_belt(slug="belt", start_point="南端路", end_point="北端路")
    make_node(belt=belt, role="core", position=1)
    make_node(belt=belt, position=2)
    text = text_of(client, "/belts/belt/")
    assert "示意图，节点次序与间距不代表实际位置。" in text
    assert '<li class="node node-core">' in text
    assert '<li class="node node-none">' in text
    assert "文件未说明其作用" in text
    assert text.count("南端路") >= 3
    assert text.count("北端路") >= 3


def test_a_belt_without_nodes_says_so(client):
    make_belt(slug="belt")
    text = text_of(client, "/belts/belt/")
    assert "这条产业带还没有发布节点。" in text
    assert '<svg class="belt-svg' not in text


def test_contacts_fall_back_from_record_to_park_to_district(client):
    make_home(phone="021-0001")
    make_incubator(slug="own", park=make_park(phone="021-0002"), phone="021-0003")
    make_incubator(slug="of-park", park=make_park(phone="021-0002"))
    make_incubator(slug="of-district", park=make_park())
    company = make_company(slug="company")
    make_tenancy(company=company, park=make_park(phone="021-0002"))
    for address, phone in (
        ("/incubators/own/", "021-0003"),
        ("/incubators/of-park/", "021-0002"),
        ("/incubators/of-district/", "021-0001"),
        ("/companies/company/", "021-0002"),
    ):
        contact = text_of(client, address).partition('class="contact"')[2].partition("</section>")
        assert phone in contact[0], address


def test_a_relation_is_cited_on_both_of_its_pages(client):
    park = make_park()
    program = make_program(parks=[park])
    citation = make_citation(program, field="parks")
    mark = f"#c{citation.pk}"
    assert mark in client.get(program.get_absolute_url()).text
    assert mark in client.get(park.get_absolute_url()).text


@pytest.mark.parametrize(
    ("values", "chinese", "english"),
    [
        (
            {"days": 21, "as_of": "2024"},
            "（3 周前） · 资料时点 2024年",
            "(3 weeks ago) · As of 2024",
        ),
        ({"days": 0}, "今天核实", "Verified today"),
        ({"as_of": "2024"}, "资料时点 2024年 · 尚未核实", "As of 2024 · not yet verified"),
        ({}, "资料时点暂未公布 · 尚未核实", "As-of date not supplied · not yet verified"),
    ],
)
def test_a_page_says_plainly_how_old_its_facts_are(client, values, chinese, english):
    if "days" in values:
        ago = datetime.timedelta(days=values.pop("days"))
        values["verified_on"] = timezone.localdate() - ago
    make_park(slug="park", **values)
    for address, words in (("/parks/park/", chinese), ("/en/parks/park/", english)):
        assert words in text_of(client, address).replace("\xa0", " ")

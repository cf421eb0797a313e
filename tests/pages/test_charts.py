"""Charts: what is drawn, what is not, and that the table behind each says the same."""

import re
import xml.etree.ElementTree as ET

import pytest

from tests.factories import (
    make_citation,
    make_company,
    make_figure,
    make_home,
    make_industry,
    make_park,
    make_scheme,
    make_source,
    make_tenancy,
)

pytestmark = pytest.mark.django_db


def text_of(client, address="/figures/"):
    return " ".join(client.get(address).content.decode().split())


def charts_of(client, address="/figures/"):
    return {chart.title: chart for chart in client.get(address).context["charts"]}


def make_series(subject, *rows, **values):
    """Make figures of one thing from (period, value, further values)."""
    values = {"label": "税收", "unit": "cny_100m", **values}
    return [
        make_figure(subject, period=period, value=value, **values, **more)
        for period, value, more in rows
    ]


@pytest.fixture
def series():
    park = make_park(slug="park", name="甲园")
    return make_series(
        park,
        ("2023年", "12.5", {"bound": "about"}),
        ("2021年", "10", {"bound": "over"}),
        ("2025年", "20", {"claim_status": "planned"}),
    )


def test_figures_of_one_thing_for_several_times_are_a_series(client, series):
    chart = charts_of(client)["税收"]
    assert [(bar.label, bar.text, bar.is_open) for bar in chart.bars] == [
        ("2021年", "超10亿元", False),
        ("2023年", "约12.5亿元", False),
        ("2025年", "20亿元", True),
    ]
    assert [drawn.length for drawn in chart.drawn] == [50, 62.5, 100]
    assert [drawn.start for drawn in chart.drawn] == [0, 0, 0]


def test_what_is_planned_is_drawn_and_called_otherwise(client, series):
    text = text_of(client)
    figure = text.partition('<figure class="chart"')[2].partition("</figure>")[0]
    assert figure.count('class="chart-bar"') == 2
    assert figure.count('class="chart-bar chart-bar-open"') == 1
    assert "虚线框是计划、预计或期望的数字，尚未实现。" in figure
    assert "2025年 · 20亿元 · 计划" in figure
    assert '<td><span class="claim claim-planned">计划</span></td>' in figure


def table_rows(markup):
    body = markup.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def picture_words(markup):
    svg = re.search(r'<svg class="chart-svg".*?</svg>', markup, re.DOTALL)[0]
    root = ET.fromstring(svg)
    return ["".join(text.itertext()) for text in root.iter("text")]


def test_each_table_says_what_the_bars_say(client, series):
    for name in ("complex", "complex", "tower"):
        make_park(kind=name, stage="operating")
    make_park(stage="planned")
    charts = text_of(client).split('<figure class="chart"')[1:]
    assert len(charts) == 3
    for chart in charts:
        rows = table_rows(chart)
        assert len(rows) >= 2
        said = [" · ".join(row if row[-1] != "已实现" else row[:-1]) for row in rows]
        assert [word.replace(" ", "") for word in picture_words(chart)] == [
            word.replace(" ", "") for word in said
        ]


def test_a_chart_has_a_name_and_its_values_for_who_cannot_see_it(client, series):
    svg = re.search(r'<svg class="chart-svg".*?</svg>', text_of(client), re.DOTALL)[0]
    root = ET.fromstring(svg)
    title = root.find("title")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == title.get("id")
    assert title.text.startswith("税收")
    assert "2021年 · 超10亿元" in title.text


def test_the_values_of_a_series_carry_their_sources(client, series):
    source = make_source(slug="source")
    citation = make_citation(series[0], source=source)
    table = text_of(client).partition('<details class="chart-table"')[2].partition("</details>")[0]
    assert f'href="/sources/source/#c{citation.pk}"' in table


@pytest.mark.parametrize(
    "rows",
    [
        [("2021年", 1, {})],
        [("2021年", 1, {}), ("2021年", 2, {})],
        [("2021年", 1, {}), ("2022年", 2, {"scope": "别处"})],
        [("2021年", 1, {}), ("2022年", 2, {"unit": "cny_10k"})],
        [("", 1, {}), ("2022年", 2, {})],
        [("2021年", 1, {}), ("2022年", 2, {"label": "别的"})],
    ],
    ids=["one", "one time", "two scopes", "two units", "no time", "two things"],
)
def test_what_is_no_series_is_not_drawn(client, rows):
    park = make_park()
    for period, value, more in rows:
        make_figure(
            park, period=period, value=value, **{"label": "税收", "unit": "cny_100m", **more}
        )
    assert charts_of(client) == {}
    assert 'id="charts"' not in text_of(client)


def test_two_records_do_not_share_a_series(client):
    for _number in range(2):
        make_series(make_park(), ("2021年", 1, {}))
    assert charts_of(client) == {}


def test_figures_of_hidden_records_are_not_drawn(client):
    make_series(make_park(status="draft"), ("2021年", 1, {}), ("2022年", 2, {}))
    assert charts_of(client) == {}


def test_values_below_zero_lie_left_of_it(client):
    make_series(make_park(), ("2021年", -5, {}), ("2022年", 15, {}), unit="percent")
    drawn = charts_of(client)["税收"].drawn
    assert [(bar.start, bar.length) for bar in drawn] == [(0, 25), (25, 75)]


def test_a_series_of_zeros_is_drawn_without_length(client):
    make_series(make_park(), ("2021年", 0, {}), ("2022年", 0, {}))
    assert [bar.length for bar in charts_of(client)["税收"].drawn] == [0, 0]


def test_parks_are_counted_by_kind_and_by_stage(client):
    make_park(kind="tower", stage="operating")
    make_park(kind="tower", stage="planned")
    make_park(kind="complex")
    make_park(kind="town", status="draft")
    charts = charts_of(client)
    # A page that lists no figure has no place for charts.
    assert charts.keys() == {"园区，按类型", "园区，按建设阶段"}
    kinds, stages = charts.values()
    assert [(bar.label, bar.value) for bar in kinds.bars] == [("产城综合体", 1), ("楼宇", 2)]
    assert [(bar.label, bar.value) for bar in stages.bars] == [("规划中", 1), ("已建成或运行中", 1)]
    assert stages.note == "另有 1 处的建设阶段暂未公布，不在图中。"
    assert kinds.bars[1].address == "/parks/?kind=tower"


def test_tenants_are_counted_by_industry_within_each_scheme(client):
    make_home()
    scheme, other = make_scheme(name="甲分类"), make_scheme(name="乙分类")
    one, two, alone = (
        make_industry(name="一", scheme=scheme),
        make_industry(name="二", scheme=scheme),
        make_industry(name="三", scheme=other),
    )
    make_industry(name="没有企业", scheme=scheme)
    both = make_company(industries=[one, two, alone])
    for _number in range(2):
        make_tenancy(company=both)
    make_tenancy(company=make_company(industries=[two]))
    make_tenancy(company=make_company(industries=[one], status="draft"))
    make_tenancy(company=make_company(industries=[one]), claim_status="planned")
    make_tenancy(company=make_company(industries=[one]), role="operator")
    make_company(industries=[one])
    charts = charts_of(client)
    assert [title for title in charts if "入驻" in title] == ["入驻企业，按产业：甲分类"]
    bars = charts["入驻企业，按产业：甲分类"].bars
    assert [(bar.label, bar.value, bar.text) for bar in bars] == [
        ("二", 2, "2 家"),
        ("一", 1, "1 家"),
    ]

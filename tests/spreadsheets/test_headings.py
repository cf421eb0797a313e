"""Headings: as offices write them, in any order; none unknown is ignored in silence."""

import pytest

from promotion.reference.spreadsheets.headings import ERROR_HEADING
from promotion.resources import RESOURCES
from tests.spreadsheets.samples import said, take

pytestmark = pytest.mark.django_db


def found(model, heading):
    """Return (field name, unit size) of a heading, or None."""
    match = RESOURCES[model]().vocabulary.find(heading)
    return match and (match[0].name, match[1])


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("名称", "name"),
        ("企业名称", "name"),
        ("公司名称", "name"),
        ("单位名称", "name"),
        (" 企业 名称 *", "name"),
        ("企业名称（必填）", "name"),
        ("企业名称：", "name"),
        ("name", "name"),
        ("NAME", "name"),
        ("统一社会信用代码", "unified_social_credit_code"),
        ("unified social credit code", "unified_social_credit_code"),
        ("电话", "phone"),
        ("手机", "phone"),
        ("联系电话", "phone"),
        ("E-mail", "email"),
        ("园区", "parks"),
        ("所属园区", "parks"),
        ("入驻园区", "parks"),
        ("所属行业", "industries"),
        ("注册资本", "registered_capital_cny_10k"),
        ("注册资本(万元)", "registered_capital_cny_10k"),
        ("注册资本（万元）", "registered_capital_cny_10k"),
        ("registered_capital_cny_10k", "registered_capital_cny_10k"),
        ("成立时间", "established_on"),
        ("所在区域", "district"),
    ],
)
def test_headings_of_a_companies_sheet(heading, name):
    assert found("companies", heading) == (name, 1)


@pytest.mark.parametrize(
    ("model", "heading", "name", "size"),
    [
        ("companies", "注册资本（元）", "registered_capital_cny_10k", 0.0001),
        ("companies", "注册资金（单位：亿元）", "registered_capital_cny_10k", 10_000),
        ("parks", "建筑面积（万平方米）", "floor_area_sqm", 10_000),
        ("parks", "建筑面积(㎡)", "floor_area_sqm", 1),
        ("parks", "占地面积（亩）", "site_area_sqm", 2000 / 3),
    ],
)
def test_a_heading_may_name_another_unit(model, heading, name, size):
    assert found(model, heading) == (name, pytest.approx(size))


@pytest.mark.parametrize("heading", ["注册资本（万美元）", "名称（万元）", "员工（人）", "税收"])
def test_a_heading_with_an_unknown_name_or_unit_is_unknown(heading):
    assert found("companies", heading) is None


@pytest.mark.parametrize("model", RESOURCES)
def test_every_column_answers_to_its_own_heading_and_field_name(model):
    resource = RESOURCES[model]()
    for name, column in resource.fields.items():
        assert found(model, column.heading) == (name, 1)
        assert found(model, name) == (name, 1)


@pytest.mark.parametrize("model", RESOURCES)
def test_an_alias_leads_to_the_field_that_it_was_given_to(model):
    resource = RESOURCES[model]()
    own = {column.heading for column in resource.fields.values()}
    astray = [
        f"{alias}: {found(model, alias)}"
        for name, aliases in resource.heading_aliases.items()
        for alias in aliases
        if alias not in own and found(model, alias) != (name, 1)
    ]
    assert astray == []


def test_unknown_headings_are_listed_with_the_nearest_and_nothing_is_written():
    result = take("companies", [["企业名称", "信用代吗", "完全无关"], ["甲公司", "", ""]])
    assert len(said(result)) == 2
    assert "信用代吗" in said(result)[0]
    assert "统一社会信用代码" in said(result)[0]
    assert "完全无关" in said(result)[1]
    assert result.counts == {"new": 0, "changed": 0, "unchanged": 0, "refused": 1}


def test_a_heading_and_a_cell_are_reported_at_once():
    result = take("companies", [["企业名称", "某栏", "员工人数"], ["甲", "", "x"], ["乙", "", "1"]])
    assert [problem.row for problem in result.problems] == [None, 2]
    assert result.refused == 2


def test_duplicate_headings_are_refused():
    result = take("companies", [["企业名称", "电话", "手机"], ["甲", "1", "2"]])
    assert len(said(result)) == 1
    assert "电话" in said(result)[0]
    assert "手机" in said(result)[0]


def test_row_numbers_our_own_error_column_and_empty_columns_are_passed_over():
    headings = ["序号", "", "企业名称", ERROR_HEADING, ""]
    result = take("companies", [headings, ["1", "", "甲公司", "“名称”不对", ""]])
    assert said(result) == []
    assert result.counts["new"] == 1


def test_content_without_a_heading_is_refused():
    for headings in (["企业名称", ""], ["企业名称"]):
        result = take("companies", [headings, ["甲公司"], ["乙公司", "丢了会可惜"]])
        assert "B 列" in said(result)[0]
        assert "丢了会可惜”（第 3 行）" in said(result)[0]
        assert result.refused == 1


def test_headings_among_the_rows_are_refused():
    rows = [["序号", "企业名称", "地址"], ["1", "甲公司", ""], ["", "企业名称", " 地址"]]
    result = take("companies", rows)
    assert [problem.row for problem in result.problems] == [3]


@pytest.mark.parametrize(
    "note",
    [
        "单位：亿元",
        "2024年企业统计表（单位：亿元）",
        "（单位：亿元）",
        "【单位：亿元】",
        "单位（亿元）",
        "企业统计表（亿元）",
        "单位：亿元、人",
        "单位：亿元，人",
        "单位：人/亿元",
        "单位：亿元；平方米",
        "货币单位：人民币亿元",
        "单位：亿元人民币",
        "单位:亿元 2024年底",
        "单位:亿元2024年底",
        "单 位： 亿 元",
        "注：金额单位为亿元",
        "注：金额单位统一为亿元。",
        "金额以亿元为单位",
        "本表金额以亿元计",
        "金额：亿元",
        "（金额：人民币亿元）",
        "填报单位：测试公司\n金额单位：亿元",
    ],
)
def test_a_unit_stated_above_the_table_is_not_ignored(note):
    rows = [["企业表", note], ["企业名称", "注册资本"], ["甲", "5"]]
    assert "单位：亿元”，请把单位写进栏目“注册资本”" in "".join(said(take("companies", rows)))
    rows[1][1] = "注册资本（亿元）"
    assert said(take("companies", rows)) == []


@pytest.mark.parametrize(
    "note", ["（单位：亩）", "2024年园区表（单位：公顷）", "单位：万平方米、亿元"]
)
def test_a_unit_of_area_stated_above_the_table_is_not_ignored(note):
    rows = [[note], ["园区名称", "类型", "占地面积"], ["甲园", "产业园区", "5"]]
    assert "请把单位写进栏目“占地面积”" in "".join(said(take("parks", rows)))


@pytest.mark.parametrize(
    ("model", "heading", "note", "own"),
    [
        ("companies", "注册资本", "单位：万美元", "万元"),
        ("companies", "注册资本", "单位：十亿元", "万元"),
        ("parks", "占地面积", "单位：十万平方米", "平方米"),
        ("spaces", "租金", "单位：元 / 平方米 / 月", "元/平方米/天"),
        ("spaces", "租金", "单位：元/平方米/月", "元/平方米/天"),
    ],
)
def test_a_unit_above_the_table_that_a_column_cannot_be_read_in_is_refused(
    model, heading, note, own
):
    problems = said(take(model, [[note], ["名称", heading], ["甲", "5"]]))
    assert f"换算为{own}" in "".join(problems)


@pytest.mark.parametrize(
    "note",
    [
        "单位：万元",
        "单位：万 元",
        "单位：万元/人",
        "单位：万元、元/平方米/天",
        "填报单位：亿元科技公司",
        "主管单位：测试区千百万局",
        "注：注册资本 2 亿元 以上的填",
        "金额：5 亿元 以上",
        "（注册资本1000亿元）",
        "普陀区企业表（2024年）",
    ],
)
def test_other_notes_above_the_table_do_not_matter(note):
    rows = [["企业表", note], ["企业名称", "注册资本"], ["甲", "5"]]
    assert said(take("companies", rows)) == []


@pytest.mark.parametrize("number", ["2", "2、", "第2行", "No.2"])
def test_a_row_with_nothing_but_its_number_is_empty(number):
    rows = [["序号", "企业名称"], ["1", "甲公司"], [number, ""]]
    assert take("companies", rows).counts["new"] == 1


def test_columns_may_come_in_any_order(django_assert_max_num_queries):
    result = take("companies", [["员工人数", "企业名称"], ["12", "甲公司"]])
    assert result.counts["new"] == 1

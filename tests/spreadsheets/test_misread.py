"""What looks like another value than it is: refused in words, never guessed."""

import pytest

from companies.models import Company
from promotion.models import TalentDemand
from promotion.reference.spreadsheets.problems import SheetError
from tests import factories
from tests.spreadsheets.samples import csv_file, read, said, take, xlsx_file

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("员工人数", "120①"),
        ("员工人数", "120¹"),
        ("员工人数", "120²人"),
        ("员工人数", "300 500 20"),
        ("员工人数", "12 15"),
        ("注册资本（万元）", "5000 6000"),
        ("成立日期", "2024/3/1①"),
        ("成立日期", "2024年12月①"),
        ("成立日期", "2024.1-3"),
        ("成立日期", "2024/3-5"),
        ("成立日期", "2024年3-5"),
        ("定时发布", "2024-03-01 09:00-11:00"),
        ("定时发布", "2024-03-01 09:00 - 11:00"),
    ],
)
def test_a_cell_that_holds_several_things_is_refused(heading, cell):
    (problem,) = said(take("companies", [["企业名称", heading], ["甲公司", cell]]))
    assert problem.startswith(f"第 2 行，“{heading}”，“{cell}”：")
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    ("heading", "cell", "field", "value"),
    [
        ("员工人数", "1 200", "staff_count", 1200),
        ("员工人数", "１２００ 人", "staff_count", 1200),
        ("注册资本（万元）", "4 509 000 万元", "registered_capital_cny_10k", 4509000),
        ("成立日期", "2024.3.5", "established_on", "2024-03-05"),
        ("成立日期", "2024年3月5日", "established_on", "2024-03-05"),
    ],
)
def test_what_is_written_apart_and_yet_one_is_read(heading, cell, field, value):
    assert said(take("companies", [["企业名称", heading], ["甲公司", cell]])) == []
    assert getattr(Company.objects.get(), field) == value


@pytest.mark.parametrize("unit", ["1200m²", "1200 M²", "1200㎡", "1200平方米"])
def test_a_square_metre_is_no_footnote(unit):
    park = factories.make_park()
    result = take("parks", [["名称", "网址代码", "建筑面积"], [park.name, park.slug, unit]])
    assert said(result) == []
    park.refresh_from_db()
    assert park.floor_area_sqm == 1200


@pytest.mark.parametrize(
    "name",
    [
        *[
            "填表说明：1.统一填写",
            "填写说明：请认真填写",
            "注1、本表",
            "*注：本表",
            "以下空白",
            "审核：李四",
        ],
        *[
            "制表：张三",
            "负责人：张三",
            "其中：外资企业",
            "#N/A",
            "#REF!",
            "########",
            "同上",
            "〃",
        ],
    ],
)
def test_a_line_that_is_no_record_is_refused(name):
    (problem,) = said(take("companies", [["企业名称"], [name]]))
    assert name in problem


def test_a_table_above_another_is_not_lost():
    upper = [["企业名称", "员工人数"], ["甲公司", 3], ["乙公司", 4], []]
    lower = [["企业名称", "员工人数", "联系电话"], ["丙公司", 5, "021-60000000"]]
    with pytest.raises(SheetError, match="第 1 行和第 5 行都是栏目名称"):
        read(xlsx_file([*upper, *lower]), "表.xlsx")


def test_headings_of_two_rows_are_no_two_tables():
    rows = [["企业名称", "联系电话"], ["企业名称", "联系电话", "员工人数"], ["甲公司", "", 3]]
    assert len(read(xlsx_file(rows), "表.xlsx").rows) == 1


def test_what_changes_in_a_long_text_is_seen():
    start = "这里是一段很长的简介，" * 8
    company = factories.make_company(name="甲公司", summary=f"{start}现有员工120人。")
    rows = [["企业名称", "网址代码", "简介"], ["甲公司", company.slug, f"{start}现有员工1200人。"]]
    result = take("companies", rows, dry_run=True)
    ((_heading, before, after),) = result.rows[0].changes
    assert before.endswith("现有员工120人。")
    assert after.endswith("现有员工1200人。")
    assert before.startswith("…")


def test_a_company_and_a_park_of_one_number_are_two():
    company, park = factories.make_company(pk=77), factories.make_park(pk=77)
    rows = [
        ["岗位名称", "企业", "园区", "招聘人数"],
        ["软件工程师", company.slug, "", "2"],
        ["软件工程师", "", park.slug, "3"],
    ]
    assert said(take("talent", rows)) == []
    assert TalentDemand.objects.count() == 2


def test_a_file_in_the_encoding_of_taiwan_is_refused():
    rows = [["name", "address"], ["示例科技公司", "臺北市示例路"]]
    with pytest.raises(SheetError, match="无法识别文件的编码"):
        read(csv_file(rows, "big5"))

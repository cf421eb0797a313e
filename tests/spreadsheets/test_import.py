"""What an import writes, what it leaves alone, and what it refuses as a whole."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from companies.models import Company
from companies.resources import CompanyResource
from parks.models import BeltNode, Park, Space
from promotion.models import Advisor
from promotion.resources import RESOURCES
from tests import factories
from tests.spreadsheets.samples import credit_code, csv_file, said, take, take_file, xlsx_file

pytestmark = pytest.mark.django_db


def test_one_sheet_suffices_for_companies():
    parks = [factories.make_park(name=name) for name in ("未来岛", "智创TOP")]
    industry = factories.make_industry(name="生物医药")
    factories.make_district(name="普陀区")
    headings = [
        "企业名称*", "统一社会信用代码", "所属园区", "所属行业", "所在区域", "注册资本（万元）",
        "成立日期", "员工人数", "国家或地区", "联系人", "联系电话", "邮箱", "网站", "地址", "简介",
    ]  # fmt: skip
    row = [
        "测试药业有限公司", credit_code(1), "未来岛、智创TOP", "生物医药", "普陀区", "5,000万元",
        "2021年10月", "1,200", "德国", "测试人", "+86 21 6000 0000", "a@example.com",
        "https://example.com/", "测试路 1 号", "测试。",
    ]  # fmt: skip
    result = take("companies", [headings, row])
    assert said(result) == []
    company = Company.objects.get()
    assert (company.slug, company.status, company.kind) == (
        "ce-shi-yao-ye-you-xian-gong-si",
        "draft",
        "enterprise",
    )
    assert (company.registered_capital_cny_10k, company.staff_count) == (5000, 1200)
    assert (company.established_on, company.country.code) == ("2021-10", "DE")
    assert (company.phone, company.email) == ("+86 21 6000 0000", "a@example.com")
    assert (company.district.name, list(company.industries.all())) == ("普陀区", [industry])
    assert set(company.parks.all()) == set(parks)
    assert set(company.tenancies.values_list("role", "claim_status")) == {("tenant", "achieved")}
    assert "ceshiyaoye" in company.search_text
    assert company.sort_key.startswith("ce shi yao ye")
    assert take("companies", [headings, row]).counts["unchanged"] == 1


def test_one_sheet_suffices_for_parks():
    belt = factories.make_belt(name="测试产业带")
    headings = ["园区名称", "类型", "所属产业带", "建筑面积（万平方米）", "开园时间", "电话"]
    take("parks", [headings, ["测试园", "产业园区", "测试产业带", "3.5", "2020/5/1", "021-1"]])
    park = Park.objects.get()
    assert (park.kind, park.floor_area_sqm) == ("industrial_park", 35_000)
    assert (park.opened_on, park.phone) == ("2020-05-01", "021-1")
    node = BeltNode.objects.get()
    assert (node.belt, node.park, node.role) == (belt, park, "")


def test_absent_columns_are_left_and_empty_cells_clear():
    company = factories.make_company(
        name="甲",
        address="某路",
        website="https://a.example/",
        staff_count=5,
        established_on="2020",
    )
    result = take("companies", [["名称", "地址", "员工人数", "成立日期"], ["甲", "", " ", ""]])
    assert result.counts["changed"] == 1
    company.refresh_from_db()
    assert (company.address, company.staff_count, company.established_on) == ("", None, "")
    assert company.website == "https://a.example/"


def test_an_empty_cell_gives_a_new_row_the_default_but_does_not_unset_it():
    rows = [["名称", "类型", "发布状态", "网址代码"], ["甲", "", "", ""]]
    take("companies", rows)
    company = Company.objects.get()
    assert (company.kind, company.status) == ("enterprise", "draft")
    assert [p.column for p in take("companies", rows).problems] == ["类型", "发布状态"]


def test_an_empty_number_or_yes_no_falls_back_to_its_default():
    program = factories.make_program(name="甲", is_featured=True)
    take("programs", [["名称", "置顶"], ["甲", ""]])
    program.refresh_from_db()
    assert program.is_featured is False


def test_a_required_column_is_needed_only_for_new_rows():
    factories.make_park(name="甲")
    rows = [["名称", "地址"], ["甲", "某路"], ["乙", "某路"], ["丙", "某路"]]
    result = take("parks", rows)
    assert len(said(result)) == 1
    assert "缺少“类型”" in said(result)[0]
    assert "3、4" in said(result)[0]
    assert result.refused == 2
    assert take("parks", rows[:2]).counts["changed"] == 1


def test_every_bad_cell_is_reported_at_once_and_nothing_is_written():
    park = factories.make_park(name="未来岛")
    rows = [
        ["名称", "类型", "员工人数", "成立日期", "园区", "统一社会信用代码", "邮箱", "网站"],
        ["甲", "公思", "5.7", "2022-13", "未来到", "91310107MA0000001X", "a@", "example"],
        ["乙", "企业", "6", "2022", "未来岛", "", "", ""],
        ["", "企业", "六", "2022", "未来岛", "", "", ""],
    ]
    result = take("companies", rows)
    assert [(problem.row, problem.column, problem.value) for problem in result.problems] == [
        (2, "类型", "公思"),
        (2, "员工人数", "5.7"),
        (2, "成立日期", "2022-13"),
        (2, "园区", "未来到"),
        (2, "统一社会信用代码", "91310107MA0000001X"),
        (2, "邮箱", "a@"),
        (2, "网站", "example"),
        (4, "名称", ""),
        (4, "员工人数", "六"),
    ]
    assert park.name in result.problems[3].allowed
    assert result.counts == {"new": 0, "changed": 0, "unchanged": 0, "refused": 2}
    assert not Company.objects.exists()
    assert not Company.history.exists()
    assert [len(result.invalid_rows), result.has_validation_errors()] == [9, True]


def test_cells_that_are_equal_but_not_alike_are_read_each_for_itself():
    rows = [["名称", "员工人数"], ["甲", 1], ["乙", True], ["丙", 1]]
    assert [problem.row for problem in take("companies", rows, ".xlsx").problems] == [3]


def test_rules_of_the_model_and_the_database_are_held():
    factories.make_company(name="旧", unified_social_credit_code=credit_code(1))
    headings = ["名称", "统一社会信用代码", "注册资本（万元）", "定时发布", "到期下线"]
    rows = [
        ["甲", credit_code(2), "-1", "", ""],
        ["乙", credit_code(3), "1", "2024-01-02", "2024-01-01"],
        ["丙" * 201, "", "", "", ""],
    ]
    result = take("companies", [headings, *rows])
    assert [(problem.row, problem.column) for problem in result.problems] == [
        (2, "注册资本（万元）"),
        (3, "定时发布、到期下线"),
        (4, "名称"),
    ]
    assert "200" in result.problems[2].message
    assert not Company.objects.filter(name="甲").exists()


def test_a_value_that_only_one_record_may_have():
    factories.make_company(slug="jiu", unified_social_credit_code=credit_code(1))
    headings = ["网址代码", "名称", "统一社会信用代码"]
    problems = take("companies", [headings, ["xin", "甲", credit_code(1)]]).problems
    assert [(problem.row, problem.column) for problem in problems] == [(2, "统一社会信用代码")]
    rows = [["a", "甲", credit_code(2)], ["b", "乙", credit_code(2)]]
    problems = take("companies", [headings, *rows]).problems
    assert [(problem.row, "第 2 行" in problem.message) for problem in problems] == [(3, True)]


def test_only_one_district_may_be_home():
    factories.make_home(name="旧")
    rows = [
        ["名称", "层级", "本站所属区"],
        ["甲", "区", "是"],
        ["乙", "区", "否"],
        ["丙", "区", "否"],
    ]
    assert [problem.row for problem in take("districts", rows).problems] == [2]


def test_clean_is_asked_and_sees_related_records():
    space = factories.make_space(name="甲房")
    elsewhere = factories.make_building()
    rows = [["名称", "楼宇"], ["甲房", elsewhere.slug]]
    assert [p.column for p in take("spaces", rows).problems] == ["楼宇"]
    inside = factories.make_building(park=space.park)
    assert take("spaces", [["名称", "楼宇"], ["甲房", inside.slug]]).counts["changed"] == 1
    assert Space.objects.get().building == inside


def test_a_person_without_consent_is_not_published():
    rows = [
        ["姓名", "发布状态", "同意公开日期"],
        ["甲", "已发布", ""],
        ["乙", "已发布", "2024-01-01"],
    ]
    assert [problem.row for problem in take("advisors", rows).problems] == [2]
    assert not Advisor.objects.exists()


def test_formulas_and_merged_cells_are_refused_only_where_they_are_read():
    data = xlsx_file([["序号", "名称", "地址"], ["=ROW()", "甲", "=B2"]])
    result = take_file("companies", data, "表.xlsx")
    assert [problem.column for problem in result.problems] == ["地址"]
    data = xlsx_file(
        [["名称", "地址"], ["甲", "某路"], ["乙"]], adjust=lambda sheet: sheet.merge_cells("B2:B3")
    )
    assert "B2:B3" in said(take_file("companies", data, "表.xlsx"))[0]


def test_rights_to_single_records_see_the_old_and_the_new(monkeypatch):
    seen = []

    def only_new(self, user, old, new):
        seen.append((user, old and old.address, new.address))
        return old is None

    monkeypatch.setattr(CompanyResource, "may_write", only_new)
    factories.make_company(name="甲", address="旧路")
    factories.make_company(name="不变", address="某路")
    rows = [["名称", "地址"], ["甲", "新路"], ["乙", "某路"], ["不变", "某路"]]
    result = take("companies", rows)
    assert seen == [(None, "旧路", "新路"), (None, None, "某路")]
    assert ["权限" in text for text in said(result)] == [True]
    assert Company.objects.count() == 2


def test_a_file_with_headings_alone_is_no_error():
    result = take("companies", [["名称", "地址"]])
    assert result.counts == {"new": 0, "changed": 0, "unchanged": 0, "refused": 0}


def test_derived_columns_follow_a_change():
    company = factories.make_company(slug="jia", name="甲公司")
    created = company.created_at
    take("companies", [["网址代码", "名称"], ["jia", "未来公司"]])
    company.refresh_from_db()
    assert (company.sort_key, company.created_at) == ("wei lai gong si", created)
    assert "weilaigongsi" in company.search_text


@pytest.mark.parametrize("model", RESOURCES)
def test_columns_of_pictures_and_derived_text_are_in_no_sheet(model):
    hidden = {"picture", "picture_alt", "picture_focus_x", "picture_focus_y"}
    hidden |= {"search_text", "sort_key", "id", "created_at", "updated_at"}
    assert hidden.isdisjoint(RESOURCES[model]().fields)


# History


def test_each_written_object_gets_one_entry_with_reason_and_user():
    a, b = factories.make_industry(slug="a"), factories.make_industry(slug="b")
    company = factories.make_company(name="甲", industries=[a])
    factories.make_company(name="不变", address="某路")
    user = User.objects.create(username="u", is_superuser=True)
    before = company.history.count()
    rows = [
        ["名称", "地址", "产业"],
        ["甲", "某路", "a、b"],
        ["新", "某路", "b"],
        ["不变", "某路", ""],
    ]
    updated = company.updated_at
    take_file("companies", csv_file(rows), f"{'长' * 200}.csv", user=user)
    assert company.history.count() == before + 1
    entry = company.history.first()
    assert (entry.history_type, entry.history_user, entry.address) == ("~", user, "某路")
    assert entry.history_change_reason.startswith("导入 长长")
    assert len(entry.history_change_reason) == 100
    assert {row.industry_id for row in entry.industries.all()} == {a.pk, b.pk}
    new = Company.objects.get(name="新").history.get()
    assert (new.history_type, [row.industry_id for row in new.industries.all()]) == ("+", [b.pk])
    assert Company.objects.get(name="不变").history.count() == 1
    company.refresh_from_db()
    assert company.updated_at > updated
    changes = entry.diff_against(entry.prev_record).changes
    assert {change.field for change in changes} == {"address", "industries"}


# Preview


def test_a_dry_run_writes_nothing_and_tells_what_would_be():
    company = factories.make_company(name="甲", address="旧路", staff_count=5)
    rows = [["名称", "地址", "员工人数"], ["甲", "新路", "5"], ["乙", "某路", ""]]
    result = take("companies", rows, dry_run=True)
    assert result.counts == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
    assert [(row.number, row.import_type, row.label) for row in result.rows] == [
        (2, "update", "甲"),
        (3, "new", "乙"),
    ]
    assert result.rows[0].changes == [("地址", "旧路", "新路")]
    assert Company.objects.count() == company.history.count() == 1


def test_changes_are_shown_as_cells_hold_them():
    a, _b = factories.make_industry(slug="a"), factories.make_industry(slug="b")
    park = factories.make_park(slug="p")
    district = factories.make_district(slug="d")
    factories.make_company(
        name="甲", industries=[a], registered_capital_cny_10k=Decimal("5.5"), kind="group"
    )
    rows = [
        ["名称", "产业", "园区", "所在区域", "注册资本", "类型", "国家", "核实日期", "所属集团"],
        ["甲", "b", park.name, district.name, "1亿元", "企业", "DE", "2024/1/2", "乙"],
        ["乙", "", "", "", "", "", "", "", ""],
    ]
    result = take("companies", rows, dry_run=True)
    assert result.rows[0].changes == [
        ("产业", "a", "b"),
        ("园区", "", "p"),
        ("所在区域", "", "d"),
        ("注册资本（万元）", "5.5", "10000"),
        ("类型", "企业集团", "企业"),
        ("国家或地区", "", "德国"),
        ("核实日期", "", "2024-01-02"),
        ("所属集团", "", "乙"),
    ]

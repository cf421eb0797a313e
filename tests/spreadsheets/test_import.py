"""What an import writes, what it leaves alone, and what it refuses as a whole."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.db import DatabaseError

from companies.models import Company, Tenancy
from companies.resources import CompanyResource
from parks.models import BeltNode, Park, Space
from promotion.models import Advisor, Alliance
from promotion.reference.models import Industry
from promotion.reference.spreadsheets.resources import MAX_ATTEMPTS
from promotion.reference.spreadsheets.saving import LinkTable
from promotion.resources import RESOURCES
from tests import factories
from tests.spreadsheets.samples import (
    credit_code,
    csv_file,
    read,
    said,
    take,
    take_file,
    xlsx_file,
)

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


# References


def test_references_by_code_name_english_name_or_alias():
    park = factories.make_park(
        slug="p", name="未来岛（园区）", name_en="Future Island", aliases="岛、小岛"
    )
    names = ["p", "未来岛（园区）", "Future Island", "小岛", "未来岛(园区)", "ＦＵＴＵＲＥ island"]
    rows = [[f"{number}号楼", name] for number, name in enumerate(names)]
    assert said(take("buildings", [["名称", "所属园区"], *rows])) == []
    assert park.buildings.count() == 6


def test_an_ambiguous_reference_lists_the_codes():
    for slug in ("p-1", "p-2"):
        factories.make_park(slug=slug, name="同名园")
    problem = take("buildings", [["名称", "园区"], ["楼", "同名园"]]).problems[0]
    assert (problem.column, problem.allowed) == ("园区", "p-1、p-2")


@pytest.mark.parametrize("cell", ["a、b", "b；a", "a;b", "a|b", "a\nb", "a,b", "a，b", "b、a、b、"])
def test_several_values_in_one_cell(cell):
    for slug in "ab":
        factories.make_industry(slug=slug, name=f"产业{slug}")
    take("companies", [["名称", "产业"], ["甲", cell]])
    assert set(Company.objects.get().industries.values_list("slug", flat=True)) == {"a", "b"}


def test_a_name_that_holds_a_separator_is_one_value():
    whole = factories.make_industry(name="新材料,新能源")
    other = factories.make_industry(name="软件、信息")
    take("companies", [["名称", "产业"], ["甲", "新材料,新能源"], ["乙", "软件、信息"]])
    assert list(Company.objects.get(name="甲").industries.all()) == [whole]
    assert list(Company.objects.get(name="乙").industries.all()) == [other]


def test_unknown_values_among_several_are_named():
    factories.make_industry(slug="a", name="生物医药")
    problem = take("companies", [["名称", "产业"], ["甲", "a、生物医要、没有"]]).problems[0]
    assert "“生物医要”“没有”" in problem.message
    assert "生物医药" in problem.allowed


def test_many_values_are_set_and_their_order_does_not_count():
    a, b = factories.make_industry(slug="a"), factories.make_industry(slug="b")
    company = factories.make_company(name="甲", industries=[a, b])
    assert take("companies", [["名称", "产业"], ["甲", "b、a"]]).counts["unchanged"] == 1
    assert take("companies", [["名称", "产业"], ["甲", "b"]]).counts["changed"] == 1
    assert list(company.industries.all()) == [b]
    take("companies", [["名称", "产业"], ["甲", ""]])
    assert not company.industries.exists()


def test_rows_of_one_file_may_refer_to_each_other():
    old = factories.make_company(name="旧公司")
    rows = [["名称", "所属集团"], ["孙", "子"], ["子", "总部"], ["总部", ""], ["旧公司", "总部"]]
    assert take("companies", rows).counts == {"new": 3, "changed": 1, "unchanged": 0, "refused": 0}
    parents = dict(Company.objects.values_list("name", "parent__name"))
    assert parents == {"孙": "子", "子": "总部", "总部": None, "旧公司": "总部"}
    old.refresh_from_db()
    assert old.history.first().parent_id == Company.objects.get(name="总部").pk
    assert take("companies", rows).counts["unchanged"] == 4


def test_circles_among_new_rows_are_refused():
    rows = [["名称", "所属集团"], ["甲", "乙"], ["乙", "甲"], ["丙", "丙"], ["丁", "甲"]]
    assert [problem.row for problem in take("companies", rows).problems] == [2, 3, 4]


# Parks of a company, belts of a park


def test_parks_are_the_running_tenancies():
    company = factories.make_company(name="甲")
    tenancies = {
        slug: factories.make_tenancy(company=company, park=factories.make_park(slug=slug), **values)
        for slug, values in {
            "now": {},
            "later": {"ended_on": str(datetime.date.today().year + 1)},
            "past": {"ended_on": "2020-05"},
            "runs": {"role": "operator"},
        }.items()
    }
    assert take("companies", [["名称", "园区"], ["甲", "later、now"]]).counts["unchanged"] == 1
    problem = take("companies", [["名称", "园区"], ["甲", "later、now、past"]]).problems[0]
    assert "past" in problem.message
    result = take("companies", [["名称", "园区"], ["甲", "later、now、runs"]])
    assert result.counts["changed"] == 1
    assert Tenancy.objects.count() == len(tenancies) + 1


def test_a_park_taken_out_removes_a_bare_tenancy_and_keeps_its_history():
    company = factories.make_company(name="甲")
    tenancy = factories.make_tenancy(company=company)
    user = User.objects.create(username="u", is_superuser=True)
    take("companies", [["名称", "园区"], ["甲", ""]], user=user)
    assert not Tenancy.objects.exists()
    entry = Tenancy.history.get(id=tenancy.pk, history_type="-")
    assert (entry.history_user, entry.history_change_reason) == (user, "导入 表.csv")


@pytest.mark.parametrize(
    "values",
    [{"started_on": "2020"}, {"note": "原因"}, {"claim_status": "planned"}, {"incubator": True}],
)
def test_a_tenancy_that_says_more_is_not_removed_by_a_cell(values):
    if "incubator" in values:
        values = {"incubator": factories.make_incubator()}
    tenancy = factories.make_tenancy(company=factories.make_company(name="甲"), **values)
    result = take("companies", [["名称", "园区"], ["甲", ""]])
    assert "入驻关系" in said(result)[0]
    assert Tenancy.objects.filter(pk=tenancy.pk).exists()


def test_a_cited_tenancy_is_not_removed_by_a_cell():
    tenancy = factories.make_tenancy(company=factories.make_company(name="甲"))
    factories.make_citation(tenancy)
    assert take("companies", [["名称", "园区"], ["甲", ""]]).refused == 1
    assert tenancy.citations.count() == 1


def test_a_node_with_a_role_is_not_removed_by_a_cell():
    node = factories.make_node(park=factories.make_park(name="甲"), role="core")
    assert take("parks", [["名称", "产业带"], ["甲", ""]]).refused == 1
    assert BeltNode.objects.filter(pk=node.pk).exists()


def test_links_need_the_rights_to_their_own_records():
    factories.make_tenancy(company=factories.make_company(name="甲"))
    factories.make_park(slug="p")
    user = User.objects.create(username="u")
    rights = Permission.objects.filter(codename__in=["add_company", "change_company"])
    user.user_permissions.set(rights)
    rows = [["名称", "园区"], ["甲", "p"], ["乙", "p"]]
    result = take("companies", rows, user=user)
    assert ["权限" in text for text in said(result)] == [True, True]


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


def test_links_get_their_own_entries_and_leave_the_record_s_alone():
    company = factories.make_company(name="甲")
    park = factories.make_park(slug="p")
    take("companies", [["名称", "园区"], ["甲", "p"]])
    assert company.history.count() == 1
    entry = Tenancy.objects.get(park=park).history.get()
    assert (entry.history_type, entry.history_change_reason) == ("+", "导入 表.csv")


def test_derived_columns_follow_a_change():
    company = factories.make_company(slug="jia", name="甲公司")
    created = company.created_at
    take("companies", [["网址代码", "名称"], ["jia", "未来公司"]])
    company.refresh_from_db()
    assert (company.sort_key, company.created_at) == ("wei lai gong si", created)
    assert "weilaigongsi" in company.search_text


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
    a, b = factories.make_industry(slug="a"), factories.make_industry(slug="b")
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
    assert b.slug == "b"
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


# Others at work meanwhile


def planned(monkeypatch, after):
    """Have `after` called with the number of each plan as soon as it is made."""
    plan, made = CompanyResource.plan, []

    def plan_and_call(self, *args, **kwargs):
        made.append(plan(self, *args, **kwargs))
        after(len(made))
        return made[-1]

    monkeypatch.setattr(CompanyResource, "plan", plan_and_call)


def test_a_change_between_planning_and_writing_is_planned_again(monkeypatch):
    company = factories.make_company(name="甲", address="旧路")

    def change(number):
        if number == 1:
            company.staff_count = 9
            company.address = "新路"
            company.save()

    planned(monkeypatch, change)
    result = take("companies", [["名称", "地址", "员工人数"], ["甲", "新路", "9"]])
    assert result.counts["unchanged"] == 1
    assert company.history.count() == 2


def test_a_plan_that_is_overtaken_again_and_again_is_written_in_the_end(monkeypatch):
    other = factories.make_company(name="别家")

    def change(number):
        # The last plan is made inside the transaction, where nobody else can write.
        if number <= MAX_ATTEMPTS:
            other.staff_count = number
            other.save()

    planned(monkeypatch, change)
    assert take("companies", [["名称"], ["甲"]]).counts["new"] == 1
    assert Company.objects.filter(name="甲").exists()


def test_a_plan_that_differs_from_the_approved_one_writes_nothing():
    company = factories.make_company(name="甲", address="旧路")
    table = read(csv_file([["名称", "地址"], ["甲", "新路"]]))
    approved = CompanyResource().import_data(table, dry_run=True).plan.fingerprint
    company.address = "别人改的路"
    company.save()
    result = CompanyResource().import_data(table, expected=approved)
    assert result.is_stale
    company.refresh_from_db()
    assert company.address == "别人改的路"
    approved = result.plan.fingerprint
    assert not CompanyResource().import_data(table, expected=approved).is_stale


def test_a_database_that_refuses_is_reported_and_leaves_nothing(monkeypatch):
    def fail(self, links):
        raise DatabaseError("synthetic")

    monkeypatch.setattr(LinkTable, "save", fail)
    factories.make_industry(slug="a")
    result = take("companies", [["名称", "产业"], ["甲", "a"]])
    assert "数据库" in said(result)[0]
    assert result.counts["refused"] == 1
    assert not Company.objects.exists()


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


def test_every_relation_of_an_alliance_is_set():
    company, park = factories.make_company(slug="c"), factories.make_park(slug="p")
    rows = [["名称", "类型", "成员企业", "成员园区"], ["联盟", "联盟", "c", "p"]]
    assert said(take("alliances", rows)) == []
    alliance = Alliance.objects.get()
    assert (list(alliance.companies.all()), list(alliance.parks.all())) == ([company], [park])
    entry = alliance.history.get()
    assert [entry.companies.count(), entry.parks.count(), entry.districts.count()] == [1, 1, 0]


@pytest.mark.parametrize("model", RESOURCES)
def test_columns_of_pictures_and_derived_text_are_in_no_sheet(model):
    hidden = {"picture", "picture_alt", "picture_focus_x", "picture_focus_y"}
    hidden |= {"search_text", "sort_key", "id", "created_at", "updated_at"}
    assert hidden.isdisjoint(RESOURCES[model]().fields)


def test_industries_of_a_new_scheme_need_the_scheme_first():
    result = take("industries", [["名称", "产业分类"], ["甲", "没有的分类"]])
    assert "没有名为“没有的分类”的产业分类" in said(result)[0]
    assert not Industry.objects.exists()

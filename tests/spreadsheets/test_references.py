"""Columns that name other records: by which names, several in a cell, rows of the same file."""

import pytest

from companies.models import Company
from promotion.models import Alliance
from promotion.reference.models import Figure, Industry
from tests import factories
from tests.spreadsheets.samples import said, take

pytestmark = pytest.mark.django_db


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


def test_industries_of_a_new_scheme_need_the_scheme_first():
    result = take("industries", [["名称", "产业分类"], ["甲", "没有的分类"]])
    assert "没有名为“没有的分类”的产业分类" in said(result)[0]
    assert not Industry.objects.exists()


def test_every_relation_of_an_alliance_is_set():
    company, park = factories.make_company(slug="c"), factories.make_park(slug="p")
    rows = [["名称", "类型", "成员企业", "成员园区"], ["联盟", "联盟", "c", "p"]]
    assert said(take("alliances", rows)) == []
    alliance = Alliance.objects.get()
    assert (list(alliance.companies.all()), list(alliance.parks.all())) == ([company], [park])
    entry = alliance.history.get()
    assert [entry.companies.count(), entry.parks.count(), entry.districts.count()] == [1, 1, 0]


def test_a_figure_names_the_one_shown_instead_by_its_code():
    park = factories.make_park(slug="p")
    shown = factories.make_figure(park, code="shown")
    head = ["数据代码", "所属记录", "指标", "数值", "单位", "以哪个数据为准"]
    rows = [
        ["a", "parks.park:p", "企业数", 1, "家", "b"],
        ["b", "parks.park:p", "企业数", 2, "家", ""],
    ]
    rows.append(["c", "parks.park:p", "企业数", 3, "家", "shown"])
    assert said(take("figures", [head, *rows])) == []
    chosen = dict(Figure.objects.values_list("code", "alternative_to__code"))
    assert chosen == {"shown": None, "a": "b", "b": None, "c": "shown"}
    assert shown.alternatives.count() == 1


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("nowhere", "没有代码为“nowhere”的数据"),
        ("beside", "不要一个接着一个"),
        ("stranger", "请选同一条记录的数据"),
        ("next", "不要一个接着一个"),
        ("elsewhere", "请选同一条记录的数据"),
    ],
)
def test_a_wrong_figure_to_show_instead_is_refused_by_its_cell(code, told):
    park, other = factories.make_park(slug="p"), factories.make_park(slug="o")
    shown = factories.make_figure(park, code="shown")
    factories.make_figure(park, code="beside", alternative_to=shown)
    factories.make_figure(other, code="stranger")
    head = ["数据代码", "所属记录", "指标", "数值", "单位", "以哪个数据为准"]
    result = take(
        "figures",
        [
            head,
            ["a", "parks.park:p", "企业数", 1, "家", code],
            ["next", "parks.park:p", "企业数", 2, "家", "shown"],
            ["elsewhere", "parks.park:o", "企业数", 3, "家", ""],
        ],
    )
    (problem,) = result.problems
    assert (problem.row, problem.column) == (2, "以哪个数据为准")
    assert told in problem.message

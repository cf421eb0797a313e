"""Which record a row is about: by code, by name or alias, by the fields that are its key."""

import pytest

from companies.models import Company, Recognition, Tenancy
from parks.models import BeltNode, Park, Service
from promotion.reference.models import Citation, Figure, Industry
from tests import factories
from tests.spreadsheets.samples import credit_code, said, take

pytestmark = pytest.mark.django_db

CODE = "统一社会信用代码"


def test_a_slug_finds_the_record_and_another_name_renames_it():
    company = factories.make_company(slug="jia", name="甲公司")
    result = take("companies", [["网址代码", "企业名称"], ["jia", "甲集团公司"]])
    assert result.counts["changed"] == 1
    company.refresh_from_db()
    assert company.name == "甲集团公司"


def test_an_unknown_slug_is_a_new_record():
    factories.make_company(slug="jia", name="甲公司")
    assert take("companies", [["网址代码", "企业名称"], ["yi", "甲公司"]]).counts["new"] == 1
    assert Company.objects.get(slug="yi").name == "甲公司"


def test_a_name_finds_the_record_and_never_renames_it():
    park = factories.make_park(name="康建商务广场", name_en="Kangjian Plaza", aliases="康建广场")
    for name in ("康建商务广场", "康建广场", "Kangjian Plaza", "康建 商务广场"):
        result = take("parks", [["园区名称", "地址"], [name, f"{name}的地址"]])
        assert result.counts == {"new": 0, "changed": 1, "unchanged": 0, "refused": 0}
        park.refresh_from_db()
        assert (park.name, park.address) == ("康建商务广场", f"{name}的地址")


def test_an_exact_name_weighs_more_than_an_alias():
    factories.make_park(name="甲园", aliases="乙园")
    other = factories.make_park(name="乙园")
    take("parks", [["园区名称", "地址"], ["乙园", "某路"]])
    other.refresh_from_db()
    assert other.address == "某路"


def test_an_ambiguous_name_asks_for_the_code():
    for slug in ("jia-1", "jia-2"):
        factories.make_company(slug=slug, name="甲公司")
    result = take("companies", [["企业名称"], ["甲公司"]])
    assert said(result) == [
        "第 2 行，“企业名称”，“甲公司”：有 2 条同名记录，请填写“网址代码”指明。允许：jia-1、jia-2"
    ]


def test_a_credit_code_finds_a_company_under_a_new_name():
    company = factories.make_company(name="甲公司", unified_social_credit_code=credit_code(1))
    take("companies", [[CODE, "企业名称"], [credit_code(1).lower(), "甲集团"]])
    company.refresh_from_db()
    assert company.name == "甲集团"


def test_a_credit_code_beside_a_known_alias_is_no_change_of_name():
    factories.make_company(
        name="甲公司", aliases="甲、老甲", unified_social_credit_code=credit_code(1)
    )
    result = take("companies", [[CODE, "企业名称"], [credit_code(1), "老甲"]])
    assert result.counts["unchanged"] == 1


def test_a_name_without_a_code_yet_takes_the_code_of_its_row():
    company = factories.make_company(name="甲公司")
    take("companies", [[CODE, "企业名称"], [credit_code(1), "甲公司"]])
    company.refresh_from_db()
    assert company.unified_social_credit_code == credit_code(1)


def test_a_namesake_with_another_code_is_refused():
    factories.make_company(name="甲公司", unified_social_credit_code=credit_code(1))
    result = take("companies", [[CODE, "企业名称"], [credit_code(2), "甲公司"]])
    assert "代码与本行不同" in said(result)[0]
    assert Company.objects.count() == 1


def test_namesakes_are_told_apart_by_their_scope():
    one, other = factories.make_company(name="甲"), factories.make_company(name="乙")
    factories.make_recognition(name="高新技术企业", company=one)
    rows = [["荣誉名称", "企业名称", "授予日期"]]
    rows += [["高新技术企业", "甲", "2023"], ["高新技术企业", "乙", "2024"]]
    assert take("recognitions", rows).counts == {
        "new": 1,
        "changed": 1,
        "unchanged": 0,
        "refused": 0,
    }
    assert dict(Recognition.objects.values_list("company__name", "awarded_on")) == {
        "甲": "2023",
        "乙": "2024",
    }
    assert other.recognitions.count() == 1


def test_the_same_industry_in_two_schemes_is_two_rows():
    schemes = [factories.make_scheme(), factories.make_scheme()]
    rows = [["产业", "产业分类"], *(["生物医药", scheme.slug] for scheme in schemes)]
    assert take("industries", rows).counts["new"] == 2
    assert take("industries", rows).counts["unchanged"] == 2
    assert Industry.objects.filter(name="生物医药").count() == 2


@pytest.mark.parametrize(
    ("headings", "rows"),
    [
        (["企业名称"], [["甲公司"], ["甲 公司"]]),
        (["网址代码", "企业名称"], [["jia", "甲"], ["jia", "乙"]]),
        (["网址代码", "企业名称"], [["jia", "甲"], ["", "甲"]]),
        ([CODE, "企业名称"], [[credit_code(1), "甲"], [credit_code(1), "乙"]]),
    ],
)
def test_a_new_record_twice_names_both_rows(headings, rows):
    problems = said(take("companies", [headings, *rows]))
    assert len(problems) >= 1
    assert "第 3 行" in problems[0]
    assert "第 2 行" in problems[0]
    assert Company.objects.count() == 0


def test_an_old_record_twice_names_both_rows():
    factories.make_company(slug="jia", name="甲公司")
    problems = said(take("companies", [["网址代码", "名称"], ["jia", "甲公司"], ["", "甲公司"]]))
    assert problems == ["第 3 行：与第 2 行是同一条记录：甲公司。"]


def test_namesakes_with_codes_of_their_own_are_two_records():
    rows = [["网址代码", "企业名称"], ["jia-1", "甲"], ["jia-2", "甲"]]
    assert take("companies", rows).counts["new"] == 2


def test_a_row_without_a_name_or_code_is_refused():
    factories.make_company(slug="jia", name="甲公司")
    result = take("companies", [["网址代码", "企业名称", "地址"], ["", "", "某路"]])
    assert "没有填写名称" in said(result)[0]
    result = take("companies", [["地址"], ["某路"]])
    assert "才能辨认" in said(result)[0]


def test_belt_nodes_are_known_by_belt_and_park():
    node = factories.make_node()
    rows = [["产业带", "园区", "作用"], [node.belt.slug, node.park.name, "核心节点"]]
    assert take("nodes", rows).counts["changed"] == 1
    assert BeltNode.objects.get().role == "core"
    assert "缺少“园区”" in said(take("nodes", [["产业带"], [node.belt.slug]]))[0]


def test_tenancies_are_known_by_company_park_and_role():
    tenancy = factories.make_tenancy()
    base = [tenancy.company.slug, tenancy.park.slug]
    rows = [["企业", "园区", "身份", "开始日期"], [*base, "", "2021"], [*base, "运营方", "2020"]]
    assert take("tenancies", rows).counts == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
    assert dict(Tenancy.objects.values_list("role", "started_on")) == {
        "tenant": "2021",
        "operator": "2020",
    }
    assert take("tenancies", rows).counts["unchanged"] == 2


def test_figures_are_known_by_code_and_name_their_subject():
    park = factories.make_park(slug="weilaidao", name="未来岛")
    headings = ["数据代码", "所属记录", "指标", "数值", "单位"]
    for subject in ("parks.park:weilaidao", "园区:未来岛", "园区：weilaidao", "park:weilaidao"):
        Figure.objects.all().delete()
        result = take("figures", [headings, ["f-1", subject, "面积", "5.5", "平方公里"]])
        assert said(result) == []
        assert Figure.objects.get().subject == park
    assert take("figures", [["数据代码", "数值"], ["f-1", "6"]]).counts["changed"] == 1


@pytest.mark.parametrize(
    ("value", "unit", "stored"),
    [
        ("12.7公里", "", (12.7, "km")),
        ("12.7 km", "公里", (12.7, "km")),
        ("1.2万人", "", (12_000, "people")),
        ("1.2万", "人", (12_000, "people")),
        ("３亿元", "", (3, "cny_100m")),
        ("300万元", "", (300, "cny_10k")),
        ("3000万元", "亿元", (0.3, "cny_100m")),
        ("15.1％", "", (15.1, "percent")),
        ("120公顷", "平方公里", (1.2, "sqkm")),
        ("1.2万", "平方公里", (12_000, "sqkm")),
        ("1.2万", "公里", (12_000, "km")),
        ("800米", "公里", (0.8, "km")),
        ("1.2亿", "万元", (12_000, "cny_10k")),
        ("5", "家", (5, "companies")),
    ],
)
def test_a_figure_may_have_its_unit_beside_its_number(value, unit, stored):
    factories.make_park(slug="weilaidao")
    headings = ["数据代码", "所属记录", "指标", "数值", "单位"]
    result = take("figures", [headings, ["f-1", "园区:weilaidao", "指标", value, unit]])
    assert said(result) == []
    figure = Figure.objects.get()
    assert (float(figure.value), figure.unit) == stored


@pytest.mark.parametrize(
    ("value", "unit", "problems"),
    [
        ("12.7公里", "%", ["“数值”，“12.7公里”：不认识单位“公里”。允许：%"]),
        ("约12公里", "公里", ["确切"]),
        ("12公里多", "公里", ["确切"]),
        ("12.7公里", "间", ["“单位”，“间”"]),
        ("120公顷", "", ["不认识单位“公顷”", "“单位”：不能留空"]),
        ("0.00001公里", "公里", ["4 位"]),
    ],
)
def test_a_figure_with_two_units_or_none_is_refused(value, unit, problems):
    factories.make_park(slug="weilaidao")
    headings = ["数据代码", "所属记录", "指标", "数值", "单位"]
    lines = said(take("figures", [headings, ["f-1", "园区:weilaidao", "指标", value, unit]]))
    assert len(lines) == len(problems)
    assert all(problem in line for problem, line in zip(problems, lines, strict=True)), lines


def test_without_a_column_of_units_a_figure_keeps_its_own():
    figure = factories.make_figure(factories.make_park(), code="f-1", value="1", unit="people")
    assert said(take("figures", [["数据代码", "数值"], ["f-1", "1.2万人"]])) == []
    figure.refresh_from_db()
    assert (figure.value, figure.unit) == (12_000, "people")
    [problem] = said(take("figures", [["数据代码", "数值"], ["f-1", "12.7公里"]]))
    assert "不认识单位“公里”" in problem


@pytest.mark.parametrize(
    ("subject", "word"),
    [
        ("weilaidao", "看不出"),
        ("园林:weilaidao", "这一类"),
        ("园区:没有", "没有名为"),
        ("产业带节点:a", "这一类"),
    ],
)
def test_a_subject_that_does_not_exist_is_refused(subject, word):
    factories.make_park(slug="weilaidao", name="未来岛")
    headings = ["数据代码", "所属记录", "指标", "数值", "单位"]
    assert word in said(take("figures", [headings, ["f-1", subject, "面积", "5", "家"]]))[0]


def test_citations_are_known_by_subject_field_source_and_paragraph():
    park = factories.make_park(slug="p")
    factories.make_source(slug="s")
    tenancy = factories.make_tenancy(park=park)
    node = factories.make_node(park=park)
    figure = factories.make_figure(park, code="f-1")
    subjects = [
        "parks.park:p",
        f"companies.tenancy:{tenancy.company.slug}/p/tenant",
        f"入驻关系:{tenancy.company.name}/p/入驻企业",
        f"parks.beltnode:{node.belt.slug}/p",
        "reference.figure:f-1",
    ]
    headings = ["所属记录", "字段", "资料来源", "段落", "原文短语"]
    rows = [[subject, "", "s", number, "短语"] for number, subject in enumerate(subjects, start=1)]
    assert take("citations", [headings, *rows]).counts["new"] == 5
    assert [c.subject for c in Citation.objects.order_by("paragraph")] == [
        park,
        tenancy,
        tenancy,
        node,
        figure,
    ]
    rows[0][-1] = "别的短语"
    assert take("citations", [headings, *rows]).counts == {
        "new": 0,
        "changed": 1,
        "unchanged": 4,
        "refused": 0,
    }
    bad = [["parks.beltnode:p", "", "s", 9, "短语"], ["parks.park:p", "没有", "s", 9, "短语"]]
    messages = said(take("citations", [headings, *bad]))
    assert "2 个代码" in messages[0]
    assert "不是该类记录的字段" in messages[1]


def test_a_sheet_takes_no_support_from_a_public_record():
    park = factories.make_park(name="甲园", slug="p", summary="简介", floor_area_sqm=5)
    factories.make_citation(park, field="name")
    source = factories.make_source(slug="s")
    last = factories.make_citation(park, field="floor_area_sqm", source=source, paragraph=1)
    headings = ["所属记录", "字段", "资料来源", "段落", "原文短语", "该文写作"]
    rows = [["parks.park:p", "floor_area_sqm", "s", 1, last.excerpt, "7"]]
    refused = take("citations", [headings, *rows])
    (told,) = said(refused)
    assert "“甲园”已经发布，导入后：“建筑面积（平方米）”没有引文。" in told
    assert refused.counts["refused"] == 1
    last.refresh_from_db()
    assert last.stated_value == ""
    rows.append(["parks.park:p", "floor_area_sqm", "s", 2, "短语", ""])
    assert take("citations", [headings, *rows]).counts["changed"] == 1
    last.refresh_from_db()
    assert last.stated_value == "7"


def test_services_are_known_by_name():
    factories.make_service(name="法律服务")
    rows = [["服务名称", "英文名称"], ["法律服务", "Legal"], ["财务服务", "Finance"]]
    assert take("services", rows).counts == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
    assert Service.objects.get(name="财务服务").slug == "cai-wu-fu-wu"


def test_new_slugs_are_ascii_unique_and_short():
    factories.make_park(slug="ce-shi-yuan")
    names = ["测试园", "测试·园", "ＡＢＣ Park", "★", "园" * 200]
    rows = [["园区名称", "类型"], *([name, "楼宇"] for name in names)]
    assert said(take("parks", rows)) == []
    slugs = dict(Park.objects.values_list("name", "slug"))
    assert [slugs[name] for name in names[:4]] == [
        "ce-shi-yuan-2",
        "ce-shi-yuan-3",
        "abc-park",
        "park",
    ]
    assert slugs[names[4]].startswith("yuan-yuan")
    assert len(slugs[names[4]]) <= 80

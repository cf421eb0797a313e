"""What fits a firm's needs is ranked with reasons; what is not known is never made up."""

import datetime
import html
import re

import pytest
from django.utils import timezone

from promotion.needs import Needs
from tests.factories import (
    make_company,
    make_home,
    make_incubator,
    make_industry,
    make_measure,
    make_park,
    make_policy,
    make_program,
    make_space,
    make_tenancy,
)

pytestmark = pytest.mark.django_db


def text_of(client, address):
    return " ".join(html.unescape(client.get(address).content.decode()).split())


def find(client, query, kind="园区"):
    """Return what is said of each record of a kind, in order: {name: [(criterion, verdict)]}."""
    rankings = client.get(f"/match/?{query}").context["rankings"]
    (ranking,) = (row for row in rankings if row.title == kind)
    return {
        match.record.name: [
            (str(judgement.criterion), str(judgement.verdict.label))
            for judgement in match.judgements
        ]
        for match in ranking.shown
    }


def reasons(client, query, kind="园区"):
    rankings = client.get(f"/match/?{query}").context["rankings"]
    (ranking,) = (row for row in rankings if row.title == kind)
    return {
        match.record.name: [judgement.reason for judgement in match.judgements]
        for match in ranking.shown
    }


def test_without_answers_the_page_asks_and_gives_examples(client):
    make_park(name="某园区")
    text = text_of(client, "/match/")
    assert "例如" in text
    assert '<a href="/match/?use=incubation&stage=start_up">初创团队找孵化工位</a>' in text
    assert "成熟企业找 2,000平方米厂房" in text
    assert "某园区" not in text


def test_no_answer_is_no_need():
    assert not Needs()
    assert Needs(team_size=5)


def test_a_park_is_judged_by_the_space_it_offers(client):
    make_space(park=make_park(name="甲", stage="operating"), use="office", floor_area_sqm=800)
    make_space(park=make_park(name="乙", stage="operating"), use="factory")
    make_space(park=make_park(name="丙", stage="operating"), use="office", availability="let")
    make_park(name="丁", stage="operating")
    now = ("现在能用", "符合")
    assert find(client, "use=office") == {
        "甲": [("空间", "符合"), now],
        "丁": [("空间", "资料未说明"), now],
        "丙": [("空间", "不符合"), now],
        "乙": [("空间", "不符合"), now],
    }
    assert reasons(client, "use=office") == {
        "甲": ["公布了 1 处可租的此类空间。", "已建成或运行中。"],
        "丁": ["资料没有写明有哪些空间可租。", "已建成或运行中。"],
        "丙": ["公布的此类空间都已租出或预订。", "已建成或运行中。"],
        "乙": ["公布的房源里没有此类空间。", "已建成或运行中。"],
    }


def test_the_unknown_ranks_between_what_fits_and_what_does_not(client):
    industry = make_industry(slug="asked", name="所问")
    make_park(name="不符", industries=[make_industry(name="别的")])
    make_park(name="未知")
    make_park(name="符合", industries=[industry])
    assert list(find(client, "industry=asked")) == ["符合", "未知", "不符"]


def test_of_equal_totals_more_that_fits_comes_first(client):
    industry = make_industry(slug="asked", name="所问")
    make_park(name="安知", pinyin="a")
    mixed = make_park(name="兼有", pinyin="z", industries=[industry], stage="planned")
    mixed.stage = ""
    mixed.save()
    make_space(park=mixed, use="factory")
    found = find(client, "industry=asked&use=office")
    assert found == {
        "兼有": [("产业", "符合"), ("空间", "不符合"), ("现在能用", "资料未说明")],
        "安知": [("产业", "资料未说明"), ("空间", "资料未说明"), ("现在能用", "资料未说明")],
    }
    assert list(found) == ["兼有", "安知"]


def test_records_that_fit_equally_are_in_the_order_of_their_names(client):
    for name in ("丙园", "甲园", "乙园"):
        make_park(name=name)
    assert list(find(client, "use=office")) == ["丙园", "甲园", "乙园"]


def test_one_space_must_be_large_enough(client):
    park = make_park(name="大")
    make_space(park=park, use="office", floor_area_sqm=500)
    make_space(park=park, use="office", floor_area_sqm=1200)
    make_space(park=park, use="factory", floor_area_sqm=900)
    make_space(park=make_park(name="小"), use="office", floor_area_sqm=300)
    make_park(name="窄", floor_area_sqm=700)
    make_park(name="阔", floor_area_sqm=70_000)
    assert {
        name: lines[:2] for name, lines in reasons(client, "use=office&area_sqm=800").items()
    } == {
        "大": ["公布了 2 处可租的此类空间。", "够大的可租空间里最小的是 1,200平方米。"],
        "阔": ["资料没有写明有哪些空间可租。", "资料没有写明可租空间的面积。"],
        "小": ["公布了 1 处可租的此类空间。", "可租空间里最大的是 300平方米。"],
        "窄": ["资料没有写明有哪些空间可租。", "全部建筑面积是 700平方米。"],
    }


def test_an_area_equal_to_the_one_asked_for_is_large_enough(client):
    make_space(park=make_park(name="正好"), floor_area_sqm=800)
    assert find(client, "area_sqm=800")["正好"][0] == ("面积", "符合")
    assert find(client, "area_sqm=801")["正好"][0] == ("面积", "不符合")


def test_a_headcount_is_never_turned_into_an_area(client):
    make_space(park=make_park(name="大"), floor_area_sqm=100_000)
    assert find(client, "team_size=5") == {
        "大": [("人数", "资料未说明"), ("现在能用", "资料未说明")]
    }


def test_a_planned_incubator_fits_nothing_yet(client):
    park = make_park(name="园区")
    make_incubator(name="筹建", park=park, stage="planned")
    asked = "use=incubation&stage=start_up"
    assert find(client, asked)["园区"][:2] == [("空间", "不符合"), ("企业阶段", "不符合")]
    assert find(client, asked, "孵化器")["筹建"] == [
        ("空间", "不符合"),
        ("企业阶段", "不符合"),
        ("现在能用", "不符合"),
    ]
    assert reasons(client, asked, "孵化器")["筹建"][0] == "这是孵化器。（规划中，现在还没有）"
    make_incubator(name="已有", park=park, stage="operating")
    assert find(client, asked)["园区"][:2] == [("空间", "符合"), ("企业阶段", "符合")]
    assert list(find(client, asked, "孵化器")) == ["已有", "筹建"]


def test_a_planned_park_fits_nothing_yet(client):
    industry = make_industry(slug="asked")
    make_park(name="将来", industries=[industry], stage="planned")
    assert find(client, "industry=asked")["将来"] == [("产业", "不符合"), ("现在能用", "不符合")]


def test_whether_one_can_move_in_during_construction_is_not_known(client):
    make_park(name="在建", stage="under_way")
    assert find(client, "team_size=1")["在建"][1] == ("现在能用", "资料未说明")


@pytest.mark.parametrize(
    ("stage", "verdict"),
    [
        ("idea", "符合"),
        ("start_up", "符合"),
        ("growth", "资料未说明"),
        ("established", "不符合"),
        ("foreign_entrant", "资料未说明"),
    ],
)
def test_an_incubator_is_for_young_firms(client, stage, verdict):
    make_incubator(name="孵化器甲")
    assert find(client, f"stage={stage}", "孵化器")["孵化器甲"][0] == ("企业阶段", verdict)


def test_grown_firms_and_firms_from_abroad_look_for_their_like(client):
    park = make_park(name="园区")
    assert find(client, "stage=growth")["园区"][0][1] == "资料未说明"
    make_tenancy(park=park, company=make_company(country="CN"))
    make_tenancy(park=park, company=make_company())
    make_tenancy(park=park, company=make_company(country="DE"), ended_on="2020")
    make_tenancy(park=park, company=make_company(country="DE"), claim_status="planned")
    make_tenancy(park=park, company=make_company(country="DE"), role="investor")
    make_tenancy(park=park, company=make_company(country="DE", status="draft"))
    assert reasons(client, "stage=established")["园区"][0] == "已公布 2 家入驻企业。"
    assert find(client, "stage=foreign_entrant")["园区"][0][1] == "资料未说明"
    make_tenancy(park=park, company=make_company(country="DE"))
    assert reasons(client, "stage=foreign_entrant")["园区"][0] == (
        "已公布的入驻企业中有 1 家来自境外。"
    )


def test_an_industry_is_found_in_every_scheme_that_names_it(client):
    asked = make_industry(slug="pillar-health", name="生命健康产业")
    namesake = make_industry(slug="city-health", name="生命健康")
    make_park(name="甲", industries=[asked])
    make_park(name="乙", industries=[namesake])
    for slug in ("pillar-health", "city-health"):
        assert {lines[0] for lines in find(client, f"industry={slug}").values()} == {
            ("产业", "符合")
        }
        text = text_of(client, f"/match/?industry={slug}")
        assert text.count("<option") == text.count("</option>")
        assert f'<option value="{slug}" selected>' in text
    assert text.count(">生命健康") == 3


def test_tenants_speak_for_the_industry_of_a_park(client):
    asked, other = make_industry(slug="asked"), make_industry()
    park = make_park(name="甲", industries=[other])
    make_tenancy(park=park, company=make_company(industries=[asked, other]))
    make_tenancy(park=make_park(name="乙"), company=make_company(industries=[other]))
    assert reasons(client, "industry=asked")["甲"][0] == "已公布的入驻企业中有 1 家属于这个产业。"
    assert find(client, "industry=asked")["乙"][0] == ("产业", "资料未说明")


def test_a_programme_fits_when_it_is_in_effect_and_names_incubators(client):
    incubator = make_incubator(name="孵化器甲")
    for name, values in {
        "在行": {"stage": "operating", "claim_status": "achieved"},
        "推进": {"stage": "under_way"},
        "打算": {"stage": "planned"},
        "期望": {"claim_status": "hoped"},
    }.items():
        make_measure(program=make_program(name=name, **values), incubators=[incubator])
    make_program(name="工地", kind="project", claim_status="achieved")
    assert find(client, "stage=idea", "服务计划") == {
        "在行": [("企业阶段", "符合"), ("现在能用", "符合")],
        "推进": [("企业阶段", "符合"), ("现在能用", "资料未说明")],
        "打算": [("企业阶段", "不符合"), ("现在能用", "不符合")],
        "期望": [("企业阶段", "不符合"), ("现在能用", "不符合")],
    }


def test_a_hidden_measure_does_not_speak_for_its_programme(client):
    program = make_program(name="计划", stage="operating")
    make_measure(program=program, status="draft", incubators=[make_incubator()])
    assert find(client, "stage=idea", "服务计划") == {
        "计划": [("企业阶段", "资料未说明"), ("现在能用", "符合")]
    }


def test_eligibility_for_a_policy_is_left_to_its_text(client):
    make_policy(name="甲", eligibility="成立三年以内的企业")
    make_policy(name="乙")
    assert reasons(client, "stage=idea", "政策") == {
        "甲": ["申报条件须对照原文逐条核对，这里不代为判断。", "资料没有写明受理时间。"],
        "乙": ["资料没有写明申报条件。", "资料没有写明受理时间。"],
    }


def test_a_policy_fits_now_only_while_applications_are_taken(client):
    today = timezone.localdate()
    day = datetime.timedelta(days=1)
    windows = {
        "已止": {"closes_on": today - day},
        "今止": {"closes_on": today},
        "未始": {"opens_on": today + day},
        "已始": {"opens_on": today - day},
        "不详": {},
    }
    for name, window in windows.items():
        make_policy(name=name, **window)
    assert {name: lines[0][1] for name, lines in find(client, "use=office", "政策").items()} == {
        "今止": "符合",
        "已始": "资料未说明",
        "不详": "资料未说明",
        "未始": "不符合",
        "已止": "不符合",
    }


def test_applications_are_taken_from_the_first_day_on(client):
    today = timezone.localdate()
    make_policy(name="今始", opens_on=today, closes_on=today)
    assert find(client, "use=office", "政策") == {"今始": [("现在能用", "符合")]}


def test_nothing_unpublished_is_found_or_counted(client):
    make_park(name="草稿", status="draft")
    park = make_park(name="园区")
    make_space(park=park, status="draft", use="office")
    make_incubator(park=park, status="draft")
    assert find(client, "use=office&stage=idea") == {
        "园区": [
            ("空间", "资料未说明"),
            ("企业阶段", "资料未说明"),
            ("现在能用", "资料未说明"),
        ]
    }


def test_each_result_leads_on_with_what_was_asked(client):
    make_industry(slug="asked")
    make_park(slug="park")
    make_incubator(slug="incubator", park=make_park(slug="host", name="z"))
    text = text_of(client, "/match/?industry=asked&use=office&area_sqm=300&stage=growth&page=x")
    needs = "industry=asked&use=office&area_sqm=300&stage=growth"
    assert f'href="/inquiries/new/?park=park&{needs}"' in text
    assert f'href="/inquiries/new/?park=host&{needs}"' in text
    assert 'href="/compare/?park=park"' in text
    assert 'href="/compare/?park=park&park=host"' in text or (
        'href="/compare/?park=host&park=park"' in text
    )


def test_when_nothing_fits_the_page_says_what_to_do(client):
    make_park(name="园区", stage="operating")
    text = text_of(client, "/match/?use=laboratory")
    assert "这不等于没有" in text
    assert 'href="/inquiries/new/?use=laboratory">带着这些需要咨询</a>' in text
    make_space(use="laboratory")
    assert "这不等于没有" not in text_of(client, "/match/?use=laboratory")


def test_every_verdict_is_in_words(client):
    make_space(park=make_park(stage="planned"), use="office")
    text = text_of(client, "/match/?use=office&team_size=3")
    shown = re.findall(r"judgement-(\w+)\"> <p> .*?<strong>(.*?)</strong>", text)
    assert set(shown) == {("unmatched", "不符合"), ("unknown", "资料未说明")}
    assert "总分高的在前" in text


@pytest.mark.parametrize(
    "bad", ["use=castle", "area_sqm=-1", "area_sqm=many", "team_size=0", "stage=%00", "industry=x"]
)
def test_an_answer_that_is_not_understood_is_named_and_left_out(client, bad):
    make_space(park=make_park(name="甲"), use="office")
    make_industry()
    text = text_of(client, f"/match/?{bad}")
    assert "这些回答无法识别，已忽略" in text
    assert "例如" in text
    assert "甲" in find(client, f"{bad}&team_size=3")


def test_a_number_that_is_not_understood_is_shown_again_with_what_is_wrong(client):
    text = text_of(client, "/match/?area_sqm=500%E5%B7%A6%E5%8F%B3")
    assert '<li>输入整数。</li></ul> <input type="text" name="area_sqm" value="500左右"' in text


def test_the_long_tail_is_left_to_the_list(client):
    for _number in range(7):
        make_park()
    assert '<a href="/parks/"> 另有 2 条排在后面，看全部 </a>' in text_of(
        client, "/match/?use=office"
    )


def test_the_page_is_linked_from_home_parks_and_every_foot(client):
    make_home()
    make_park()
    assert text_of(client, "/").count('href="/match/"') == 2
    assert text_of(client, "/parks/").count('href="/match/"') == 2
    assert text_of(client, "/events/").count('href="/match/"') == 1

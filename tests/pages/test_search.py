"""Search: everything public, by Chinese, pinyin, initials and English."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from promotion.reference.ranking import Match, mark_fragment
from tests.factories import (
    make_company,
    make_figure,
    make_incubator,
    make_park,
    make_policy,
    make_program,
    make_recognition,
)

pytestmark = pytest.mark.django_db


def hits(client, query, **more):
    """Return the hits of a search page in the order in which it shows them."""
    response = client.get("/search/", {"q": query, **more})
    return [hit for kind in response.context["results"].shown for hit in kind.hits]


def found(client, query, **more):
    return [hit.link.name for hit in hits(client, query, **more)]


def spelled(pieces):
    """Return a text in pieces with its marked parts in brackets."""
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in pieces)


@pytest.fixture
def island():
    return make_park(
        slug="island",
        name="未来岛高新技术产业园",
        name_en="Weilaidao Park",
        aliases="未来岛、未来岛园区",
        summary="市级孵化器所在地",
    )


@pytest.mark.parametrize(
    "query", ["未来岛", "来岛", "岛", "weilaidao", "wld", "WLD", "Weilaidao park", "ｗｌｄ", "孵化"]
)
def test_a_place_is_found_by_any_of_its_names(client, island, query):
    assert found(client, query) == ["未来岛高新技术产业园"]


def test_names_come_before_mentions(client, island):
    make_incubator(name="孵化器甲")
    assert found(client, "孵化器") == ["孵化器甲", "未来岛高新技术产业园"]


def test_results_are_grouped_by_kind(client, island):
    make_company(name="未来企业")
    make_recognition(park=island, name="未来奖")
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/search/", {"q": "未来"})
    assert len(queries) == 4
    groups = {
        kind.name: [hit.link.name for hit in kind.hits]
        for kind in response.context["results"].kinds
    }
    assert groups == {
        "园区": ["未来岛高新技术产业园"],
        "企业": ["未来企业"],
        "荣誉资质": ["未来奖"],
    }


def test_a_row_without_a_page_leads_to_the_page_that_shows_it(client, island):
    make_recognition(park=island, name="荣誉甲")
    make_recognition(company=make_company(slug="company"), name="荣誉乙")
    text = client.get("/search/", {"q": "荣誉"}).content.decode()
    assert '<a href="/parks/island/"><mark>荣誉</mark>甲</a>' in text
    assert '<a href="/companies/company/"><mark>荣誉</mark>乙</a>' in text


def test_nothing_found_offers_what_to_do(client):
    text = client.get("/search/", {"q": "不存在<b>"}).content.decode()
    assert "没有找到“不存在&lt;b&gt;”" in text
    assert 'href="/inquiries/new/"' in text


def test_nothing_asked_finds_nothing(client, island):
    assert found(client, "  ") == []


@pytest.fixture
def first_content():
    """Load the site's own fixtures."""
    call_command("load_site", stdout=io.StringIO())


ASKED = {
    "孵化": "/incubators/laigu-kechuang/",
    "未来岛": "/parks/weilaidao-park/",
    "来岛": "/parks/weilaidao-park/",
    "岛": "/parks/weilaidao-park/",
    "weilaidao": "/parks/weilaidao-park/",
    "wei lai dao": "/parks/weilaidao-park/",
    "wld": "/parks/weilaidao-park/",
    "GLP": "/companies/glp/",
    "Schneider": "/companies/schneider/",
    "施耐德": "/companies/schneider/",
    "中以": "/parks/china-israel-innovation-park/",
    "中以(上海)创新园": "/parks/china-israel-innovation-park/",
    "康建广场": "/parks/kangjian-plaza/",
    "五优": "/programs/five-excellences/",
}
"""What is asked for → the page that is wanted."""


def test_what_is_asked_for_is_among_the_first_three(client, first_content):
    # A process asks for the kinds of records once.
    hits(client, "a")
    lost = {}
    for query, address in ASKED.items():
        with CaptureQueriesContext(connection) as queries:
            first = [hit.link.get_absolute_url() for hit in hits(client, query)[:3]]
        if address not in first:
            lost[query] = first
        assert len(queries) <= 4, query
    assert lost == {}


def test_better_places_come_first():
    make_park(name="甲", summary="邻近海纳")
    make_park(name="海那")
    make_park(name="大海纳")
    make_park(name="海纳小镇")
    make_park(name="乙", aliases="丙、海纳")
    client = Client()
    assert found(client, "海纳") == ["乙", "海纳小镇", "大海纳", "甲"]
    assert found(client, "haina") == ["大海纳", "海那", "海纳小镇", "乙"]


@pytest.mark.parametrize(
    ("query", "name", "reason", "evidence"),
    [
        ("来岛", "未[来岛]高新技术产业园", "", ""),
        ("WLD", "[未来岛]高新技术产业园", "", ""),
        ("gaoxin", "未来岛[高新]技术产业园", "", ""),
        ("lai dao gao", "未[来岛高]新技术产业园", "", ""),
        ("技术 未来", "[未来]岛高新[技术]产业园", "", ""),
        ("岛园", "未来岛高新技术产业园", "别名", "未来[岛园]区"),
        ("dyq", "未来岛高新技术产业园", "别名", "未来[岛园区]"),
        ("Park", "未来岛高新技术产业园", "英文名称", "Weilaidao [Park]"),
        ("孵化器", "未来岛高新技术产业园", "", "市级[孵化器]所在地"),
    ],
)
def test_a_hit_shows_what_in_it_was_found(client, island, query, name, reason, evidence):
    (hit,) = hits(client, query)
    assert (spelled(hit.name), hit.reason, spelled(hit.evidence)) == (name, reason, evidence)


def test_what_policies_and_programmes_say_is_found_below_names(client):
    make_policy(
        name="甲政策",
        summary="一段简介",
        eligibility="注册满三年的专精特新企业",
        eligibility_en="Firms with three years of business",
        issuer="某局",
        document_number="某府〔2022〕1号",
    )
    make_program(name="乙计划", lead="丙办公室")
    make_policy(name="专精特新扶持")
    assert found(client, "专精特新") == ["专精特新扶持", "甲政策"]
    for query, name, evidence in (
        ("满三年", "甲政策", "一段简介 注册[满三年]的专精特新企业 某局 某府〔2022〕1号"),
        ("three years", "甲政策", "Firms with [three] [years] of business"),
        ("某府〔2022〕1号", "甲政策", "一段简介 注册满三年的专精特新企业 某局 [某府〔2022〕1号]"),
        ("丙办", "乙计划", "[丙办]公室"),
    ):
        (hit,) = hits(client, query)
        assert (hit.link.name, spelled(hit.evidence)) == (name, evidence)
        assert hit.rank == Match.TEXT
        assert suggested(client, query) == []


def test_records_are_found_by_what_their_figures_are_about(client, island):
    make_figure(island, label="计划总投资", label_en="Planned total investment")
    make_figure(make_park(status="draft"), label="总投资")
    make_company(name="总投资公司")
    assert found(client, "总投资") == ["总投资公司", "未来岛高新技术产业园"]
    (hit,) = hits(client, "总投资", kind="park")
    assert (hit.reason, spelled(hit.evidence)) == ("数据", "计划[总投资]")
    (hit,) = hits(client, "planned investment")
    assert spelled(hit.evidence) == "[Planned] total [investment]"
    (hit,) = hits(client, "未来岛 总投资")
    assert hit.rank == Match.TEXT
    assert suggested(client, "总投资") == ["总投资公司"]
    assert found(client, "投资总") == []


def test_in_english_the_chinese_that_was_found_stands_beside_the_english_name(client, island):
    text = client.get("/en/search/", {"q": "wld"}).content.decode()
    assert '<a href="/en/parks/island/">Weilaidao Park</a>' in text
    assert '<span lang="zh-Hans"><mark>未来岛</mark>高新技术产业园</span>' in text


def test_only_a_short_part_of_a_long_summary_is_shown(client):
    make_park(summary=f"{'前' * 400}孵化{'后' * 400}")
    (hit,) = hits(client, "孵化")
    assert spelled(hit.evidence) == f"…{'前' * 20}[孵化]{'后' * 68}…"


def test_whole_sentences_are_shown_as_many_as_are_short(client):
    make_park(summary=f"第一句。某园拟投资20亿元改造，镇里推动此事。第三句。{'后' * 80}。")
    for query in ("改造，", "此事", "20亿"):
        (hit,) = hits(client, query)
        assert spelled(hit.evidence).replace("[", "").replace("]", "") == (
            "…某园拟投资20亿元改造，镇里推动此事。第三句。…"
        )
    make_park(
        name_en="Park",
        summary_en="First, at 2.5 km. A firm plans to spend CNY 2.5 billion on the U-shaped wing.",
    )
    (hit,) = hits(client, "wing")
    assert spelled(hit.evidence).endswith(
        "…A firm plans to spend CNY 2.5 billion on the U-shaped [wing]."
    )


def test_whatever_is_asked_for_the_planned_investment_is_shown_as_planned(settings):
    planned = {"20亿元": "拟", "CNY 2 billion": "plans to"}
    files = (settings.BASE_DIR / "fixtures").glob("*.json")
    summaries = re.findall(r'"summary(?:_en)?": (".*")', "".join(map(Path.read_text, files)))
    shown = set()
    for text in map(json.loads, summaries):
        for amount, word in planned.items():
            for start in range(len(text) if amount in text else 0):
                query = text[start : start + 3].lower().strip()
                fragment = "".join(piece.text for piece in mark_fragment(text, query))
                if amount in fragment:
                    assert word in fragment.partition(amount)[0], query
                    shown.add(text)
    assert len(shown) == 6


def test_names_are_shown_as_text(client):
    make_park(name="<b>园区</b>")
    text = client.get("/search/", {"q": "园区"}).content.decode()
    assert "&lt;b&gt;<mark>园区</mark>&lt;/b&gt;" in text


def test_one_kind_can_be_singled_out(client, island):
    make_company(name="未来企业")
    page = client.get("/search/", {"q": "未来"}).content.decode()
    assert 'href="?q=%E6%9C%AA%E6%9D%A5&amp;kind=company"' in page
    assert found(client, "未来", kind="company") == ["未来企业"]
    totals = {kind.key: kind.total for kind in hits_page(client, "未来", kind="company").kinds}
    assert totals == {"park": 1, "company": 1}


def hits_page(client, query, **more):
    return client.get("/search/", {"q": query, **more}).context["results"]


def test_a_kind_that_has_no_hits_is_said_to_have_none(client, island):
    make_company(name="未来企业")
    for kind in ("event", "castle", "\0"):
        response = client.get("/search/", {"q": "未来", "kind": kind})
        assert "没有这一类的结果" in response.content.decode()
        assert len(response.context["results"].kinds) == 2


def test_however_much_is_found_it_is_counted_and_can_be_paged_through(client, island):
    for number in range(30):
        make_company(name=f"未来企业{number:02}")
    results = hits_page(client, "未来")
    assert [(kind.key, kind.total, len(kind.hits)) for kind in results.kinds] == [
        ("park", 1, 1),
        ("company", 30, 5),
    ]
    text = client.get("/search/", {"q": "未来"}).content.decode()
    assert "看全部 30 条“企业”结果" in text
    first = found(client, "未来", kind="company")
    second = found(client, "未来", kind="company", page=2)
    assert (len(first), len(second)) == (24, 6)
    assert len({*first, *second}) == 30
    assert found(client, "未来", kind="company", page="99") == second


def test_a_kind_named_by_the_query_comes_first(client, island):
    make_park(name="孵化器路园区")
    make_incubator(name="甲", summary="孵化器")
    assert [kind.key for kind in hits_page(client, "孵化").kinds] == ["incubator", "park"]


@pytest.mark.parametrize("query", ["未来到", "weilaidau", "未來島高新", "高心技术产业园"])
def test_a_slip_is_answered_with_the_nearest_names(client, island, query):
    make_park(name="毫不相干")
    response = client.get("/search/", {"q": query})
    assert [hit.link.name for hit in response.context["nearest"]] == ["未来岛高新技术产业园"]
    text = response.content.decode()
    assert f"没有找到“{query}”" in text
    assert "您要找的是不是" in text
    assert 'href="/incubators/"' in text


def test_a_slip_is_answered_in_few_queries(client, island):
    with CaptureQueriesContext(connection) as queries:
        client.get("/search/", {"q": "未来到"})
    assert len(queries) == 4


def suggested(client, query):
    response = client.get("/search/suggest/", {"q": query})
    return [hit.link.name for hit in response.context["suggestions"]]


def test_names_are_suggested_while_one_types(client, island):
    make_company(name="未来企业")
    make_company(name="甲", summary="在未来岛")
    for typed in ("未", "未来", "wei", "wl"):
        assert suggested(client, typed) == ["未来岛高新技术产业园", "未来企业"], typed
    assert suggested(client, "") == []
    text = client.get("/search/suggest/", {"q": "wld"}).content.decode()
    assert "<mark>未来岛</mark>高新技术产业园" in text
    assert '<span class="suggestion-kind">园区</span>' in text
    assert "<html" not in text


def test_at_most_eight_names_are_suggested_in_one_query(client):
    for number in range(12):
        make_park(name=f"园区{number}")
    with CaptureQueriesContext(connection) as queries:
        assert len(suggested(client, "园区")) == 8
    assert len(queries) == 1


# One sign that stands for eighteen, in four words.
PHRASE = "\ufdfa"


@pytest.mark.parametrize(
    "query", ["a " * 50, " ".join(map(str, range(50))), PHRASE * 50], ids=["same", "many", "signs"]
)
@pytest.mark.parametrize("path", ["/search/", "/search/suggest/", "/parks/"])
def test_many_words_cost_no_more_than_ten(client, path, query):
    make_park()

    def cost(query):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path, {"q": query}).status_code == 200
        return sum(len(asked["sql"]) for asked in queries)

    assert cost(query) < 1.5 * cost("b1 c2 d3 e4 f5 g6 h7 i8 j9 k10")


def test_ten_words_are_searched_for(client):
    words = [f"word{letter}" for letter in "abcdefghij"]
    make_park(name_en=" ".join(words))
    assert len(found(client, " ".join(words))) == 1
    assert len(found(client, " ".join([*words, "eleventh"]))) == 1
    assert found(client, " ".join([*words[1:], "eleventh"])) == []

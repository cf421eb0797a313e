"""What is asked of whatever searches: docs/decisions/search.md lists it, each point a test here.

They run on the backend that SEARCH_BACKEND names and on the database that DATABASE_URL names. What
they search has been committed, so that a backend may keep an index elsewhere.
"""

import datetime
from importlib import import_module

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from promotion.reference.ranking import Match
from promotion.search import clean_query
from tests.factories import make_company, make_figure, make_incubator, make_park

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.timedelta(days=1)
PARK = "未来岛高新技术产业园"


def backend():
    return import_module(settings.SEARCH_BACKEND)


def results_of(query, *more):
    return backend().search(clean_query(query), *more)


def found(query, *more):
    """Return the names of the hits that a search shows, in its order."""
    return [hit.link.name for kind in results_of(query, *more).shown for hit in kind.hits]


def suggested(query):
    return [hit.link.name for hit in backend().suggest(clean_query(query))]


def nearest(query):
    return [hit.link.name for hit in backend().nearest(clean_query(query))]


def marked(pieces):
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in pieces)


def make_island(**more):
    fields = {
        "name": PARK,
        "name_en": "Weilaidao Park",
        "aliases": "未来岛、未来岛园区",
        "summary": "市级孵化器所在地",
    }
    return make_park(slug="island", **{**fields, **more})


def test_a_record_is_found_by_any_piece_of_its_names_and_texts_in_any_spelling():
    make_island()
    make_park(name="毫不相干")
    queries = ["未来岛", "来岛", "岛", "高新技术", "weilaidao", "wei lai dao", "wld", "WLD"]
    queries += ["Weilaidao park", "ｗｌｄ", "孵化", "岛园", "级孵化器所"]
    assert {query: found(query) for query in queries} == {query: [PARK] for query in queries}


def test_every_word_has_to_be_there_and_each_is_taken_as_it_is_written():
    make_island()
    make_company(name="甲100%乙_丙")
    assert found("技术 未来") == [PARK]
    assert found("技术 过去") == []
    assert found("100%乙_丙") == ["甲100%乙_丙"]
    for query in (
        "未%岛",
        "未_岛",
        "未*",
        "未?岛",
        '"未来岛"',
        "未来岛 OR 过去",
        "name:未来岛",
        "-未来岛",
    ):
        assert found(query) == [], query


def test_better_places_come_first_and_say_how_good_they_are():
    make_park(name="甲", summary="邻近海纳")
    make_park(name="海那")
    make_park(name="大海纳")
    make_park(name="海纳小镇")
    make_park(name="乙", aliases="丙、海纳")
    (parks,) = results_of("海纳").shown
    assert [(hit.link.name, hit.rank) for hit in parks.hits] == [
        ("乙", Match.NAME),
        ("海纳小镇", Match.BEGINNING),
        ("大海纳", Match.PART_OF_NAME),
        ("甲", Match.TEXT),
    ]
    assert found("haina") == ["大海纳", "海那", "海纳小镇", "乙"]


def test_a_kind_that_the_query_names_comes_first():
    make_park(name="孵化器路园区")
    make_incubator(name="甲", summary="孵化器")
    assert [kind.key for kind in results_of("孵化").kinds] == ["incubator", "park"]


def test_a_record_is_found_by_what_its_figures_are_about():
    make_figure(make_island(), label="计划总投资")
    make_figure(make_park(name="乙", status="draft"), label="总投资")
    assert found("总投资") == [PARK]
    assert found("未来岛 总投资") == [PARK]
    assert suggested("总投资") == []


def test_only_what_is_public_now_is_found_suggested_or_near():
    now = timezone.now()
    make_park(name="未来岛草稿", status="draft")
    make_park(name="未来岛明天", publish_at=now + DAY)
    make_park(name="未来岛昨天", expires_at=now - DAY)
    assert (found("未来岛"), suggested("未来岛"), nearest("未来到")) == ([], [], [])
    park = make_island()
    assert found("未来岛") == suggested("未来岛") == nearest("未来到") == [PARK]
    park.status = "archived"
    park.save()
    assert (found("未来岛"), suggested("未来岛"), nearest("未来到")) == ([], [], [])


def test_a_change_is_found_and_what_was_before_is_not():
    park = make_island()
    type(park).objects.filter(pk=park.pk).update(name="甲", name_en="", aliases="", summary="")
    park.refresh_from_db()
    park.save()
    assert found("未来岛") == []
    assert found("甲") == ["甲"]
    park.delete()
    assert found("甲") == []


def test_everything_is_counted_and_can_be_paged_through():
    make_island()
    for number in range(30):
        make_company(name=f"未来企业{number:02}")
    results = results_of("未来")
    assert [(kind.key, kind.total, len(kind.hits)) for kind in results.kinds] == [
        ("park", 1, 1),
        ("company", 30, 5),
    ]
    assert results.total == 31
    first, second = found("未来", "company"), found("未来", "company", "2")
    assert (len(first), len(second), len({*first, *second})) == (24, 6, 30)
    assert found("未来", "company", "99") == second
    assert results_of("未来", "company").chosen.key == "company"
    assert results_of("未来", "castle").chosen is None


def test_a_hit_says_why_it_was_found_in_the_language_of_the_page():
    make_island()
    said = {}
    for query in ("来岛", "wld", "岛园", "Park", "孵化器"):
        ((hit,),) = (kind.hits for kind in results_of(query).shown)
        said[query] = (marked(hit.name), marked(hit.evidence))
    assert said == {
        "来岛": ("未[来岛]高新技术产业园", ""),
        "wld": ("[未来岛]高新技术产业园", ""),
        "岛园": (PARK, "未来[岛园]区"),
        "Park": (PARK, "Weilaidao [Park]"),
        "孵化器": (PARK, "市级[孵化器]所在地"),
    }
    with override("en"):
        ((hit,),) = (kind.hits for kind in results_of("wld").shown)
    assert (marked(hit.name), hit.name_language) == ("Weilaidao Park", "")
    assert (marked(hit.evidence), hit.evidence_language) == ("[未来岛]高新技术产业园", "zh-Hans")


def test_names_are_suggested_while_one_types():
    make_island()
    make_company(name="未来企业")
    make_company(name="甲", summary="在未来岛")
    for typed in ("未", "未来", "wei", "wl"):
        assert suggested(typed) == [PARK, "未来企业"], typed
    for number in range(12):
        make_company(name=f"未来企业{number:02}")
    assert len(suggested("未来")) == 8


def test_a_slip_is_answered_with_the_nearest_names():
    make_island()
    make_park(name="毫不相干")
    for slip in ("未来到", "weilaidau", "未來島高新", "高心技术产业园"):
        assert (found(slip), nearest(slip)) == ([], [PARK]), slip
    make_park(slug="long", name="智创城数字经济产业园区")
    make_park(slug="short", name="智慧城")
    assert nearest("zhichaungcheng") == ["智创城数字经济产业园区", "智慧城"]
    assert nearest("风马牛") == []


def test_nothing_and_nonsense_find_nothing_and_break_nothing():
    make_island()
    for query in ("", "  ", "\0", "'", '"', "\\", "(", "[a", "{", "&&", "~", "x" * 10_000, "🙂"):
        assert (found(query), suggested(query)) == ([], []), query
        nearest(query)

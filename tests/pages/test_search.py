"""Search: everything public, by Chinese, pinyin, initials and English; and comparing parks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_company, make_figure, make_incubator, make_park, make_recognition

pytestmark = pytest.mark.django_db


def found(client, query):
    response = client.get("/search/", {"q": query})
    return [link.name for group in response.context["groups"] for link in group.links]


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


def test_results_are_grouped_by_kind_in_one_query(client, island):
    make_company(name="未来企业")
    make_recognition(park=island, name="未来奖")
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/search/", {"q": "未来"})
    assert len(queries) == 3
    groups = {
        group.name: [link.name for link in group.links] for group in response.context["groups"]
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
    assert '<a href="/parks/island/">荣誉甲</a>' in text
    assert '<a href="/companies/company/">荣誉乙</a>' in text


def test_nothing_found_offers_what_to_do(client):
    text = client.get("/search/", {"q": "不存在<b>"}).content.decode()
    assert "没有找到“不存在&lt;b&gt;”" in text
    assert 'href="/inquiries/new/"' in text


def test_nothing_asked_finds_nothing(client, island):
    assert found(client, "  ") == []


def test_parks_stand_side_by_side_in_the_order_asked_for(client, island):
    other = make_park(slug="other", name="另一处", floor_area_sqm=2_000_000)
    make_figure(other, label="指标甲", value=5)
    response = client.get("/compare/?park=other&park=island&park=other")
    assert [park.slug for park in response.context["parks"]] == ["other", "island"]
    text = response.content.decode()
    assert "200万平方米（2平方公里）" in text
    assert "指标甲" in text
    assert "暂未公布" in text
    assert 'class="message"' not in text


def test_at_most_four_parks_are_compared_and_the_page_says_so(client):
    parks = [make_park() for _number in range(5)]
    response = client.get("/compare/", {"park": [park.slug for park in parks]})
    assert len(response.context["parks"]) == 4
    assert 'class="message"' in response.content.decode()


@pytest.mark.parametrize("asked", ["nowhere", "%00", "-", "a" * 10_000], ids=lambda text: text[:8])
def test_an_unknown_park_is_left_out(client, island, asked):
    response = client.get(f"/compare/?park=island&park={asked}")
    assert [park.slug for park in response.context["parks"]] == ["island"]
    assert 'class="message"' in response.content.decode()

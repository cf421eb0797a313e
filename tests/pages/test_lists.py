"""Lists: their filters, their pages, and what they say when there is nothing."""

import pytest

from companies.models import Company
from promotion.reference.views import PER_PAGE
from tests.factories import (
    make_alliance,
    make_belt,
    make_company,
    make_district,
    make_incubator,
    make_industry,
    make_node,
    make_park,
    make_policy,
    make_program,
    make_recognition,
    make_scheme,
    make_service,
    make_space,
    make_tenancy,
)
from tests.pages.world import LISTS, build

pytestmark = pytest.mark.django_db


def names(client, address):
    return {record.name for record in client.get(address).context["page_obj"].object_list}


def test_a_site_without_records_counts_none(client):
    text = " ".join(client.get("/").text.split())
    assert "<strong>找地方</strong> <span> 暂未公布 </span>" in text
    assert "<strong>看谁在这里</strong> <span> 暂未公布 </span>" in text
    make_park()
    assert "1 处园区与载体" in client.get("/").text


@pytest.mark.parametrize("address", LISTS)
def test_an_empty_list_says_so_and_offers_a_next_step(client, address):
    text = client.get(address).content.decode()
    assert 'class="empty"' in text
    assert 'href="/inquiries/new/"' in text


def test_filters_that_leave_nothing_offer_to_be_cleared(client):
    make_park()
    text = client.get("/parks/?kind=tower").content.decode()
    assert "没有符合这些条件的记录" in text
    assert 'href="/parks/"' in text


def test_parks_by_kind_industry_belt_area_space_and_incubator(client):
    industry, belt = make_industry(slug="ai"), make_belt(slug="belt")
    town = make_district(slug="town", level="town", parent=make_district(slug="district"))
    everything = make_park(name="甲", kind="tower", district=town, industries=[industry])
    make_node(belt=belt, park=everything)
    make_space(park=everything)
    make_incubator(park=everything)
    let = make_park(name="乙")
    make_space(park=let, availability="let")
    make_incubator(park=let, status="draft")
    for query in (
        "kind=tower",
        "industry=ai",
        "belt=belt",
        "area=town",
        "area=district",
        "open_space=on",
        "incubator=on",
        "q=%E7%94%B2",
        "q=jia",
    ):
        assert names(client, f"/parks/?{query}") == {"甲"}, query
    assert names(client, "/parks/") == {"甲", "乙"}


def test_incubators_by_level_park_and_service(client):
    park, service = make_park(slug="park"), make_service(slug="funding")
    make_incubator(name="甲", level_held="municipal", park=park, services=[service])
    make_incubator(name="乙", level_held="district", level_aimed="municipal")
    for query in ("level=municipal", "park=park", "service=funding"):
        assert names(client, f"/incubators/?{query}") == {"甲"}, query


def test_companies_by_industry_park_country_and_recognition(client):
    industry, park = make_industry(slug="ai"), make_park(slug="park")
    company = make_company(name="甲", country="DE", industries=[industry])
    make_tenancy(company=company, park=park)
    make_recognition(company=company, level="national")
    hoping = make_company(name="乙", country="FR")
    make_recognition(company=hoping, level="national", claim_status="hoped")
    for query in (
        "industry=ai",
        "park=park",
        "country=DE",
        "recognition=any",
        "recognition=national",
    ):
        assert names(client, f"/companies/?{query}") == {"甲"}, query
    assert names(client, "/companies/?recognition=town") == set()


def test_spaces_by_use_area_park_and_availability(client):
    park = make_park(slug="park")
    make_space(name="甲", park=park, use="laboratory", floor_area_sqm=500, availability="reserved")
    make_space(name="乙", floor_area_sqm=50)
    for query in ("use=laboratory", "area_min=100", "park=park", "availability=reserved"):
        assert names(client, f"/spaces/?{query}") == {"甲"}, query
    assert names(client, "/spaces/?area_max=100") == {"乙"}
    assert names(client, "/spaces/?area_min=40&area_max=60") == {"乙"}


def test_the_other_lists_by_what_tells_their_rows_apart(client):
    city = make_district(slug="city", level="city")
    industry = make_industry(name="甲", scheme=make_scheme(slug="scheme"), slug="ai")
    make_industry(name="乙")
    make_program(name="甲", kind="strategy")
    make_program(name="乙")
    make_alliance(name="甲", kind="platform", districts=[city])
    make_alliance(name="乙")
    make_policy(name="甲", level="municipal", industries=[industry])
    make_policy(name="乙")
    make_belt(name="甲", scale="regional")
    make_belt(name="乙")
    for address in (
        "/industries/?scheme=scheme",
        "/programs/?kind=strategy",
        "/alliances/?kind=platform",
        "/alliances/?district=city",
        "/policies/?level=municipal",
        "/policies/?industry=ai",
        "/belts/?scale=regional",
    ):
        assert names(client, address) == {"甲"}, address


def test_choices_without_anything_behind_them_are_not_offered(client):
    make_industry(name="没有园区的产业")
    make_park(industries=[make_industry(name="有园区的产业")])
    text = client.get("/parks/").content.decode()
    assert "有园区的产业" in text
    assert "没有园区的产业" not in text


def test_pages_of_a_list_keep_its_filters(client):
    for _number in range(25):
        make_park(kind="tower")
    text = client.get("/parks/?kind=tower&page=1").content.decode()
    assert 'href="?kind=tower&amp;page=2"' in text


@pytest.mark.parametrize("order", ["", "name", "newest", "size"])
def test_the_pages_of_a_list_hold_each_record_once_and_in_its_order(client, order):
    # Five pages, those behind the middle are read from the end; some have no date and no size.
    for number in range(4 * PER_PAGE + 5):
        year = f"{2000 + number // 3}" if number % 3 else ""
        make_company(
            name=f"企业{number:03}", established_on=year, staff_count=number // 2 if year else None
        )
    pages = [
        client.get(f"/companies/?sort={order}&page={number}").context["page_obj"].object_list
        for number in range(1, 6)
    ]
    assert [len(page) for page in pages] == [*[PER_PAGE] * 4, 5]
    shown = [company for page in pages for company in page]
    assert {company.pk for company in shown} == {*Company.objects.values_list("pk", flat=True)}

    def place(company):
        wanted = {"newest": company.established_on, "size": company.staff_count}.get(order)
        known = wanted not in (None, "")
        number = int(str(wanted)[:4]) if known else 0
        return (not known, -number, company.sort_key, company.pk)

    assert shown == sorted(shown, key=place)


def test_every_input_of_a_filter_form_has_a_label(client):
    build(1)
    for address in LISTS:
        response = client.get(address)
        text = response.content.decode()
        for field in response.context["filterset"].plain_fields:
            assert f'for="{field.id_for_label}"' in text
            assert field.label
        for facet in response.context["filterset"].facets:
            assert f"<legend>{facet.label}</legend>" in text
            for choice in facet.choices:
                assert f"> {choice.label} <small>{choice.count}</small></label>" in text


def order(client, address):
    return [record.name for record in client.get(address).context["page_obj"].object_list]


def test_names_are_in_pinyin_order_in_chinese_and_alphabetical_in_english(client):
    make_park(name="中区", name_en="Alpha")
    make_park(name="安区", name_en="beta")
    make_park(name="李区")
    assert order(client, "/parks/?sort=name") == ["安区", "李区", "中区"]
    assert order(client, "/en/parks/?sort=name") == ["中区", "安区", "李区"]


def test_the_largest_and_the_newest_come_first_and_the_unknown_last(client):
    make_park(name="甲", floor_area_sqm=10, opened_on="2021")
    make_park(name="乙", floor_area_sqm=None, opened_on="")
    make_park(name="丙", floor_area_sqm=30, opened_on="2020-05")
    assert order(client, "/parks/?sort=size") == ["丙", "甲", "乙"]
    assert order(client, "/parks/?sort=newest") == ["甲", "丙", "乙"]


def test_an_unknown_order_shows_the_list_and_says_so(client):
    make_park(name="甲")
    response = client.get("/parks/?sort=price")
    assert [park.name for park in response.context["page_obj"].object_list] == ["甲"]
    assert "已忽略：排序。" in response.content.decode()


def test_what_is_named_so_comes_before_what_only_mentions_it(client):
    make_park(name="阿园", summary="靠近创新谷")
    make_park(name="周边创新谷")
    make_park(name="创新谷")
    assert order(client, "/parks/?q=创新谷") == ["创新谷", "周边创新谷", "阿园"]
    assert order(client, "/parks/?q=创新谷&sort=name")[0] == "阿园"

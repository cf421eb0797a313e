"""Facets: what each choice would leave, several at once, and the chips that undo them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company, Recognition, Tenancy
from parks.models import Park
from tests.factories import (
    make_alliance,
    make_company,
    make_district,
    make_event,
    make_figure,
    make_incubator,
    make_industry,
    make_park,
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


def counts(client, address):
    """Return {facet: {choice: how many rows}} as a page offers them."""
    facets = client.get(address).context["filterset"].facets
    return {facet.name: {one.value: one.count for one in facet.choices} for facet in facets}


def chips(client, address):
    """Return [(what a chip says, where it leads)]."""
    return [
        (f"{chip.label}：{chip.text}", chip.query)
        for chip in client.get(address).context["filterset"].chips
    ]


@pytest.fixture
def parks():
    town = make_district(slug="town", name="甲镇", parent=make_district(slug="home", name="甲区"))
    robots = make_industry(slug="robots", name="机器人", scheme=make_scheme(name="规划甲"))
    drugs = make_industry(slug="drugs", name="新药", scheme=robots.scheme)
    make_park(name="一号", kind="tower", district=town, industries=[robots, drugs])
    make_park(name="二号", kind="tower", industries=[robots])
    make_park(name="三号", kind="complex", district=town.parent, industries=[drugs])
    make_park(name="未公开", kind="town", status="draft", industries=[robots])


def test_each_choice_says_how_many_rows_it_would_leave(client, parks):
    assert counts(client, "/parks/") == {
        "kind": {"complex": 1, "tower": 2},
        "industry": {"robots": 2, "drugs": 2},
        "area": {"home": 2, "town": 1},
    }


def test_a_facet_is_counted_under_the_others_but_not_under_itself(client, parks):
    assert counts(client, "/parks/?kind=tower") == {
        "kind": {"complex": 1, "tower": 2},
        "industry": {"robots": 2, "drugs": 1},
        "area": {"home": 1, "town": 1},
    }
    assert counts(client, "/parks/?kind=tower&industry=drugs") == {
        "kind": {"complex": 1, "tower": 1},
        "industry": {"robots": 2, "drugs": 1},
        "area": {"home": 1, "town": 1},
    }
    assert counts(client, "/parks/?q=三号")["kind"] == {"complex": 1}


def test_every_count_is_what_choosing_it_gives(client):
    build(3)
    for address in LISTS:
        for facet, choices in counts(client, address).items():
            for value, count in choices.items():
                page = client.get(f"{address}?{facet}={value}").context["page_obj"]
                assert page.paginator.count == count, (address, facet, value)


def test_several_choices_of_a_facet_widen_and_several_facets_narrow(client, parks):
    assert names(client, "/parks/?kind=tower&kind=complex") == {"一号", "二号", "三号"}
    assert names(client, "/parks/?industry=robots&industry=drugs") == {"一号", "二号", "三号"}
    assert names(client, "/parks/?kind=tower&kind=complex&industry=drugs") == {"一号", "三号"}


def test_addresses_from_a_form_of_drop_downs_still_work(client, parks):
    old = "/parks/?q=&kind=tower&industry=drugs&belt=&area=town"
    assert names(client, old) == {"一号"}
    assert client.get(old).context["filterset"].ignored_labels == []


def test_nothing_is_counted_along_what_is_hidden(client):
    park = make_park(slug="park")
    for status in ("draft", "published"):
        incubator = make_incubator(slug=status, park=park, status=status)
        make_tenancy(company=make_company(name=status), park=park, incubator=incubator)
    make_tenancy(company=make_company(name="隐"), park=make_park(slug="draft", status="draft"))
    assert counts(client, "/companies/")["park"] == {"park": 1}
    assert names(client, "/companies/?park=park") == {"published"}


def test_nothing_is_counted_through_an_incubator_of_a_hidden_park(client):
    incubator = make_incubator(slug="hub", park=make_park(slug="draft", status="draft"))
    make_tenancy(company=make_company(), park=make_park(slug="park"), incubator=incubator)
    assert "park" not in counts(client, "/companies/")


def test_nothing_is_counted_of_what_is_hidden_with_its_owner(client):
    service = make_service(slug="advice")
    for status in ("draft", "published"):
        make_incubator(park=make_park(status=status)).services.add(service)
    assert counts(client, "/incubators/")["service"] == {"advice": 1}


def test_an_area_has_what_lies_in_the_parts_of_its_parts(client):
    city = make_district(slug="city")
    town = make_district(slug="town", parent=make_district(slug="home", parent=city))
    make_park(district=town)
    assert counts(client, "/parks/")["area"] == {"city": 1, "home": 1, "town": 1}


def test_nothing_that_is_hidden_is_a_choice(client):
    town = make_district(slug="town", parent=make_district(slug="home", status="draft"))
    industries = [
        make_industry(slug="shown"),
        make_industry(slug="hidden", status="draft"),
        make_industry(slug="of-a-hidden-plan", scheme=make_scheme(slug="plan", status="draft")),
    ]
    make_park(district=town, industries=industries)
    facets = counts(client, "/parks/")
    assert (facets["industry"], facets["area"]) == ({"shown": 1}, {"town": 1})
    text = client.get("/parks/?industry=hidden&area=home").content.decode()
    assert "这些条件的值无法识别" in text


def test_a_facet_without_data_is_not_shown(client):
    make_park()
    text = client.get("/parks/").content.decode()
    assert "<legend>类型</legend>" in text
    for absent in ("产业", "产业带", "载体房源", "孵化器"):
        assert f"<legend>{absent}</legend>" not in text


def test_a_choice_that_leaves_nothing_can_be_taken_back(client, parks):
    address = "/parks/?kind=complex&industry=robots"
    assert names(client, address) == set()
    assert counts(client, address)["industry"] == {"robots": 0, "drugs": 1}
    assert counts(client, "/parks/?kind=town")["kind"] == {"town": 0, "complex": 1, "tower": 2}


def test_a_choice_not_understood_is_named_and_the_others_hold(client, parks):
    response = client.get("/parks/?kind=castle&kind=tower")
    assert names(client, "/parks/?kind=castle&kind=tower") == {"一号", "二号"}
    assert "已忽略：类型。" in response.content.decode()


def test_ticks_are_counted_too(client):
    park, _other = make_park(name="甲"), make_park(name="乙")
    make_space(park=park)
    make_space(park=park)
    make_incubator(park=park)
    facets = counts(client, "/parks/")
    assert facets["open_space"] == {"on": 1}
    assert facets["incubator"] == {"on": 1}


def test_companies_are_counted_once_wherever_they_are(client):
    park, hidden = make_park(slug="park"), make_park(slug="hidden", status="draft")
    company = make_company(name="甲", country="DE")
    make_tenancy(company=company, park=park)
    make_tenancy(company=company, park=park, role="investor")
    make_tenancy(company=company, park=hidden)
    make_recognition(company=company, level="national")
    make_recognition(company=company, level="national")
    make_recognition(company=company, level="municipal")
    make_recognition(company=make_company(country="FR"), level="town", claim_status="hoped")
    facets = counts(client, "/companies/")
    assert facets["park"] == {"park": 1}
    assert facets["country"] == {"DE": 1, "FR": 1}
    assert facets["recognition"] == {"any": 1, "national": 1, "municipal": 1}


def test_the_other_lists_are_counted_by_what_tells_their_rows_apart(client):
    make_incubator(level_held="municipal", services=[make_service(slug="funding")])
    make_alliance(kind="platform", districts=[make_district(slug="city")])
    make_event(claim_status="planned")
    make_figure(make_park(), claim_status="forecast")
    assert counts(client, "/incubators/") == {"level": {"municipal": 1}, "service": {"funding": 1}}
    assert counts(client, "/alliances/") == {
        "kind": {"platform": 1},
        "district": {"city": 1},
        "claim_status": {"achieved": 1},
    }
    assert counts(client, "/events/") == {"claim_status": {"planned": 1}}
    assert counts(client, "/figures/") == {"claim_status": {"forecast": 1}}


def test_choices_are_named_in_the_language_of_the_page(client):
    scheme = make_scheme(name="规划甲", name_en="Plan A")
    make_park(industries=[make_industry(name="机器人", name_en="Robots", scheme=scheme)])
    assert "机器人（规划甲） <small>" in client.get("/parks/").content.decode()
    assert "Robots (Plan A) <small>" in client.get("/en/parks/").content.decode()


def test_each_chip_takes_one_thing_back(client, parks):
    address = "/parks/?kind=tower&kind=complex&q=号&sort=name&page=2&kind=castle&x=1"
    assert chips(client, address) == [
        ("关键词：号", "?sort=name&kind=tower&kind=complex"),
        ("类型：楼宇", "?q=%E5%8F%B7&sort=name&kind=complex"),
        ("类型：产城综合体", "?q=%E5%8F%B7&sort=name&kind=tower"),
    ]
    text = client.get(address).content.decode()
    assert '<a class="clear-all" href="/parks/">全部清除</a>' in text


def test_numbers_have_chips_as_well(client):
    make_space(floor_area_sqm=500)
    assert chips(client, "/spaces/?area_min=0&area_max=900") == [
        ("最小面积（平方米）：0", "?area_max=900"),
        ("最大面积（平方米）：900", "?area_min=0"),
    ]


def test_an_order_alone_is_nothing_to_clear(client, parks):
    assert chips(client, "/parks/?sort=name") == []
    assert "clear-all" not in client.get("/parks/?sort=name").content.decode()


def offered(text):
    """Return the industries that a page has a box for."""
    return re.findall(r'name="industry" value="industry-(\d+)"', text)


def test_the_tail_of_a_long_facet_is_shown_when_chosen_or_asked_for(client):
    for number in range(12):
        name = f"产业{number:02}"
        make_park(
            name=f"园区{number}", industries=[make_industry(slug=f"industry-{number}", name=name)]
        )
    first = [str(number) for number in range(6)]
    page = client.get("/parks/?sort=name")
    assert offered(page.content.decode()) == first
    (facet,) = (each for each in page.context["filterset"].facets if each.hidden)
    assert facet.whole_query == "?sort=name&more=industry"
    assert "还有 6 项" in page.content.decode()

    chosen = client.get("/parks/?industry=industry-10").content.decode()
    assert offered(chosen) == [*first, "10"]
    assert "还有 5 项" in chosen

    whole = client.get(f"/parks/{facet.whole_query}").content.decode()
    assert offered(whole) == [*first, "6", "7", "8", "9", "10", "11"]
    assert "还有" not in whole
    # It stays so when another choice is made, and when one is taken back.
    assert '<input type="hidden" name="more" value="industry">' in whole
    assert "more=industry" in chips(client, "/parks/?kind=tower&more=industry")[0][1]
    # One or two are not worth a link.
    Park.objects.filter(name__in=["园区8", "园区9", "园区10", "园区11"]).delete()
    short = client.get("/parks/").content.decode()
    assert offered(short) == [*first, "6", "7"]
    assert "还有" not in short


def test_an_address_that_asks_for_the_choices_of_nothing_is_forgiven(client):
    first = [str(number) for number in range(6)]
    for number in range(12):
        industry = make_industry(slug=f"industry-{number}", name=f"产业{number:02}")
        make_park(name=f"园区{number}", industries=[industry])
    assert offered(client.get("/parks/?more=kind&more=nothing").content.decode()) == first


def test_ten_thousand_companies_are_counted_in_as_few_queries(client):
    total = 10_000
    industries = [make_industry(slug=f"industry-{number}") for number in range(10)]
    parks = Park.objects.bulk_create(
        Park(slug=f"park-{number}", name=f"园区{number}", kind="tower", status="published")
        for number in range(20)
    )
    companies = Company.objects.bulk_create(
        Company(
            slug=f"company-{number}",
            name=f"示例{number}科技有限公司",
            status="published",
            country="DE" if number % 2 else "",
        )
        for number in range(total)
    )
    Tenancy.objects.bulk_create(
        Tenancy(company=company, park=parks[number % 20])
        for number, company in enumerate(companies)
    )
    Recognition.objects.bulk_create(
        Recognition(slug=f"award-{number}", name="奖", status="published", company=company)
        for number, company in enumerate(companies[::10])
    )
    through = Company.industries.through
    through.objects.bulk_create(
        through(company=company, industry=industries[number % 10])
        for number, company in enumerate(companies)
    )
    with CaptureQueriesContext(connection) as queries:
        facets = counts(client, "/companies/?q=科技&country=DE&industry=industry-1")
    assert len(queries) <= 12
    assert facets["country"] == {"DE": 1_000}
    assert facets["industry"]["industry-1"] == 1_000
    assert facets["park"] == {"park-1": 500, "park-11": 500}

"""Beside the admin: docs/permissions.md says for whom each address answers, and that is tried."""

import re

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from companies.models import Company
from parks.models import Belt, Incubator, Park
from promotion.api.kinds import KINDS
from promotion.models import Advisor, Alliance, Event, Policy, Program, SitePage, TalentDemand
from promotion.reference.editorial.previews import preview_path
from promotion.reference.models import Industry, Source
from promotion.reference.vocabulary import RoleKey
from tests import factories
from tests.roles.conftest import browser_of, make_staff
from tests.roles.matrix import OWN_PAGES

pytestmark = pytest.mark.django_db
PAGE = site_settings.BASE_DIR / "docs" / "permissions.md"
BEGIN, END = "<!-- addresses begin -->", "<!-- addresses end -->"
TO_DO = "Say in docs/permissions.md whom these answer, under a heading that is tried."
LOGOUT = "admin:logout"
FROM_AFAR = {"REMOTE_ADDR": "192.0.2.1"}
PICTURE = f"pictures/park/{'0' * 32}.jpg"
NAMED_BY_SLUG = {
    "advisor": Advisor, "alliance": Alliance, "belt": Belt, "company": Company, "event": Event,
    "incubator": Incubator, "industry": Industry, "park": Park, "policy": Policy,
    "program": Program, "site": SitePage, "source": Source, "talent": TalentDemand,
}  # fmt: skip
ASKED = {
    "compare": {"park": "some-park"}, "prospectus": {"park": "some-park"},
    "search": {"q": "测试"}, "suggest": {"q": "测试"}, "match": {"sought": "office"},
}  # fmt: skip
PRIVATE = re.compile(
    rb'name="csrfmiddlewaretoken" value="\w+"|name="(ticket|form_key)" value="[^"]+"'
)


def listed():
    """Return {heading: names} of the committed section."""
    lines = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].split("\n")
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return {heading: names.replace("`", "").split(", ") for heading, names in rows[1:]}


def patterns():
    """Return {name: parameters} of what the URL resolver lists outside the admin."""
    found = {}

    def walk(resolver, route):
        for each in resolver.url_patterns:
            if not isinstance(each, URLPattern):
                if str(each.pattern) != "admin/":
                    walk(each, route + str(each.pattern))
            else:
                name = each.name or route + str(each.pattern)
                assert name not in found, f"{name} names two addresses"
                found[name] = list(each.pattern.regex.groupindex)

    walk(get_resolver(), "")
    return found


@pytest.fixture
def address(settings):
    """What makes the address of a name, of something that is public."""
    settings.SECURITY_CONTACT = ["mailto:security@example.org"]
    source = factories.make_source()
    park = factories.make_park(slug="some-park", picture=PICTURE, picture_alt="大门")
    for make in (
        factories.make_district, factories.make_building, factories.make_space,
        factories.make_mentor, factories.make_tenancy, factories.make_recognition,
        factories.make_measure, factories.make_node, factories.make_alliance,
        factories.make_policy, factories.make_advisor,
        factories.make_talent, factories.make_industry, factories.make_privacy_notice,
    ):  # fmt: skip
        make()
    factories.make_event(starts_on="2026-03-01")
    figure = factories.make_figure(park)
    citation = factories.make_citation(figure, source=source)
    path = settings.MEDIA_ROOT / PICTURE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    own = {
        "picture": lambda: [PICTURE],
        "sitemap_section": lambda: ["park"],
        "data_csv": lambda: ["parks"],
        "data_json": lambda: ["parks"],
        "citation_detail": lambda: [source.slug, citation.pk],
        "inquiry_receipt": lambda: [factories.make_inquiry().number],
    }

    def made(name):
        if name == "preview":
            return preview_path(factories.make_park(status="draft"))
        if name == "api/v1/<path:rest>":
            return "/api/v1/none/"
        if name.startswith("api_") and name.endswith("_detail"):
            kind = KINDS[name.removeprefix("api_").removesuffix("_detail")]
            return kind.api_path(kind.published().first())
        if name in own:
            return reverse(name, args=own[name]())
        if patterns()[name]:
            model = NAMED_BY_SLUG[name.partition("_")[0]]
            return reverse(name, args=[model.objects.published().first().slug])
        return reverse(name)

    return made


@pytest.fixture
def everybody():
    """A visitor, and one member of staff in each role, by what they are."""
    staff = {key: browser_of(make_staff(key)) for key in RoleKey.values}
    return {"visitor": Client(), **staff}


def answer(client, address, data=None, **extra):
    """Return what comes back, without what is made anew for each answer."""
    response = client.get(address, data or {}, **extra)
    body = b"".join(response) if response.streaming else response.content
    is_text = not response.get("Content-Type", "").startswith("application/pdf")
    return response.status_code, PRIVATE.sub(b"", body) if is_text else b""


def test_every_address_has_a_line():
    said = [name for names in listed().values() for name in names]
    there = [*patterns(), *(f"admin:{name}" for name in OWN_PAGES)]
    assert len(said) == len(set(said))
    assert (set(there) - set(said), set(said) - set(there)) == (set(), set()), TO_DO


def test_the_public_pages_answer_everybody_the_same(address, everybody):
    for name in listed()["everybody, in the same words"]:
        place = address(name)
        met = {who: answer(client, place, ASKED.get(name)) for who, client in everybody.items()}
        assert met["visitor"][0] == 200, name
        assert [who for who in met if met[who] != met["visitor"]] == [], name


def test_what_only_builders_see_is_nowhere_to_be_found_by_others(address, everybody, settings):
    for name in listed()["nobody"]:
        assert {answer(client, address(name))[0] for client in everybody.values()} == {404}, name
    settings.DEBUG = True
    assert everybody["visitor"].get(reverse("styleguide")).status_code == 200


def test_figures_of_operation_are_for_the_machine_itself_or_a_token(everybody, settings):
    settings.METRICS_TOKEN = "a-token"
    place = reverse("metrics")
    token = {"HTTP_AUTHORIZATION": "Bearer a-token"}
    for who, client in everybody.items():
        assert answer(client, place, **FROM_AFAR)[0] == 404, who
        assert answer(client, place, **FROM_AFAR, **token)[0] == 200, who
        assert answer(client, place, REMOTE_ADDR="127.0.0.1")[0] == 200, who
    assert listed()["the machine itself, and whoever has the token"] == ["metrics"]


def test_who_has_the_address_needs_no_account(address, everybody):
    for name in listed()["whoever has the address"]:
        place = address(name)
        met = {who: answer(client, place) for who, client in everybody.items()}
        assert met["visitor"][0] == 200, name
        assert [who for who in met if met[who] != met["visitor"]] == [], name
        changed = f"{place.rstrip('/')[:-1]}x/"
        assert answer(everybody["administrator"], changed)[0] == 404, name


def test_the_way_in_is_open_to_everybody(everybody):
    # Leaving comes last, and is a form's.
    for name in sorted(listed()["everybody, as the way in"], key=lambda name: name == LOGOUT):
        given = {"admin:password_reset_confirm": ["MQ", "x-y"]}.get(name, [])
        for who, client in everybody.items():
            ask = client.post if name == LOGOUT else client.get
            response = ask(reverse(name, args=given))
            assert response.status_code in (200, 302), (name, who)
            assert "/login/" not in response.get("Location", ""), (name, who)


def test_the_second_step_of_signing_in_is_for_who_has_taken_the_first(everybody):
    for name in listed()["whoever has signed in with the password"]:
        place = reverse(name)
        assert everybody["visitor"].get(place).status_code in (302, 404), name
        for key in RoleKey.values:
            assert everybody[key].get(place).status_code in (200, 302), (name, key)


def test_what_staff_have_of_themselves_is_for_every_role(everybody):
    for name in listed()["every member of staff, of themselves"]:
        place = reverse(name)
        method = "post" if name == "admin:recovery_file" else "get"
        asked = getattr(everybody["visitor"], method)(place)
        assert asked.status_code == 302, name
        assert asked["Location"].startswith("/admin/login/"), name
        for key in RoleKey.values:
            met = getattr(everybody[key], method)(place)
            assert met.status_code in (200, 302), (name, key)
            assert "/login/" not in met.get("Location", ""), (name, key)

"""The public site as a visitor meets it."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import make_park
from tests.pages.world import EVERY_ADDRESS, build
from tests.reference.test_pictures import picture_bytes

ADDRESSES = [*EVERY_ADDRESS, "/search/?q=nothing-like-it", "/spaces/?use=land", "/parks/?kind=x"]
PARTS = 4
"""In how many tests the addresses are opened, so that several processes can share them."""
WINDOWS = {375: 320, 1440: 1920}
"""The width in which a page is opened, for scripts to look at, → the furthest it must fit."""

OPEN_EVERYTHING = "document.querySelectorAll('details').forEach(part => { part.open = true })"


@pytest.fixture
def district(transactional_db):
    build(3)


def follow(page, link):
    """Click on a link and wait until the page that it leads to is there."""
    with page.expect_navigation():
        link.click()


def test_a_walk_from_home_to_belt_to_park_to_company(district, visit):
    page = visit(width=1440).open("/")
    follow(page, page.get_by_role("navigation", name="主导航").get_by_role("link", name="产业带"))
    follow(page, page.locator(".card").first.get_by_role("link").first)
    follow(page, page.locator(".node-list a").first)
    assert page.locator(".contact").is_visible()
    page.go_back()
    follow(page, page.locator(".breadcrumbs a").first)
    follow(page, page.locator(".ways").get_by_role("link", name="找地方"))
    follow(page, page.get_by_role("link", name="hub", exact=True))
    assert page.url.endswith("/parks/hub-park/")
    follow(page, page.locator(".record-main a[href*='/companies/']").first)
    assert "/companies/" in page.url
    assert page.locator(".contact").is_visible()


def test_a_node_of_the_drawing_leads_to_its_park(district, visit):
    page = visit(width=1440).open("/belts/hub-belt/")
    page.locator(".belt-across .belt-node").first.click()
    page.locator(".node-card-links a").first.click()
    page.wait_for_url("**/parks/*/")


def test_the_drawing_runs_down_on_a_phone_and_across_on_a_desk(district, visit):
    for width, shown, hidden in ((375, "down", "across"), (1440, "across", "down")):
        page = visit(width=width).open("/belts/hub-belt/")
        assert page.locator(f".belt-{shown}").is_visible()
        assert page.locator(f".belt-{hidden}").is_hidden()


def test_the_keyboard_reaches_the_content_first(district, visit):
    page = visit(width=1440).open("/parks/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_switch_leads_to_the_same_page_in_the_other_language(district, visit):
    page = visit(width=375).open("/parks/?kind=complex")
    follow(page, page.get_by_role("link", name="English"))
    assert page.url.endswith("/en/parks/?kind=complex")
    follow(page, page.get_by_role("link", name="中文"))
    assert page.url.endswith("/parks/?kind=complex")
    assert "/en/" not in page.url


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_fits_its_window_and_has_no_barriers(district, visit, language, part):
    visitor = visit(width=375)
    found = {}
    for address in ADDRESSES[part::PARTS]:
        for width, furthest in WINDOWS.items():
            visitor.resize(width)
            visitor.open(language + address)
            for scheme in ("light", "dark"):
                visitor.page.emulate_media(color_scheme=scheme)
                if violations := visitor.violations():
                    found[address, width, scheme] = violations
            visitor.page.evaluate(OPEN_EVERYTHING)
            for each in (width, furthest):
                visitor.resize(each)
                if sideways := visitor.sideways():
                    found[address, each] = f"{sideways} pixels too wide"
    assert found == {}


def test_axe_finds_nothing_wrong_where_nothing_is_published(transactional_db, visit):
    visitor = visit(width=375)
    for address in ("/", "/parks/", "/figures/", "/compare/", "/data/", "/inquiries/new/"):
        visitor.open(address)
        assert visitor.violations() == [], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stands_where_nothing_is_found_can_be_read(transactional_db, visit, scheme):
    make_park(name="未来岛")
    visitor = visit(width=1440, scheme=scheme)
    for address in ("/search/?q=weilia", "/en/search/?q=weilia", "/spaces/", "/talent/"):
        page = visitor.open(address)
        assert page.locator(".empty a").count() >= 2
        assert visitor.violations() == [], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_an_empty_field_says_can_be_read(transactional_db, visit, scheme):
    visitor = visit(width=1440, scheme=scheme)
    visitor.open("/search/")
    assert visitor.contrast("[placeholder]", part="::placeholder") >= 4.5


def test_axe_finds_nothing_wrong_with_the_page_for_what_is_missing(transactional_db, visit):
    visitor = visit(width=375)
    visitor.page.goto(f"{visitor.root}/parks/none/")
    assert visitor.violations() == []
    visitor.complaints.clear()


def test_pictures_load_and_what_machines_read_breaks_no_rule(transactional_db, visit):
    upload = SimpleUploadedFile("p.jpg", picture_bytes(size=(1200, 800)))
    park = make_park(picture=upload, picture_alt="大门")
    visitor = visit(width=375)
    page = visitor.open(park.get_absolute_url())
    shown = page.get_by_role("img", name="大门")
    assert shown.evaluate("image => image.currentSrc").endswith("-480.webp")
    assert shown.evaluate("image => image.naturalWidth") > 0
    graph = page.locator("script[type='application/ld+json']").text_content()
    assert json.loads(graph)["@graph"][0]["@type"] == "Place"

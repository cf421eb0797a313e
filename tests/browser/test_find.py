"""Finding as a visitor does it: lists that follow the choices, and names suggested while typing."""

import pytest

from tests.factories import make_company, make_industry, make_park
from tests.pages.world import build

CARDS = ".card h2"


@pytest.fixture
def parks(transactional_db):
    robots = make_industry(slug="robots", name="机器人")
    make_park(slug="one", name="未来一号", name_en="Park One", kind="tower", industries=[robots])
    make_park(slug="two", name="未来二号", kind="tower")
    make_park(slug="three", name="未来三号", kind="complex")
    make_company(slug="company", name="未来企业")


def names(page):
    return page.locator(CARDS).all_inner_texts()


def wait_for_tally(page, text):
    page.locator("#tally").get_by_text(text).wait_for()


def test_a_list_follows_each_choice_and_keeps_the_keyboard_where_it_is(parks, visit):
    page = visit(width=1440).open("/parks/?sort=name")
    page.locator("#id_kind_tower").focus()
    page.keyboard.press("Space")
    wait_for_tally(page, "共 2 条")
    assert names(page) == ["未来二号", "未来一号"]
    assert page.url.endswith("/parks/?sort=name&kind=tower")
    assert page.evaluate("document.activeElement.id") == "id_kind_tower"
    assert page.locator("#facets").get_by_label("机器人").count() == 1

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.locator("#id_kind_complex").check()
    wait_for_tally(page, "共 3 条")
    assert page.locator(".active-filters .chips a").count() == 2
    assert (
        page.get_by_role("link", name="English")
        .get_attribute("href")
        .endswith("kind=complex&kind=tower")
    )

    page.go_back()
    wait_for_tally(page, "共 2 条")
    assert page.locator("#id_kind_complex").is_checked() is False
    page.get_by_role("link", name="全部清除").click()
    wait_for_tally(page, "共 3 条")
    assert page.url.endswith("/parks/")


def test_a_list_follows_the_words_typed_without_losing_them(parks, visit):
    page = visit(width=1440).open("/parks/")
    page.locator("#id_q").press_sequentially("yihao", delay=60)
    wait_for_tally(page, "共 1 条")
    assert page.url.endswith("/parks/?q=yihao")
    assert page.locator("#id_q").input_value() == "yihao"
    assert page.evaluate("document.activeElement.id") == "id_q"


def test_the_same_form_works_without_scripts(parks, browser, live_server):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 900})
    page = context.new_page()
    page.goto(f"{live_server.url}/parks/")
    page.locator(".facets > summary").click()
    page.locator("#id_kind_complex").check()
    with page.expect_navigation():
        page.locator(".filter-actions button").click()
    assert names(page) == ["未来三号"]
    page.goto(f"{live_server.url}/")
    page.locator("#site-search").fill("企业")
    with page.expect_navigation():
        page.locator("#site-search").press("Enter")
    assert page.get_by_role("link", name="未来企业").count() == 1
    context.close()


def test_facets_are_folded_on_a_phone_and_open_beside_the_results(parks, visit):
    phone = visit(width=375).open("/parks/")
    assert phone.locator("#id_kind_tower").is_hidden()
    phone.locator(".facets > summary").click()
    assert phone.locator("#id_kind_tower").is_visible()
    desk = visit(width=1440).open("/parks/")
    assert desk.locator(".facets > summary").is_hidden()
    facets, results = (desk.locator(part).bounding_box() for part in ("#facets", "#results"))
    assert facets["x"] + facets["width"] <= results["x"]


def test_the_tail_of_a_facet_stays_open(transactional_db, visit):
    for number in range(10):
        make_park(kind="tower", industries=[make_industry(slug=f"industry-{number}")])
    page = visit(width=1440).open("/parks/")
    rest = page.get_by_role("link", name="还有 4 项")
    following = rest.get_attribute("data-next")
    rest.press("Enter")
    page.locator(f"#{following}").wait_for()
    assert page.evaluate("document.activeElement.id") == following
    assert page.url.endswith("/parks/?more=industry")
    page.locator("#id_kind_tower").check()
    page.locator(".active-filters").wait_for()
    assert page.locator(f"#{following}").is_visible()
    assert page.locator("#facet-industry input[type=checkbox]").count() == 10


def active(page):
    """Return the text of the suggestion that the keyboard has reached."""
    pointed = page.locator("#site-search").get_attribute("aria-activedescendant")
    return page.locator(f"#{pointed}").inner_text().split()[0] if pointed else None


def test_suggestions_are_reached_by_the_keyboard(parks, visit):
    visitor = visit(width=1440)
    page = visitor.open("/")
    box, options = page.locator("#site-search"), page.locator("#site-search-suggestions a")
    assert box.get_attribute("aria-expanded") == "false"
    box.press_sequentially("wei", delay=60)
    options.first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("option").count() == 4
    assert active(page) is None
    assert visitor.violations() == []

    box.press("ArrowDown")
    assert active(page) == "未来二号"
    assert page.get_by_role("option", selected=True).count() == 1
    box.press("ArrowUp")
    assert active(page) is None
    box.press("ArrowUp")
    assert active(page) == "未来企业"
    box.press("Escape")
    assert options.first.is_hidden()
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "wei"
    box.press("ArrowDown")
    box.press("ArrowDown")
    box.press("ArrowDown")
    with page.expect_navigation():
        box.press("Enter")
    assert page.url.endswith("/parks/one/")


def edges(page, selector):
    """Return how wide the edges are that tell a place from others where colours are forced."""
    return page.locator(selector).evaluate_all("""places => places.map(place => {
        const style = getComputedStyle(place);
        return Math.max(...["borderBottom", "outline"].map(
            edge => style[edge + "Style"] === "solid" ? parseFloat(style[edge + "Width"]) : 0
        ));
    })""")


def test_what_is_current_is_told_from_the_rest_in_forced_colours(parks, visit):
    page = visit(width=1440, forced="active").open("/search/?q=未来")
    assert edges(page, ".languages a") == [3, 0]
    assert edges(page, ".kinds a") == [3, 0, 0]
    page.locator("#query").press_sequentially(" ", delay=60)
    page.locator("#query-suggestions a").first.wait_for()
    page.locator("#query").press("ArrowDown")
    assert edges(page, "#query-suggestions a")[:2] == [3, 0]
    page.goto(page.url.partition("/search/")[0] + "/parks/")
    assert sorted(set(edges(page, ".main-nav a"))) == [0, 3]


def test_enter_without_a_suggestion_searches(parks, visit):
    page = visit(width=375).open("/")
    page.locator("#site-search").fill("未来")
    page.locator("#site-search-suggestions a").first.wait_for()
    with page.expect_navigation():
        page.locator("#site-search").press("Enter")
    assert "/search/?q=" in page.url
    assert page.locator("mark").first.inner_text() == "未来"


def test_a_suggestion_can_be_clicked_and_leaving_the_box_closes_it(parks, visit):
    page = visit(width=1440).open("/search/")
    page.locator("#query").fill("未来企业")
    option = page.locator("#query-suggestions a")
    option.wait_for()
    page.locator("h1").click()
    assert option.is_hidden()
    page.locator("#query").fill("未来企")
    option.wait_for()
    with page.expect_navigation():
        option.click()
    assert page.url.endswith("/companies/company/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_finding_has_no_barriers_and_fits(transactional_db, visit, width, scheme):
    build(10)
    visitor = visit(width=width, scheme=scheme)
    found = {}
    for address in (
        "/parks/?kind=complex&q=hub&kind=castle",
        "/en/companies/?country=DE&sort=name",
        "/search/?q=hub",
        "/en/search/?q=hub&kind=company",
        "/search/?q=habb",
    ):
        visitor.open(address)
        for part in visitor.page.locator("summary:visible").all():
            part.click()
        if wrong := [*visitor.violations(), *filter(None, [visitor.sideways()])]:
            found[address] = wrong
    assert found == {}

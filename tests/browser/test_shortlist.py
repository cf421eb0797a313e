"""A visitor's shortlist: marked by mouse or keyboard, kept in the browser, compared by address."""

import pytest

from tests.factories import make_incubator, make_park, make_space


@pytest.fixture
def places(transactional_db):
    for number in range(5):
        park = make_park(slug=f"park-{number}", name=f"园区{number}", pinyin=f"a{number}")
    make_incubator(slug="hub", name="某孵化器", park=park)
    make_space(slug="room", name="某房源", park=park)


def marks(page):
    return page.evaluate("localStorage.getItem('shortlist')")


def pressed(page):
    return page.locator(".mark-toggle[aria-pressed=true]").count()


def test_marks_stay_across_pages_and_are_compared(places, visit):
    page = visit(width=1440).open("/parks/")
    assert page.locator("#shortlist").is_hidden()
    assert page.locator(".compare-tick").first.is_hidden()
    page.get_by_role("button", name="：园区0").click()
    page.get_by_role("button", name="：园区1").click()
    assert page.locator(".shortlist-count").inner_text() == "已选 2 处"
    page.goto(page.url.replace("/parks/", "/incubators/hub/"))
    page.get_by_role("button", name="：某孵化器").click()
    assert page.locator(".shortlist-count").inner_text() == "已选 3 处"
    assert marks(page) == "park=park-0&park=park-1&incubator=hub"
    with page.expect_navigation():
        page.locator("#shortlist").get_by_role("link", name="对比").click()
    assert page.url.endswith("/compare/?park=park-0&park=park-1&incubator=hub")
    assert page.locator("table.compare").count() == 2


def test_a_mark_is_taken_off_as_it_was_put_on(places, visit):
    page = visit(width=375).open("/parks/park-3/")
    toggle = page.get_by_role("button", name="：园区3")
    toggle.click()
    assert toggle.get_attribute("aria-pressed") == "true"
    page.reload()
    assert toggle.get_attribute("aria-pressed") == "true"
    toggle.click()
    assert toggle.get_attribute("aria-pressed") == "false"
    assert page.locator("#shortlist").is_hidden()


def test_the_keyboard_marks_compares_and_clears(places, visit):
    page = visit(width=1440).open("/spaces/")
    toggle = page.get_by_role("button", name="：某房源")
    toggle.focus()
    page.keyboard.press("Space")
    assert pressed(page) == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "清空"
    page.keyboard.press("Shift+Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/compare/?space=room")
    page.go_back()
    page.locator(".shortlist-clear").focus()
    page.keyboard.press("Enter")
    assert page.locator("#shortlist").is_hidden()
    assert pressed(page) == 0
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_fifth_of_a_kind_is_refused_with_a_reason(places, visit):
    page = visit(width=1440).open("/parks/")
    for number in range(5):
        page.get_by_role("button", name=f"：园区{number}").click()
    assert pressed(page) == 4
    assert page.locator(".shortlist-count").inner_text() == "每类最多四处，请先取消一处。"


def test_what_is_taken_out_of_the_comparison_is_no_longer_marked(places, visit):
    page = visit(width=1440).open("/parks/")
    for number in (0, 1):
        page.get_by_role("button", name=f"：园区{number}").click()
    with page.expect_navigation():
        page.locator("#shortlist a").click()
    with page.expect_navigation():
        page.get_by_role("link", name="：园区0").click()
    assert page.url.endswith("/compare/?park=park-1")
    assert marks(page) == "park=park-1"


def test_one_more_is_chosen_from_a_list(places, visit):
    page = visit(width=375).open("/compare/?park=park-0")
    page.get_by_label("添加园区").select_option("园区4")
    with page.expect_navigation():
        page.get_by_role("button", name="加入对比").click()
    assert page.locator("table.compare thead a:not(.compare-remove)").all_inner_texts() == [
        "园区0",
        "园区4",
    ]


def test_without_scripts_ticked_places_are_compared(places, visit):
    page = visit(width=1440, scripts=False).open("/parks/")
    assert page.locator(".mark-toggle").first.is_hidden()
    for position in (0, 1):
        page.locator(".compare-tick input").nth(position).check()
    with page.expect_navigation():
        page.locator(".compare-bar button").click()
    assert page.url.endswith("/compare/?park=park-0&park=park-1")
    with page.expect_navigation():
        page.get_by_role("link", name="略去相同的项目").click()
    assert page.get_by_text("各项都相同，或都未公布。").is_visible()


def test_a_browser_that_keeps_nothing_has_the_tick_boxes(places, visit):
    visitor = visit(width=1440)
    visitor.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }});"
    )
    page = visitor.open("/parks/")
    assert page.locator(".compare-tick").first.is_visible()
    assert page.locator(".mark-toggle").first.is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1440])
def test_axe_finds_nothing_wrong_with_marks(places, visit, width, scheme):
    visitor = visit(width=width, scheme=scheme)
    visitor.open("/parks/").locator(".mark-toggle").first.click()
    assert visitor.violations() == []
    assert visitor.sideways() == 0
    for address in ("/parks/park-0/", "/compare/?park=park-0&park=park-1&park=park-2&park=park-3"):
        visitor.open(address)
        assert visitor.violations() == []
        assert visitor.sideways() == 0

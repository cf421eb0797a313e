"""The belt's drawing in a real browser: nodes, their cards, and the way back."""

import pytest

from tests.factories import make_belt, make_home, make_node, make_park

BELT = "/belts/belt/"


@pytest.fixture
def belt(transactional_db):
    make_home()
    belt = make_belt(slug="belt", start_point="起点路", end_point="终点路")
    for number, name in enumerate(["甲园", "乙园", "丙园"]):
        make_node(belt=belt, park=make_park(slug=f"park-{number}", name=name), position=number)
    return belt


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


def test_the_keyboard_opens_a_card_and_escape_leads_back_to_the_node(belt, visit):
    page = visit(width=1440).open(BELT)
    page.evaluate("window.isSamePage = true")
    page.locator(".belt-across .belt-node").first.focus()
    page.keyboard.press("Tab")
    assert "乙园" in focused(page)
    page.keyboard.press("Enter")
    page.wait_for_selector(".node-card")
    assert focused(page) == "乙园"
    assert page.evaluate("document.activeElement.tagName") == "H3"
    assert page.url.endswith("?node=park-1")
    assert page.locator(".belt-across [aria-current]").get_attribute("data-node") == "park-1"
    page.keyboard.press("Escape")
    page.wait_for_selector(".node-card", state="detached")
    assert page.url.endswith(BELT)
    page.locator(".belt-across [data-node=park-1]:focus").wait_for()
    assert page.evaluate("window.isSamePage") is True


def test_each_node_of_the_list_can_be_hit_by_a_finger(belt, visit):
    links = visit(width=375).open(BELT).locator(".node-list a")
    assert [link.bounding_box()["height"] >= 24 for link in links.all()] == [True] * 3


def test_back_and_forward_follow_the_cards(belt, visit):
    page = visit(width=1440).open(BELT)
    for number in (0, 2):
        page.locator(f".belt-across [data-node=park-{number}]").click()
        page.wait_for_url(f"**?node=park-{number}")
    page.go_back()
    page.locator(".node-card h3", has_text="甲园").wait_for()
    page.go_back()
    page.wait_for_selector(".node-card", state="detached")
    # Going back loads the page anew; before that is over, going forward would be lost.
    page.wait_for_load_state("networkidle")
    page.go_forward()
    page.locator(".node-card h3", has_text="甲园").wait_for()


def test_a_link_to_a_card_opens_it_and_it_can_be_closed(belt, visit):
    page = visit(width=375).open(f"{BELT}?node=park-2")
    assert focused(page) == "丙园"
    page.locator(".node-card-close").click()
    page.wait_for_selector(".node-card", state="detached")
    page.locator(".belt-down [data-node=park-2]:focus").wait_for()


def test_cards_open_without_scripts(belt, browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + BELT)
    page.locator(".belt-across .belt-node").first.click()
    assert page.url.endswith("?node=park-0")
    assert page.locator(".node-card h3").inner_text() == "甲园"
    page.locator(".node-card-close").click()
    assert page.locator(".node-card").count() == 0
    context.close()


def test_a_click_for_a_new_tab_opens_one(belt, visit):
    visitor = visit(width=1440)
    page = visitor.open(BELT)
    with visitor.context.expect_page() as opened:
        page.locator(".belt-across .belt-node").first.click(modifiers=["Control"])
    assert opened.value.url.endswith("?node=park-0")
    assert page.url.endswith(BELT)


def test_a_card_that_cannot_be_fetched_is_left_to_the_browser(belt, visit):
    visitor = visit(width=1440)
    page = visitor.open(BELT)
    page.route("**/*node=*", lambda route: route.abort("failed"), times=1)
    page.locator(".belt-across .belt-node").first.click()
    page.wait_for_selector(".node-card")
    visitor.complaints.clear()


def test_labels_do_not_touch_each_other_as_the_browser_sets_them(belt, visit):
    for number in range(3, 12):
        park = make_park(name="未来岛高新技术产业园", name_en="Weilaidao High-Tech Industrial Park")
        make_node(belt=belt, park=park, position=number, role="backbone")
    for prefix, width in (("", 1440), ("/en", 1440), ("/en", 375)):
        page = visit(width=width).open(prefix + BELT)
        crossed = page.evaluate(
            """() => {
              const shown = [...document.querySelectorAll(".belt-svg")].find(
                (svg) => svg.getClientRects().length);
              const boxes = [...shown.querySelectorAll("text")].map(
                (text) => text.getBoundingClientRect());
              return boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) =>
                one.left < other.right && other.left < one.right &&
                one.top < other.bottom && other.top < one.bottom)).length;
            }"""
        )
        assert crossed == 0, (prefix, width)
        assert page.locator(".belt-svg:visible text").count() == 14

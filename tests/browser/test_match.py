"""The four questions as a visitor answers them."""

import pytest

from tests.factories import make_home, make_incubator, make_industry, make_park, make_space


@pytest.fixture
def places(transactional_db):
    make_home(name="某区")
    make_industry(slug="health", name="生命健康")
    park = make_park(slug="fitting", name="合适园区", stage="operating")
    make_incubator(name="园内孵化器", park=park, stage="operating")
    make_space(park=park, use="laboratory", floor_area_sqm=900)
    make_park(slug="other", name="另一园区")


def test_the_questions_are_answered_by_keyboard_alone(places, visit):
    page = visit(width=1440).open("/match/")
    page.get_by_label("产业", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("500")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/match/?industry=health&use=laboratory&area_sqm=500&team_size=&stage=idea")
    first = page.locator(".match").first
    assert first.get_by_role("heading").inner_text().strip() == "合适园区"
    first.get_by_role("link", name="带着这些需要咨询").press("Enter")
    page.wait_for_url(
        "**/inquiries/new/?park=fitting&industry=health&use=laboratory&area_sqm=500&stage=idea"
    )


def test_the_switch_keeps_the_answers(places, visit):
    page = visit(width=375).open("/match/?use=laboratory&area_sqm=500")
    with page.expect_navigation():
        page.get_by_role("link", name="English").click()
    assert page.url.endswith("/en/match/?use=laboratory&area_sqm=500")
    assert page.locator("#id_area_sqm").input_value() == "500"

"""The form for enquiries in a real browser, by keyboard, with mistakes and in haste."""

import pytest

from promotion.models import Inquiry
from tests.factories import make_park, make_privacy_notice

ADDRESS = "/inquiries/new/?park=some-park"


@pytest.fixture
def form(transactional_db, visit):
    """Return what opens the form, long enough ago for a person to have filled it in."""
    make_privacy_notice()
    make_park(slug="some-park", name="某园区")

    def open_form(**options):
        visitor = visit(**options)
        visitor.open(ADDRESS)
        visitor.page.wait_for_timeout(2100)
        return visitor

    return open_form


def press(page, keys):
    for key in keys:
        page.keyboard.press(key)


def focused(page):
    return page.evaluate("document.activeElement.id")


def send(page):
    with page.expect_navigation():
        page.get_by_role("button", name="提交咨询").press("Enter")


def test_the_form_is_filled_in_and_sent_by_keyboard_alone(form):
    page = form(width=1440).page
    page.locator("#id_about_0").focus()
    for expected, typed in (
        ("id_organisation", "某公司"),
        ("id_country", None),
        ("id_industry", None),
        ("id_other_industry", None),
        ("id_sought", "办公"),
        ("id_floor_area_min_sqm", "200"),
        ("id_floor_area_max_sqm", "500"),
        ("id_headcount", None),
        ("id_timing", None),
        ("id_message", "你好"),
        ("id_contact_name", "某人"),
        ("id_email", None),
        ("id_phone", "021"),
        ("id_language", None),
    ):
        page.keyboard.press("Tab")
        assert focused(page) == expected
        if typed == "办公":
            page.keyboard.press("ArrowDown")
        elif typed:
            page.keyboard.insert_text(typed)
    press(page, ["Tab", "Tab"])
    assert focused(page) == "id_consent"
    press(page, ["Space", "Tab"])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    inquiry = Inquiry.objects.get()
    assert page.url.endswith(f"/inquiries/{inquiry.number}/")
    assert page.get_by_text(inquiry.number).is_visible()
    assert (inquiry.organisation, inquiry.sought, inquiry.phone) == ("某公司", "office", "021")
    assert [subject.name for subject in inquiry.subjects.all()] == ["某园区"]


def test_mistakes_are_told_first_and_each_leads_to_its_field(form):
    for width, scheme in ((375, "light"), (1440, "dark")):
        visitor = form(width=width, scheme=scheme)
        page = visitor.page
        page.fill("#id_message", "已经写好的话")
        send(page)
        assert focused(page) == "errors"
        assert page.locator("#errors li").count() == 5
        page.get_by_role("link", name="单位名称").click()
        assert focused(page) == "id_organisation"
        assert page.input_value("#id_message") == "已经写好的话"
        assert page.get_attribute("#id_organisation", "aria-describedby") == "id_organisation_error"
        assert (visitor.violations(), visitor.sideways()) == ([], 0)


def test_a_double_click_makes_one_enquiry(form):
    page = form(width=375).page
    page.fill("#id_organisation", "某公司")
    page.select_option("#id_sought", "other")
    page.fill("#id_contact_name", "某人")
    page.fill("#id_email", "a@example.com")
    page.check("#id_consent")
    page.get_by_role("button", name="提交咨询").dblclick()
    page.wait_for_url("**/inquiries/2*/")
    assert Inquiry.objects.count() == 1


def test_nobody_sees_or_reaches_what_is_left_for_programs(form):
    page = form(width=375).page
    assert page.locator("#homepage").is_hidden()
    assert page.get_by_role("textbox", name="请不要填写").count() == 0


def test_the_receipt_has_no_barriers(form):
    visitor = form(width=320)
    page = visitor.page
    page.fill("#id_organisation", "某公司")
    page.select_option("#id_sought", "other")
    page.fill("#id_contact_name", "某人")
    page.fill("#id_phone", "021")
    page.check("#id_consent")
    send(page)
    assert (visitor.violations(), visitor.sideways()) == ([], 0)

"""A day at the editorial desk, and a year later: cited, refused, mended, approved, overdue."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from parks.models import Park
from promotion.reference.models import Citation
from tests.editorial.conftest import make_user
from tests.factories import make_citation, make_park, make_source, make_text

PASSWORD = "a-password-for-tests"


@pytest.fixture
def sign_in(transactional_db, visit):
    """Return what opens a window of a member of staff who is signed in."""

    def open_window(name, *rights):
        user = make_user(name, *rights)
        user.set_password(PASSWORD)
        user.save()
        visitor = visit(width=1440)
        page = visitor.open("/admin/login/?next=/admin/")
        page.fill("#id_username", name)
        page.fill("#id_password", PASSWORD)
        with page.expect_navigation():
            page.click("[type=submit]")
        return visitor

    return open_window


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def test_a_fact_is_cited_refused_mended_approved_and_a_year_later_overdue(sign_in, visit):
    park = make_park(slug="park", name="某园", summary="某园在桃浦。")
    source = make_text(make_source(name="某报道"), "某园在桃浦镇。", "某园全长约2.5公里。")
    make_citation(park, source=source, paragraph=1, excerpt="某园")
    editor, reviewer = sign_in("editor"), sign_in("reviewer", "publish_records")
    form = f"/admin/parks/park/{park.pk}/change/"

    page = editor.open(f"/admin/cite/?subject=parks.park:{park.pk}&source={source.pk}")
    page.get_by_label("支持的内容").select_option("summary")
    page.locator("#id_paragraph").fill("1")
    page.locator("#id_excerpt").fill("桃浦镇")
    press(page, "引用")
    expect(page.locator(".messagelist")).to_contain_text("已送审")
    assert not Citation.objects.filter(excerpt="桃浦镇").exists()

    page = editor.open(form)
    page.locator("#id_summary").fill("某园在桃浦镇，占地很大。")
    press(page, "保存")
    expect(page.locator(".messagelist")).to_contain_text("已送审")
    assert editor.violations() == []

    page = reviewer.open("/admin/reviews/")
    assert reviewer.violations() == []
    with page.expect_navigation():
        page.locator("th a", has_text="某园").click()
    expect(page.locator("ins", has_text="占地很大")).to_be_visible()
    assert reviewer.violations() == []
    page.locator("#review-reason").fill("“占地很大”没有出处，请删去。")
    press(page, "退回")

    page = editor.open(form)
    expect(page.locator(".editorial-refusal")).to_contain_text("请删去")
    page.locator("#id_summary").fill("某园在桃浦镇。")
    press(page, "保存")

    public = visit(width=1440)
    assert "某园在桃浦镇。" not in public.open("/parks/park/").locator("main").inner_text()
    page = reviewer.open(f"/admin/parks/park/{park.pk}/review/")
    press(page, "通过并公开")
    assert "某园在桃浦镇。" in public.open("/parks/park/").locator("main").inner_text()
    assert Citation.objects.get(excerpt="桃浦镇").subject == park

    page = reviewer.open("/admin/parks/park/")
    page.locator(f"input.action-select[value='{park.pk}']").check()
    page.locator("select[name=action]").select_option("confirm")
    press(page, "执行")
    expect(reviewer.open("/admin/overdue/").locator("#content")).not_to_contain_text("某园")

    # A year passes: what was noted today lies as far back.
    park.refresh_from_db()
    year = Park.review_interval() + datetime.timedelta(days=1)
    assert (park.verified_on, park.review_by) == (
        timezone.localdate(),
        timezone.localdate() + Park.review_interval(),
    )
    Park.objects.filter(pk=park.pk).update(
        verified_on=park.verified_on - year, review_by=park.review_by - year
    )
    expect(reviewer.open("/admin/overdue/").locator("#content")).to_contain_text("某园")
    assert "1 年前" in public.open("/parks/park/").locator("main").inner_text().replace("\xa0", " ")

"""Pages about the site itself: written by staff, in every footer, and free of code."""

import pytest

from tests.factories import (
    make_sitepage,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice")]


def test_pages_about_the_site_stand_in_every_footer_once_public(client):
    make_sitepage(
        slug="accessibility", name="无障碍声明", body="## 目标\n\n- 一\n\n[链接](/parks/)"
    )
    make_sitepage(slug="hidden", name="未公开的说明", status="draft")
    text = client.get("/parks/").text
    assert '<a href="/about/privacy/">隐私说明</a>' in text
    assert '<a href="/about/accessibility/">无障碍声明</a>' in text
    assert "未公开的说明" not in text
    assert client.get("/about/hidden/").status_code == 404
    page = client.get("/about/accessibility/").text
    for html in (
        "<h2>目标</h2>",
        "<li>一</li>",
        '<a href="/parks/" rel="noopener noreferrer">链接',
    ):
        assert html in page


def test_no_page_about_the_site_can_carry_code(client):
    make_sitepage(
        slug="evil",
        body="<script>alert(1)</script>\n\n<p style='x' onclick='y'>甲</p>\n\n[乙](javascript:z)",
    )
    page = client.get("/about/evil/").text
    for code in ("<script>alert", "alert(1)", "onclick", "style=", "javascript:"):
        assert code not in page
    assert "甲" in page

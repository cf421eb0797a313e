"""Whoever holds the link sees the page as it would be; nobody else, and nothing stays."""

import time
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from parks.models import Park
from promotion.reference.editorial.previews import preview_path
from tests import factories
from tests.editorial.test_workflow import fill, page

pytestmark = pytest.mark.django_db


def test_a_draft_is_seen_through_its_link_alone():
    park = factories.make_park(name="甲园区", summary="还没公开。", status="draft")
    response = Client().get(preview_path(park))
    assert response.status_code == 200
    assert "还没公开。" in response.text
    assert "这一页还没有这样公开" in response.text
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert Client().get(park.get_absolute_url()).status_code == 404
    park.refresh_from_db()
    assert park.status == "draft"


def test_a_preview_shows_what_waits_and_the_page_does_not(desk):
    park = factories.make_park(summary="原来的简介。", summary_en="The old summary.")
    fill(desk, park, summary="改过的简介。", summary_en="The new summary.")
    assert "改过的简介。" in Client().get(preview_path(park)).text
    assert "原来的简介。" in Client().get(park.get_absolute_url()).text
    with translation.override("en"):
        english = preview_path(park)
    assert english.startswith("/en/")
    assert "The new summary." in Client().get(english).text
    assert Park.objects.get().summary == "原来的简介。"


def test_a_part_of_a_draft_is_shown_with_its_owner():
    program = factories.make_program(status="draft")
    measure = factories.make_measure(program=program, name="甲举措", status="published")
    assert measure.name in Client().get(preview_path(program)).text


@pytest.mark.parametrize("token", ["x", "x:y:z", "W10:1:2", "%00"])
def test_a_link_that_was_tampered_with_shows_nothing(token):
    response = Client().get(f"/preview/{token}/")
    assert response.status_code == 404
    assert "预览链接不完整或已过期" in response.text


@pytest.mark.parametrize(("hours", "is_open"), [(71, True), (73, False)])
def test_a_link_expires(settings, monkeypatch, hours, is_open):
    settings.PREVIEW_DAYS = 3
    park = factories.make_park(status="draft", summary="还没公开。")
    made_at = time.time() - hours * 60 * 60
    with monkeypatch.context() as then:
        then.setattr(time, "time", lambda: made_at)
        link = preview_path(park)
    assert ("还没公开。" in Client().get(link).text) is is_open


def test_what_was_signed_for_another_purpose_opens_nothing():
    park = factories.make_park(status="draft", summary="还没公开。")
    token = signing.dumps([park._meta.label_lower, park.pk], compress=True)
    assert "还没公开。" not in Client().get(reverse("preview", args=[token])).text


@pytest.mark.parametrize(
    "window", [{"publish_at": timedelta(days=1)}, {"expires_at": -timedelta(days=1)}]
)
def test_what_is_not_yet_or_no_longer_published_is_shown_through_its_link(window):
    moments = {name: timezone.now() + away for name, away in window.items()}
    park = factories.make_park(summary="不在发布期内。", **moments)
    assert Client().get(park.get_absolute_url()).status_code == 404
    assert "不在发布期内。" in Client().get(preview_path(park)).text
    park.refresh_from_db()
    assert {name: getattr(park, name) for name in moments} == moments


def test_the_form_offers_the_link(desk):
    park = factories.make_park(status="draft")
    html = desk.get(page(park, "change")).text
    assert reverse("preview", args=["x"]).removesuffix("x/") in html

"""That staff read of a published record whether the public sees it, and if not, why and when."""

import datetime

import pytest
from django.contrib import admin
from django.utils import timezone

from parks.models import Park
from promotion.models import Measure
from promotion.reference.admin_bases import RecordAdmin
from promotion.reference.publication import held_back, is_public, set_status, standing
from tests.editorial.test_workflow import decide, fill
from tests.factories import make_measure, make_mentor, make_park, make_program, make_ready
from tests.test_admin import admin_url, run_action

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def words_of(at):
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


@pytest.fixture(params=["expired", "scheduled"])
def timed(request):
    """Dates that keep a published record from the public, and what is said of it."""
    now = timezone.now()
    if request.param == "expired":
        return {"expires_at": now - DAY}, f"已发布，但已于 {words_of(now - DAY)} 到期，不公开"
    return {"publish_at": now + DAY}, f"已定时，{words_of(now + DAY)} 起公开"


def test_what_is_said_is_what_the_public_sees():
    now = timezone.now()
    draft = make_program(status="draft")
    rows = [
        make_park(),
        make_park(status="draft"),
        make_park(publish_at=now - DAY, expires_at=now + DAY),
        make_park(expires_at=now - DAY),
        make_park(publish_at=now + DAY),
        make_measure(),
        make_measure(program=draft),
        make_measure(program=make_program(expires_at=now - DAY)),
        make_mentor(),
    ]
    for row in rows:
        assert (standing(row) == "已发布") == is_public(row)
    assert standing(rows[1]) == "草稿"
    assert standing(rows[6]) == f"已发布，但“{draft}”公开后才公开"


def test_the_list_and_the_action_say_that_what_is_published_is_not_public(reviewer_desk, timed):
    dates, words = timed
    held, plain = make_ready(make_park, **dates), make_ready(make_park)
    text = run_action(reviewer_desk, Park, "publish", [held, plain])
    assert f"1 条记录已改为“{words}”。" in text
    assert "1 条记录已改为“已发布”。" in text
    assert f'<td class="field-standing">{words}</td>' in text
    assert '<td class="field-standing">已发布</td>' in text


def test_publishing_by_the_form_says_that_the_record_is_not_public(reviewer_desk, timed):
    dates, words = timed
    park = make_ready(make_park, name="甲园区", **dates)
    text = fill(reviewer_desk, park, button="_publish").text
    assert f"“甲园区”{words}。" in text
    assert "“甲园区”已发布。" not in text
    set_status([park], "draft")
    assert f"“甲园区”{words}。" in fill(reviewer_desk, park, status="published").text
    form = reviewer_desk.get(admin_url(Park, "change", park.pk))
    assert f"<strong>{words}</strong>" in form.text


def test_an_approval_says_that_the_record_is_not_public(desk, reviewer_desk, timed):
    dates, words = timed
    park = make_ready(make_park, name="甲园区", **dates)
    fill(desk, park, button="_submit")
    text = decide(reviewer_desk, park, "approve").text
    assert f"“甲园区”{words}。" in text
    assert "现在的页面就是审核过的内容" not in text
    fill(desk, park, summary="改过的简介。")
    text = decide(reviewer_desk, park, "approve").text
    assert f"“甲园区”{words}。" in text
    assert "现在的页面就是审核过的内容" not in text


def test_a_measure_of_a_draft_is_published_and_waits_for_it(reviewer_desk):
    measure = make_ready(make_measure, program=make_program(name="某计划", status="draft"))
    text = run_action(reviewer_desk, Measure, "publish", [measure])
    assert "1 条记录已改为“已发布，但“某计划”公开后才公开”。" in text
    measure.refresh_from_db()
    assert held_back(measure)


def test_lists_fetch_the_owners_that_they_speak_of():
    for model, model_admin in admin.site._registry.items():
        if isinstance(model_admin, RecordAdmin):
            fetched = [f"{path}__" for path in model_admin.list_select_related or ()]
            for owner in model.public_with:
                assert any(path.startswith(f"{owner}__") for path in fetched), model

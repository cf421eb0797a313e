"""Two windows on one record: what one saved is not written over by the other unawares."""

import threading

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.urls import reverse

from parks.models import Park
from promotion.reference.models import Citation, Figure
from promotion.reference.vocabulary import PublicationStatus
from tests import factories
from tests.audit.test_concurrency import needs_a_server
from tests.editorial.conftest import desk_of, make_user
from tests.editorial.test_workflow import cited_park, decide, fill, page
from tests.forms import read_form

pytestmark = pytest.mark.django_db


def opened(client, row, name="change", query="", form_id=None):
    """Return the address of a form, and what it would submit untouched."""
    address = page(row, name) + query
    return address, read_form(client.get(address), form_id or f"{row._meta.model_name}_form")


def save(client, address, form, **values):
    return client.post(address, {**form, **values, "_save": "1"}, follow=True)


@pytest.fixture
def admin_desk(db):
    return desk_of(User.objects.create_superuser("root"))


def test_a_stale_form_brings_nothing_back(reviewer_desk):
    park = cited_park(name="甲园区")
    address, form = opened(reviewer_desk, park)
    fill(reviewer_desk, park, status=PublicationStatus.ARCHIVED, name_en="Park A")
    response = save(reviewer_desk, address, form, summary="另一个窗口的简介。")
    park.refresh_from_db()
    assert park.status == PublicationStatus.ARCHIVED
    assert park.summary == "原来的简介。"
    assert park.history.count() == 2
    said = response.context["adminform"].form.non_field_errors()[0]
    assert "改动了这条记录：英文名称、发布状态。" in said
    assert f'href="{address}"' in said
    assert f'href="{page(park, "history")}"' in said
    assert said in response.text, "the links in it can be followed"
    assert "另一个窗口的简介。" in response.text


def test_who_has_been_told_may_save_all_the_same(reviewer_desk):
    park = cited_park(name="甲园区")
    address, form = opened(reviewer_desk, park)
    fill(reviewer_desk, park, name_en="Park A")
    refused = save(reviewer_desk, address, form, summary="改过的简介。")
    save(reviewer_desk, address, read_form(refused, "park_form"))
    park.refresh_from_db()
    assert (park.summary, park.name_en) == ("改过的简介。", form["name_en"][0])


def test_who_has_been_told_is_told_again_of_a_later_change(reviewer_desk):
    park = cited_park(name="甲园区")
    address, form = opened(reviewer_desk, park)
    fill(reviewer_desk, park, name_en="Park A")
    refused = read_form(save(reviewer_desk, address, form, summary="改过的简介。"), "park_form")
    fill(reviewer_desk, park, name_en="Park B")
    save(reviewer_desk, address, refused)
    park.refresh_from_db()
    assert park.name_en == "Park B"


def test_a_mistake_in_between_does_not_hide_the_change(reviewer_desk):
    park = cited_park(name="甲园区")
    address, form = opened(reviewer_desk, park)
    fill(reviewer_desk, park, name_en="Park A")
    wrong = read_form(save(reviewer_desk, address, form, name=""), "park_form")
    response = save(reviewer_desk, address, wrong, name="乙园区")
    assert "改动了这条记录：英文名称。" in response.text
    park.refresh_from_db()
    assert (park.name, park.name_en) == ("甲园区", "Park A")


def test_a_button_pressed_twice_saves_once_and_is_not_refused(reviewer_desk):
    park = cited_park(name="甲园区")
    address, form = opened(reviewer_desk, park)
    assert "改动了这条记录" not in save(reviewer_desk, address, form, name_en="Park A").text
    response = save(reviewer_desk, address, form, name_en="Park A")
    assert "改动了这条记录" not in response.text
    assert "成功修改" in response.text


def test_a_line_that_was_added_meanwhile(reviewer_desk):
    park = cited_park(name="甲园区")
    address, form = opened(reviewer_desk, park)
    factories.make_figure(park)
    response = save(reviewer_desk, address, form, summary="改过的简介。")
    assert "改动了这条记录：数据。" in response.text


def test_a_line_that_the_form_itself_adds(reviewer_desk):
    park = factories.make_park(name="甲园区", status=PublicationStatus.DRAFT)
    address, form = opened(reviewer_desk, park)
    kind = "reference-figure-subject_type-subject_id"
    line = {
        f"{kind}-TOTAL_FORMS": "1",
        f"{kind}-0-code": "area",
        f"{kind}-0-label": "面积",
        f"{kind}-0-value": "2",
        f"{kind}-0-unit": "sqkm",
        f"{kind}-0-bound": "exact",
        f"{kind}-0-claim_status": "achieved",
        f"{kind}-0-position": "0",
    }
    assert "成功修改" in save(reviewer_desk, address, form, **line).text
    assert Figure.objects.get().label == "面积"


def test_lines_are_under_it(reviewer_desk):
    park = cited_park(name="甲园区")
    address, form = opened(reviewer_desk, park)
    citation = Citation.objects.get()
    fill(reviewer_desk, citation, excerpt="甲乙")
    response = save(reviewer_desk, address, form, summary="改过的简介。")
    assert "改动了这条记录：引文。" in response.text
    citation.refresh_from_db()
    assert citation.excerpt == "甲乙"


def test_a_line_that_the_form_itself_deletes(reviewer_desk):
    park = cited_park(name="甲园区")
    figure = factories.make_figure(park)
    address, form = opened(reviewer_desk, park)
    delete = {"reference-figure-subject_type-subject_id-0-DELETE": "on"}
    fill(reviewer_desk, figure, label="改过的数据")
    assert "改动了这条记录：数据。" in save(reviewer_desk, address, form, **delete).text
    address, form = opened(reviewer_desk, park)
    assert "成功修改" in save(reviewer_desk, address, form, **delete).text
    assert not Figure.objects.exists()


def test_a_line_that_is_gone(reviewer_desk):
    park = cited_park(name="甲园区")
    figure = factories.make_figure(park)
    address, form = opened(reviewer_desk, park)
    figure.delete()
    response = save(reviewer_desk, address, form, summary="改过的简介。")
    assert "别人删除了其中的行（数据）" in response.text
    park.refresh_from_db()
    assert park.summary == "原来的简介。"


def test_many_to_many_values_are_under_it(reviewer_desk):
    park = cited_park(name="甲园区")
    industry = factories.make_industry()
    address, form = opened(reviewer_desk, park)
    fill(reviewer_desk, park, industries=[industry.pk])
    save(reviewer_desk, address, form, summary="改过的简介。")
    assert list(park.industries.all()) == [industry]


def opened_former(client, park):
    """Return the address of the page of a park's version before the last, and its form."""
    former = park.history.all()[1]
    address = reverse("admin:parks_park_simple_history", args=[park.pk, former.pk])
    return address, read_form(client.get(address), "historicalpark_form")


def test_a_former_version_brings_nothing_back_that_was_not_there_yet(reviewer_desk):
    park = cited_park(name="甲园区")
    fill(reviewer_desk, park, name_en="Park A")
    fill(reviewer_desk, park, name_en="Park B")
    address, form = opened_former(reviewer_desk, park)
    fill(reviewer_desk, park, name_en="Park C", status=PublicationStatus.ARCHIVED)
    refused = save(reviewer_desk, address, form)
    said = refused.context["adminform"].form.non_field_errors()[0]
    assert "改动了这条记录：英文名称、发布状态。" in said
    assert f'href="{page(park, "change")}"' in said
    park.refresh_from_db()
    assert (park.name_en, park.status) == ("Park C", PublicationStatus.ARCHIVED)
    save(reviewer_desk, address, read_form(refused, "historicalpark_form"))
    park.refresh_from_db()
    assert (park.name_en, park.status) == ("Park A", PublicationStatus.PUBLISHED)


def test_a_former_version_comes_back_if_nothing_else_changed(reviewer_desk):
    park = cited_park(name="甲园区")
    fill(reviewer_desk, park, name_en="Park A")
    fill(reviewer_desk, park, name_en="Park B")
    save(reviewer_desk, *opened_former(reviewer_desk, park))
    park.refresh_from_db()
    assert park.name_en == "Park A"


def test_a_proposal_that_was_changed_or_published_meanwhile(desk, reviewer_desk):
    park = cited_park(name="甲园区")
    fill(desk, park, name_en="Park A")
    address, form = opened(desk, park)
    other = desk_of(make_user("another-editor"))
    fill(other, park, name_en="Park B")
    assert "改动了这条记录：英文名称。" in save(desk, address, form, summary="改过的简介。").text
    decide(reviewer_desk, park, "approve")
    park.refresh_from_db()
    assert (park.name_en, park.summary) == ("Park B", "原来的简介。")


def test_enquiries_are_under_it(admin_desk):
    inquiry = factories.make_inquiry()
    address, form = opened(admin_desk, inquiry)
    fill(admin_desk, inquiry, note="已电话联系。", is_handled="on")
    response = save(admin_desk, address, form, note="请转招商一科。")
    assert "改动了这条记录：" in response.text
    inquiry.refresh_from_db()
    assert (inquiry.note, inquiry.is_handled) == ("已电话联系。", True)
    save(admin_desk, address, read_form(response, "inquiry_form"))
    inquiry.refresh_from_db()
    assert inquiry.note == "请转招商一科。"


def test_accounts_are_under_it_but_their_logins_are_not(admin_desk):
    user = User.objects.create_user("somebody", is_staff=True)
    address, form = opened(admin_desk, user)
    user.groups.add(Group.objects.create(name="甲组"))
    assert "改动了这条记录：" in save(admin_desk, address, form, first_name="甲").text
    assert user.groups.count() == 1
    address, form = opened(admin_desk, user)
    Client().force_login(user)
    save(admin_desk, address, form, first_name="甲")
    user.refresh_from_db()
    assert user.first_name == "甲"
    assert user.last_login is not None


def test_what_is_not_what_was_sent_is_out_of_date(reviewer_desk):
    park = cited_park(name="甲园区")
    address, form = opened(reviewer_desk, park)
    for strange in ("", "[]", "{", '{"name": 1}', "null", "[" * 100_000, "1" * 5_000):
        save(reviewer_desk, address, {**form, "_seen": strange}, summary="改过的简介。")
        park.refresh_from_db()
        assert park.summary == "原来的简介。", strange


def test_a_form_does_not_tell_what_it_does_not_show(admin_desk):
    """The digest of a password's hash could be tried out, were it not keyed."""
    user = User.objects.create_user("somebody", password="a long password of somebody")
    _address, form = opened(admin_desk, user)
    assert user.password[-20:] not in form["_seen"][0]


@needs_a_server
@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_the_same_time(reviewer_desk):
    park = cited_park(name="甲园区")
    address, form = opened(reviewer_desk, park)
    ready, told = threading.Barrier(2), []

    def press(summary):
        client = Client()
        client.cookies = reviewer_desk.cookies
        ready.wait()
        try:
            response = client.post(address, {**form, "summary": summary, "_save": "1"})
            told.append(response.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(text,)) for text in ("甲简介。", "乙简介。")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [200, 302]
    assert Park.objects.get().history.count() == 2

"""The inbox of enquiries: who may see it, what may be noted in it, and that nothing leaves it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotion.models import Inquiry, InquirySubject
from promotion.resources import RESOURCES
from tests.factories import make_industry, make_inquiry, make_park
from tests.forms import read_form

pytestmark = pytest.mark.django_db

INBOX = "/admin/promotion/inquiry/"


@pytest.fixture
def sign_in(client):
    def as_someone_who_may(*actions):
        user = User.objects.create_user(f"user-{'-'.join(actions)}", is_staff=True)
        codes = [f"{action}_inquiry" for action in actions]
        user.user_permissions.set(Permission.objects.filter(codename__in=codes))
        client.force_login(user)
        return client

    return as_someone_who_may


def test_the_inbox_is_closed_without_the_right_to_see_it(sign_in):
    inquiry = make_inquiry()
    client = sign_in()
    assert client.get(INBOX).status_code == 403
    assert client.get(f"{INBOX}{inquiry.pk}/change/").status_code == 403


def test_the_inbox_lists_what_matters(sign_in):
    inquiry = make_inquiry(
        organisation="甲公司", sought="factory", industry=make_industry(name="乙产业")
    )
    park = make_park(name="丙园区")
    InquirySubject.objects.create(inquiry=inquiry, record=park, name=park.name)
    text = sign_in("view").get(INBOX).text
    for shown in (inquiry.number, "甲公司", "厂房", "乙产业", "丙园区"):
        assert shown in text


def test_the_inbox_is_searched_and_filtered(sign_in):
    make_inquiry(organisation="甲公司", is_handled=True)
    make_inquiry(organisation="乙公司")
    client = sign_in("view")
    for query, shown, hidden in (
        ("?q=%E7%94%B2", "甲公司", "乙公司"),
        ("?is_handled__exact=0", "乙公司", "甲公司"),
        ("?q=visitor@example.com&is_handled__exact=1", "甲公司", "乙公司"),
    ):
        text = client.get(INBOX + query).text
        assert shown in text
        assert hidden not in text


def test_the_inbox_costs_the_same_however_long(sign_in):
    client = sign_in("view")

    def queries():
        inquiry = make_inquiry(industry=make_industry())
        InquirySubject.objects.create(inquiry=inquiry, record=make_park(), name="园区")
        with CaptureQueriesContext(connection) as captured:
            client.get(INBOX)
        return len(captured)

    queries()
    assert queries() == queries()


def test_a_reader_changes_nothing(sign_in):
    inquiry = make_inquiry()
    client = sign_in("view")
    assert inquiry.email in client.get(f"{INBOX}{inquiry.pk}/change/").text
    client.post(f"{INBOX}{inquiry.pk}/change/", {"is_handled": "on", "note": "x"})
    client.post(f"{INBOX}{inquiry.pk}/delete/", {"post": "yes"})
    inquiry.refresh_from_db()
    assert (inquiry.is_handled, inquiry.note) == (False, "")


def test_handling_is_noted_and_the_content_stays_as_it_came(sign_in):
    inquiry = make_inquiry(organisation="甲公司")
    client = sign_in("view", "change")
    address = f"{INBOX}{inquiry.pk}/change/"
    form = read_form(client.get(address), "inquiry_form")
    assert "organisation" not in form
    client.post(
        address, {**form, "is_handled": "on", "note": "已电话答复", "organisation": "乙公司"}
    )
    inquiry.refresh_from_db()
    assert (inquiry.is_handled, inquiry.note) == (True, "已电话答复")
    assert inquiry.organisation == "甲公司"


def test_the_log_of_the_admin_names_an_enquiry_by_its_number_alone(sign_in):
    inquiry = make_inquiry(organisation="甲公司", contact_name="王某某")
    client = sign_in("view", "change", "delete")
    address = f"{INBOX}{inquiry.pk}/change/"
    client.post(address, {**read_form(client.get(address), "inquiry_form"), "note": "张某某"})
    client.post(f"{INBOX}{inquiry.pk}/delete/", {"post": "yes"})
    assert not Inquiry.objects.exists()
    entries = LogEntry.objects.all()
    assert [entry.object_repr for entry in entries] == [inquiry.number, inquiry.number]
    logged = "".join(f"{entry.object_repr}{entry.change_message}" for entry in entries)
    assert not any(secret in logged for secret in ("甲公司", "王某某", "张某某", "@example"))


def test_nobody_adds_an_enquiry_in_the_admin(sign_in):
    assert sign_in("view", "add").get(f"{INBOX}add/").status_code == 403


def test_enquiries_are_in_no_spreadsheet():
    in_sheets = {resource._meta.model for resource in RESOURCES.values()}
    assert in_sheets.isdisjoint({Inquiry, InquirySubject})


def test_the_text_agreed_to_is_found_again(sign_in, client):
    inquiry = make_inquiry()
    notice = inquiry.privacy_version.instance
    notice.body = "改过的说明"
    notice.save()
    client.force_login(User.objects.create_superuser("editor"))
    text = client.get(f"{INBOX}{inquiry.pk}/change/").text
    address = f"/admin/promotion/sitepage/{notice.pk}/history/{inquiry.privacy_version.history_id}/"
    assert f'href="{address}"' in text
    assert "测试正文" in client.get(address).text


def test_an_enquiry_outlives_the_records_it_asks_about(sign_in):
    industry, park = make_industry(), make_park(name="丙园区")
    inquiry = make_inquiry(industry=industry)
    InquirySubject.objects.create(inquiry=inquiry, record=park, name=park.name)
    park.delete()
    industry.delete()
    text = sign_in("view").get(f"{INBOX}{inquiry.pk}/change/").text
    assert "丙园区" in text

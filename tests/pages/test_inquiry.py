"""Turning to the district: what comes in is kept once, promised honestly and shown to nobody."""

import datetime
import logging
import smtplib
import threading

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from parks.models import Park
from promotion.intake import NO_MAIL_BACKEND, Ticket, address_key, months_later
from promotion.models import Inquiry, SitePage
from tests.factories import (
    make_company,
    make_home,
    make_industry,
    make_inquiry,
    make_park,
    make_privacy_notice,
    make_sitepage,
    make_space,
)
from tests.forms import read_form

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/inquiries/new/"
TYPED = {
    "organisation": "某某科技有限公司",
    "sought": "office",
    "contact_name": "王某某",
    "email": "wang@example.com",
    "message": "想找一层办公楼",
    "consent": "on",
}


class RefusingBackend(BaseEmailBackend):
    """A mail server that takes nothing, and says whose mail it did not take."""

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such user")})


class PickyBackend(BaseEmailBackend):
    """A mail server that takes mail for some of its users only."""

    taken = []

    def send_messages(self, messages):
        for message in messages:
            if message.to[0].startswith("w"):
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
            self.taken.append(message.to[0])
        return len(messages)


class UnreachableBackend(BaseEmailBackend):
    """A mail server that nobody reaches."""

    tries = 0

    def open(self):
        UnreachableBackend.tries += 1
        raise TimeoutError

    def send_messages(self, messages):
        self.open()


@pytest.fixture(autouse=True)
def notice():
    return make_privacy_notice()


def aged(form, seconds):
    """Return what a form would send if it had been opened so many seconds earlier."""
    ticket = Ticket.read(form["ticket"][0])
    older = Ticket(ticket.key, ticket.version, ticket.issued_at - seconds)
    return {**form, "ticket": [str(older)]}


def open_form(client, address=ADDRESS, seconds=60):
    return aged(read_form(client.get(address), "inquiry"), seconds)


def send(client, address=ADDRESS, form=None, **typed):
    form = form or open_form(client, address)
    return client.post(address, {**form, **TYPED, **typed})


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_an_enquiry_is_kept_with_everything_that_was_typed(client, notice):
    industry = make_industry()
    response = send(
        client,
        country="DE",
        industry=industry.slug,
        other_industry="其他",
        floor_area_min_sqm="200",
        floor_area_max_sqm="500",
        headcount="30",
        timing="quarter",
        phone="+86 21 0000 0000",
        language="en",
    )
    inquiry = Inquiry.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/inquiries/{inquiry.number}/")
    assert inquiry.organisation == "某某科技有限公司"
    assert (inquiry.country.code, inquiry.industry, inquiry.other_industry) == (
        "DE",
        industry,
        "其他",
    )
    assert (inquiry.sought, inquiry.timing, inquiry.language) == ("office", "quarter", "en")
    assert (inquiry.floor_area_min_sqm, inquiry.floor_area_max_sqm) == (200, 500)
    assert (inquiry.headcount, inquiry.phone) == (30, "+86 21 0000 0000")
    assert (inquiry.contact_name, inquiry.email) == ("王某某", "wang@example.com")
    assert inquiry.message == "想找一层办公楼"
    assert (inquiry.is_handled, inquiry.note) == (False, "")


def test_the_least_that_is_asked_for_is_enough(client):
    assert send(client, email="", phone="021 0000", message="").status_code == 302


@pytest.mark.parametrize("name", ["organisation", "sought", "contact_name", "language"])
def test_what_is_needed_is_asked_for_beside_its_field(client, name):
    response = send(client, **{name: ""})
    assert list(errors(response)) == [name]
    text = response.content.decode()
    assert f'<ul class="errorlist" id="id_{name}_error">' in text
    assert f'<a href="#id_{name}">' in text
    assert not Inquiry.objects.exists()


def test_some_way_to_answer_is_needed(client):
    assert errors(send(client, email="")) == {"email": ["请至少填写邮箱或电话，以便答复您。"]}


def test_an_area_cannot_end_before_it_begins(client):
    response = send(client, floor_area_min_sqm="500", floor_area_max_sqm="200")
    assert errors(response) == {"floor_area_max_sqm": ["面积上限不能小于面积下限。"]}


def test_the_box_of_consent_is_never_ticked_beforehand(client):
    assert "consent" not in open_form(client)
    response = send(client, consent="")
    assert list(errors(response)) == ["consent"]
    assert "consent" not in read_form(response, "inquiry")


def test_the_version_agreed_to_is_the_one_that_the_form_showed(client, notice):
    form = open_form(client)
    notice.body = "改过的说明"
    notice.save()
    send(client, form=form)
    send(client)
    newer, older = Inquiry.objects.all()
    assert older.privacy_version.body == "测试正文"
    assert newer.privacy_version.body == "改过的说明"


def test_a_version_agreed_to_outlives_the_page(client, notice):
    send(client)
    notice.delete()
    assert Inquiry.objects.get().privacy_version.body == "测试正文"


def test_without_a_public_notice_there_is_no_form(client):
    form = open_form(client)
    SitePage.objects.update(status="draft")
    assert 'id="inquiry"' not in client.get(ADDRESS).content.decode()
    assert "在线表单不开放" in send(client, form=form).content.decode()
    assert not Inquiry.objects.exists()


def test_what_was_typed_is_kept_when_something_is_wrong(client):
    park = make_park(slug="park")
    address = f"{ADDRESS}?park=park"
    form = {**open_form(client, address), "about": []}
    kept = read_form(send(client, address, form, email="wrong", message="<b>一\n二"), "inquiry")
    assert kept["message"] == ["<b>一\n二"]
    assert kept["email"] == ["wrong"]
    assert kept["consent"] == ["on"]
    assert kept["ticket"] == form["ticket"]
    assert "about" not in kept
    assert park.name in client.get(address).content.decode()


def test_a_form_comes_with_the_records_that_its_address_names(client):
    park, other, company = make_park(slug="a"), make_park(slug="b"), make_company(slug="c")
    space = make_space(slug="s")
    make_park(slug="draft", status="draft")
    address = f"{ADDRESS}?park=a&park=b&company=c&space=s&park=draft&park=none&x=y"
    form = open_form(client, address)
    everything = [
        f"park-{park.pk}",
        f"park-{other.pk}",
        f"company-{company.pk}",
        f"space-{space.pk}",
    ]
    assert sorted(form["about"]) == sorted(everything)
    form["about"] = [f"park-{other.pk}", f"company-{company.pk}"]
    send(client, address, form)
    subjects = Inquiry.objects.get().subjects.all()
    assert {subject.record for subject in subjects} == {other, company}
    assert {subject.name for subject in subjects} == {other.name, company.name}


def test_a_form_comes_with_the_needs_that_its_address_names(client):
    industry, park = make_industry(slug="asked"), make_park(slug="some-park")
    needs = "use=laboratory&area_sqm=800&team_size=30&stage=start_up"
    address = f"{ADDRESS}?park=some-park&industry=asked&{needs}"
    form = open_form(client, address)
    assert form["industry"] == ["asked"]
    assert form["sought"] == ["laboratory"]
    assert form["floor_area_min_sqm"] == ["800"]
    assert form["headcount"] == ["30"]
    assert form["message"] == ["企业所处阶段：初创期"]
    send(client, address, form, sought="laboratory")
    inquiry = Inquiry.objects.get()
    assert inquiry.industry == industry
    assert [subject.record for subject in inquiry.subjects.all()] == [park]


def test_needs_that_are_not_understood_are_left_out(client):
    make_industry(slug="draft", status="draft")
    for industry in ("draft", "none", "%00", "x" * 300):
        form = open_form(
            client, f"{ADDRESS}?industry={industry}&use=castle&area_sqm=-1&stage=x&team_size=no"
        )
        for name in ("industry", "sought", "floor_area_min_sqm", "headcount", "message"):
            assert form[name] == [""], name


def test_an_industry_that_is_not_offered_is_refused(client):
    make_industry(slug="draft", status="draft")
    for industry in ("draft", "none", "\0"):
        assert list(errors(send(client, industry=industry))) == ["industry"]


def test_a_record_withdrawn_meanwhile_is_left_out(client):
    make_park(slug="a")
    form = open_form(client, f"{ADDRESS}?park=a")
    Park.objects.update(status="draft")
    assert send(client, f"{ADDRESS}?park=a", form).status_code == 302
    assert not Inquiry.objects.get().subjects.exists()


def test_every_page_of_a_record_leads_to_the_form_about_it(client):
    make_park(slug="some-park")
    assert 'href="/inquiries/new/?park=some-park"' in client.get("/parks/some-park/").text
    assert 'href="/en/inquiries/new/?park=some-park"' in client.get("/en/parks/some-park/").text
    assert 'href="/inquiries/new/?space=' in (make_space() and client.get("/spaces/").text)


def test_the_receipt_shows_the_number_and_nothing_that_was_typed(client):
    response = send(client, phone="021-5555", language="en")
    number = Inquiry.objects.get().number
    text = Client().get(response["Location"]).text
    assert number in text
    for typed in ("某某科技", "王某某", "wang@", "021-5555", "想找一层"):
        assert typed not in text
    assert '<meta name="robots" content="noindex">' in text


def test_numbers_are_short_and_do_not_count_up(client):
    for _number in range(3):
        send(client)
    today = f"{timezone.localdate():%Y%m%d}-"
    numbers = list(Inquiry.objects.values_list("number", flat=True))
    assert all(number.startswith(today) and len(number) == 14 for number in numbers)
    assert len({number[9:12] for number in numbers}) == 3


@pytest.mark.parametrize("number", ["20261124-AAAAA", "x", "%00", "9" * 300])
def test_an_unknown_number_has_no_receipt(client, number):
    assert client.get(f"/inquiries/{number}/").status_code == 404


def test_a_reply_time_is_promised_only_where_there_is_one(client, settings):
    assert "答复时限暂未公布" in client.get(ADDRESS).text
    settings.INQUIRY_REPLY_WORKING_DAYS = 3
    assert "在 3 个工作日内答复" in client.get(ADDRESS).text
    address = send(client)["Location"]
    settings.INQUIRY_REPLY_WORKING_DAYS = 5
    assert "在 3 个工作日内答复" in client.get(address).text
    assert "在 3 个工作日内答复" in mail.outbox[0].body


def test_the_receipt_is_mailed_without_what_was_typed(client):
    response = send(client, message="请看 https://spam.example", language="zh-hans")
    inquiry = Inquiry.objects.get()
    (message,) = mail.outbox
    assert message.to == ["wang@example.com"]
    assert message.subject == f"投资咨询已收到：{inquiry.number}"
    assert inquiry.number in message.body
    for typed in ("某某科技", "王某某", "spam.example"):
        assert typed not in message.body
    assert inquiry.mail_status == "sent"
    assert "确认邮件已发往" in client.get(response["Location"]).text


def test_the_mail_is_in_the_language_asked_for(client):
    send(client, "/en/inquiries/new/", form=open_form(client, "/en/inquiries/new/"))
    assert Inquiry.objects.get().language == "en"
    assert not mail.outbox[0].subject.startswith("投资咨询")


@pytest.mark.parametrize(
    ("backend", "email", "status", "said"),
    [
        (NO_MAIL_BACKEND, "a@example.com", "turned_off", "不会发送确认邮件"),
        (f"{__name__}.RefusingBackend", "", "no_address", "不会发送确认邮件"),
        (f"{__name__}.RefusingBackend", "a@example.com", "failed", "确认邮件没能发出"),
    ],
)
def test_whatever_becomes_of_the_mail_the_enquiry_is_kept_and_the_page_says_so(
    client, settings, caplog, backend, email, status, said
):
    settings.EMAIL_BACKEND = backend
    with caplog.at_level(logging.DEBUG):
        response = send(client, email=email, phone="021-5555")
    assert Inquiry.objects.get().mail_status == status
    assert said in client.get(response["Location"]).text
    assert not any(secret in caplog.text for secret in ("a@example.com", "021-5555", "王某某"))


def test_the_staff_are_told_of_an_enquiry_but_not_what_it_says(client, settings):
    make_home(email="desk@example.com")
    settings.INQUIRY_NOTIFY = ["a@example.com", "b@example.com"]
    send(client, "/en/inquiries/new/", form=open_form(client, "/en/inquiries/new/"), phone="021-5")
    inquiry = Inquiry.objects.get()
    receipt, notice = mail.outbox
    assert (receipt.to, notice.to) == (["wang@example.com"], ["a@example.com", "b@example.com"])
    assert notice.subject == f"新的投资咨询：{inquiry.number}"
    assert f"http://testserver/admin/promotion/inquiry/{inquiry.pk}/change/" in notice.body
    for typed in ("某某科技", "王某某", "wang@", "021-5", "想找一层"):
        assert typed not in str(notice.message())


def test_without_anyone_named_the_published_desk_is_told(client):
    send(client)
    assert [message.to for message in mail.outbox] == [["wang@example.com"]]
    make_home(email="desk@example.com")
    send(client, email="", phone="021-5555")
    assert [message.to for message in mail.outbox[1:]] == [["desk@example.com"]]


def test_a_desk_that_is_not_public_is_told_nothing(client):
    make_home(email="desk@example.com", status="draft")
    send(client)
    assert [message.to for message in mail.outbox] == [["wang@example.com"]]


def test_one_mail_that_is_refused_does_not_keep_the_other_back(client, settings):
    settings.INQUIRY_NOTIFY = ["desk@example.com"]
    settings.EMAIL_BACKEND = f"{__name__}.PickyBackend"
    PickyBackend.taken = []
    send(client)
    assert PickyBackend.taken == ["desk@example.com"]
    settings.INQUIRY_NOTIFY = ["wrong@example.com"]
    send(client, email="right@example.com")
    newer, older = Inquiry.objects.all()
    assert (newer.mail_status, older.mail_status) == ("sent", "failed")


def test_a_mail_server_out_of_reach_is_tried_once_for_an_enquiry(client, settings):
    make_home(email="desk@example.com")
    settings.EMAIL_BACKEND = f"{__name__}.UnreachableBackend"
    UnreachableBackend.tries = 0
    assert send(client).status_code == 302
    assert Inquiry.objects.get().mail_status == "failed"
    assert UnreachableBackend.tries == 1


def test_a_form_sent_twice_is_one_enquiry(client):
    form = open_form(client)
    first, second = send(client, form=form), send(client, form=form)
    assert first["Location"] == second["Location"]
    assert (Inquiry.objects.count(), len(mail.outbox)) == (1, 1)


@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="writers to SQLite's test database in memory are refused instead of waiting in turn",
)
def test_a_form_sent_twice_at_once_is_one_enquiry(client):
    form = open_form(client)
    answers = []

    def post():
        answers.append(send(Client(), form=form)["Location"])
        connection.close()

    threads = [threading.Thread(target=post) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert (Inquiry.objects.count(), len(mail.outbox)) == (1, 1)


def test_another_content_in_the_same_form_is_not_lost(client):
    form = open_form(client)
    send(client, form=form)
    number = Inquiry.objects.get().number
    response = send(client, form=form, message="另一个问题")
    assert number in errors(response)["__all__"][0]
    again = aged(read_form(response, "inquiry"), 60)
    assert again["message"] == ["另一个问题"]
    assert "consent" not in again
    assert client.post(ADDRESS, {**again, "consent": "on"}).status_code == 302
    newer, older = Inquiry.objects.all()
    assert (newer.message, older.message) == ("另一个问题", "想找一层办公楼")


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "不到两秒"), (13 * 3600, "打开太久"), (-5, "不到两秒")]
)
def test_a_form_sent_too_soon_or_too_late_keeps_what_was_typed(client, seconds, said):
    response = send(client, form=open_form(client, seconds=seconds))
    assert said in errors(response)["__all__"][0]
    again = aged(read_form(response, "inquiry"), 60)
    assert again["message"] == ["想找一层办公楼"]
    assert client.post(ADDRESS, {**again, "consent": "on"}).status_code == 302


@pytest.mark.parametrize("ticket", ["", "x", "a:b:c", "\0", "票", "😀" * 5000])
def test_a_false_ticket_is_refused_plainly(client, ticket):
    response = send(client, form={"ticket": [ticket], "language": "en"})
    assert "已失效" in errors(response)["__all__"][0]
    assert not Inquiry.objects.exists()


def test_a_program_that_fills_every_field_is_refused(client):
    response = send(client, homepage="https://spam.example")
    assert "自动程序" in errors(response)["__all__"][0]
    assert "spam.example" not in response.text
    assert not Inquiry.objects.exists()


def test_one_address_is_heard_so_many_times_an_hour(client, settings):
    settings.INQUIRIES_PER_HOUR = 2
    for _number in range(2):
        assert send(client).status_code == 302
    refused = send(client)
    assert refused.status_code == 429
    assert "一小时内提交的咨询太多" in refused.text
    assert "想找一层办公楼" in refused.text
    assert send(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302
    cache.clear()
    assert send(client).status_code == 302


def test_a_header_is_believed_only_behind_a_proxy(client, settings):
    settings.INQUIRIES_PER_HOUR = 1

    def status(forwarded):
        sender = Client(headers={"x-forwarded-for": forwarded})
        return send(sender).status_code

    assert [status("192.0.2.1"), status("192.0.2.2")] == [302, 429]
    settings.BEHIND_PROXY = True
    assert [status("192.0.2.9, 192.0.2.3"), status("192.0.2.9, 192.0.2.4")] == [302, 302]
    assert status("192.0.2.8, 192.0.2.4") == 429


def test_an_address_is_counted_under_a_name_that_does_not_tell_it():
    assert "192.0.2.1" not in address_key("192.0.2.1")
    assert address_key("192.0.2.1") != address_key("192.0.2.2")
    assert address_key("2001:db8::1") == address_key("2001:db8::2:3")
    assert address_key("2001:db8::1") != address_key("2001:db8:0:1::1")
    assert address_key("not an address")


def test_a_cache_that_fails_costs_no_enquiry(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert send(client).status_code == 302


@pytest.mark.parametrize(
    "value", ["a\0b", "😀" * 10_000, "长" * 5_000], ids=["NUL", "emoji", "long"]
)
@pytest.mark.parametrize(
    "name",
    [
        "organisation", "country", "industry", "other_industry", "sought", "floor_area_min_sqm",
        "floor_area_max_sqm", "headcount", "timing", "message", "contact_name", "email", "phone",
        "language",
    ],
)  # fmt: skip
def test_what_no_field_can_hold_is_a_plain_error(client, name, value):
    response = send(client, **{name: value})
    assert response.status_code == 200
    assert name in errors(response)


@pytest.mark.parametrize("value", ["0", "-1", "1e9", "99999999999999999999", "NaN", "٣٣٣٣٣٣٣٣٣"])
def test_sizes_are_sensible_numbers(client, value):
    assert "headcount" in errors(send(client, headcount=value))


def test_a_form_from_another_site_is_refused_in_both_languages():
    response = Client(enforce_csrf_checks=True).post(ADDRESS, TYPED)
    assert response.status_code == 403
    assert "如果您刚提交了表单" in response.text
    assert "please go back" in response.text


def test_nothing_of_an_enquiry_is_public(client):
    send(client, organisation="zsecretz", message="zsecretz")
    for address in ("/", "/search/?q=zsecretz", "/data/", ADDRESS, "/sitemap.xml"):
        assert 'class="results"' not in client.get(address).text
        if "search" not in address:
            assert "zsecretz" not in client.get(address).text


def test_enquiries_are_deleted_on_the_day_after_the_promised_one(client, capsys, settings):
    settings.INQUIRY_RETENTION_MONTHS = 6
    send(client)
    today = timezone.localdate()
    kept = Inquiry.objects.get()
    assert kept.keep_until == months_later(today, 6)
    make_inquiry(keep_until=today)
    make_inquiry(keep_until=today - datetime.timedelta(days=1))
    call_command("clear_inquiries")
    assert capsys.readouterr().out == "deleted=1\n"
    assert Inquiry.objects.count() == 2


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-24", 24, "2028-11-24"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_months_are_those_of_the_calendar(day, months, later):
    assert months_later(datetime.date.fromisoformat(day), months).isoformat() == later


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

"""What comes in is kept once, promised honestly and deleted in time."""

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

from promotion.intake import NO_MAIL_BACKEND, months_later
from promotion.limits import counted_network, counting_key
from promotion.models import Inquiry
from tests.factories import make_home, make_inquiry
from tests.forms import read_form
from tests.pages.enquiring import ADDRESS, aged, errors, open_form, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice")]


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


def test_neither_the_form_nor_the_receipt_is_kept_on_the_way(client):
    for address in (ADDRESS, send(client)["Location"]):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_no_report_of_an_error_repeats_what_was_typed(client):
    assert send(client).wsgi_request.sensitive_post_parameters == "__ALL__"


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


def test_a_form_that_was_open_too_long_asks_for_consent_anew(client):
    response = send(client, form=open_form(client, seconds=13 * 3600))
    assert "consent" not in read_form(response, "inquiry")


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
    def address_key(address):
        return counting_key("inquiries", counted_network(address))

    assert "192.0.2.1" not in address_key("192.0.2.1")
    assert address_key("192.0.2.1") != address_key("192.0.2.2")
    assert address_key("2001:db8::1") == address_key("2001:db8::2:3")
    assert address_key("2001:db8::1") != address_key("2001:db8:0:1::1")
    assert address_key("::ffff:192.0.2.1") == address_key("192.0.2.1")
    assert address_key("not an address")


def test_a_cache_that_fails_costs_no_enquiry(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert send(client).status_code == 302


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

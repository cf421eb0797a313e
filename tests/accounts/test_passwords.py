"""Passwords: long and uncommon by default, by the rules of 等保 where they are asked for."""

import gzip
import re
import threading
from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from promotion.accounts.common_passwords import common_passwords
from promotion.accounts.models import UsedPassword
from tests.accounts.people import PASSWORD, is_in, make_staff, sign_in, signed_in, without_token

NEW = "Yuan-shang-han-shan-9"
CHANGE = "/admin/password_change/"
RESET = "/admin/password_reset/"
MAIL = "editor@example.org"


@pytest.fixture
def dengbao(settings):
    settings.PASSWORD_MAX_DAYS = 90
    settings.AUTH_PASSWORD_VALIDATORS = [
        *settings.AUTH_PASSWORD_VALIDATORS,
        {"NAME": "promotion.accounts.passwords.KindsValidator"},
        {"NAME": "promotion.accounts.passwords.NotUsedBeforeValidator"},
    ]


def refused(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [problem.code for problem in error.error_list]
    return []


@pytest.mark.parametrize(
    "password",
    [
        "putuo@123456",
        "Zhaoshang@2024",
        "zhengfu123456",
        "Administrator1",
        "1qaz2wsx3edc",
        "1qaz@WSX3edc",
        "woaini5201314",
        "taopuzhen@2025",
        "Shanghai888888",
        "abcabcabcabc",
        "aaaaaaaaaaaaaaa",
    ],
)
def test_what_offices_like_to_choose_is_refused(password):
    assert "password_too_common" in refused(password)


@pytest.mark.parametrize(
    "password", [PASSWORD, "correcthorsebatterystaple", "春风又绿江南岸明月何时照"]
)
def test_a_long_phrase_of_one_kind_of_letters_is_accepted(password):
    assert refused(password) == []


def test_eleven_characters_are_too_few():
    assert refused("xKw9!mQzr2v") == ["password_too_short"]


def test_the_list_is_what_its_rules_make():
    with gzip.open(site_settings.COMMON_PASSWORDS, "rt", encoding="utf-8") as file:
        assert file.read().split("\n")[:-1] == common_passwords()


def test_by_the_rules_of_dengbao_three_kinds_are_needed(dengbao):
    assert refused("yuan-shang-han-shan") == ["password_too_few_kinds"]
    assert refused("yuan-shang-han-9") == []
    assert refused("YuanShangHanShan9") == []


@pytest.mark.django_db
def test_by_the_rules_of_dengbao_the_last_five_are_refused(dengbao):
    user = make_staff()
    passwords = [f"{NEW}{number}" for number in range(6)]
    for password in passwords:
        user.set_password(password)
        user.save()
    assert [refused(password, user) for password in passwords] == [
        [],
        *[["password_used_before"]] * 5,
    ]
    assert user.used_passwords.count() == 5


@pytest.mark.django_db
def test_without_them_no_password_is_kept_and_none_ages():
    user = make_staff()
    user.set_password(NEW)
    user.save()
    assert not UsedPassword.objects.exists()
    assert is_in(Client()) is False
    assert sign_in(Client(), "editor", NEW).status_code == 302


@pytest.mark.django_db
def test_a_password_of_91_days_is_changed_before_anything_else(dengbao):
    user = make_staff()
    client = signed_in()
    # Nobody knows how old the one is that was set before the rule.
    UsedPassword.objects.all().delete()
    assert client.get("/admin/")["Location"] == f"{CHANGE}?next=/admin/"
    assert "密码已经用满 90 天" in client.get(CHANGE).content.decode()
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post(CHANGE, typed).status_code == 302
    assert is_in(client)
    user.used_passwords.update(set_at=timezone.now() - timedelta(days=89))
    assert is_in(client)
    user.used_passwords.update(set_at=timezone.now() - timedelta(days=91))
    assert client.get("/admin/parks/park/")["Location"].startswith(CHANGE)


def ask_for_reset(email=MAIL, client=None):
    """Ask for a mail and wait until it is on its way."""
    answer = (client or Client()).post(RESET, {"email": email})
    for thread in threading.enumerate():
        if thread.name == "password-reset":
            thread.join()
    return answer


def link_of(message):
    return re.search(r"http://testserver(/\S+)", message.body)[1]


@pytest.mark.django_db
def test_a_password_is_set_anew_by_mail_and_the_link_works_once():
    make_staff(email=MAIL)
    assert RESET in Client().get("/admin/login/").content.decode()
    client = signed_in()
    is_in(client)
    ask_for_reset()
    [message] = mail.outbox
    assert message.to == [MAIL]
    link = link_of(message)
    form = Client()
    page = form.get(link, follow=True)
    assert 'autocomplete="new-password"' in page.content.decode()
    address = page.redirect_chain[-1][0]
    weak = dict.fromkeys(["new_password1", "new_password2"], "putuo@123456")
    assert form.post(address, weak).status_code == 200
    typed = dict.fromkeys(["new_password1", "new_password2"], NEW)
    assert form.post(address, typed).status_code == 302
    assert sign_in(Client(), "editor", NEW).status_code == 302
    assert not is_in(client)
    assert not Client().get(link, follow=True).context["validlink"]


@pytest.mark.django_db
def test_a_link_lives_for_an_hour(settings):
    make_staff(email=MAIL)
    ask_for_reset()
    link = link_of(mail.outbox[0])
    assert Client().get(link, follow=True).context["validlink"]
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert not Client().get(link, follow=True).context["validlink"]
    assert site_settings.PASSWORD_RESET_TIMEOUT == -1


@pytest.mark.django_db
def test_asking_for_a_mail_tells_nobody_whether_there_is_an_account():
    make_staff(email=MAIL)
    make_staff("asleep", email="asleep@example.org", is_active=False)
    answers = [ask_for_reset(email) for email in (MAIL, "x@example.org", "asleep@example.org")]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, "/admin/password_reset/done/")
    }
    assert len({without_token(Client().get(answer["Location"])) for answer in answers}) == 1
    assert [message.to for message in mail.outbox] == [[MAIL]]


@pytest.mark.django_db
def test_mails_are_limited_by_account_and_by_address(settings):
    make_staff(email=MAIL)
    assert {ask_for_reset().status_code for _time in range(5)} == {302}
    assert len(mail.outbox) == 3
    make_staff("other", email="other@example.org")
    settings.PASSWORD_RESETS_PER_HOUR = 5
    assert ask_for_reset("other@example.org").status_code == 302
    assert len(mail.outbox) == 3


@pytest.mark.django_db
def test_a_server_without_mail_offers_none(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert "password_reset" not in Client().get("/admin/login/").content.decode()
    assert Client().get(RESET).status_code == 404


@pytest.mark.django_db
def test_a_mail_that_is_refused_costs_no_answer_and_names_nobody_in_the_log(settings, caplog):
    make_staff(email=MAIL)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert ask_for_reset().status_code == 302
    assert "was not sent: ConnectionRefusedError" in caplog.text
    assert MAIL not in caplog.text


@pytest.mark.django_db
def test_each_rule_is_told_once():
    make_staff()
    html = signed_in().get(CHANGE).text
    rules = re.findall("<li>([^<]*)</li>", html.partition('name="new_password1"')[2])
    assert len(rules) == len(set(rules)) == len(site_settings.AUTH_PASSWORD_VALIDATORS)

"""Logins end: by themselves, from afar, and with the account."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promotion.accounts.models import LoginRecord, StaffSession
from tests.accounts.people import (
    PASSWORD,
    is_in,
    let_pass,
    make_staff,
    sign_in,
    signed_in,
)
from tests.forms import read_form

pytestmark = pytest.mark.django_db

SESSIONS = "/admin/account/sessions/"
CHROME_ON_WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36"
)
EDGE_ON_MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0"
)
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50"
)


@pytest.fixture
def editor():
    return make_staff()


def test_half_an_hour_without_a_request_ends_a_login(editor):
    client = signed_in()
    assert is_in(client)
    let_pass(minutes=29)
    assert is_in(client)
    let_pass(minutes=31)
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain[0][0].startswith("/admin/login/")
    assert "登录已经结束" in page.content.decode()
    assert not is_in(client)


def test_twelve_hours_end_a_login_however_busy(editor):
    client = signed_in()
    assert is_in(client)
    for _quarter in range(47):
        let_pass(minutes=15)
        assert is_in(client)
    let_pass(minutes=16)
    assert not is_in(client)


def test_the_limits_are_settings(editor, settings):
    settings.SESSION_IDLE_MINUTES = 5
    client = signed_in()
    assert is_in(client)
    let_pass(minutes=6)
    assert not is_in(client)


def test_signing_in_changes_the_key_of_the_session_and_leaves_no_cookie_behind(editor):
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    sign_in(client, "editor")
    cookie = client.cookies["sessionid"]
    assert cookie.value != "a" * 32
    assert cookie["max-age"] == cookie["expires"] == ""
    assert cookie["httponly"]


def test_the_list_names_device_address_and_times_of_nobody_else(editor, settings):
    make_staff("colleague")
    is_in(signed_in("colleague", REMOTE_ADDR="203.0.113.9"))
    is_in(signed_in(REMOTE_ADDR="198.51.100.7", HTTP_USER_AGENT=EDGE_ON_MAC))
    client = signed_in(REMOTE_ADDR="192.0.2.1", HTTP_USER_AGENT=CHROME_ON_WINDOWS)
    StaffSession.objects.update(started_at=timezone.now() - timedelta(hours=1))
    page = client.get(SESSIONS)
    text = page.content.decode()
    assert "Windows 上的 Chrome" in text
    assert "macOS 上的 Edge" in text
    assert "192.0.2.1" in text
    assert "198.51.100.7" in text
    assert "203.0.113.9" not in text
    started = timezone.localtime(page.context["sessions"][0].started_at)
    assert f"{started:%Y-%m-%d %H:%M}" in text


def test_a_device_is_named_in_plain_words():
    assert StaffSession(user_agent=WECHAT).device == "iPhone 上的 微信"
    assert StaffSession(user_agent="").device == "未知设备"


def test_nobody_can_take_a_login_over_from_what_is_kept_of_it(editor):
    client = signed_in()
    is_in(client)
    row = StaffSession.objects.values().get()
    key = client.cookies["sessionid"].value
    assert not [value for value in row.values() if key in str(value)]


def test_one_login_is_ended_from_another(editor):
    at_home, here = signed_in(), signed_in()
    assert is_in(at_home)
    other = StaffSession.objects.get()
    assert is_in(here)
    here.post(SESSIONS, {"session": other.pk})
    assert is_in(here)
    assert not is_in(at_home)
    # Nor does it come back.
    assert not is_in(at_home)


def test_sign_out_everywhere_ends_all_of_them_and_nobody_elses(editor):
    make_staff("colleague")
    clients = [signed_in(), signed_in()]
    colleague = signed_in("colleague")
    assert [is_in(client) for client in [*clients, colleague]] == [True] * 3
    clients[0].post(SESSIONS)
    assert [is_in(client) for client in [*clients, colleague]] == [False, False, True]


def test_nobody_ends_the_login_of_another_by_its_number(editor):
    make_staff("colleague")
    colleague, client = signed_in("colleague"), signed_in()
    is_in(colleague)
    client.post(SESSIONS, {"session": StaffSession.objects.get().pk})
    assert is_in(colleague)


def test_an_ended_login_stays_ended_when_somebody_kept_its_cookie(editor):
    client = signed_in()
    is_in(client)
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    client.post("/admin/logout/")
    assert not is_in(thief)
    assert StaffSession.objects.get().is_ended


def test_a_new_password_ends_the_other_logins(editor):
    other, here = signed_in(), signed_in()
    assert is_in(other)
    assert is_in(here)
    typed = {"old_password": PASSWORD}
    typed |= dict.fromkeys(["new_password1", "new_password2"], "yuan-shang-han-shan-9")
    assert here.post("/admin/password_change/", typed).status_code == 302
    assert is_in(here)
    assert not is_in(other)
    assert len(here.get(SESSIONS).context["sessions"]) == 1


def test_a_deactivated_user_is_out_and_a_return_does_not_revive_the_login(editor):
    client = signed_in()
    assert is_in(client)
    editor.is_active = False
    editor.save()
    assert not is_in(client)
    editor.is_active = True
    editor.save()
    assert not is_in(client)


def test_deactivating_in_the_admin_ends_logins_that_do_not_come_back(editor):
    client = signed_in()
    assert is_in(client)
    root = Client()
    root.force_login(make_staff("root", is_superuser=True))
    address = f"/admin/auth/user/{editor.pk}/change/"
    typed = read_form(root.get(address), "user_form")
    del typed["is_active"]
    assert root.post(address, typed).status_code == 302
    typed = read_form(root.get(address), "user_form")
    assert root.post(address, typed | {"is_active": "on"}).status_code == 302
    editor.refresh_from_db()
    assert editor.is_active
    assert not is_in(client)


def test_an_administrator_ends_all_logins_of_a_user(editor):
    clients = [signed_in(), signed_in()]
    assert all(is_in(client) for client in clients)
    boss = make_staff("boss")
    boss.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    admin = signed_in("boss")
    typed = {"action": "sign_out", "_selected_action": [editor.pk, boss.pk]}
    admin.post("/admin/auth/user/", {"action": "sign_out", "_selected_action": editor.pk})
    assert [is_in(client) for client in clients] == [False, False]
    assert is_in(admin)
    # A superuser's logins are not theirs to end.
    root = make_staff("root", is_superuser=True)
    chief = signed_in("root")
    assert is_in(chief)
    admin.post("/admin/auth/user/", typed | {"_selected_action": root.pk})
    assert is_in(chief)


def test_a_session_from_before_is_put_on_record_when_it_is_first_seen(editor):
    client = Client()
    client.force_login(editor)
    assert is_in(client)
    assert StaffSession.objects.get().user == editor
    let_pass(minutes=31)
    assert not is_in(client)


@pytest.mark.parametrize("page", ["/", "/parks/", "/search/?q=x", "/data/"])
def test_the_public_pages_neither_read_nor_write_a_session(client, editor, page):
    def queries(browser):
        with CaptureQueriesContext(connection) as asked:
            response = browser.get(page)
        assert response.status_code == 200
        assert "sessionid" not in response.cookies
        assert "Cookie" not in response.get("Vary", "")
        return [query["sql"] for query in asked]

    client.get(page)
    visitor, staff = queries(client), queries(signed_in())
    assert len(visitor) == len(staff)
    tables = ["django_session", "accounts_staffsession", "auth_user", "otp_"]
    assert not [sql for sql in staff for table in tables if table in sql]


def test_a_page_of_the_admin_asks_for_one_row_more(editor):
    client = signed_in()
    is_in(client)
    with CaptureQueriesContext(connection) as asked:
        client.get("/admin/account/second-factor/")
    assert len([query for query in asked if "accounts_staffsession" in query["sql"]]) == 1


def test_what_is_over_is_cleared_away(editor, capsys):
    is_in(signed_in())
    assert LoginRecord.objects.count() == 1
    call_command("clear_logins")
    assert capsys.readouterr().out.splitlines()[-1] == "deleted=0"
    let_pass(hours=13)
    Session.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    LoginRecord.objects.update(attempt_time=timezone.now() - timedelta(days=181))
    call_command("clear_logins")
    assert capsys.readouterr().out.splitlines()[-1] == "deleted=3"

"""What is done to an account leaves exactly its entries, and no secret in them."""

import json

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from promotion.accounts.models import StaffSession
from promotion.accounts.second_factor import new_recovery_codes, remove
from promotion.audit.services import verify
from tests.accounts.people import (
    CODE_PAGE,
    PASSWORD,
    SETUP_PAGE,
    code_of,
    is_in,
    make_app,
    make_staff,
    sign_in,
    signed_in,
    wait_for_next_code,
)
from tests.accounts.test_passwords import ask_for_reset, link_of
from tests.audit.entries import newest, since
from tests.forms import read_form

pytestmark = pytest.mark.django_db

NEW = "Yuan-shang-han-shan-9"
MAIL = "editor@example.org"
HERE = "192.0.2.1"
OWN = "/admin/account/second-factor/"
USERS = "/admin/auth/user/"


@pytest.fixture
def editor():
    return make_staff(email=MAIL)


@pytest.fixture
def boss():
    return make_staff("boss", is_superuser=True)


@pytest.fixture
def boss_desk(boss):
    client = signed_in("boss", REMOTE_ADDR=HERE)
    assert is_in(client)
    return client


@pytest.fixture
def log():
    """What was put on record since the last time it was asked for: who, what, of whom, and more."""
    seen = newest()

    def told():
        nonlocal seen
        entries, seen = since(seen), newest()
        # To look at a user is on record as it always was.
        entries = [entry for entry in entries if entry.action != "view_personal"]
        for entry in entries:
            assert entry.record_label == ""
            assert not any(
                secret in json.dumps(entry.detail) for secret in (PASSWORD, NEW, MAIL, "@")
            )
        assert verify().fault is None
        return [
            (entry.actor, entry.address, entry.page, entry.action, entry.record_id, entry.detail)
            for entry in entries
        ]

    return told


def of(user, action, page, actor="editor", address="127.0.0.1", **detail):
    """Return an entry as `log` tells it."""
    return actor, address, f"admin:{page}", action, user and str(user.pk), detail


def test_a_new_password(editor, log):
    client = signed_in()
    log()
    wrong = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": "another"}
    assert client.post("/admin/password_change/", wrong).status_code == 200
    assert log() == []
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/admin/password_change/", typed).status_code == 302
    assert log() == [of(editor, "password_changed", "password_change")]


def test_a_password_that_an_administrator_sets(editor, boss_desk, log):
    typed = {"password1": NEW, "password2": NEW, "usable_password": "true", "set-password": "1"}
    log()
    assert boss_desk.post(f"{USERS}{editor.pk}/password/", typed).status_code == 302
    assert log() == [
        of(
            editor, "password_changed", "auth_user_password_change", "boss", HERE,
            fields=["password"],
        )
    ]  # fmt: skip


def test_a_password_set_anew_by_mail(editor, log):
    ask_for_reset()
    assert log() == [of(editor, "reset_asked", "password_reset", "")]
    form = Client()
    page = form.get(link_of(mail.outbox[0]), follow=True)
    typed = dict.fromkeys(["new_password1", "new_password2"], NEW)
    assert form.post(page.redirect_chain[-1][0], typed).status_code == 302
    assert log() == [of(editor, "password_reset", "password_reset_confirm")]


def test_a_password_asked_for_by_a_stranger(log):
    ask_for_reset("stranger@example.org")
    assert log() == [of("", "reset_asked", "password_reset", "")]


def test_more_askings_than_are_answered_fill_no_log(editor, log):
    for _time in range(5):
        ask_for_reset()
    assert len(log()) == len(mail.outbox) == 3


def test_a_second_factor_set_up(editor, log):
    client = signed_in()
    client.get(SETUP_PAGE)
    log()
    client.post(SETUP_PAGE, {"code": code_of(TOTPDevice.objects.get())})
    page = "second_factor_setup"
    assert log() == [
        of(editor, "factor_added", page),
        of(editor, "codes_made", page, count=10),
    ]


def test_a_second_factor_that_a_role_asks_for_is_set_up_by_its_user(settings, log):
    settings.SECOND_FACTOR_FOR = ["publisher"]
    user = make_staff("editor", "publisher")
    client = signed_in()
    client.get(SETUP_PAGE)
    log()
    client.post(SETUP_PAGE, {"code": code_of(TOTPDevice.objects.get())})
    page = "second_factor_setup"
    assert log() == [
        of(user, "factor_added", page),
        of(user, "codes_made", page, count=10),
        of(user, "login", page),
    ]
    assert TOTPDevice.objects.get(user=user).confirmed


def test_a_recovery_code_used_and_codes_made_anew(editor, log):
    device = make_app(editor)
    code = new_recovery_codes(editor)[0]
    client = signed_in()
    log()
    assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    page = "second_factor_code"
    assert log() == [of(editor, "code_used", page, left=9), of(editor, "login", page)]
    typed = {"password": PASSWORD, "code": code_of(device)}
    assert client.post(f"{OWN}recovery-codes/", typed).status_code == 200
    assert log() == [of(editor, "codes_made", "recovery_codes", count=10)]


def test_a_login_with_a_second_factor_is_one_when_its_code_was_shown(editor, log):
    device = make_app(editor)
    client = signed_in()
    assert log() == [of(editor, "password_accepted", "login")]
    assert client.post(CODE_PAGE, {"code": code_of(device)}).status_code == 302
    assert log() == [of(editor, "login", "second_factor_code")]


@pytest.mark.parametrize(("groups", "values"), [([], {"is_superuser": True}), (["publisher"], {})])
def test_a_login_that_has_yet_to_set_one_up_is_none(settings, log, groups, values):
    settings.SECOND_FACTOR_FOR = ["superusers", "publisher"]
    user = make_staff("editor", *groups, **values)
    signed_in()
    assert log() == [of(user, "password_accepted", "login")]


def test_a_second_factor_removed_by_its_user(editor, log):
    device = make_app(editor)
    other, client = signed_in(), signed_in()
    for each in (other, client):
        each.post(CODE_PAGE, {"code": code_of(device)})
        wait_for_next_code(device)
        assert is_in(each)
    log()
    client.post(f"{OWN}remove/", {"password": PASSWORD, "code": code_of(device)})
    page = "second_factor_removal"
    assert log() == [
        of(editor, "factor_removed", page),
        of(editor, "sessions_ended", page, count=1),
    ]


def test_a_second_factor_removed_by_an_administrator(editor, boss_desk, log):
    make_app(editor)
    colleague = make_staff("colleague")
    log()
    chosen = [editor.pk, colleague.pk]
    boss_desk.post(USERS, {"action": "remove_second_factor", "_selected_action": chosen})
    assert log() == [of(editor, "factor_removed", "auth_user_changelist", "boss", HERE)]
    history = boss_desk.get(f"{USERS}{editor.pk}/history/").content.decode()
    assert "移除了第二验证" in history


def test_a_second_factor_removed_on_the_server(editor, log):
    make_app(editor)
    remove(User.objects.filter(username="editor"))
    assert log() == [("", "", "", "factor_removed", str(editor.pk), {})]


def test_signing_out_one_of_ones_own_logins(editor, log):
    other, client = signed_in(), signed_in()
    assert is_in(other)
    [elsewhere] = StaffSession.objects.live(editor)
    assert is_in(client)
    log()
    client.post("/admin/account/sessions/", {"session": elsewhere.pk})
    assert log() == [of(editor, "sessions_ended", "sessions", count=1)]
    assert not is_in(other)


def test_signing_out_everywhere(editor, log):
    clients = [signed_in() for _number in range(3)]
    assert all(map(is_in, clients))
    log()
    clients[0].post("/admin/account/sessions/")
    assert log() == [
        of(editor, "sessions_ended", "sessions", count=2),
        of(editor, "logout", "sessions"),
    ]
    assert not any(map(is_in, clients))


def test_signing_out_here_is_only_that(editor, log):
    client = signed_in()
    assert is_in(client)
    log()
    client.post("/admin/account/sessions/", {"session": StaffSession.objects.get().pk})
    assert log() == [of(editor, "logout", "sessions")]
    assert not is_in(client)


@pytest.mark.parametrize("page", ["accounts/staffsession", "auth/user"])
def test_logins_that_an_administrator_ends(editor, boss_desk, page, log):
    clients = [signed_in() for _number in range(2)]
    assert all(map(is_in, clients))
    rows = editor.staff_sessions.all() if page.startswith("accounts") else [editor]
    log()
    chosen = {"action": "sign_out", "_selected_action": [row.pk for row in rows]}
    answer = boss_desk.post(f"/admin/{page}/", chosen, follow=True)
    assert "已退出 2 处登录" in answer.content.decode()
    name = f"{page.replace('/', '_')}_changelist"
    assert log() == [of(editor, "sessions_ended", name, "boss", HERE, count=2)]
    assert not any(map(is_in, clients))


def test_an_account_switched_off(editor, boss_desk, log):
    client = signed_in()
    assert is_in(client)
    address = f"{USERS}{editor.pk}/change/"
    form = read_form(boss_desk.get(address), "user_form")
    del form["is_active"]
    log()
    assert boss_desk.post(address, form).status_code == 302
    page = "auth_user_change"
    told = log()
    assert told[0] == of(editor, "sessions_ended", page, "boss", HERE, count=1)
    assert [entry[3:5] for entry in told[1:]] == [("change", str(editor.pk))]


def test_a_lock_and_its_lifting(editor, boss_desk, log):
    for _time in range(5):
        sign_in(Client(), "editor", "wrong")
    sign_in(Client(), "editor", "wrong")
    failed, locked = (of(editor, name, "login", "") for name in ("login_failed", "locked_out"))
    told = log()
    assert sorted(map(str, told)) == sorted(map(str, [*[failed] * 6, *[locked] * 2]))
    row = AccessAttempt.objects.get()
    lifted = {"action": "lift", "_selected_action": row.pk}
    boss_desk.post("/admin/accounts/loginfailure/", lifted)
    assert log() == [of(editor, "lock_lifted", "accounts_loginfailure_changelist", "boss", HERE)]


def test_a_lock_of_what_is_no_account_repeats_nothing_typed(boss_desk, log):
    sign_in(Client(), PASSWORD, "wrong")
    log()
    lifted = {"action": "lift", "_selected_action": AccessAttempt.objects.get().pk}
    boss_desk.post("/admin/accounts/loginfailure/", lifted)
    page = "accounts_loginfailure_changelist"
    assert log() == [of("", "lock_lifted", page, "boss", HERE)]


def test_an_app_that_was_never_taken_into_use_is_no_second_factor(editor, boss_desk, log):
    signed_in().get(SETUP_PAGE)
    assert TOTPDevice.objects.filter(user=editor, confirmed=False).exists()
    log()
    boss_desk.post(USERS, {"action": "remove_second_factor", "_selected_action": [editor.pk]})
    assert "factor_removed" not in [entry[3] for entry in log()]
    assert not TOTPDevice.objects.exists()


def test_a_login_that_the_clock_has_ended_is_not_counted_but_ended(editor, boss_desk, log):
    old, client = signed_in(), signed_in()
    assert is_in(old)
    StaffSession.objects.filter(user=editor).update(last_seen_at="2026-01-01T00:00:00+08:00")
    assert is_in(client)
    log()
    boss_desk.post(USERS, {"action": "sign_out", "_selected_action": [editor.pk]})
    page = "auth_user_changelist"
    assert log() == [of(editor, "sessions_ended", page, "boss", HERE, count=1)]
    assert not StaffSession.objects.filter(user=editor, ended_at=None).exists()

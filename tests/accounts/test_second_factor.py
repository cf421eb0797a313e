"""The second factor: set up, asked for, used once, and in nobody's way who does not need it."""

import re
from xml.etree import ElementTree

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from promotion.accounts.models import StaffSession
from promotion.accounts.second_factor import new_recovery_codes
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
    wrong_code,
)

pytestmark = pytest.mark.django_db

OWN = "/admin/account/second-factor/"
FILE = f"{OWN}recovery-codes.txt"


@pytest.fixture
def editor():
    return make_staff()


@pytest.fixture
def required(settings):
    """Ask it of superusers and of one group."""
    settings.SECOND_FACTOR_FOR = ["superusers", "publisher"]


def recovery_codes(page):
    return re.findall(r"<code>([a-z2-7]{4}-[a-z2-7]{4})</code>", page.content.decode())


def set_up(client):
    """Set an app up as its user does; return it and the recovery codes."""
    client.get(SETUP_PAGE)
    device = TOTPDevice.objects.get(confirmed=False)
    codes = recovery_codes(client.post(SETUP_PAGE, {"code": code_of(device)}))
    wait_for_next_code(device)
    return device, codes


def test_on_this_machine_alone_nobody_needs_one():
    make_staff("root", is_superuser=True)
    assert is_in(signed_in("root"))


def test_setting_up_shows_the_secret_and_ten_codes_once(editor):
    client = signed_in()
    page = client.get(SETUP_PAGE)
    device = TOTPDevice.objects.get()
    secret = page.context["secret"].replace(" ", "")
    assert f"secret={secret}&" in device.config_url
    drawing = client.get(f"{SETUP_PAGE}code.svg")
    assert drawing["Content-Type"] == "image/svg+xml"
    assert "no-store" in drawing["Cache-Control"]
    assert "style" not in ElementTree.tostring(ElementTree.fromstring(drawing.content), "unicode")
    assert is_in(client)

    answer = client.post(SETUP_PAGE, {"code": code_of(device)})
    assert "no-store" in answer["Cache-Control"]
    assert len(set(recovery_codes(answer))) == 10
    assert is_in(client)
    assert recovery_codes(client.get(OWN)) == []
    assert client.get(f"{SETUP_PAGE}code.svg").status_code == 404
    assert client.get(SETUP_PAGE)["Location"] == OWN


def test_a_wrong_first_code_takes_nothing_into_use(editor):
    client = signed_in()
    client.get(SETUP_PAGE)
    device = TOTPDevice.objects.get()
    page = client.post(SETUP_PAGE, {"code": wrong_code(device)})
    assert "验证码不对" in page.content.decode()
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert is_in(signed_in())


def test_the_password_alone_no_longer_gets_in_and_the_code_does(editor):
    device = make_app(editor)
    client = signed_in()
    asked = client.get("/admin/parks/park/?q=x")
    assert asked["Location"] == f"{CODE_PAGE}?next=/admin/parks/park/%3Fq%3Dx"
    assert 'autocomplete="one-time-code"' in client.get(CODE_PAGE).content.decode()
    key = client.cookies["sessionid"].value
    answer = client.post(asked["Location"], {"code": code_of(device)})
    assert answer["Location"] == "/admin/parks/park/?q=x"
    assert is_in(client)
    assert client.cookies["sessionid"].value != key
    assert StaffSession.objects.live(editor).count() == 1


def test_a_session_of_any_origin_must_show_it_too(editor):
    make_app(editor)
    client = Client()
    client.force_login(editor)
    assert not is_in(client)


def test_before_the_code_nothing_else_of_the_admin_opens(editor):
    editor.is_superuser = True
    editor.save()
    make_app(editor)
    client = signed_in()
    for page in ["", "parks/park/", "password_change/", "account/sessions/", "quality/x/"]:
        assert client.get(f"/admin/{page}")["Location"].startswith(CODE_PAGE)
    assert client.get(SETUP_PAGE)["Location"].startswith(CODE_PAGE)
    assert client.get(f"{SETUP_PAGE}code.svg")["Location"].startswith(CODE_PAGE)
    assert client.post("/admin/parks/park/add/", {"name": "x"})["Location"].startswith(CODE_PAGE)
    # Outside the admin the browser is nobody's.
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert client.post("/admin/logout/").status_code == 200
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


def test_after_the_code_one_is_led_only_to_this_site(editor):
    device = make_app(editor)
    client = signed_in()
    answer = client.post(f"{CODE_PAGE}?next=https://evil.example/", {"code": code_of(device)})
    assert answer["Location"] == "/admin/"


def test_a_code_that_was_seen_opens_nothing_a_second_time(editor):
    device = make_app(editor)
    code = code_of(device)
    assert signed_in().post(CODE_PAGE, {"code": code}).status_code == 302
    thief = signed_in()
    assert "已经用过" in thief.post(CODE_PAGE, {"code": code}).content.decode()
    assert not is_in(thief)


def test_a_recovery_code_works_once_however_it_is_typed(editor):
    _device, codes = set_up(signed_in())
    client = signed_in()
    assert client.post(CODE_PAGE, {"code": f" {codes[0].upper()} "}).status_code == 302
    assert is_in(client)
    again = signed_in()
    assert again.post(CODE_PAGE, {"code": codes[0]}).status_code == 200
    assert not is_in(again)
    assert StaticToken.objects.count() == 9


def test_a_new_secret_key_leaves_recovery_codes_valid_while_the_former_is_named(editor, settings):
    make_app(editor)
    first, second = new_recovery_codes(editor)[:2]
    former, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 60
    assert signed_in().post(CODE_PAGE, {"code": first}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = ["y" * 60, former]
    # The wrong try just now has to be waited for.
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert signed_in().post(CODE_PAGE, {"code": second}).status_code == 302
    assert signed_in().post(CODE_PAGE, {"code": second}).status_code == 200


def test_recovery_codes_cannot_be_read_from_the_database(editor):
    _device, codes = set_up(signed_in())
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert kept.isdisjoint(code.replace("-", "") for code in codes)


def test_guessing_is_slowed_down_even_for_the_right_code(editor):
    device = make_app(editor)
    client = signed_in()
    client.post(CODE_PAGE, {"code": wrong_code(device)})
    page = client.post(CODE_PAGE, {"code": code_of(device)})
    assert "秒再试" in page.content.decode()
    wait_for_next_code(device)
    assert client.post(CODE_PAGE, {"code": code_of(device)}).status_code == 302


def test_wrong_codes_lock_like_wrong_passwords(editor):
    device = make_app(editor)
    client = signed_in(REMOTE_ADDR="192.0.2.1")
    statuses = []
    for _time in range(5):
        statuses.append(client.post(CODE_PAGE, {"code": wrong_code(device)}).status_code)
        wait_for_next_code(device)
    assert statuses == [200, 200, 200, 200, 429]
    assert client.post(CODE_PAGE, {"code": code_of(device)}).status_code == 429
    assert sign_in(Client(), "editor", REMOTE_ADDR="192.0.2.1").status_code == 429
    elsewhere = signed_in(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post(CODE_PAGE, {"code": code_of(device)}).status_code == 302


def test_the_password_again_does_not_make_wrong_codes_forgotten(editor):
    device = make_app(editor)
    for _time in range(4):
        client = signed_in()
        client.post(CODE_PAGE, {"code": wrong_code(device)})
        wait_for_next_code(device)
    client = signed_in()
    assert client.post(CODE_PAGE, {"code": wrong_code(device)}).status_code == 429


def test_the_right_code_makes_wrong_ones_forgotten(editor):
    device = make_app(editor)
    for _time in range(2):
        client = signed_in()
        for _wrong in range(3):
            client.post(CODE_PAGE, {"code": wrong_code(device)})
            wait_for_next_code(device)
        assert client.post(CODE_PAGE, {"code": code_of(device)}).status_code == 302
        wait_for_next_code(device)


@pytest.mark.parametrize(
    ("name", "groups", "values"),
    [("root", [], {"is_superuser": True}), ("publisher", ["publisher"], {})],
    ids=["superuser", "group"],
)
def test_who_must_have_one_sets_it_up_before_anything_else(required, name, groups, values):
    make_staff(name, *groups, **values)
    client = signed_in(name)
    assert client.get("/admin/")["Location"] == f"{SETUP_PAGE}?next=/admin/"
    assert client.get("/admin/password_change/")["Location"].startswith(SETUP_PAGE)
    assert "您的账号要求第二验证" in client.get(SETUP_PAGE).content.decode()
    assert client.get(f"{SETUP_PAGE}code.svg").status_code == 200
    set_up(client)
    assert is_in(client)


def test_who_need_not_have_one_gets_in_without(required):
    make_staff("editor", "editor")
    assert is_in(signed_in())


def test_taking_it_away_asks_for_password_and_code_and_signs_out_elsewhere(editor):
    client = signed_in()
    device, _codes = set_up(client)
    other = signed_in()
    other.post(CODE_PAGE, {"code": code_of(device)})
    assert is_in(other)
    wait_for_next_code(device)
    page = f"{OWN}remove/"
    client.post(page, {"password": "wrong", "code": code_of(device)})
    client.post(page, {"password": PASSWORD, "code": wrong_code(device)})
    assert TOTPDevice.objects.count() == 1
    wait_for_next_code(device)
    client.post(page, {"password": PASSWORD, "code": code_of(device)})
    assert TOTPDevice.objects.count() == StaticToken.objects.count() == 0
    assert is_in(client)
    assert not is_in(other)


def test_new_recovery_codes_replace_the_old(editor):
    client = signed_in()
    device, old = set_up(client)
    typed = {"password": PASSWORD, "code": code_of(device)}
    new = recovery_codes(client.post(f"{OWN}recovery-codes/", typed))
    assert len(new) == 10
    assert set(new).isdisjoint(old)
    assert signed_in().post(CODE_PAGE, {"code": old[0]}).status_code == 200
    StaticToken.objects.first().device.throttle_reset()
    assert signed_in().post(CODE_PAGE, {"code": new[0]}).status_code == 302


def test_the_file_holds_the_codes_just_shown_and_nothing_one_makes_up(editor):
    client = signed_in()
    _device, codes = set_up(client)
    answer = client.post(FILE, {"code": [*codes, "<script>", "aaaa-bbbb"]})
    assert answer.content.decode().split() == codes
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert client.get(FILE).status_code == 405


def test_an_administrator_takes_a_lost_one_away_but_not_a_superusers(editor):
    make_app(editor)
    root = make_staff("root", is_superuser=True)
    make_app(root)
    boss = make_staff("boss")
    boss.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client = signed_in("boss")
    typed = {"action": "remove_second_factor", "_selected_action": [editor.pk, root.pk]}
    assert client.post("/admin/auth/user/", typed).status_code == 302
    assert [device.user for device in TOTPDevice.objects.all()] == [root]
    assert is_in(signed_in())


def test_no_page_of_the_admin_shows_secrets():
    assert not admin.site.is_registered(TOTPDevice)
    assert "otp_totp" not in {model._meta.app_label for model in admin.site._registry}


@pytest.mark.parametrize("action", ["remove_second_factor", "sign_out"])
def test_nobody_ends_the_logins_of_whoever_has_more_rights(editor, action):
    chief = make_staff("chief")
    chief.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "add_user"]))
    assert is_in(signed_in("chief"))
    for user in (editor, chief):
        make_app(user)
    boss = make_staff("boss")
    boss.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    typed = {"action": action, "_selected_action": [editor.pk, chief.pk]}
    assert signed_in("boss").post("/admin/auth/user/", typed).status_code == 302
    assert TOTPDevice.objects.filter(user=chief).exists()
    assert chief.staff_sessions.filter(ended_at=None).exists()

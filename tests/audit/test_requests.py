"""Logins, their failures, refusals, and where each came from."""

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from promotion.audit.services import coming_from, log
from promotion.audit.vocabulary import Action
from promotion.auditing import locked_out
from tests.audit.entries import newest, said, since
from tests.factories import make_inquiry, make_park

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
SECRET = "a long and uncommon word"


@pytest.fixture
def boss():
    return User.objects.create_superuser("boss", password=SECRET)


def test_logging_in_and_out_is_on_the_log(client, boss):
    client.post(LOGIN, {"username": "boss", "password": SECRET, "next": "/admin/"})
    client.post("/admin/logout/")
    account = ("auth.user", str(boss.pk), "")
    assert [said(entry) for entry in since(0)] == [("login", *account), ("logout", *account)]
    assert {(entry.actor, entry.address, entry.page) for entry in since(0)} == {
        ("boss", "127.0.0.1", "admin:login"),
        ("boss", "127.0.0.1", "admin:logout"),
    }


def test_logging_out_twice_is_once_on_the_log(client, boss):
    client.force_login(boss)
    before = newest()
    client.post("/admin/logout/")
    client.post("/admin/logout/")
    assert [entry.action for entry in since(before)] == ["logout"]


@pytest.mark.parametrize(("name", "is_known"), [("boss", True), (SECRET, False)])
def test_a_failed_login_names_the_account_but_nothing_typed(client, boss, name, is_known):
    client.post(LOGIN, {"username": name, "password": "wrong"})
    (entry,) = since(0)
    assert said(entry) == ("login_failed", "auth.user", str(boss.pk) if is_known else "", "")
    assert (entry.actor, entry.detail, entry.address) == ("", {}, "127.0.0.1")
    assert entry.who == "未登录"


def test_a_lockout_names_the_account(boss):
    # As axes says it where it counts the failures.
    locked_out(sender=None, request=None, username="boss", ip_address="127.0.0.1")
    assert said(since(0)[0]) == ("locked_out", "auth.user", str(boss.pk), "")


def test_what_staff_are_refused_is_on_the_log(client):
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    before = newest()
    assert client.get("/admin/parks/park/").status_code == 403
    (entry,) = since(before)
    assert (entry.action, entry.actor, entry.page) == (
        "refused", "clerk", "admin:parks_park_changelist",
    )  # fmt: skip
    assert entry.detail == {"method": "GET"}


def test_a_forged_form_is_on_the_log(boss):
    client = Client(enforce_csrf_checks=True)
    assert client.post(LOGIN, {"username": "boss", "password": SECRET}).status_code == 403
    client.force_login(boss)
    before = newest()
    assert client.post(f"/admin/parks/park/{make_park().pk}/delete/").status_code == 403
    assert [(entry.action, entry.actor) for entry in since(0) if entry.action == "refused"] == [
        ("refused", ""),
        ("refused", "boss"),
    ]
    assert len(since(before)) == 1


def test_a_visitor_who_may_not_write_fills_no_log():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/inquiries/new/", {}).status_code == 403
    assert since(0) == []


@pytest.mark.parametrize(("is_behind", "address"), [(False, "127.0.0.1"), (True, "198.51.100.7")])
def test_the_address_is_the_proxys_word_only_behind_one(client, boss, settings, is_behind, address):
    settings.BEHIND_PROXY = is_behind
    forwarded = "203.0.113.1, 198.51.100.7"
    client.post(LOGIN, {"username": "x", "password": "x"}, headers={"x-forwarded-for": forwarded})
    assert since(0)[0].address == address


def test_what_a_proxy_says_never_breaks_an_entry():
    request = RequestFactory().get("/")
    with coming_from(request, "x" * 500):
        log(Action.LOGIN)
    assert since(0)[0].address == "x" * 45


@pytest.mark.parametrize("model", ["staffsession", "loginfailure", "loginrecord"])
def test_looking_at_the_logins_of_others_is_on_the_log(client, boss, model):
    client.force_login(boss)
    before = newest()
    assert client.get(f"/admin/accounts/{model}/").status_code == 200
    assert [said(entry) for entry in since(before)] == [
        ("view_personal", f"accounts.{model}", "", "")
    ]


@pytest.mark.parametrize("page", ["", "{pk}/change/"])
def test_personal_data_are_seen_by_no_method_without_an_entry(boss, page):
    client = Client()
    client.force_login(boss)
    address = f"/admin/promotion/inquiry/{page.format(pk=make_inquiry().pk)}"
    for method in ("OPTIONS", "TRACE", "PUT", "PATCH"):
        answer = client.generic(method, address)
        assert answer.status_code == 405
    for ask in (client.get, client.post):
        before = newest()
        answer = ask(address)
        shows = answer.status_code == 200
        assert [entry.action for entry in since(before)] == ["view_personal"] * shows

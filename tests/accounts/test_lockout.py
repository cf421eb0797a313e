"""Who fails too often is locked out where they fail, and nobody else is."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Permission
from django.db.models import F
from django.test import Client

from tests.accounts.people import PASSWORD, is_in, make_staff, sign_in, signed_in, without_token

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def fail(name, times=1, **headers):
    """Return the answers to wrong passwords, one after the other."""
    client = Client()
    return [sign_in(client, name, "wrong", **headers) for _time in range(times)]


def statuses(answers):
    return [answer.status_code for answer in answers]


@pytest.fixture
def editor():
    return make_staff()


def test_the_right_password_does_not_open_a_lock(editor):
    assert statuses(fail("editor", 5, REMOTE_ADDR=HERE)) == [200, 200, 200, 200, 429]
    client = Client()
    assert sign_in(client, "editor", REMOTE_ADDR=HERE).status_code == 429
    assert not is_in(client)


def test_a_lock_holds_for_one_name_at_one_address(editor):
    make_staff("colleague")
    fail("editor", 5, REMOTE_ADDR=HERE)
    assert is_in(signed_in("editor", REMOTE_ADDR=ELSEWHERE))
    assert is_in(signed_in("colleague", REMOTE_ADDR=HERE))
    assert sign_in(Client(), "editor", REMOTE_ADDR=HERE).status_code == 429


def test_a_change_of_browser_lifts_no_lock(editor):
    fail("editor", 4, REMOTE_ADDR=HERE, HTTP_USER_AGENT="one")
    assert statuses(fail("editor", 1, REMOTE_ADDR=HERE, HTTP_USER_AGENT="two")) == [429]


def test_an_address_that_tries_many_names_is_locked_by_itself(editor, settings):
    settings.LOGIN_ADDRESS_FAILURES = 6
    tried = [fail(f"name-{number}", REMOTE_ADDR=HERE)[0].status_code for number in range(6)]
    assert tried == [200] * 5 + [429]
    assert sign_in(Client(), "editor", REMOTE_ADDR=HERE).status_code == 429
    assert is_in(signed_in("editor", REMOTE_ADDR=ELSEWHERE))


def test_a_claimed_address_is_not_believed_without_a_proxy(editor):
    answers = [
        fail("editor", REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")[0]
        for number in range(5)
    ]
    assert answers[-1].status_code == 429
    # Nor can the claim lock somebody out who is really there.
    assert is_in(signed_in("editor", REMOTE_ADDR="203.0.113.1"))


def test_behind_a_proxy_what_it_added_counts_and_not_what_came_before(editor, settings):
    settings.BEHIND_PROXY = True
    answers = [
        fail("editor", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, {HERE}")
        for number in range(5)
    ]
    assert answers[-1][0].status_code == 429
    assert is_in(signed_in("editor", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=ELSEWHERE))


def test_a_network_of_ipv6_is_one_address_and_a_mapped_one_is_its_ipv4(editor):
    for host in range(4):
        fail("editor", REMOTE_ADDR=f"2001:db8::{host}")
    assert statuses(fail("editor", REMOTE_ADDR="2001:db8::9")) == [429]
    fail("editor", 4, REMOTE_ADDR=HERE)
    assert statuses(fail("editor", REMOTE_ADDR=f"::ffff:{HERE}")) == [429]


def test_a_lock_ends_by_itself_and_trying_on_does_not_lengthen_it(editor, settings):
    fail("editor", 5, REMOTE_ADDR=HERE)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=20))
    assert statuses(fail("editor", 1, REMOTE_ADDR=HERE)) == [429]
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=11))
    assert is_in(signed_in("editor", REMOTE_ADDR=HERE))


def test_getting_in_forgets_the_failures(editor):
    fail("editor", 4, REMOTE_ADDR=HERE)
    signed_in("editor", REMOTE_ADDR=HERE)
    assert statuses(fail("editor", 4, REMOTE_ADDR=HERE)) == [200] * 4


def test_an_unknown_name_is_locked_in_the_same_words(editor):
    known = [without_token(answer) for answer in fail("editor", 6, REMOTE_ADDR=HERE)]
    unknown = [without_token(answer) for answer in fail("nobody", 6, REMOTE_ADDR=HERE)]
    assert [page.replace("editor", "nobody") for page in known] == unknown
    assert known[-1] == known[-2]
    assert "登录暂时锁定" in known[-1]
    assert "try again in 30 minutes" in known[-1]


def test_an_administrator_sees_locks_and_lifts_them(editor):
    fail("editor", 5, REMOTE_ADDR=HERE)
    root = make_staff("root", is_superuser=True)
    client = Client()
    client.force_login(root)
    page = client.get("/admin/accounts/loginfailure/").content.decode()
    assert HERE in page
    row = AccessAttempt.objects.get()
    client.post("/admin/accounts/loginfailure/", {"action": "lift", "_selected_action": row.pk})
    assert is_in(signed_in("editor", REMOTE_ADDR=HERE))


def test_who_may_only_look_lifts_nothing(editor):
    fail("editor", 5, REMOTE_ADDR=HERE)
    viewer = make_staff("viewer")
    viewer.user_permissions.add(Permission.objects.get(codename="view_loginfailure"))
    client = Client()
    client.force_login(viewer)
    row = AccessAttempt.objects.get()
    client.post("/admin/accounts/loginfailure/", {"action": "lift", "_selected_action": row.pk})
    assert AccessAttempt.objects.count() == 1


def test_what_was_typed_is_not_kept(editor):
    fail("editor", 2, REMOTE_ADDR=HERE)
    sign_in(Client(), "editor", PASSWORD + "x", REMOTE_ADDR=HERE)
    kept = AccessAttempt.objects.get()
    assert "wrong" not in kept.post_data
    assert PASSWORD not in kept.post_data

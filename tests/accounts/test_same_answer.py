"""The login tells nobody which accounts there are: same words, same time."""

import time

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.accounts.people import PASSWORD, make_staff, sign_in, without_token

pytestmark = pytest.mark.django_db


def test_every_refusal_reads_the_same():
    make_staff("known0")
    make_staff("asleep", is_active=False)
    User.objects.create_user("nobody", password=PASSWORD)
    answers = {
        name: sign_in(Client(), name, password)
        for name, password in [
            ("known0", "wrong"),
            ("unsaid", "wrong"),
            ("asleep", PASSWORD),
            ("nobody", PASSWORD),
        ]
    }
    pages = {without_token(page).replace(name, "") for name, page in answers.items()}
    assert len(pages) == 1
    assert {page.status_code for page in answers.values()} == {200}


def test_a_refusal_takes_as_long_whether_there_is_such_an_account_or_not(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.LOGIN_FAILURES = settings.AXES_FAILURE_LIMIT = 100
    make_staff("known")
    make_staff("asleep", is_active=False)

    def fastest(name, password):
        taken = []
        for _time in range(3):
            start = time.perf_counter()
            sign_in(Client(), name, password)
            taken.append(time.perf_counter() - start)
        return min(taken)

    known = fastest("known", "wrong")
    # Without the work of comparing a password the answer comes tens of times sooner.
    assert 0.5 < fastest("unknown", "wrong") / known < 2
    assert 0.5 < fastest("asleep", PASSWORD) / known < 2


@pytest.mark.parametrize("onwards", ["https://evil.example/", "//evil.example/", ""])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_login_leads_nowhere_but_to_this_site(prefix, onwards):
    make_staff("editor")
    typed = {"username": "editor", "password": PASSWORD, "next": onwards}
    assert Client().post(f"{prefix}/admin/login/", typed)["Location"] == f"{prefix}/admin/"


def test_the_fields_tell_the_browser_what_they_are_for(client):
    page = client.get("/admin/login/").content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page

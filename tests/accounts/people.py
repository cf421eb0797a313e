"""Members of staff who sign in as a person would, and codes as their app shows them."""

import re
from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from promotion.accounts.models import StaffSession

PASSWORD = "shan-gao-yue-xiao-7"
LOGIN = "/admin/login/"
CODE_PAGE = "/admin/account/second-factor/code/"
SETUP_PAGE = "/admin/account/second-factor/setup/"


def make_staff(name="editor", *groups, **values):
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **values)
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return user


def sign_in(client, name, password=PASSWORD, address=f"{LOGIN}?next=/admin/", **headers):
    """Send the login form as the page would."""
    typed = {"username": name, "password": password, "next": "/admin/"}
    return client.post(address, typed, **headers)


def signed_in(name="editor", **headers):
    """Return a browser in which a user has just signed in."""
    client = Client(**headers)
    assert sign_in(client, name).status_code == 302
    return client


def is_in(client):
    """Tell whether a browser is let into the admin."""
    response = client.get("/admin/")
    assert response.status_code in (200, 302)
    return response.status_code == 200


def make_app(user):
    """Give a user an app that was set up some time ago."""
    return TOTPDevice.objects.create(user=user, name="app")


def code_of(device):
    """Return what the app shows now."""
    return f"{totp(device.bin_key):06}"


def wrong_code(device):
    """Return a code that the app does not show, nor just before or after."""
    shown = {totp(device.bin_key, t0=shift) for shift in (-60, -30, 0, 30, 60)}
    return next(f"{number:06}" for number in range(10) if number not in shown)


def wait_for_next_code(device):
    """Let so much time pass for the app that its code is another, and tries are free again."""
    TOTPDevice.objects.filter(pk=device.pk).update(
        last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None
    )


def let_pass(**time):
    """Let time pass for everybody who is signed in."""
    for session in StaffSession.objects.all():
        session.started_at -= timedelta(**time)
        session.last_seen_at -= timedelta(**time)
        session.save()
    assert not StaffSession.objects.filter(last_seen_at__gt=timezone.now()).exists()


def without_token(response):
    """Return a page without what differs from one time to the next."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())

import pytest
from django.contrib.auth.models import Permission, User
from django.db.models import Q
from django.test import Client

OUR_APPS = ["reference", "parks", "companies", "promotion"]


def make_user(name, *rights):
    """Return a member of staff who may edit every record, and has the named rights beside."""
    user = User.objects.create_user(name, is_staff=True)
    editing = Q(codename__regex="^(add|change|delete|view)_") | Q(codename__in=rights)
    user.user_permissions.set(
        Permission.objects.filter(editing, content_type__app_label__in=OUR_APPS)
    )
    return user


def desk_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def publisher(db):
    return make_user("publisher", "publish_records")


@pytest.fixture
def desk(db):
    """The browser of someone who may edit but not publish."""
    return desk_of(make_user("editor"))


@pytest.fixture
def reviewer_desk(publisher):
    """The browser of someone who may publish."""
    return desk_of(publisher)

"""Staff in their roles, and two parks of which an operator has one."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.test import Client

from parks.models import ParkOperator
from promotion.reference.models import Role
from promotion.roles import ensure_roles
from tests import factories


def make_staff(*roles, name=""):
    """Return a member of staff in some roles."""
    if not Role.objects.exists():
        ensure_roles()
    user = User.objects.create_user(name or "-".join(roles), is_staff=True)
    user.groups.set([Role.objects.get(key=key).group for key in roles])
    return user


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def make_place(word, **values):
    """Return a park with one row of everything that belongs to a park, all drafts."""
    park = factories.make_park(name=f"{word}园区", status="draft", **values)
    parts = {"park": park, "status": "draft"}
    incubator = factories.make_incubator(name=f"{word}孵化器", **parts)
    figure = factories.make_figure(park, label=f"{word}指标")
    return SimpleNamespace(
        park=park,
        building=factories.make_building(name=f"{word}楼", **parts),
        space=factories.make_space(name=f"{word}房源", **parts),
        incubator=incubator,
        mentor=factories.make_mentor(name=f"{word}导师", incubator=incubator, status="draft"),
        liaison=factories.make_liaison(name=f"{word}联络员", **parts),
        tenancy=factories.make_tenancy(
            park=park, company=factories.make_company(name=f"{word}企业")
        ),
        figure=figure,
        citation=factories.make_citation(figure, excerpt=f"{word}短语"),
    )


@pytest.fixture
def mine(db):
    return make_place("甲")


@pytest.fixture
def others(db):
    return make_place("乙")


@pytest.fixture
def operator(mine):
    user = make_staff("park_operator")
    ParkOperator.objects.create(user=user, park=mine.park)
    return user


@pytest.fixture
def desk(operator):
    """The browser of whoever operates the first park and no other."""
    return browser_of(operator)

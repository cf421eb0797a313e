"""docs/permissions.md says who gets where: what it says is tried, and what it leaves out fails."""

import os
from contextlib import suppress

import pytest
from django.conf import settings as site_settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from promotion.reference.vocabulary import RoleKey
from promotion.roles import DEFINITIONS, RECORDS, SITE_PAGES
from tests.project import our_models
from tests.roles.matrix import (
    BEGIN,
    END,
    Rehearsal,
    admin_patterns,
    blank_templates,
    column,
    columns_of,
    table,
)

PAGE = site_settings.BASE_DIR / "docs" / "permissions.md"


REWRITES = bool(os.environ.get("REWRITE_PERMISSIONS"))
TO_DO = "docs/permissions.md is not what the roles meet. If it is meant so, run `make permissions`."


@pytest.fixture
def lines(settings):
    """The lines of the committed table; pages are tried without what they look like."""
    settings.TEMPLATES = blank_templates(settings)
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].split("\n")[1:-1]


@pytest.mark.django_db
@pytest.mark.skipif(REWRITES, reason="the table is being written anew")
@pytest.mark.parametrize("key", RoleKey.values)
def test_the_page_of_permissions_says_what_a_role_may_do(lines, key):
    said, met = columns_of(lines)[key], column(key)
    lacking = [
        f"add a line for {' '.join(place)}: {met[place]}" for place in met.keys() - said.keys()
    ]
    wrong = [
        f"{' '.join(place)} says {said[place]}, is {met.get(place, 'gone')}"
        for place in said
        if said[place] != met.get(place)
    ]
    assert not lacking + wrong, "\n".join([TO_DO, *sorted(lacking), *wrong])


@pytest.mark.django_db
@pytest.mark.skipif(not REWRITES, reason="only `make permissions` writes the table anew")
def test_the_page_of_permissions_is_written_anew(lines):
    columns = {}
    for key in RoleKey.values:
        with suppress(Rehearsal), transaction.atomic():
            columns[key] = column(key)
            raise Rehearsal
    text = PAGE.read_text(encoding="utf-8")
    new = "\n".join(["", *table(columns), ""])
    PAGE.write_text(text.partition(BEGIN)[0] + BEGIN + new + END + text.partition(END)[2], "utf-8")


def test_every_record_is_in_the_hands_of_a_role():
    known = {*RECORDS, *SITE_PAGES}
    assert {model._meta.label_lower for model in our_models()} == known


def test_every_role_is_defined():
    assert set(DEFINITIONS) == set(RoleKey)


@pytest.mark.django_db
def test_nobody_gets_in_without_an_account():
    client = Client()
    for name, parameters in admin_patterns():
        values = {"app_label": "parks", "label": "parks.park", "name": "unsourced"}
        arguments = [values.get(each, 1) for each in parameters]
        address = reverse(f"admin:{name}", args=arguments)
        for method in (client.get, client.post):
            response = method(address)
            assert response.status_code == 302, address
            assert response["Location"].startswith("/admin/login/"), address

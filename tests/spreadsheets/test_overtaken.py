"""Imports overtaken by what others change: planned again, shown again, or not accepted."""

import pytest
from django.db import DatabaseError

from companies.models import Company
from companies.resources import CompanyResource
from promotion.reference.spreadsheets.resources import MAX_ATTEMPTS
from promotion.reference.spreadsheets.saving import LinkTable
from tests import factories
from tests.spreadsheets.samples import csv_file, read, said, take

pytestmark = pytest.mark.django_db


def planned(monkeypatch, after):
    """Have `after` called with the number of each plan as soon as it is made."""
    plan, made = CompanyResource.plan, []

    def plan_and_call(self, *args, **kwargs):
        made.append(plan(self, *args, **kwargs))
        after(len(made))
        return made[-1]

    monkeypatch.setattr(CompanyResource, "plan", plan_and_call)


def test_a_change_between_planning_and_writing_is_planned_again(monkeypatch):
    company = factories.make_company(name="甲", address="旧路")

    def change(number):
        if number == 1:
            company.staff_count = 9
            company.address = "新路"
            company.save()

    planned(monkeypatch, change)
    result = take("companies", [["名称", "地址", "员工人数"], ["甲", "新路", "9"]])
    assert result.counts["unchanged"] == 1
    assert company.history.count() == 2


def test_a_plan_that_is_overtaken_again_and_again_is_written_in_the_end(monkeypatch):
    other = factories.make_company(name="别家")

    def change(number):
        # The last plan is made inside the transaction, where nobody else can write.
        if number <= MAX_ATTEMPTS:
            other.staff_count = number
            other.save()

    planned(monkeypatch, change)
    assert take("companies", [["名称"], ["甲"]]).counts["new"] == 1
    assert Company.objects.filter(name="甲").exists()


def test_a_plan_that_differs_from_the_approved_one_writes_nothing():
    company = factories.make_company(name="甲", address="旧路")
    table = read(csv_file([["名称", "地址"], ["甲", "新路"]]))
    approved = CompanyResource().import_data(table, dry_run=True).plan.fingerprint
    company.address = "别人改的路"
    company.save()
    result = CompanyResource().import_data(table, expected=approved)
    assert result.is_stale
    company.refresh_from_db()
    assert company.address == "别人改的路"
    approved = result.plan.fingerprint
    assert not CompanyResource().import_data(table, expected=approved).is_stale


def test_a_database_that_refuses_is_reported_and_leaves_nothing(monkeypatch):
    def fail(self, links):
        raise DatabaseError("synthetic")

    monkeypatch.setattr(LinkTable, "save", fail)
    factories.make_industry(slug="a")
    result = take("companies", [["名称", "产业"], ["甲", "a"]])
    assert "数据库" in said(result)[0]
    assert result.counts["refused"] == 1
    assert not Company.objects.exists()

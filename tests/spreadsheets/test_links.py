"""A company's parks and a park's belts: what a name in a cell makes, ends and leaves alone."""

import datetime

import pytest
from django.contrib.auth.models import Permission, User

from companies.models import Tenancy
from parks.models import BeltNode
from tests import factories
from tests.spreadsheets.samples import said, take

pytestmark = pytest.mark.django_db


def test_parks_are_the_running_tenancies():
    company = factories.make_company(name="甲")
    tenancies = {
        slug: factories.make_tenancy(company=company, park=factories.make_park(slug=slug), **values)
        for slug, values in {
            "now": {},
            "later": {"ended_on": str(datetime.date.today().year + 1)},
            "past": {"ended_on": "2020-05"},
            "runs": {"role": "operator"},
        }.items()
    }
    assert take("companies", [["名称", "园区"], ["甲", "later、now"]]).counts["unchanged"] == 1
    problem = take("companies", [["名称", "园区"], ["甲", "later、now、past"]]).problems[0]
    assert "past" in problem.message
    result = take("companies", [["名称", "园区"], ["甲", "later、now、runs"]])
    assert result.counts["changed"] == 1
    assert Tenancy.objects.count() == len(tenancies) + 1


def test_a_park_taken_out_removes_a_bare_tenancy_and_keeps_its_history():
    company = factories.make_company(name="甲")
    tenancy = factories.make_tenancy(company=company)
    user = User.objects.create(username="u", is_superuser=True)
    take("companies", [["名称", "园区"], ["甲", ""]], user=user)
    assert not Tenancy.objects.exists()
    entry = Tenancy.history.get(id=tenancy.pk, history_type="-")
    assert (entry.history_user, entry.history_change_reason) == (user, "导入 表.csv")


@pytest.mark.parametrize(
    "values",
    [{"started_on": "2020"}, {"note": "原因"}, {"claim_status": "planned"}, {"incubator": True}],
)
def test_a_tenancy_that_says_more_is_not_removed_by_a_cell(values):
    if "incubator" in values:
        values = {"incubator": factories.make_incubator()}
    tenancy = factories.make_tenancy(company=factories.make_company(name="甲"), **values)
    result = take("companies", [["名称", "园区"], ["甲", ""]])
    assert "入驻关系" in said(result)[0]
    assert Tenancy.objects.filter(pk=tenancy.pk).exists()


def test_a_cited_tenancy_is_not_removed_by_a_cell():
    tenancy = factories.make_tenancy(company=factories.make_company(name="甲"))
    factories.make_citation(tenancy)
    assert take("companies", [["名称", "园区"], ["甲", ""]]).refused == 1
    assert tenancy.citations.count() == 1


def test_a_node_with_a_role_is_not_removed_by_a_cell():
    node = factories.make_node(park=factories.make_park(name="甲"), role="core")
    assert take("parks", [["名称", "产业带"], ["甲", ""]]).refused == 1
    assert BeltNode.objects.filter(pk=node.pk).exists()


def test_links_need_the_rights_to_their_own_records():
    factories.make_tenancy(company=factories.make_company(name="甲"))
    factories.make_park(slug="p")
    user = User.objects.create(username="u")
    rights = ["add_company", "change_company", "publish_records"]
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    rows = [["名称", "园区"], ["甲", "p"], ["乙", "p"]]
    result = take("companies", rows, user=user)
    assert ["权限" in text for text in said(result)] == [True, True]


def test_links_get_their_own_entries_and_leave_the_record_s_alone():
    company = factories.make_company(name="甲")
    park = factories.make_park(slug="p")
    take("companies", [["名称", "园区"], ["甲", "p"]])
    assert company.history.count() == 1
    entry = Tenancy.objects.get(park=park).history.get()
    assert (entry.history_type, entry.history_change_reason) == ("+", "导入 表.csv")

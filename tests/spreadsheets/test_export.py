"""The admin's export page: what the list shows, and personal data only when asked for."""

import io

import pytest
from openpyxl import load_workbook

from tests import factories
from tests.spreadsheets.admin_pages import make_user, url
from tests.spreadsheets.samples import csv_cells

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.spreadsheets.urls")]


def test_export_holds_what_the_list_is_filtered_to(editor):
    factories.make_company(slug="a", name="甲", status="draft")
    factories.make_company(slug="b", name="乙")
    for query, slugs in (("?status__exact=draft", ["a"]), ("?q=乙", ["b"]), ("", ["a", "b"])):
        page = editor.get(url("export") + query)
        assert f"{len(slugs)} 条记录" in page.content.decode()
        response = editor.post(url("export") + query, {"file_format": ".csv"})
        rows = csv_cells(b"".join(response.streaming_content))
        assert sorted(row[1] for row in rows[1:]) == slugs
    assert ".csv" in response["Content-Disposition"]


def test_export_as_a_workbook(editor):
    factories.make_company(name="=1+1")
    response = editor.post(url("export"), {"file_format": ".xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


def test_personal_data_only_for_those_who_may_change_it_and_ask(client, editor):
    factories.make_company(phone="13800000000")

    def exported(data):
        response = client.post(url("export"), {"file_format": ".csv", **data})
        return b"13800000000" in b"".join(response.streaming_content)

    assert 'name="personal"' in client.get(url("export")).content.decode()
    assert not exported({})
    assert exported({"personal": "on"})
    client.force_login(make_user("viewer", "view_company", "export_records"))
    assert 'name="personal"' not in client.get(url("export")).content.decode()
    assert not exported({"personal": "on"})


@pytest.mark.parametrize("query", ["?nope=1", "?p=99", "?status__exact=x&industries__id__exact=y"])
def test_hostile_filters_of_an_export_are_no_error(editor, query):
    assert editor.get(url("export") + query).status_code in (200, 302)


def test_an_unknown_format_shows_the_form_again(editor):
    page = editor.post(url("export"), {"file_format": ".ods"})
    assert page.context["form"].errors["file_format"]

"""The quality desk: what waits is counted on the first page, listed, and leads to its field."""

import datetime
import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promotion.desk import LINES
from tests.factories import (
    make_citation,
    make_company,
    make_event,
    make_figure,
    make_park,
    make_ready,
    make_tenancy,
)
from tests.pages.world import build

pytestmark = pytest.mark.django_db

LISTED = [line for line in LINES if not line.page]
YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


@pytest.fixture
def editor(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("editor", password="pw"))
    return client


@pytest.fixture
def viewer(client, django_user_model):
    """A member of staff who may see parks and nothing else."""
    user = django_user_model.objects.create_user("viewer", password="pw", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_park"))
    client.force_login(user)
    return client


def cited(record):
    make_citation(record)
    return record


def counts(client):
    html = client.get("/admin/").text
    found = re.findall(r'quality/(\w+)/"><span class="desk-count">(\d+)</span>', html)
    return {name: int(count) for name, count in found}


def listed(client, line, query=""):
    """Return (record, problem, address) of the lines of a list."""
    text = client.get(f"/admin/quality/{line}/{query}").text
    rows = re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a></th>(.*?)</tr>', text, re.S)
    return [
        (record, problem, address)
        for record, cells in rows
        for address, problem in re.findall(r'<li><a href="([^"]*)">([^<]*)</a></li>', cells)
    ]


def park_address(park, anchor):
    return f"/admin/parks/park/{park.pk}/change/#{anchor}"


def test_each_line_counts_and_lists_its_own(editor):
    english = {"name_en": "Park", "summary": "简介", "summary_en": "Summary"}
    bare = cited(make_park(name="缺简介", name_en="Park"))
    uncited = make_park(name="缺引文", **english)
    late = cited(make_park(name="过期", review_by=YESTERDAY, **english))
    chinese = cited(make_park(name="缺英文", summary="简介", summary_en="Summary"))
    ready = make_ready(make_park, name="可发布")
    make_park(name="草稿", status="draft")
    cited(make_park(name="齐全", review_by=timezone.localdate(), **english))
    for source in {citation.source for park in (bare, late) for citation in park.citations.all()}:
        source.name_en = "Source"
        source.save()
    query = "?model=park"
    citations = "reference-citation-subject_type-subject_id-group"
    assert listed(editor, "incomplete", query) == [
        ("缺简介", "没有填写“简介”。", park_address(bare, "id_summary"))
    ]
    assert listed(editor, "unsourced", query) == [
        ("缺引文", f"“{label}”没有引文。", park_address(uncited, citations))
        for label in ("名称", "简介", "类型")
    ]
    assert listed(editor, "untranslated", query) == [
        ("缺英文", "“名称”没有英文。", park_address(chinese, "id_name_en"))
    ]
    assert listed(editor, "ready", query) == [
        ("可发布", "必需的都齐了，现为“草稿”。", park_address(ready, "id_status"))
    ]
    assert counts(editor)["unsourced"] == 1


def test_what_is_to_be_checked_is_what_its_own_page_lists(editor):
    make_park(name="过期", review_by=YESTERDAY)
    make_park(name="从未核实")
    make_park(name="还早", review_by=timezone.localdate())
    make_park(name="草稿", status="draft")
    html = editor.get("/admin/").text
    assert 'href="/admin/overdue/"><span class="desk-count">2</span>' in html
    page = editor.get("/admin/overdue/").text
    assert ("过期" in page, "从未核实" in page, "还早" in page) == (True, True, False)


def test_what_is_not_public_is_not_asked_for(editor):
    make_park(status="draft", review_by=YESTERDAY)
    make_park(status="archived", review_by=YESTERDAY)
    make_park(expires_at=timezone.now(), review_by=YESTERDAY)
    make_figure(make_park(status="draft"), review_by=YESTERDAY)
    assert set(counts(editor).values()) == {0}


def test_parts_and_figures_are_among_the_lines(editor):
    tenancy = make_tenancy(note="说明")
    make_figure(make_park(name="某园"), label="占地")
    found = {(record, problem) for record, problem, _address in listed(editor, "unsourced")}
    assert (str(tenancy), "“说明”没有引文。") in found
    assert ("占地", "没有引文。") in found
    assert ("某园", "数据“占地”没有引文。") in found


def test_the_fields_to_mend_are_on_the_forms(editor):
    build(1)
    for line in LISTED:
        for _record, _problem, address in listed(editor, line.name):
            page, _hash, anchor = address.partition("#")
            assert f'id="{anchor}"' in editor.get(page).text, address


def test_a_list_is_cut_into_pages_that_keep_its_kind(editor):
    for _number in range(51):
        make_park()
    make_event()
    text = editor.get("/admin/quality/incomplete/?model=park&page=2").text
    assert text.count('<th scope="row">') == 1
    assert 'href="?model=park&amp;page=1"' in text
    assert editor.get("/admin/quality/incomplete/?model=%00&page=x").status_code == 200
    assert len(listed(editor, "incomplete", "?page=99")) == 2
    assert editor.get("/admin/quality/nothing/").status_code == 404


def test_the_desk_shows_only_what_one_may_view(viewer):
    make_park(name="某园")
    make_event(name="某活动")
    assert counts(viewer)["incomplete"] == 1
    assert "某活动" not in viewer.get("/admin/quality/incomplete/").text
    assert "某活动" not in viewer.get("/admin/quality/incomplete/?model=event").text


def test_who_may_view_nothing_is_refused(viewer, django_user_model):
    django_user_model.objects.get().user_permissions.clear()
    assert 'class="desk"' not in viewer.get("/admin/").text
    assert viewer.get("/admin/quality/incomplete/").status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_the_first_page_asks_a_fixed_number_of_queries(editor, rows):
    build(rows)
    editor.get("/admin/")
    with CaptureQueriesContext(connection) as queries:
        editor.get("/admin/")
    assert len(queries) == 23


@pytest.mark.parametrize("line", LISTED, ids=lambda line: line.name)
def test_a_list_of_one_kind_costs_the_same_however_long(editor, line):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            editor.get(f"/admin/quality/{line.name}/?model=company")
        return len(captured)

    def lay_down(status):
        company = make_company(status=status, review_by=YESTERDAY)
        if status == "draft":
            make_citation(company)

    for status in ("published", "draft"):
        lay_down(status)
    queries()
    at_first = queries()
    for _number in range(3):
        lay_down("published")
        lay_down("draft")
    assert queries() == at_first

"""The staff pages of duties: promises past due, facts to check again, "still true"."""

import datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company
from parks.models import Park
from promotion.reference.freshness import confirm, overdue, reviewed_models
from tests.factories import (
    make_citation,
    make_company,
    make_event,
    make_figure,
    make_node,
    make_park,
    make_program,
    make_ready,
    make_source,
    make_tenancy,
)
from tests.forms import read_form
from tests.pages import world
from tests.spreadsheets.samples import export, said, take
from tests.test_admin import admin_url, run_action

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(User.objects.create_superuser("editor", password="pw"))
    return client


@pytest.fixture
def viewer(client):
    """A member of staff who may look at parks, and change nothing."""
    user = User.objects.create_user("viewer", password="pw", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_park"))
    client.force_login(user)
    return client


def text_of(client, address, **query):
    return " ".join(client.get(address, query).content.decode().split())


def test_the_radar_names_record_statement_due_source_and_the_field_to_mend(editor):
    park = make_park(name="某园区")
    figure = make_figure(
        park, label="投资", value=20, unit="cny_100m", claim_status="planned", due_on="2024"
    )
    make_citation(figure, source=make_source(name="一份文件"), paragraph=7, excerpt="拟投资")
    program = make_program(name="某工程", stage="planned", as_of="2023")
    text = text_of(editor, "/admin/radar/")
    for said_there in (
        f'<a href="/admin/reference/figure/{figure.pk}/change/#id_claim_status">',
        "某园区 · 20亿元",
        '>计划 · 自2024年起未见证实</td> <td data-label="应实现日期"> 2024年 </td>',
        "一份文件，第 7 段：拟投资",
        f'<a href="/admin/promotion/program/{program.pk}/change/#id_claim_status">',
        "没有写明；最后一次提到是 2023年",
        "没有引文",
        "到期承诺 2 条",
    ):
        assert said_there in text, said_there
    assert "某工程" not in text_of(editor, "/admin/radar/", model="figure")
    assert "某工程" in text_of(editor, "/admin/radar/", model="%00")


def test_the_radar_costs_the_same_however_long(editor):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            editor.get("/admin/radar/")
        return len(captured)

    def promise():
        make_figure(make_park(), claim_status="planned", due_on="2024")
        make_tenancy(claim_status="planned", due_on="2024")
        make_event(due_on="2024")

    promise()
    queries()
    at_first = queries()
    promise()
    assert queries() == at_first


@pytest.mark.parametrize("address", ["/admin/radar/", "/admin/overdue/"])
def test_who_may_see_nothing_is_told_nothing(client, address):
    client.force_login(User.objects.create_user("nobody", password="pw", is_staff=True))
    assert client.get(address).status_code == 403


def test_a_viewer_sees_only_kinds_they_may_and_no_buttons(viewer):
    park, company = make_park(name="某园区", stage="planned", due_on="2024"), make_company()
    for address in ("/admin/radar/", "/admin/overdue/"):
        assert "某园区" in text_of(viewer, address)
        assert company.name not in text_of(viewer, address)
    assert 'name="one"' not in text_of(viewer, "/admin/overdue/")
    assert viewer.post("/admin/overdue/", {"one": f"park:{park.pk}"}).status_code == 403
    park.refresh_from_db()
    assert park.verified_on is None


def test_what_is_overdue_is_listed_by_who_is_responsible(editor):
    wang = User.objects.create_user("wang", password="pw", is_staff=True)
    make_park(name="有人管的", responsible=wang)
    make_park(name="没人管的")
    make_park(name="刚核实的", verified_on=timezone.localdate())
    make_park(name="未公开的", status="draft")
    groups = editor.get("/admin/overdue/").context["groups"]
    assert [(user, [str(line["record"]) for line in lines]) for user, lines in groups] == [
        (None, ["没人管的"]),
        (wang, ["有人管的"]),
    ]
    assert "没人管的" not in text_of(editor, "/admin/overdue/", responsible=wang.pk)
    assert "有人管的" not in text_of(editor, "/admin/overdue/", responsible="none")
    assert "没有到期待核实的记录。" in text_of(editor, "/admin/overdue/", model="company")
    for odd in ("x", "9" * 30, "%00"):
        assert editor.get("/admin/overdue/", {"responsible": odd, "model": odd}).status_code == 200


@pytest.mark.parametrize(("days_ago", "is_due"), [(0, False), (1, True)])
def test_what_may_be_checked_today_is_overdue_tomorrow(days_ago, is_due):
    day = timezone.localdate() - datetime.timedelta(days=days_ago)
    by_term = make_park(review_by=day)
    by_interval = make_park(verified_on=day - Park.review_interval())
    assert set(overdue(Park)) == ({by_term, by_interval} if is_due else set())


def test_one_click_says_that_a_record_is_still_true(editor):
    park, other = make_park(), make_park()
    response = editor.post("/admin/overdue/?model=park", {"one": f"park:{park.pk}"}, follow=True)
    assert "1 条记录已记为今天核实。" in response.text
    assert response.redirect_chain == [("/admin/overdue/?model=park", 302)]
    today = timezone.localdate()
    park.refresh_from_db()
    assert (park.verified_on, park.review_by) == (today, today + datetime.timedelta(days=365))
    entry = park.history.first()
    assert (entry.history_user.username, entry.history_change_reason) == ("editor", "仍然属实")
    assert [line["record"] for _user, lines in response.context["groups"] for line in lines] == [
        other
    ]


def test_many_at_once_on_the_page_and_in_the_list(editor):
    rows = [make_park(), make_node(), make_figure(make_company())]
    names = [f"{row._meta.model_name}:{row.pk}" for row in rows]
    odd = ["park:x", "nothing:1", f"park:{'9' * 30}", ""]
    response = editor.post("/admin/overdue/", {"row": [*names, *odd]}, follow=True)
    assert "3 条记录已记为今天核实。" in response.text
    assert editor.post("/admin/overdue/", {}, follow=True).status_code == 200
    park = make_park()
    assert "1 条记录已记为今天核实。" in run_action(editor, Park, "confirm", [park])
    park.refresh_from_db()
    assert park.verified_on == timezone.localdate()


def test_one_that_is_not_right_holds_back_all(editor):
    good, bad = make_company(), make_company(name="某企业")
    Company.objects.filter(pk=bad.pk).update(website="not an address")
    text = run_action(editor, Company, "confirm", [good, bad])
    assert "“某企业”没有通过检查" in text
    assert not Company.objects.exclude(verified_on=None).exists()


def test_publishing_sets_the_first_term(editor):
    park = make_ready(make_park)
    run_action(editor, Park, "publish", [park])
    park.refresh_from_db()
    assert park.review_by == timezone.localdate() + datetime.timedelta(days=365)
    assert park.verified_on is None


def test_a_term_before_the_verification_is_refused_by_form_and_sheet_saying_what_to_do(editor):
    park = make_park(slug="park", name="某园区")
    form = read_form(editor.get(admin_url(Park, "change", park.pk)), "park_form")
    form |= {"verified_on": "2026-05-01", "review_by": "2026-04-01"}
    advice = "请改为更晚的日期，或留空，由系统按核实间隔推算。"
    assert advice in editor.post(admin_url(Park, "change", park.pk), form).text
    heading = ["网址代码", "名称", "核实日期", "下次核实期限"]
    result = take("parks", [heading, ["park", "某园区", "2026-05-01", "2026-04-01"]])
    assert [problem for problem in said(result) if advice in problem]
    park.refresh_from_db()
    assert park.verified_on is None


def test_a_sheet_takes_back_what_it_said_of_a_promise():
    program = make_program(slug="p", claim_status="planned", stage="planned", due_on="2024")
    sheet = export("programs").decode("utf-8-sig")
    assert "计划（自2024年起未见证实）" in sheet
    rows = [line.split(",") for line in sheet.splitlines()]
    result = take("programs", rows)
    assert (said(result), result.counts["unchanged"]) == ([], 1)
    rows = [["网址代码", "实现状态"], ["p", "已实现（自2024年起未见证实）"]]
    assert take("programs", rows).counts["changed"] == 1
    program.refresh_from_db()
    assert program.claim_status == "achieved"
    assert said(take("programs", [["网址代码", "实现状态"], ["p", "计划（取消）"]]))


def test_who_is_responsible_is_neither_published_nor_exported(editor):
    wang = User.objects.create_user("wang-li", password="pw", is_staff=True)
    make_park(slug="park", responsible=wang)
    assert "wang-li" not in export("parks").decode("utf-8-sig")
    assert "wang-li" not in text_of(editor, "/parks/park/")
    assert "wang-li" in text_of(editor, "/admin/overdue/")
    wang.delete()
    assert Park.objects.get().responsible is None


def test_still_true_changes_the_dates_of_checking_and_nothing_else(editor):
    world.build(1)
    for model in reviewed_models():
        rows = model._base_manager.all()
        before = {row["id"]: row for row in rows.values()}
        assert before, model
        confirm(rows)
        for row in rows.values():
            former = before[row["id"]]
            changed = {name for name in row if row[name] != former[name]}
            assert changed <= {"verified_on", "review_by", "updated_at"}, model
            assert row["verified_on"] == timezone.localdate()

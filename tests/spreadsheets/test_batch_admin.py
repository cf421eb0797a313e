"""The pages of imports in the admin and the command that undoes one: rights, records, reasons."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.models import Company
from promotion.reference.models import ImportBatch
from promotion.reference.spreadsheets.touched import TouchedRecords
from promotion.reference.vocabulary import ImportStage
from tests import factories
from tests.spreadsheets.admin_pages import make_user, messages_of, run_worker
from tests.spreadsheets.batches import import_batch
from tests.spreadsheets.commands import run

pytestmark = pytest.mark.django_db

EDITOR = ["add_company", "change_company", "view_company"]


def url(page, *args):
    return reverse(f"admin:reference_importbatch_{page}", args=args)


def sign_in(client, *rights, name="editor"):
    user = make_user(name, *rights)
    client.force_login(user)
    return user


@pytest.fixture
def batch(client):
    """An import of the signed-in editor that changed one company and made another."""
    user = sign_in(client, *EDITOR)
    industry = factories.make_industry(name="生物", scheme=factories.make_scheme(name="一"))
    group = factories.make_company(name="旧集团", slug="old")
    factories.make_company(name="甲", address="旧路<b>", parent=group, industries=[industry])
    rows = [["名称", "地址", "所属集团", "产业"], ["甲", "新路", "", ""], ["乙", "某路", "old", ""]]
    return import_batch("companies", rows, user)


# Who sees what


def test_nobody_comes_in_without_rights(client, batch):
    client.force_login(make_user("none", "view_park"))
    assert client.get(url("changelist")).status_code == 403
    assert client.get(url("change", batch.pk)).status_code == 404
    assert client.get(url("undo", batch.pk)).status_code == 404
    assert client.post(url("undo", batch.pk)).status_code == 404
    client.logout()
    assert client.post(url("undo", batch.pk)).status_code == 302
    assert Company.objects.filter(name="乙").exists()


def test_everybody_sees_their_own_imports_and_some_see_all(client, batch):
    other = import_batch(
        "parks", [["名称", "类型"], ["园", "产业园区"]], make_user("other", "add_park")
    )
    assert f">{batch.file_name}<" in client.get(url("changelist")).text
    assert client.get(url("changelist")).context["cl"].result_count == 1
    assert client.get(url("change", batch.pk)).status_code == 200
    assert client.get(url("change", other.pk)).status_code == 404
    sign_in(client, "view_importbatch", name="head")
    assert client.get(url("changelist")).context["cl"].result_count == 2
    assert client.get(url("change", other.pk)).status_code == 200


def test_imports_are_on_the_first_page_of_those_who_made_one(client, batch):
    assert url("changelist") in client.get("/admin/").text
    assert url("changelist") in client.get("/admin/reference/").text
    sign_in(client, "view_company", name="reader")
    assert url("changelist") not in client.get("/admin/").text


def test_nobody_adds_edits_or_deletes_an_import(client, batch):
    client.force_login(User.objects.create_superuser("root"))
    assert client.get(url("add")).status_code == 403
    assert client.get(url("delete", batch.pk)).status_code == 403
    assert client.post(url("change", batch.pk), {"stage": "failed"}).status_code == 403
    assert "_save" not in client.get(url("change", batch.pk)).text
    batch.refresh_from_db()
    assert batch.stage == ImportStage.WRITTEN


def test_imports_are_filtered_by_kind_and_stage(client, batch):
    client.force_login(User.objects.create_superuser("root"))
    import_batch("parks", [["名称", "类型"], ["园", "产业园区"]])
    found = {
        query: client.get(f"{url('changelist')}?{query}").context["cl"].result_count
        for query in (
            f"kind={batch.model_type_id}",
            "stage__exact=written",
            "stage__exact=undone",
            "kind=nonsense",
            f"kind={'9' * 30}",
        )
    }
    assert list(found.values()) == [1, 2, 0, 2, 2]


@pytest.mark.parametrize("page", ["change", "undo"])
@pytest.mark.parametrize("number", ["0", "x", "1x", "%00", "９", "9" * 30, "1/2", "-1"])
def test_what_is_no_import_is_not_found(client, batch, page, number):
    for method in (client.get, client.post):
        address = url(page, 1).replace("/1/", f"/{number}/")
        assert method(address).status_code == 404


@pytest.mark.parametrize("page", ["0", "x", "999", "-1", ""])
def test_strange_page_numbers_show_a_page(client, batch, page):
    assert "乙" in client.get(url("change", batch.pk), {"p": page}).text


# What an import did


def test_the_page_of_an_import_shows_what_it_did_to_which_records(client, batch):
    text = client.get(url("change", batch.pk)).text
    changed, made = Company.objects.get(name="甲"), Company.objects.get(name="乙")
    for company in (changed, made):
        page = reverse("admin:companies_company_change", args=[company.pk])
        history = reverse("admin:companies_company_history", args=[company.pk])
        assert f'href="{page}">{company.name}</a>' in text
        assert f'href="{history}"' in text
    changes = re.findall(r"<strong>(.*?)</strong>\s*<del>(.*?)</del> → <ins>(.*?)</ins>", text)
    assert sorted(changes) == sorted(
        [
            ("地址", "旧路&lt;b&gt;", "新路"),
            ("所属集团", "旧集团", "—"),
            ("产业", "生物（一）", "—"),
        ]
    )
    assert batch.file_digest in text
    assert "editor" in text


def test_records_that_are_gone_keep_their_name_and_history(client, batch):
    made = Company.objects.get(name="乙")
    pk = made.pk
    made.delete()
    text = client.get(url("change", batch.pk)).text
    assert "乙" in text
    assert reverse("admin:companies_company_history", args=[pk]) in text
    assert reverse("admin:companies_company_change", args=[pk]) not in text


def test_records_are_shown_only_to_those_who_may_view_them(client, batch):
    sign_in(client, "view_importbatch", name="head")
    text = client.get(url("change", batch.pk)).text
    assert "旧路" not in text
    assert "您无权查看" in text


def test_many_records_are_shown_a_page_at_a_time_for_the_same_queries(client):
    user = sign_in(client, *EDITOR, "view_tenancy", "add_tenancy")
    factories.make_park(slug="p")
    small = import_batch(
        "companies", [["名称", "园区"], *([f"小{n}", "p"] for n in range(3))], user
    )
    large = import_batch(
        "companies", [["名称", "园区"], *([f"大{n}", "p"] for n in range(60))], user
    )
    counts = []
    for batch in (small, large):
        client.get(url("change", batch.pk), {"p": 2})
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url("change", batch.pk), {"p": 2})
        counts.append(len(captured))
    assert counts[0] == counts[1]
    kinds = [record.model_name for record, _page, _history in page.context["records"]]
    assert (kinds.count("企业"), kinds.count("入驻关系")) == (10, 40)
    assert "共 120 条记录" in page.text
    assert len(TouchedRecords(large, {})) == 0


def test_the_history_of_a_record_leads_to_the_import(client, batch):
    company = Company.objects.get(name="甲")
    text = client.get(reverse("admin:companies_company_history", args=[company.pk])).text
    assert f'<a href="{url("change", batch.pk)}">导入 #{batch.pk}</a>' in text


# Undoing


def test_an_import_is_undone_after_asking(client, batch):
    assert url("undo", batch.pk) in client.get(url("change", batch.pk)).text
    asked = client.get(url("undo", batch.pk))
    assert "企业：2 条" in asked.text
    assert "csrfmiddlewaretoken" in asked.text
    assert Company.objects.filter(name="乙").exists()
    done = client.post(url("undo", batch.pk), follow=True)
    assert messages_of(done) == [
        "已撤销：删去 1 条新增的记录，恢复 1 条更改的记录，找回 0 条去掉的记录。"
    ]
    assert not Company.objects.filter(name="乙").exists()
    assert Company.objects.get(name="甲").address == "旧路<b>"
    batch.refresh_from_db()
    assert (batch.stage, batch.undone_by.username) == (ImportStage.UNDONE, "editor")
    assert url("undo", batch.pk) not in done.text
    again = client.post(url("undo", batch.pk))
    assert "已经撤销过了" in again.text


def test_a_forged_request_undoes_nothing(client, batch):
    client.handler.enforce_csrf_checks = True
    assert client.post(url("undo", batch.pk)).status_code == 403
    assert Company.objects.filter(name="乙").exists()


def test_what_hinders_the_undoing_is_listed_with_links(client, batch):
    company = Company.objects.get(name="甲")
    company.staff_count = 9
    company.save()
    event = factories.make_event(name="活动")
    event.companies.add(Company.objects.get(name="乙"))
    page = client.post(url("undo", batch.pk))
    assert "有 2 条记录妨碍撤销，什么也没有改动。" in page.text
    assert (
        f'href="{reverse("admin:companies_company_change", args=[company.pk])}">甲</a>' in page.text
    )
    assert "用到了导入新增的企业“乙”。" in page.text
    # Without the right to view events their name has no link.
    assert reverse("admin:promotion_event_change", args=[event.pk]) not in page.text
    assert Company.objects.filter(name="乙").exists()


@pytest.mark.parametrize(
    ("rights", "may_undo"),
    [
        (["view_importbatch"], False),
        (["view_importbatch", "add_company", "delete_company"], False),
        (["view_importbatch", "change_company", "delete_company"], False),
        (["view_importbatch", "add_company", "change_company"], False),
        (["view_importbatch", "add_company", "change_company", "delete_company"], True),
    ],
)
def test_undoing_for_someone_else_needs_every_right_to_the_records(client, batch, rights, may_undo):
    sign_in(client, *rights, name="head")
    assert (url("undo", batch.pk) in client.get(url("change", batch.pk)).text) is may_undo
    assert client.get(url("undo", batch.pk)).status_code == (200 if may_undo else 403)
    assert client.post(url("undo", batch.pk)).status_code == (302 if may_undo else 403)
    assert Company.objects.filter(name="乙").exists() is not may_undo


def test_who_lost_the_right_to_import_may_not_undo_their_own(client, batch):
    User.objects.get(username="editor").user_permissions.clear()
    assert client.post(url("undo", batch.pk)).status_code == 403
    assert Company.objects.filter(name="乙").exists()


def test_pages_have_no_inline_script_or_style_and_headed_tables(client, batch):
    pages = [client.get(url("changelist")), client.get(url("change", batch.pk))]
    pages.append(client.get(url("undo", batch.pk)))
    Company.objects.get(name="乙").delete()
    pages.append(client.post(url("undo", batch.pk)))
    assert "已被删除" in pages[-1].text
    for page in pages:
        assert not re.search(
            r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\s(src|type=.application/json))",
            page.text,
        )
    for page in pages[1:]:
        for table in re.findall(r"<table.*?</table>", page.text, re.DOTALL):
            assert "<caption" in table
            assert 'scope="col"' in table


# The command


def run_undo(*arguments):
    """Undo by the command; return its exit code, the last line of its output, its complaints."""
    code, out, err = run("undo_import", *arguments)
    return code, out.splitlines()[-1:], err


def test_the_command_undoes_an_import(batch):
    assert run_undo(batch.pk) == (0, ["undone=2 removed=1 restored=1 returned=0"], "")
    assert not Company.objects.filter(name="乙").exists()


def test_the_command_tells_what_hinders_it(batch):
    company = Company.objects.get(name="乙")
    company.staff_count = 9
    company.save()
    code, last, errors = run_undo(batch.pk)
    assert (code, last) == (1, ["undone=0 removed=0 restored=0 returned=0"])
    told = errors.splitlines()
    assert told[0] == "有 1 条记录妨碍撤销，什么也没有改动。"
    assert told[1].startswith("企业“乙”：导入之后又有修改（命令，")
    ImportBatch.objects.update(stage=ImportStage.CHECKING)
    assert run_undo(batch.pk)[2] == "这次导入没有写入任何内容，不用撤销。\n"


@pytest.mark.parametrize("number", [0, 10**30])
def test_an_unknown_number_is_a_bad_call(batch, number):
    assert run_undo(number) == (2, [], "没有这个编号的导入批次。\n")


# Imports too long to be undone in a request


def test_a_long_import_is_undone_by_the_worker(client, batch, settings):
    settings.MAX_SHEET_ROWS_IN_REQUEST = 1
    page = client.post(url("undo", batch.pk), follow=True)
    assert "正在撤销" in page.text
    assert Company.objects.filter(name="乙").exists()
    run_worker()
    batch.refresh_from_db()
    assert (batch.stage, batch.undone_by.username) == (ImportStage.UNDONE, "editor")
    assert not Company.objects.filter(name="乙").exists()


def test_what_hinders_the_worker_is_on_the_page_of_the_import(client, batch, settings):
    settings.MAX_SHEET_ROWS_IN_REQUEST = 1
    company = Company.objects.get(name="乙")
    company.address = "同事改的路"
    company.save()
    client.post(url("undo", batch.pk))
    run_worker()
    text = client.get(url("change", batch.pk)).text
    assert "妨碍撤销" in text
    assert "企业“乙”" in text
    batch.refresh_from_db()
    assert (batch.stage, batch.undone_by) == (ImportStage.WRITTEN, None)
    assert Company.objects.filter(address="同事改的路").exists()

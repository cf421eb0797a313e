"""The admin's import and export pages: rights, preview, confirmation, hostile requests."""

import hashlib
import io
import os
import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from companies.models import Company, Tenancy
from companies.resources import CompanyResource
from promotion.reference.models import ImportBatch
from promotion.reference.spreadsheets.runs import Run, worker_lock
from promotion.reference.spreadsheets.runs import work as work_on
from tests import factories
from tests.spreadsheets.samples import csv_cells, csv_file, read, xlsx_file

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.spreadsheets.urls")]

PAGES = ["import", "import_template", "export"]
RUN_PAGES = ["run", "state", "confirm", "marked", "changes"]


def url(page, model="companies_company", run=None):
    return reverse(f"admin:{model}_{page}", args=[run] if run else [], current_app="sheets")


def latest():
    return ImportBatch.objects.latest("pk").pk


def make_user(name, *rights):
    user = User.objects.create(username=name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


@pytest.fixture
def editor(client):
    """A client whose user may add and change companies and tenancies."""
    rights = [f"{action}_company" for action in ("add", "change", "view")]
    rights += ["add_tenancy", "delete_tenancy", "export_records"]
    client.force_login(make_user("editor", *rights))
    return client


def upload(client, rows, name="企业.csv", model="companies_company"):
    """Hand in rows or bytes and return the page that follows."""
    data = rows if isinstance(rows, bytes) else csv_file(rows)
    file = SimpleUploadedFile(name, data)
    return client.post(url("import", model), {"file": file}, follow=True)


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def confirm(client, run=None, model="companies_company"):
    return client.post(url("import_confirm", model, run or latest()), follow=True)


def work():
    """Do what the worker does that a page starts."""
    call_command("run_imports", stdout=io.StringIO())


# Rights


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_comes_in_without_rights(client, page, method):
    assert getattr(client, method)(url(page)).status_code == 302
    client.force_login(make_user("none"))
    assert getattr(client, method)(url(page)).status_code == 403


@pytest.mark.parametrize(
    ("rights", "may_import", "may_export"),
    [
        (["view_company"], False, False),
        (["view_company", "export_records"], False, True),
        (["export_records"], False, False),
        (["add_company"], True, False),
        (["change_company"], True, False),
        (["change_company", "export_records"], True, True),
        (["add_park", "change_park", "view_park", "export_records"], False, False),
    ],
)
def test_import_needs_adding_or_changing_export_a_right_of_its_own(
    client, rights, may_import, may_export
):
    client.force_login(make_user("u", *rights))
    rows = [["名称"], ["甲"]]
    assert client.get(url("import")).status_code == (200 if may_import else 403)
    assert upload(client, rows).status_code == (200 if may_import else 403)
    assert client.get(url("export")).status_code == (200 if may_export else 403)
    listed = client.get(url("changelist"))
    if listed.status_code == 200:
        assert (url("import") in listed.content.decode()) is may_import
        assert (url("export") in listed.content.decode()) is may_export


@pytest.mark.parametrize(
    ("right", "message"),
    [("add_company", "没有修改记录的权限"), ("change_company", "没有新增记录的权限")],
)
def test_each_row_needs_the_right_that_it_takes(client, right, message):
    factories.make_company(name="甲", address="旧路")
    client.force_login(make_user("u", right))
    page = upload(client, [["名称", "地址"], ["甲", "新路"], ["乙", "某路"]])
    assert page.context["counts"]["refused"] == 1
    assert message in page.content.decode()
    own = [["乙", "某路"]] if right == "add_company" else [["甲", "新路"]]
    page = upload(client, [["名称", "地址"], *own])
    assert page.context["counts"]["refused"] == 0


def test_links_in_a_sheet_need_the_rights_to_tenancies(client):
    factories.make_park(slug="p")
    client.force_login(make_user("u", "add_company", "change_company"))
    page = upload(client, [["名称", "园区"], ["甲", "p"]])
    assert "没有修改入驻关系的权限" in page.content.decode()


# Preview and confirmation


def test_upload_preview_confirm(editor):
    company = factories.make_company(name="甲", address="旧路")
    factories.make_park(slug="p")
    rows = [["名称", "地址", "园区"], ["甲", "新路", "p"], ["乙<b>", "某路", ""]]
    page = upload(editor, rows)
    text = page.content.decode()
    assert page.context["counts"] == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
    assert "<del>旧路</del> → <ins>新路</ins>" in text
    assert "乙&lt;b&gt;" in text
    assert Company.objects.count() == 1
    done = confirm(editor)
    assert messages_of(done) == ["导入完成：新增 1 条，更改 1 条，0 条没有变化。"]
    company.refresh_from_db()
    assert company.address == "新路"
    entry = company.history.first()
    assert (entry.history_user.username, entry.history_change_reason) == (
        "editor",
        "导入 企业.csv",
    )
    assert Tenancy.history.get().history_user.username == "editor"


def test_an_xlsx_with_several_sheets_names_the_one_that_is_read(editor):
    data = xlsx_file(("封面", [["说明"]]), ("名单", [["名称"], ["甲"]]))
    text = upload(editor, data, "企业.xlsx").content.decode()
    assert "读取了工作表“名单”，没有读取：封面。" in text


def test_errors_are_all_listed_and_nothing_can_be_confirmed(editor):
    page = upload(editor, [["名称", "员工人数"], ["甲", "5.7"], ["乙", "1"]])
    assert "应为整数" in page.content.decode()
    assert page.context["counts"]["refused"] == 1
    assert "/confirm/" not in page.content.decode()
    done = confirm(editor)
    assert not Company.objects.exists()
    assert done.status_code == 200


def test_the_marked_file_can_be_fetched_and_handed_in_again(editor):
    page = upload(editor, [["名称", "员工人数"], ["甲", "5.7"]])
    assert url("import_marked", run=latest()) in page.content.decode()
    response = editor.get(url("import_marked", run=latest()))
    data = b"".join(response.streaming_content)
    assert "attachment" in response["Content-Disposition"]
    assert read(data, "错误.xlsx").headings == ["名称", "员工人数", "错误说明"]
    assert "应为整数" in upload(editor, data, "错误.xlsx").content.decode()


def test_previews_are_capped(editor, monkeypatch):
    monkeypatch.setattr("promotion.reference.spreadsheets.runs.PROBLEMS_SHOWN", 5)
    rows = [["名称"], *([f"企业{number}"] for number in range(300))]
    page = upload(editor, rows)
    assert len(re.findall(r'<tr>\s*<th[^>]*scope="row"', page.content.decode())) == 200
    assert "只列出前 200 行" in page.content.decode()
    page = upload(editor, [["名称", "员工人数"], *([f"企业{n}", "x"] for n in range(9))])
    assert len(re.findall(r'<tr>\s*<th[^>]*scope="row"', page.content.decode())) == 5
    assert "9 处中的前 5 处" in page.content.decode()


def test_an_unchanged_file_has_nothing_to_confirm(editor):
    factories.make_company(name="甲")
    page = upload(editor, [["名称"], ["甲"]])
    assert "完全一致" in page.content.decode()
    assert "/confirm/" not in page.content.decode()


def test_a_change_since_the_preview_is_shown_again_and_not_written(editor):
    company = factories.make_company(name="甲", address="旧路")
    upload(editor, [["名称", "地址"], ["甲", "新路"]])
    company.address = "同事改的路"
    company.save()
    again = confirm(editor)
    assert "数据有了变化" in again.content.decode()
    assert "<del>同事改的路</del> → <ins>新路</ins>" in again.content.decode()
    company.refresh_from_db()
    assert company.address == "同事改的路"
    confirm(editor)
    company.refresh_from_db()
    assert company.address == "新路"


def test_rows_that_fail_since_the_preview_are_named_and_not_written(editor):
    park = factories.make_park(slug="p")
    upload(editor, [["名称", "园区"], ["甲", "p"]])
    park.delete()
    again = confirm(editor)
    assert "没有名为“p”的园区" in again.content.decode()
    assert not Company.objects.exists()


# Files that cannot be used


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("企业.xls", b"x", ".xlsx"),
        ("企业.csv", b" \r\n", "空"),
        ("企业.csv", b"\xff\xff", "编码"),
        ("企业.xlsx", b"PK\x03\x04", "损坏"),
        ("../../企业.txt", b"x", ".csv"),
    ],
)
def test_unusable_files_are_explained_beside_the_field(editor, name, data, word):
    page = upload(editor, data, name)
    assert page.status_code == 200
    assert any(word in error for error in page.context["form"].errors["file"])


def test_no_file_and_an_empty_file_are_explained(editor):
    for files in ({}, {"file": SimpleUploadedFile("企业.csv", b"")}):
        page = editor.post(url("import"), files)
        assert page.context["form"].errors["file"]


def test_a_file_too_large_is_refused(editor, settings):
    settings.MAX_SHEET_BYTES = 10
    assert "MB" in upload(editor, [["名称"], ["甲"]]).context["form"].errors["file"][0]


# Runs


def test_every_run_is_on_record(editor):
    rows = [["名称", "地址"], ["甲", "某路"]]
    upload(editor, rows)
    confirm(editor)
    batch = ImportBatch.objects.get()
    assert (batch.user.username, batch.file_name, batch.stage) == ("editor", "企业.csv", "written")
    assert batch.file_digest == hashlib.sha256(csv_file(rows)).hexdigest()
    assert batch.counts == {"new": 1, "changed": 0, "unchanged": 0, "refused": 0}
    assert Company.history.get().import_batch == batch


def test_a_file_is_written_once(editor):
    upload(editor, [["名称"], ["甲"]])
    confirm(editor)
    again = confirm(editor)
    assert "不在等待确认" in messages_of(again)[0]
    assert Company.objects.count() == Company.history.count() == 1


def test_of_two_confirmations_at_once_one_writes(editor):
    upload(editor, [["名称"], ["甲"]])
    first, second = (Run(ImportBatch.objects.get()) for _ in range(2))
    assert first.confirm()
    assert not second.confirm()
    assert first.advance(CompanyResource())
    assert not second.advance(CompanyResource())
    assert Company.history.count() == 1


def test_who_holds_a_run_keeps_others_out(editor):
    upload(editor, [["名称"], ["甲"]])
    run = Run(ImportBatch.objects.get())
    run.confirm()
    with run.lock() as is_held:
        assert is_held
        assert not Run(run.batch).advance(CompanyResource())
        assert not Run(run.batch).stands_still
    assert Run(run.batch).stands_still


@pytest.mark.parametrize("page", RUN_PAGES)
def test_nobody_reaches_the_run_of_another(client, editor, page):
    upload(editor, [["名称", "员工人数"], ["甲", "x"]])
    address = url(f"import_{page}", run=latest())
    editor.logout()
    assert client.get(address).status_code == 302
    client.force_login(make_user("none"))
    assert client.get(address).status_code == 403
    client.force_login(make_user("other", "add_company", "change_company"))
    assert client.get(address).status_code == client.post(address).status_code == 404
    client.force_login(User.objects.create_superuser("root"))
    other_model = url(f"import_{page}", "parks_park", latest())
    assert client.get(other_model).status_code == 404


@pytest.mark.parametrize("page", RUN_PAGES)
def test_a_number_of_no_run_is_not_found(editor, page):
    for number in ("0", "7", "9" * 30):
        assert editor.get(url(f"import_{page}", run=7).replace("7", number)).status_code == 404


def test_a_confirmation_by_link_writes_nothing(editor):
    upload(editor, [["名称"], ["甲"]])
    assert editor.get(url("import_confirm", run=latest())).status_code == 302
    assert not Company.objects.exists()


def test_a_changed_file_is_not_written(editor):
    upload(editor, [["名称"], ["甲"]])
    run = Run(ImportBatch.objects.get())
    run.sheet.write_bytes(csv_file([["名称"], ["乙"]]))
    assert "过期" in confirm(editor).content.decode()
    assert not Company.objects.exists()


def test_an_unconfirmed_file_expires_with_its_record(editor, settings):
    upload(editor, [["名称"], ["甲"]])
    (old,) = (path for path in settings.PENDING_IMPORT_ROOT.iterdir() if path.is_dir())
    assert settings.PENDING_IMPORT_ROOT.stat().st_mode & 0o077 == 0
    assert "企业" not in old.name
    past = timezone.now() - timedelta(hours=settings.PENDING_IMPORT_HOURS, minutes=1)
    ImportBatch.objects.update(started_at=past)
    number = latest()
    upload(editor, [["名称"], ["乙"]])
    assert not old.exists()
    assert editor.get(url("import_run", run=number)).status_code == 404
    assert ImportBatch.objects.count() == 1


def test_the_files_of_a_refused_run_go_and_its_record_stays(editor, settings):
    upload(editor, [["名称", "员工人数"], ["甲", "x"]])
    (old,) = (path for path in settings.PENDING_IMPORT_ROOT.iterdir() if path.is_dir())
    past = time.time() - 3600 * settings.PENDING_IMPORT_HOURS - 5
    os.utime(old, (past, past))
    number = latest()
    upload(editor, [["名称"], ["乙"]])
    assert not old.exists()
    assert ImportBatch.objects.get(pk=number).stage == "refused"
    assert editor.get(url("import_run", run=number)).status_code == 200
    assert editor.get(url("import_marked", run=number)).status_code == 404


def test_a_written_file_does_not_stay(editor, settings):
    upload(editor, [["名称"], ["甲"]])
    confirm(editor)
    assert [path for path in settings.PENDING_IMPORT_ROOT.iterdir() if path.is_dir()] == []


def test_the_full_list_of_changes_can_be_fetched(editor):
    factories.make_company(name="甲", address="=旧路")
    rows = [["名称", "地址", "员工人数"], ["甲", "新路", "9"], ["乙", "某路", ""]]
    upload(editor, rows)
    response = editor.get(url("import_changes", run=latest()))
    assert csv_cells(b"".join(response.streaming_content)) == [
        ["行号", "结果", "记录", "栏目", "原值", "新值"],
        ["2", "更改", "甲", "地址", "'=旧路", "新路"],
        ["2", "更改", "甲", "员工人数", "", "9"],
        ["3", "新增", "乙", "", "", ""],
    ]


# Files too long for a request


@pytest.fixture
def two_rows_at_once(settings):
    settings.MAX_SHEET_ROWS_IN_REQUEST = 2


LONG = [["名称"], ["甲"], ["乙"], ["丙"]]


def test_a_long_file_is_checked_and_written_by_the_worker(editor, two_rows_at_once):
    page = upload(editor, LONG).content.decode()
    assert "正在排队" in page
    assert "import-progress.js" in page
    state = url("import_state", run=latest())
    assert editor.get(state).json()["is_under_way"] is True
    work()
    assert editor.get(state).json()["is_under_way"] is False
    page = editor.get(url("import_run", run=latest()))
    assert page.context["counts"]["new"] == 3
    assert not Company.objects.exists()
    assert "正在" in confirm(editor).content.decode()
    work()
    assert "已写入" in editor.get(url("import_run", run=latest())).content.decode()
    assert Company.objects.count() == 3
    assert {entry.history_user.username for entry in Company.history.all()} == {"editor"}


def test_a_long_file_with_errors_comes_back_marked(editor, two_rows_at_once):
    upload(editor, [["名称", "员工人数"], *(["甲", "x"] for _ in range(3))])
    work()
    page = editor.get(url("import_run", run=latest())).content.decode()
    assert "不是数字" in page
    response = editor.get(url("import_marked", run=latest()))
    marked = b"".join(response.streaming_content)
    assert read(marked, "错误.xlsx").headings == ["名称", "员工人数", "错误说明"]


def test_the_worker_speaks_the_language_of_who_handed_the_file_in(editor, two_rows_at_once):
    with override("en"):
        Run.hand_in(
            csv_file([["名称", "员工人数"], ["甲", "x"]]),
            file_name="企业.csv",
            user=User.objects.get(),
            model=Company,
        )
    work()
    assert "Not a number" in editor.get(url("import_run", run=latest())).content.decode()


def test_a_change_while_a_long_file_waits_is_shown_again(editor, two_rows_at_once):
    company = factories.make_company(name="甲", website="https://a.example")
    upload(editor, [["名称", "网站"], ["甲", "b.example"], ["乙", ""], ["丙", ""]])
    work()
    company.website = "https://c.example"
    company.save()
    confirm(editor)
    work()
    page = editor.get(url("import_run", run=latest())).content.decode()
    assert "数据有了变化" in page
    assert "<del>https://c.example</del>" in page
    assert Company.objects.count() == 1


def test_a_file_that_keeps_failing_is_given_up(editor, two_rows_at_once):
    upload(editor, LONG)
    run = Run(ImportBatch.objects.get())
    run.write("meta", {**run.read("meta"), "attempts": 3})
    work()
    page = editor.get(url("import_run", run=latest())).content.decode()
    assert "没能处理完" in page
    assert ImportBatch.objects.get().stage == "failed"


def test_one_worker_at_a_time(editor, two_rows_at_once):
    upload(editor, LONG)
    with worker_lock() as is_held:
        assert is_held
        assert work_on(lambda model: CompanyResource()) == 0
    assert work_on(lambda model: CompanyResource()) == 1


def test_more_rows_than_any_file_may_have_are_refused_by_the_worker(
    editor, two_rows_at_once, settings
):
    settings.MAX_SHEET_ROWS = 2
    upload(editor, LONG)
    work()
    assert "超过 2 行" in editor.get(url("import_run", run=latest())).content.decode()


# Export and template


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


def test_the_empty_template_is_taken_in(editor):
    response = editor.get(url("import_template"))
    data = b"".join(response.streaming_content)
    headings = read(data, "空白表.xlsx").headings
    assert "名称*" in headings
    assert "联系电话" in headings
    book = load_workbook(io.BytesIO(data))
    book.active.append(["测试企业"])
    filled = io.BytesIO()
    book.save(filled)
    page = upload(editor, filled.getvalue(), "空白表.xlsx")
    assert page.context["counts"]["new"] == 1


def test_a_template_handed_in_empty_is_said_to_be_empty(editor):
    data = b"".join(editor.get(url("import_template")).streaming_content)
    page = upload(editor, data, "空白表.xlsx")
    assert "一行也没有填写" in page.content.decode()
    assert "确认导入" not in page.content.decode()


def test_the_upload_page_tells_how_each_column_is_filled_in(editor):
    content = editor.get(url("import")).content.decode()
    assert "只能填其中一个：企业、企业集团、科研机构或其他组织。" in content
    assert "示例科技有限公司" in content


# Pages


def test_pages_have_no_inline_script_or_style_and_headed_tables(editor):
    pages = [
        editor.get(url("import")),
        editor.get(url("export")),
        upload(editor, [["名称"], ["甲"]]),
        upload(editor, [["名称", "员工人数"], ["甲", "x"]]),
    ]
    for page in pages:
        content = page.content.decode().partition('id="content-main"')[2].partition("footer")[0]
        assert "<script" not in content
        assert not re.search(r"\sstyle=|\son\w+=", content)
        assert "<th>" not in content
        for table in re.findall(r"<table.*?</table>", content, re.DOTALL):
            assert "<caption" in table
            assert 'scope="col"' in table

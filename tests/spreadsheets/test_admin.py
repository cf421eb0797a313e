"""The admin's import pages: rights, preview and confirmation, files that cannot be used."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from companies.models import Company, Tenancy
from tests import factories
from tests.spreadsheets.admin_pages import confirm, latest, make_user, messages_of, upload, url
from tests.spreadsheets.samples import read, xlsx_file

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.spreadsheets.urls")]

PAGES = ["import", "import_template", "export"]


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


# The blank sheet


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

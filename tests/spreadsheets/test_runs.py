"""Runs: an upload on its way from file to database, whose it is, and when it goes."""

import hashlib
import os
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import override

from companies.models import Company
from companies.resources import CompanyResource
from promotion.reference.models import ImportBatch
from promotion.reference.spreadsheets.runs import Run, work, worker_lock
from tests import factories
from tests.spreadsheets.admin_pages import (
    confirm,
    latest,
    make_user,
    messages_of,
    run_worker,
    upload,
    url,
)
from tests.spreadsheets.samples import csv_cells, csv_file, read

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.spreadsheets.urls")]

PAGES = ["run", "state", "confirm", "marked", "changes"]


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


@pytest.mark.parametrize("page", PAGES)
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


@pytest.mark.parametrize("page", PAGES)
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


def test_a_file_on_another_machine_is_told_and_not_confirmed(editor, settings, tmp_path):
    upload(editor, [["名称"], ["甲"]])
    here = settings.PENDING_IMPORT_ROOT
    settings.PENDING_IMPORT_ROOT = tmp_path / "other"
    page = editor.get(url("import_run", run=latest())).content.decode()
    assert "接收它的那台服务器" in page
    assert "接收它的那台服务器" in confirm(editor).content.decode()
    assert ImportBatch.objects.get().stage == "checked"
    settings.PENDING_IMPORT_ROOT = here
    assert "已写入" in confirm(editor).content.decode()


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
    run_worker()
    assert editor.get(state).json()["is_under_way"] is False
    page = editor.get(url("import_run", run=latest()))
    assert page.context["counts"]["new"] == 3
    assert not Company.objects.exists()
    assert "正在" in confirm(editor).content.decode()
    run_worker()
    assert "已写入" in editor.get(url("import_run", run=latest())).content.decode()
    assert Company.objects.count() == 3
    assert {entry.history_user.username for entry in Company.history.all()} == {"editor"}


def test_a_long_file_with_errors_comes_back_marked(editor, two_rows_at_once):
    upload(editor, [["名称", "员工人数"], *(["甲", "x"] for _ in range(3))])
    run_worker()
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
    run_worker()
    assert "Not a number" in editor.get(url("import_run", run=latest())).content.decode()


def test_a_change_while_a_long_file_waits_is_shown_again(editor, two_rows_at_once):
    company = factories.make_company(name="甲", website="https://a.example")
    upload(editor, [["名称", "网站"], ["甲", "b.example"], ["乙", ""], ["丙", ""]])
    run_worker()
    company.website = "https://c.example"
    company.save()
    confirm(editor)
    run_worker()
    page = editor.get(url("import_run", run=latest())).content.decode()
    assert "数据有了变化" in page
    assert "<del>https://c.example</del>" in page
    assert Company.objects.count() == 1


def test_a_file_that_keeps_failing_is_given_up(editor, two_rows_at_once):
    upload(editor, LONG)
    run = Run(ImportBatch.objects.get())
    run.write("meta", {**run.read("meta"), "attempts": 3})
    run_worker()
    page = editor.get(url("import_run", run=latest())).content.decode()
    assert "没能处理完" in page
    assert ImportBatch.objects.get().stage == "failed"


def test_one_worker_at_a_time(editor, two_rows_at_once):
    upload(editor, LONG)
    with worker_lock() as is_held:
        assert is_held
        assert work(lambda model: CompanyResource()) == 0
    assert work(lambda model: CompanyResource()) == 1


def test_more_rows_than_any_file_may_have_are_refused_by_the_worker(
    editor, two_rows_at_once, settings
):
    settings.MAX_SHEET_ROWS = 2
    upload(editor, LONG)
    run_worker()
    assert "超过 2 行" in editor.get(url("import_run", run=latest())).content.decode()

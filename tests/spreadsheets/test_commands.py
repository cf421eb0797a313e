"""The contract of import_data and export_data: last line, exit codes, one line per bad cell."""

import hashlib
import subprocess
import sys

import pytest
from django.conf import settings

from companies.models import Company
from promotion.reference.models import ImportBatch
from promotion.resources import RESOURCES
from tests import factories
from tests.spreadsheets.commands import last_line, run
from tests.spreadsheets.samples import csv_cells, csv_file, export, read, xlsx_file

pytestmark = pytest.mark.django_db

CONTRACT = (
    "belts nodes parks buildings spaces incubators mentors liaisons companies recognitions "
    "tenancies programs measures alliances policies events advisors talent industries figures "
    "sources citations"
)


@pytest.fixture
def put(tmp_path):
    """Return a function that puts rows or bytes into a file and returns its path."""

    def write(content, name="表.csv"):
        path = tmp_path / name
        if isinstance(content, list):
            content = csv_file(content) if name.endswith(".csv") else xlsx_file(content)
        path.write_bytes(content)
        return path

    return write


def test_every_model_of_the_contract_has_a_sheet():
    assert set(CONTRACT.split()) <= set(RESOURCES)


def test_everything_taken(put):
    factories.make_company(name="甲", address="某路")
    factories.make_company(name="乙")
    path = put([["名称", "地址"], ["甲", "某路"], ["乙", "某路"], ["丙", "某路"]])
    code, out, err = run("import_data", "companies", path)
    batch = ImportBatch.objects.get()
    assert (code, last_line(out), err) == (0, "new=1 changed=1 unchanged=1 refused=0", "")
    assert f"undo_import {batch.pk}" in out
    assert (batch.user, batch.file_name, batch.stage) == (None, "表.csv", "written")
    assert batch.file_digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert Company.objects.filter(address="某路").count() == 3
    assert Company.history.first().history_change_reason == "导入 表.csv"


def test_nothing_taken_for_bad_rows(put):
    path = put([["名称", "员工人数"], ["甲", "5.7"], ["乙", "1"], ["丙", "六"]], "表.xlsx")
    code, out, err = run("import_data", "companies", path)
    assert (code, out) == (1, "new=0 changed=0 unchanged=0 refused=2\n")
    assert err.splitlines() == [
        "第 2 行，“员工人数”，“5.7”：应为整数。允许：1200、1200人",
        "第 4 行，“员工人数”，“六”：不是数字。允许：1200、1200人",
    ]
    assert not Company.objects.exists()


def test_problems_of_the_whole_file_refuse_every_row(put):
    path = put([["名称", "不认识的栏"], ["甲", ""], ["乙", ""]])
    code, out, err = run("import_data", "companies", path)
    assert (code, last_line(out)) == (1, "new=0 changed=0 unchanged=0 refused=2")
    assert "不认识的栏" in err


def test_a_problem_is_one_line_whatever_the_cell_holds(put):
    path = put([["名称", "员工人数"], ["甲", "一\n二\r\n三\x07" * 50], ["乙", "5\n\x1b人"]])
    lines = run("import_data", "companies", path)[2].splitlines()
    assert len(lines) == 2
    assert "\x1b" not in lines[1]


def test_a_dry_run_writes_nothing(put):
    path = put([["名称"], ["甲"]])
    code, out, _err = run("import_data", "companies", path, "--dry-run")
    assert (code, last_line(out)) == (0, "new=1 changed=0 unchanged=0 refused=0")
    assert not Company.objects.exists()
    path = put([["名称", "员工人数"], ["甲", "x"]])
    assert run("import_data", "companies", path, "--dry-run")[0] == 1


def test_the_sheet_that_was_read_is_named(put):
    path = put(xlsx_file(("甲表", [["名称"], ["甲"]]), ("乙表", [["备注"]])), "表.xlsx")
    out = run("import_data", "companies", path)[1]
    assert "甲表" in out
    assert "乙表" in out
    assert last_line(out).startswith("new=1")


def test_a_report_is_written_only_for_errors(put, tmp_path):
    report = tmp_path / "错误.xlsx"
    run("import_data", "companies", put([["名称"], ["甲"]]), "--report", report)
    assert not report.exists()
    path = put([["名称", "员工人数"], ["甲", "x"]])
    run("import_data", "companies", path, "--report", report)
    table = read(report.read_bytes(), report.name)
    assert table.headings == ["名称", "员工人数", "错误说明"]
    listed = tmp_path / "错误.csv"
    run("import_data", "companies", path, "--report", listed)
    assert csv_cells(listed.read_bytes())[1][:3] == ["2", "员工人数", "x"]


def test_a_template_holds_the_headings_and_no_record(tmp_path):
    factories.make_company(name="甲")
    path = tmp_path / "空白表.xlsx"
    code, out, _err = run("export_data", "companies", path, "--template")
    assert (code, out) == (0, "new=0 changed=0 unchanged=0 refused=0\n")
    table = read(path.read_bytes(), path.name)
    assert {"名称*", "联系电话"} <= set(table.headings)
    assert list(table.rows) == []
    code, _out, err = run("export_data", "companies", tmp_path / "空白表.csv", "--template")
    assert code == 2
    assert ".xlsx" in err
    assert list(tmp_path.glob("*空白表*")) == [path]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["company", "表.csv"], "companies"),
        (["companies", "没有.csv"], "没有.csv"),
        (["companies", "表.txt"], ".xlsx"),
        (["companies", "空.csv"], "空"),
        (["companies", "乱.csv"], "编码"),
        (["companies", "坏.xlsx"], "损坏"),
        (["companies", "大.csv"], "MB"),
        (["companies", "."], "."),
        (["companies", "表.csv", "--report", "错误.pdf"], ".xlsx"),
        (["companies", "表.csv", "--report", "没有/错误.csv"], "错误.csv"),
    ],
)
def test_bad_calls(put, tmp_path, settings, monkeypatch, arguments, word):
    monkeypatch.chdir(tmp_path)
    settings.MAX_SHEET_BYTES = 2_000
    put([["名称", "员工人数"], ["甲", "x"]])
    put(b"x", "表.txt")
    put(b"", "空.csv")
    put(b"\xff\xff\xff", "乱.csv")
    put(b"PK\x03\x04", "坏.xlsx")
    put(b"a" * 3_000, "大.csv")
    code, out, err = run("import_data", *arguments)
    assert (code, out) == (2, "")
    assert word in err
    assert str(tmp_path) not in err


def test_too_many_rows_are_a_bad_call(put, settings):
    settings.MAX_SHEET_ROWS = 2
    path = put([["名称"], ["甲"], ["乙"], ["丙"]])
    code, _out, err = run("import_data", "companies", path)
    assert (code, "2 行" in err) == (2, True)


def test_a_fault_of_the_program_shows_no_traceback_unless_asked(put, monkeypatch):
    def fail(*_arguments, **_options):
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(RESOURCES["companies"], "import_data", fail)
    code, _out, err = run("import_data", "companies", put([["名称"], ["甲"]]))
    assert code == 2
    assert "RuntimeError" in err
    assert "/secret/path" not in err
    with pytest.raises(RuntimeError):
        run("import_data", "companies", put([["名称"], ["甲"]]), "--traceback")


def test_the_process_ends_with_the_exit_code_and_no_traceback(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "import_data", "companies", tmp_path / "没有.csv"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert str(tmp_path) not in done.stderr


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_export_and_import_of_the_same_file(tmp_path, suffix):
    factories.make_company(phone="13800000000")
    path = tmp_path / f"企业{suffix}"
    assert run("export_data", "companies", path) == (
        0,
        "new=0 changed=0 unchanged=1 refused=0\n",
        "",
    )
    assert run("import_data", "companies", path)[:2] == (
        0,
        "new=0 changed=0 unchanged=1 refused=0\n",
    )
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_export_leaves_personal_data_out_unless_asked_for(tmp_path):
    factories.make_company(phone="13800000000")
    path = tmp_path / "企业.csv"
    run("export_data", "companies", path)
    assert "13800000000" not in path.read_text(encoding="utf-8-sig")
    run("export_data", "companies", path, "--personal")
    assert "13800000000" in path.read_text(encoding="utf-8-sig")
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["firms", "a.csv"], "companies"),
        (["companies", "a.ods"], ".xlsx"),
        (["companies", "没有/a.csv"], "a.csv"),
    ],
)
def test_bad_calls_of_export(tmp_path, monkeypatch, arguments, word):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("export_data", *arguments)
    assert (code, out) == (2, "")
    assert word in err


def test_a_failed_export_leaves_the_old_file(tmp_path, monkeypatch):
    factories.make_company()
    path = tmp_path / "企业.csv"
    path.write_bytes(b"old")

    def fail(self, queryset):
        yield ["甲"]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RESOURCES["companies"], "export_rows", fail)
    assert run("export_data", "companies", path)[0] == 2
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_an_export_of_nothing_is_a_template(put):
    code, out, _err = run("import_data", "spaces", put(export("spaces")))
    assert (code, last_line(out)) == (0, "new=0 changed=0 unchanged=0 refused=0")
    assert "一行也没有填写" in out

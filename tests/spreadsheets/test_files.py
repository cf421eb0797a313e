"""Every awkward file of `files/`, by the command and in the admin, against `expected.toml`."""

import html
import io
import re
import tomllib
import zipfile
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Manager, Model
from django.urls import reverse
from openpyxl import load_workbook

from promotion.reference.models import ImportBatch
from promotion.resources import RESOURCES
from tests.forms import read_form_to
from tests.spreadsheets.commands import last_line, run
from tests.spreadsheets.make_files import FILES, made_files
from tests.spreadsheets.world import make_world

EXPECTED = tomllib.loads((FILES / "expected.toml").read_text(encoding="utf-8"))
ERROR_COLUMN = "错误说明"


def cases(exit_code, having="exit"):
    """Return the names of the files with this exit code, and with this in their expectation."""
    return [name for name, case in EXPECTED.items() if case["exit"] == exit_code and having in case]


@pytest.fixture
def world(db, settings):
    make_world()
    return settings


def limit(settings, case):
    for name, value in case.get("limits", {}).items():
        setattr(settings, name, value)


def everything():
    """Return how many rows each table has: what a refused file may not change."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in {"reference", "parks", "companies", "promotion"}
        and model is not ImportBatch
    }


# What was stored


def stored_value(record, name):
    value = getattr(record, name)
    if isinstance(value, Manager):
        # Reversed relations to new records are named: their codes were made for them.
        field = "name" if record._meta.get_field(name).auto_created else "slug"
        return sorted(value.values_list(field, flat=True))
    if isinstance(value, Model):
        return value.slug
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if isinstance(value, bool | int) else str(value)


def check_stored(case):
    model = RESOURCES[case["model"]]._meta.model
    for wanted in case.get("stored", []):
        key = "name" if "name" in wanted else "code"
        record = model._default_manager.get(**{key: wanted[key]})
        assert {name: stored_value(record, name) for name in wanted} == wanted


# What was said


def is_said(wanted, text, cells=None):
    """Tell whether a problem, as a line or as the cells of a table row, is the wanted one."""
    row = wanted.get("row")
    if cells is None:
        placed = text.startswith(f"第 {row} 行") if row else not re.match(r"第 \d+ 行[，：]", text)
    else:
        placed = cells[0] == str(row or "")
    parts = [wanted.get(name) for name in ("column", "value", "what", "also", "allowed")]
    return placed and all(part in text for part in parts if part)


def check_said(case, problems):
    """Compare problems, as (text, cells or None), with what was to be said."""
    for wanted in case["says"]:
        assert any(is_said(wanted, *problem) for problem in problems), (wanted, problems)
    for problem in problems:
        assert any(is_said(wanted, *problem) for wanted in case["says"]), problem


def places(lines):
    """Return the row and the column that each line of the command names."""
    return sorted(re.match(r"(第 \d+ 行)?(?:，“([^”]*)”)?", line).groups("") for line in lines)


# The files


def contents(data):
    """Return what a file holds, however it is packed."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(member.flag_bits & 1 for member in archive.infolist()):
            return data
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_file_has_its_expectation_and_can_be_made_again():
    on_disk = {path.name: path.read_bytes() for path in FILES.iterdir() if path.suffix != ".toml"}
    assert on_disk.keys() == EXPECTED.keys()
    made = made_files()
    assert made.keys() == on_disk.keys()
    for name, data in made.items():
        assert contents(data) == contents(on_disk[name]), name


# By the command


@pytest.mark.parametrize("name", cases(0))
def test_taken_by_the_command(world, name):
    case = EXPECTED[name]
    code, out, err = run("import_data", case["model"], FILES / name)
    assert (err, code, last_line(out)) == ("", 0, case["counts"])
    assert all(phrase in out for phrase in case.get("told", []))
    check_stored(case)


@pytest.mark.parametrize("name", cases(1))
def test_refused_by_the_command(world, name):
    case = EXPECTED[name]
    before = everything()
    code, out, err = run("import_data", case["model"], FILES / name)
    check_said(case, [(line, None) for line in err.splitlines()])
    assert (code, last_line(out)) == (1, case["counts"])
    assert everything() == before


@pytest.mark.parametrize("name", cases(2))
def test_not_read_by_the_command(world, name):
    case = EXPECTED[name]
    limit(world, case)
    before = everything()
    code, out, err = run("import_data", case["model"], FILES / name)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    check_said(case, [(err, None)])
    assert everything() == before


# The marked file


def handed_in_marked(tmp_path, name):
    """Hand a file in for its marked copy; return that and the lines that were said."""
    marked = tmp_path / "marked.xlsx"
    _code, _out, err = run("import_data", EXPECTED[name]["model"], FILES / name, "--report", marked)
    return marked, err.splitlines()


@pytest.mark.parametrize("name", cases(1))
def test_the_marked_file_shows_the_faults_and_is_refused_alike(world, tmp_path, name):
    case = EXPECTED[name]
    before = everything()
    marked, lines = handed_in_marked(tmp_path, name)
    sheet = load_workbook(marked).worksheets[0]
    notes = notes_of(sheet)
    for wanted in case["says"]:
        if "row" in wanted:
            assert wanted.get("what", "") in notes[wanted["row"]]
    coloured = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type}
    assert coloured == set(case["marked"])
    code, out, err = run("import_data", case["model"], marked)
    assert places(err.splitlines()) == places(lines)
    assert (code, last_line(out)) == (1, case["counts"])
    assert everything() == before


def notes_of(sheet):
    """Return {row number: what the error column says about it}."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    column = next(
        index
        for row in rows
        for index, cell in enumerate(row)
        if str(cell).startswith(ERROR_COLUMN)
    )
    return {number: row[column] or "" for number, row in enumerate(rows, start=1)}


@pytest.mark.parametrize("name", cases(1, having="mend"))
def test_the_marked_file_mended_is_taken(world, tmp_path, name):
    case = EXPECTED[name]
    marked, _lines = handed_in_marked(tmp_path, name)
    book = load_workbook(marked)
    for place, value in case["mend"].items():
        book.worksheets[0][place] = value or None
    book.save(marked)
    code, out, err = run("import_data", case["model"], marked)
    assert (err, code, last_line(out)) == ("", 0, case["mended"])


# In the admin


class AdminImport:
    """The admin's way of taking in a file, as a person goes it: pages, forms and what they say."""

    def __init__(self, client, model):
        self.client = client
        options = RESOURCES[model]._meta.model._meta
        self.url = reverse(f"admin:{options.app_label}_{options.model_name}_import")
        client.force_login(User.objects.create_superuser("editor"))

    def upload(self, path):
        """Hand a file in and keep the page that follows."""
        file = SimpleUploadedFile(path.name, path.read_bytes())
        self.show(self.client.post(self.url, {"file": file}, follow=True))

    def confirm(self):
        """Press the button that writes what was shown."""
        self.show(self.client.post(*self.form, follow=True))

    def show(self, page):
        assert page.status_code == 200
        self.page = page.content.decode()
        self.form = read_form_to(page, "confirm")

    @property
    def text(self):
        return text_of(self.page)

    @property
    def counts(self):
        """The four counts of a preview, as the command writes them; None on any other page."""
        numbers = re.search(r"<tbody>\s*<tr>((?:\s*<td>\d+</td>){4})", self.page)
        if not numbers:
            return None
        counts = re.findall(r"\d+", numbers.group(1))
        names = ("new", "changed", "unchanged", "refused")
        return " ".join(f"{name}={count}" for name, count in zip(names, counts, strict=True))

    @property
    def problems(self):
        """The rows of the table of problems."""
        rows = re.findall(r'<tr>\s*<th[^>]*scope="row"[^>]*>(.*?)</tr>', self.page, re.DOTALL)
        cells = [[text_of(cell) for cell in re.split(r"</t[hd]>", row)[:-1]] for row in rows]
        return [(" ".join(row), row) for row in cells]


def text_of(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


@pytest.mark.parametrize("name", cases(0))
def test_taken_in_the_admin(world, client, name):
    case = EXPECTED[name]
    before = everything()
    admin = AdminImport(client, case["model"])
    admin.upload(FILES / name)
    assert admin.counts == case["counts"]
    assert all(phrase in admin.text for phrase in case.get("told", []))
    assert everything() == before
    if not case["counts"].startswith("new=0 changed=0"):
        admin.confirm()
        assert "导入完成" in admin.text
    check_stored(case)


@pytest.mark.parametrize("name", cases(1))
def test_refused_in_the_admin(world, client, name):
    case = EXPECTED[name]
    before = everything()
    admin = AdminImport(client, case["model"])
    admin.upload(FILES / name)
    assert admin.form is None
    assert admin.counts == case["counts"]
    check_said(case, admin.problems)
    assert everything() == before


@pytest.mark.parametrize("name", cases(2))
def test_not_read_in_the_admin(world, client, name):
    case = EXPECTED[name]
    limit(world, case)
    before = everything()
    admin = AdminImport(client, case["model"])
    admin.upload(FILES / name)
    assert admin.counts is None
    if name != "empty.csv":
        # An empty upload is refused by Django's own form field, in its own words.
        check_said(case, [(admin.text, None)])
    assert everything() == before

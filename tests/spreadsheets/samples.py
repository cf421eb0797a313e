"""Awkward files made in code, byte for byte as offices hand them in, and one way to take them in.

Everything in them is synthetic.
"""

import csv
import io
import zipfile

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from companies.models import credit_code_check_digit
from promotion.reference.spreadsheets.reading import read_table
from promotion.reference.spreadsheets.writing import write_sheet
from promotion.resources import RESOURCES

LIMITS = {"max_rows": 1_000, "max_bytes": 10_000_000}


def credit_code(number=1):
    """Return a synthetic credit code with a right check digit."""
    stem = f"91310107MA{number:07}"
    return stem + credit_code_check_digit(stem)


def csv_file(rows, encoding="utf-8-sig", delimiter=",", newline="\r\n"):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return buffer.getvalue().encode(encoding)


def xlsx_file(*sheets, adjust=None):
    """Return a workbook with sheets given as rows, or as (name, rows).

    `adjust` may change the first worksheet before it is saved.
    """
    book = Workbook()
    book.remove(book.active)
    for index, sheet in enumerate(sheets, start=1):
        name, rows = sheet if isinstance(sheet, tuple) else (f"Sheet{index}", sheet)
        worksheet = book.create_sheet(name)
        for row in rows:
            worksheet.append(list(row))
    if adjust:
        first = book.worksheets[0]
        assert isinstance(first, Worksheet)
        adjust(first)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_member(workbook, name, change):
    """Return a workbook with one member of its archive changed by a function of its bytes."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        assert name in old.namelist()
        for member in old.namelist():
            data = old.read(member)
            new.writestr(member, change(data) if member == name else data)
    return result.getvalue()


def hand_made_workbook(sheet, strings="", merged=()):
    """Return the smallest workbook with shared strings, as other programs than openpyxl write."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    members = {
        "_rels/.rels": f'<Relationships {package}><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<x:workbook xmlns:x="{main[7:-1]}" xmlns:q="{office}"><x:sheets>'
        '<x:sheet name="表" sheetId="1" q:id="r1"/></x:sheets></x:workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships {package}>"
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="../xl/worksheets/Sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="SharedStrings.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{sheet}</sheetData>"
        + "".join(f'<mergeCell ref="{area}"/>' for area in merged)
        + "</worksheet>",
        "xl/sharedStrings.xml": f"<sst {main}>{strings}</sst>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def read(data, name="表.csv", model="companies", **limits):
    resource = RESOURCES[model]()
    return read_table(name, data, resource.vocabulary.recognise, **{**LIMITS, **limits})


def rows_of(data, name="表.csv"):
    """Return the (row number, cells) that were read of a file."""
    return list(read(data, name).rows)


def take(model, rows, suffix=".csv", **options):
    """Import rows, the first of them headings, as a file; return the result."""
    data = csv_file(rows) if suffix == ".csv" else xlsx_file(rows)
    return take_file(model, data, f"表{suffix}", **options)


def take_file(model, data, name="表.csv", **options):
    resource = RESOURCES[model]()
    table = read_table(name, data, resource.vocabulary.recognise, **LIMITS)
    return resource.import_data(table, **options)


def export(model, suffix=".csv", queryset=None, personal=True):
    """Return the file that exporting a model writes."""
    resource = RESOURCES[model](personal=personal)
    buffer = io.BytesIO()
    rows = resource.export_rows(resource.get_queryset() if queryset is None else queryset)
    write_sheet(buffer, suffix, resource.title, resource.headings, rows)
    return buffer.getvalue()


def csv_cells(data):
    """Return the rows of an exported CSV file as a reader without our code sees them."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def said(result):
    """Return the problems of a result, one text each."""
    return [str(problem) for problem in result.problems]

"""Workbooks changed, byte by byte where openpyxl cannot, into what Excel and others save."""

import io
import re
import zipfile

from tests.spreadsheets.samples import with_member, xlsx_file

SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
BOOK = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"
TIMES = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
INLINE = re.compile(r't="inlineStr"><is>(.*?)</is>', re.DOTALL)


def settled(workbook, compression=zipfile.ZIP_DEFLATED):
    """Return a workbook without the time at which it was made."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(result, "w", compression, compresslevel=9) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), TIMES.sub(b"", old.read(name)), compression)
    return result.getvalue()


def formatted(rows, formats):
    """Return a workbook whose cells, named by their place, have number formats."""

    def adjust(sheet):
        for place, number_format in formats.items():
            sheet[place].number_format = number_format

    return xlsx_file(rows, adjust=adjust)


def changed(workbook, member, *replacements):
    """Return a workbook with texts of one member replaced."""

    def change(data):
        text = data.decode()
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        return text.encode()

    return with_member(workbook, member, change)


def with_shared_strings(workbook):
    """Return a workbook of openpyxl with its texts in a table of their own, as Excel keeps them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    texts = []

    def shared(match):
        texts.append(match.group(1))
        return f't="s"><v>{len(texts) - 1}</v>'

    def moved(data):
        return INLINE.sub(shared, data.decode()).encode()

    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    for name in sheets:
        workbook = with_member(workbook, name, moved)
    workbook = changed(
        workbook,
        "xl/_rels/workbook.xml.rels",
        (
            "</Relationships>",
            f'<Relationship Type="{office}/sharedStrings" Target="sharedStrings.xml" Id="rId99"/>'
            "</Relationships>",
        ),
    )
    workbook = changed(
        workbook,
        "[Content_Types].xml",
        ("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'),
    )
    result = io.BytesIO(workbook)
    with zipfile.ZipFile(result, "a") as archive:
        items = "".join(f"<si>{text}</si>" for text in texts)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{items}</sst>')
    return result.getvalue()


def as_excel_saves(workbooks):
    """Return workbooks of openpyxl, as {name: bytes}, packed the way that Excel packs them."""
    return {name: settled(with_shared_strings(data)) for name, data in workbooks.items()}

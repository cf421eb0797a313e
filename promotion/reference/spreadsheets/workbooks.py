"""Writing workbooks (XLSX) with typed cells; never a live formula."""

import datetime
import re
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from promotion.reference.spreadsheets.guard import guarded
from promotion.reference.spreadsheets.problems import BadCell
from promotion.reference.spreadsheets.writing import plain_text

EXACT_DIGITS = 15
"""As many digits as Excel keeps of a number."""
FIRST_EXCEL_YEAR = 1901
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\r\x0e-\x1f\ufffe\uffff]")
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
NOT_AVAILABLE = "#N/A"
TEXT_FORMAT = "@"
DATE_FORMAT = "yyyy-mm-dd"
MOMENT_FORMAT = "yyyy-mm-dd hh:mm:ss"
NARROW, WIDE = 10, 40
BOLD = Font(bold=True)
FAULTY = PatternFill("solid", fgColor="FFF4CCCC")
TOP = Alignment(vertical="top")


def escaped(text):
    """Return text with what XML cannot hold as the workbook format's _x000D_ escapes."""
    text = LOOKS_ESCAPED.sub("_x005F_", text)
    return UNWRITABLE.sub(lambda match: f"_x{ord(match.group()):04X}_", text)


def typed(cell):
    """Return (value, number format) of an XLSX cell; a number too long for Excel is text."""
    if isinstance(cell, bool):
        return cell, None
    if isinstance(cell, int | Decimal):
        digits = len(Decimal(cell).as_tuple().digits)
        return (cell, None) if digits <= EXACT_DIGITS else (plain_text(cell), TEXT_FORMAT)
    if isinstance(cell, datetime.date) and cell.year < FIRST_EXCEL_YEAR:
        return plain_text(cell), TEXT_FORMAT
    if isinstance(cell, datetime.datetime):
        return cell, MOMENT_FORMAT
    if isinstance(cell, datetime.date):
        return cell, DATE_FORMAT
    return cell, TEXT_FORMAT


def xlsx_cell(sheet, cell):
    """Return a cell of a sheet; text stays text, whatever a formula it looks like."""
    if cell is None:
        return None
    if isinstance(cell, BadCell):
        # As plain text it would pass for a value the next time.
        return WriteOnlyCell(sheet, NOT_AVAILABLE)
    value, number_format = typed(cell)
    if isinstance(value, str):
        written = WriteOnlyCell(sheet, escaped(value))
        written.data_type = "s"
    else:
        written = WriteOnlyCell(sheet, value)
    if number_format:
        written.number_format = number_format
    return written


def bold_cell(sheet, text):
    cell = xlsx_cell(sheet, text)
    cell.font = BOLD
    cell.alignment = TOP
    return cell


def start_sheet(book, title, headings, frozen_below=1):
    """Add a sheet with suitable column widths, its rows frozen down to the headings."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = f"A{frozen_below + 1}"
    for index, heading in enumerate(headings, start=1):
        # A Chinese character is as wide as two digits.
        width = 2 * len(heading) + 4
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = min(max(width, NARROW), WIDE)
    return sheet


def write_xlsx(file, title, headings, rows):
    """Write a workbook with one sheet."""
    book = Workbook(write_only=True)
    sheet = start_sheet(book, title, headings)
    sheet.append([bold_cell(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append(
            [
                xlsx_cell(sheet, guarded(cell, is_typed=True) if isinstance(cell, str) else cell)
                for cell in row
            ]
        )
    book.save(file)

"""Writing sheets: CSV that Excel reads as Chinese, or a workbook; never a live formula."""

import csv
import datetime
import io
from decimal import Decimal
from itertools import chain

from promotion.reference.batches import in_batches
from promotion.reference.spreadsheets.guard import guarded

CSV_BATCH = 1_000


def plain_text(cell):
    """Return a number or date as text."""
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return str(cell)


def csv_cell(cell):
    if cell is None:
        return ""
    return guarded(cell) if isinstance(cell, str) else plain_text(cell)


def csv_column(cells):
    """Return the cells of a column as CSV holds them; what is repeated is made once."""
    texts = {cell: csv_cell(cell) for cell in set(cells)}
    return [texts[cell] for cell in cells]


def csv_lines(headings, rows):
    """Yield a CSV file as bytes, some hundred rows at a time; the BOM makes Excel read UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    mark = "\ufeff"
    for batch in chain([[headings]], in_batches(rows, CSV_BATCH)):
        columns = [csv_column(cells) for cells in zip(*batch, strict=True)]
        writer.writerows(zip(*columns, strict=True))
        yield (mark + buffer.getvalue()).encode()
        mark = ""
        buffer.seek(0)
        buffer.truncate()


def write_sheet(file, suffix, title, headings, rows):
    """Write headings and rows to a binary file, as CSV or XLSX."""
    if suffix == ".xlsx":
        # With all that writes workbooks: large, and most of the site does without.
        from promotion.reference.spreadsheets.workbooks import write_xlsx  # noqa: PLC0415

        write_xlsx(file, title, headings, rows)
    else:
        file.writelines(csv_lines(headings, rows))

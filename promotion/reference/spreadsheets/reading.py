"""From the bytes of a file to a table with the row numbers that Excel shows."""

import csv
import hashlib
import io
import re
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, count, islice

from django.conf import settings
from django.utils.translation import gettext as _

from promotion.reference.encodings import HEAD_BYTES, unmarked
from promotion.reference.spreadsheets import deep_headings
from promotion.reference.spreadsheets.problems import BadCell, SheetError, TooManyRowsError
from promotion.reference.spreadsheets.spool import Spool
from promotion.reference.spreadsheets.worksheet import MAX_COLUMNS, column_letters
from promotion.reference.spreadsheets.xlsx import Workbook

HEADER_SEARCH_ROWS = 30
LAST_HEADER_ROW = 500
SEPARATOR_LINE = re.compile(r"sep=([,;\t])(?:\r\n|\r|\n)", re.IGNORECASE)
DELIMITERS = ",;\t"
ZIP_SIGNATURE = b"PK\x03\x04"
# Excel before 2007, and any workbook under a password.
OLD_OFFICE_SIGNATURE = b"\xd0\xcf\x11\xe0"
SUFFIXES = (".csv", ".xlsx")


@dataclass
class Table:
    """The one table that was read from a file: its headings and its rows with content."""

    file_name: str
    header_number: int
    headings: list
    rows: Spool
    """(row number, cells) of each row with content below the headings."""
    leading: list = field(default_factory=list)
    """The rows above the headings, in the same form."""
    sheet: str = ""
    other_sheets: list = field(default_factory=list)
    merged: list = field(default_factory=list)
    """Areas of merged cells among the rows, such as "B3:B7"."""
    digest: str = ""
    """The SHA-256 of the file."""


def suffix_of(file_name):
    """Return the kind of file that a name's ending promises; raise SheetError for any other."""
    for suffix in SUFFIXES:
        if file_name.lower().endswith(suffix):
            return suffix
    raise SheetError(_("只接受 .csv 和 .xlsx 文件。旧的 .xls 和 .txt 请先另存为 .xlsx。"))


def read_table(file_name, data, recognise, *, max_rows, max_bytes):
    """Read the bytes of a CSV or XLSX file.

    `recognise` tells whether a text is a known heading: so the header is found below titles, and
    the delimiter and the worksheet are chosen. Raises SheetError for what cannot be read.
    """
    suffix = suffix_of(file_name)
    if len(data) > max_bytes:
        raise SheetError(
            _("文件超过 %(limit)d MB，没有读取。") % {"limit": max(1, max_bytes // 1_000_000)}
        )
    if not data.strip():
        raise SheetError(_("文件是空的。"))
    if data.startswith(OLD_OFFICE_SIGNATURE):
        raise SheetError(_("这是旧版 Excel（.xls）或加了密码的文件，请另存为不加密的 .xlsx。"))
    if suffix == ".xlsx":
        table = read_xlsx(file_name, data, recognise, max_rows)
    elif data.startswith(ZIP_SIGNATURE):
        raise SheetError(_("文件的内容是 Excel 工作簿，请把扩展名改为 .xlsx。"))
    else:
        table = read_csv(file_name, data, recognise, max_rows)
    table.digest = hashlib.sha256(data).hexdigest()
    return table


def read_csv(file_name, data, recognise, max_rows):
    try:
        encoding, data = unmarked(data)
    except UnicodeError as error:
        raise SheetError(_("无法识别文件的编码。请用 Excel 另存为“CSV UTF-8”或 .xlsx。")) from error
    head = data[:HEAD_BYTES].decode(encoding, errors="replace")
    if head.lstrip().startswith("<"):
        raise SheetError(_("文件的内容是网页，不是表格，请用 Excel 或 WPS 打开后另存为 .xlsx。"))
    # Excel obeys this line and neither shows nor counts it.
    separator = SEPARATOR_LINE.match(head)
    if separator:
        data = data[len(separator.group().encode(encoding)) :]
    # The first of the best: commas, unless another delimiter finds more headings.
    delimiter = max(
        separator.group(1) if separator else DELIMITERS,
        key=lambda delimiter: head_score(csv_rows(data, encoding, delimiter), recognise),
    )
    return build_table(file_name, csv_rows(data, encoding, delimiter), recognise, max_rows)


def head_score(rows, recognise):
    """Return how many headings a delimiter finds in the first rows, as far as they can be read."""
    head = []
    with suppress(SheetError):
        for row in islice(rows, HEADER_SEARCH_ROWS):
            head.append(row)
    return header_score(head, recognise)


def read_xlsx(file_name, data, recognise, max_rows):
    if not data.startswith(ZIP_SIGNATURE):
        raise SheetError(_("文件的内容不是 XLSX 工作簿，请用 Excel 或 WPS 另存为 .xlsx。"))
    book = Workbook(io.BytesIO(data))
    sheet = best_sheet(book, recognise)
    merged = []
    table = build_table(file_name, book.rows(sheet, merged=merged), recognise, max_rows)
    if merged:
        table = deep_headings.joined(table, merged, recognise)
    table.sheet = sheet
    table.other_sheets = [name for name in book.sheets if name != sheet]
    last_row = max((number for number, _cells in table.rows), default=0) if merged else 0
    # A column merged down to the end of the sheet is merged as far as there are rows.
    areas = dict.fromkeys(
        (left, top, right, min(bottom, last_row))
        for left, top, right, bottom in merged
        if bottom > table.header_number and top <= last_row and left <= len(table.headings)
    )
    table.merged = [
        f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
        for left, top, right, bottom in areas
        if (left, top) != (right, bottom)
    ]
    return table


def best_sheet(book, recognise):
    """Return the first of the sheets whose head holds the most known headings."""
    if len(book.sheets) == 1:
        return next(iter(book.sheets))
    scores = {
        name: header_score(
            islice(book.rows(name, last_row=LAST_HEADER_ROW), HEADER_SEARCH_ROWS), recognise
        )
        for name in book.sheets
    }
    return max(scores, key=scores.get)


def csv_rows(data, encoding, delimiter):
    """Yield (row number, cells) of the rows with content; a quoted newline starts no row."""
    limit = settings.MAX_SHEET_CELL_CHARACTERS
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    for number in count(start=1):
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise SheetError(
                _(
                    "CSV 第 %(row)d 行附近的引号不成对，或某一格过长，无法分出行和列。"
                    "请检查这一行的英文引号，或另存为 .xlsx。"
                )
                % {"row": number}
            ) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells[MAX_COLUMNS:]):
            raise SheetError(
                _("第 %(row)d 行的内容超出了 %(limit)d 列。")
                % {"row": number, "limit": MAX_COLUMNS}
            )
        if any(cell.strip() for cell in cells):
            yield number, [checked_length(cell, limit) if cell else None for cell in cells]


def checked_length(text, limit):
    if len(text) > limit:
        return BadCell(text[:limit], _("这一格超过 %(limit)d 个字符。") % {"limit": limit})
    return text


def header_score(rows, recognise):
    """Return how many known headings the best of the first rows holds."""
    return max((known_headings(cells, recognise) for _number, cells in rows), default=0)


def known_headings(cells, recognise):
    return sum(1 for cell in cells if isinstance(cell, str) and recognise(cell))


def build_table(file_name, rows, recognise, max_rows):
    """Find the header among the first rows and return the table below it.

    Raises TooManyRowsError as soon as there are more rows than may be.
    """
    rows = (row for row in rows if any(filled(cell) for cell in row[1]))
    head = list(islice(rows, HEADER_SEARCH_ROWS))
    if not head:
        raise SheetError(_("文件里没有内容。"))
    scores = [known_headings(cells, recognise) for _number, cells in head]
    if max(scores):
        index = scores.index(max(scores))
        refuse_tables_above(index, head, scores)
    else:
        # Nothing is known: the first row with several cells is what its author meant as headings.
        index = next((i for i, (_n, cells) in enumerate(head) if len(cells) > 1), 0)
    number, headings = head[index]
    below = Spool()
    for row in chain(head[index + 1 :], rows):
        if len(below) == max_rows:
            raise TooManyRowsError(_("文件超过 %(limit)d 行，没有读取。") % {"limit": max_rows})
        below.append(row)
    return Table(
        file_name=file_name,
        header_number=number,
        headings=["" if cell is None else str(cell) for cell in headings],
        rows=below,
        leading=head[:index],
    )


def refuse_tables_above(index, head, scores):
    """Refuse a sheet with another table above the one found; headings may take two rows."""
    for above in range(index - 1):
        cells = [cell for cell in head[above][1] if filled(cell)]
        if scores[above] == len(cells) > 1:
            raise SheetError(
                _("第 %(first)d 行和第 %(second)d 行都是栏目名称：请每张工作表只放一个表。")
                % {"first": head[above][0], "second": head[index][0]}
            )


def filled(cell):
    """Tell whether a cell holds anything but spaces."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))

"""Reading the cells of one worksheet while its XML streams by."""

import re

from django.conf import settings
from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.number_formats import Kind, iso_date_shown, number_shown
from promotion.reference.spreadsheets.problems import BadCell, SheetError

MAX_COLUMNS = 400
LAST_ROW = 1_048_576
"""The last row that Excel can have."""
MAX_MERGED_AREAS = 10_000
ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
CELL_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z", re.ASCII)


class Finished(Exception):
    """Raised inside a parse when nothing more is wanted."""


def column_number(letters):
    """Return the number of a column from its letters (A is 1); 0 for anything else."""
    number = 0
    for letter in letters if letters.isascii() and letters.isupper() else "":
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number):
    """Return the letters of a column's number (1 is A)."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def unescaped(text):
    """Return a string with the workbook format's _x000D_ escapes resolved."""
    if "_x" not in text:
        return text
    # Characters beyond the first plane are escaped as two halves.
    units = ESCAPED_CHARACTER.sub(lambda match: chr(int(match.group(1), 16)), text).encode(
        "utf-16", "surrogatepass"
    )
    try:
        return units.decode("utf-16")
    except UnicodeDecodeError:
        return BadCell(units.decode("utf-16", "replace"), _("含有残缺的字符，请重新键入。"))


def local_name(name):
    """Return an element's or attribute's name without its namespace."""
    return name.rpartition(" ")[2]


class SheetReader:
    """Collects the cells of one sheet while expat walks through it."""

    def __init__(self, book, last_row=None):
        self.book = book
        self.last_row = last_row
        self.tags = {}
        self.columns = {}
        self.rows = []
        self.merged = set()
        self.row_number = 0
        self.column = 0
        self.cells = []
        self.kind = "n"
        self.style = "0"
        self.has_formula = False
        self.pieces = None
        self.is_phonetic = False
        self.value = None

    def taken(self):
        """Return the rows collected since the last call."""
        rows, self.rows = self.rows, []
        return rows

    def tag(self, name):
        """Return an element's local name; sheets have millions of elements of a few names."""
        if name not in self.tags:
            self.tags[name] = local_name(name)
        return self.tags[name]

    def start(self, name, attributes):
        tag = self.tag(name)
        if tag == "c":
            self.start_cell(attributes)
        elif tag == "v" or (tag == "t" and not self.is_phonetic):
            self.pieces = [] if self.value is None else [self.value]
        elif tag == "row":
            number = attributes.get("r", "")
            self.row_number = int(number) if number.isdecimal() else self.row_number + 1
            self.column = 0
            self.cells = []
            if self.last_row and self.row_number > self.last_row:
                raise Finished
            if self.row_number > LAST_ROW:
                raise unreadable()
        elif tag == "f":
            self.has_formula = True
        elif tag == "rPh":
            self.is_phonetic = True
        elif tag == "mergeCell":
            self.merge(attributes.get("ref", ""))

    def start_cell(self, attributes):
        self.column = self.column_of(attributes.get("r")) or self.column + 1
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s", "0")
        self.has_formula = False
        self.value = None

    def column_of(self, reference):
        """Return the number of the column that a reference such as AB12 names."""
        letters = (reference or "").rstrip("0123456789")
        if letters not in self.columns:
            self.columns[letters] = column_number(letters)
        return self.columns[letters]

    def text(self, data):
        if self.pieces is not None:
            self.pieces.append(data)

    def end(self, name):
        tag = self.tag(name)
        if tag in {"v", "t"}:
            if self.pieces is not None:
                self.value = "".join(self.pieces)
                self.pieces = None
        elif tag == "c":
            if self.value is not None or self.has_formula:
                self.end_cell()
        elif tag == "row":
            if self.cells:
                self.rows.append((self.row_number, self.cells))
        elif tag == "rPh":
            self.is_phonetic = False

    def end_cell(self):
        value = self.decoded()
        if isinstance(value, str) and len(value) > (limit := settings.MAX_SHEET_CELL_CHARACTERS):
            value = BadCell(value[:limit], _("这一格超过 %(limit)d 个字符。") % {"limit": limit})
        if value is None or (isinstance(value, str) and not value.strip()):
            # Blanks matter only beside content: a run of blank cells is nobody's data.
            if not value:
                return
        elif self.column > MAX_COLUMNS:
            raise SheetError(
                _("第 %(row)d 行的内容超出了 %(limit)d 列。")
                % {"row": self.row_number, "limit": MAX_COLUMNS}
            )
        if self.column <= MAX_COLUMNS:
            self.cells.extend([None] * (self.column - len(self.cells)))
            self.cells[self.column - 1] = value

    def decoded(self):
        value = self.value
        if self.has_formula and not self.has_result():
            return BadCell(
                value or "",
                _(
                    "单元格是公式，文件里没有存下它的结果：请用 Excel 或 WPS 打开后保存，"
                    "或改为数值或文字（复制后“粘贴为数值”）。"
                ),
            )
        if self.kind == "n":
            return self.number(value) if value.strip() else None
        if self.kind == "s":
            try:
                return self.book.shared_string(int(value))
            except (ValueError, IndexError):
                raise unreadable() from None
        if self.kind == "b":
            return value.strip() in {"1", "true"}
        if self.kind == "e":
            return BadCell(value, _("单元格是 Excel 的错误值。"))
        if self.kind == "d":
            return iso_date_shown(value)
        return unescaped(value)

    def has_result(self):
        """Tell whether a formula's result lies beside it, as whoever opened the file saw it."""
        if self.value is None or self.book.is_uncalculated:
            return False
        # What shows nothing has a text as its result, an empty one.
        return self.kind == "str" or bool(self.value.strip())

    def number(self, text):
        kinds = self.book.kinds
        style = int(self.style) if self.style.isdecimal() else 0
        kind = kinds[style] if style < len(kinds) else Kind.NUMBER
        return number_shown(text, kind, self.book.epoch)

    def merge(self, reference):
        first, _colon, last = reference.partition(":")
        corners = [CELL_REFERENCE.match(corner) for corner in (first, last or first)]
        if not all(corners):
            return
        (left, top), (right, bottom) = (
            (column_number(corner.group(1)), int(corner.group(2))) for corner in corners
        )
        if left <= min(right, MAX_COLUMNS) and 0 < top <= bottom:
            self.merged.add((left, top, min(right, MAX_COLUMNS), bottom))
        if len(self.merged) > MAX_MERGED_AREAS:
            raise SheetError(
                _("合并单元格超过 %(limit)d 处，没有读取。请取消合并并逐行填写。")
                % {"limit": MAX_MERGED_AREAS}
            )


def unreadable():
    return SheetError(_("无法读取这个 XLSX 文件：它已损坏，或不是 Excel 工作簿。"))

"""The workbook that offices fill in: headings with their rules, and the values to choose from.

Its texts are Chinese in any interface language, like the headings and values of every sheet.
"""

from dataclasses import dataclass
from itertools import zip_longest

from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from promotion.reference.spreadsheets.codecs import SOURCE_LANGUAGE, STOP, WARN, in_lines
from promotion.reference.spreadsheets.columns import Column
from promotion.reference.spreadsheets.guard import guarded
from promotion.reference.spreadsheets.workbooks import (
    TEXT_FORMAT,
    bold_cell,
    start_sheet,
    xlsx_cell,
)

LIST_LIMIT = 5_000
LAST_ROW = 1_048_576
"""The last row that an XLSX sheet can have."""
GUIDE_TITLE = "填写说明"
VALUES_TITLE = "可选值"
# Nothing on these sheets may pass for the headings that a file is recognised by.
GUIDE_HEADINGS = ["表中的栏目", "新记录是否必填", "怎么填", "举例"]
GUIDE_WIDTHS = [26, 16, 64, 34]
GUIDE = [
    "一行填一条记录，从第 2 行填起。不要改动栏目名称；用不到的栏目可以整列删去。",
    "带 * 的栏目，新记录必须填写。",
    "更改已有的记录时，请删去不想改动的栏目：空着的单元格会清空原值。",
]
REQUIRED_FILL = PatternFill("solid", fgColor="FFFFE699")
WRAPPED = Alignment(vertical="top", wrap_text=True)
NOTE_WIDTH = 300
NOTE_LINE_HEIGHT = 18
NOTE_LINE_CHARACTERS = 22
NOT_OFFERED = {
    STOP: "请从下拉列表中选一个；全部可选值在“可选值”表中。",
    WARN: "列表中没有这个值。别的写法若是批注所允许的，也可以填；导入时会再核对。",
}


@dataclass
class FormColumn:
    """A column as the template shows it."""

    column: Column
    is_required: bool
    rule: str
    example: str
    values: list

    @property
    def heading(self):
        return f"{self.column.heading}*" if self.is_required else self.column.heading

    @property
    def note(self):
        required = "必填。" if self.is_required else ""
        return in_lines(required, self.rule, f"例如：{self.example}")


def write_template(file, resource, user=None):
    """Write a workbook with an empty sheet of a resource's columns to a binary file.

    A guide and the values that are allowed at this moment follow on sheets of their own; handed
    in filled, the workbook is read by its first sheet.
    """
    with override(SOURCE_LANGUAGE):
        columns = form_columns(resource, user)
        book = Workbook(write_only=True)
        write_form(book, resource.title, columns)
        write_guide(book, columns)
        write_values(book, columns)
        book.save(file)


def form_columns(resource, user):
    """Return the resource's columns with what the template says of each."""
    required = resource.required_columns
    columns = []
    for column in resource.get_export_fields():
        values = column.allowed_values(LIST_LIMIT + 1, user)
        more = ""
        if len(values) > LIST_LIMIT:
            more = f"可选的很多，列表只列出前 {LIST_LIMIT} 个，其余的也可以填。"
        columns.append(
            FormColumn(
                column,
                column.name in required,
                in_lines(column.rule(), more),
                resource.example(column),
                values[:LIST_LIMIT],
            )
        )
    return columns


def with_values(columns):
    """Return the columns that have a list, in the order of the sheet of values."""
    return [column for column in columns if column.values]


def write_form(book, title, columns):
    """Add the sheet to be filled in."""
    sheet = start_sheet(book, title, [column.heading for column in columns])
    lists = {
        column.heading: get_column_letter(index)
        for index, column in enumerate(with_values(columns), start=1)
    }
    cells = []
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        if not column.column.widget.has_bare_numbers:
            # Excel would shorten codes, and make the first of the month of 2021-10.
            sheet.column_dimensions[letter].number_format = TEXT_FORMAT
        if column.heading in lists:
            validation = drop_down(column, lists[column.heading])
            validation.add(f"{letter}2:{letter}{LAST_ROW}")
            sheet.data_validations.append(validation)
        cells.append(heading_cell(sheet, column))
    sheet.append(cells)


def heading_cell(sheet, column):
    cell = bold_cell(sheet, column.heading)
    if column.is_required:
        cell.fill = REQUIRED_FILL
    lines = sum(1 + len(line) // NOTE_LINE_CHARACTERS for line in column.note.split("\n"))
    height = NOTE_LINE_HEIGHT * (lines + 1)
    cell.comment = Comment(column.note, GUIDE_TITLE, height=height, width=NOTE_WIDTH)
    return cell


def drop_down(column, letter):
    """Return the validation that offers a column of the sheet of values.

    It refers to cells: a list within the rule itself ends at 255 characters.
    """
    enforcement = column.column.enforcement
    last = len(column.values) + 1
    return DataValidation(
        type="list",
        formula1=f"{quote_sheetname(VALUES_TITLE)}!${letter}$2:${letter}${last}",
        allow_blank=True,
        showErrorMessage=bool(enforcement),
        errorStyle=enforcement or None,
        errorTitle=column.column.heading,
        error=NOT_OFFERED.get(enforcement),
    )


def write_guide(book, columns):
    """Add the rules of every column, for those who do not see the notes."""
    header = len(GUIDE) + 1
    sheet = start_sheet(book, GUIDE_TITLE, GUIDE_HEADINGS, frozen_below=header)
    for index, width in enumerate(GUIDE_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    for line in GUIDE:
        sheet.append([xlsx_cell(sheet, line)])
    sheet.append([bold_cell(sheet, heading) for heading in GUIDE_HEADINGS])
    for column in columns:
        cells = [
            xlsx_cell(sheet, text)
            for text in (
                f"“{column.column.heading}”",
                "必填" if column.is_required else "",
                column.rule,
                column.example,
            )
        ]
        for cell in cells:
            cell.alignment = WRAPPED
        sheet.append(cells)


def write_values(book, columns):
    """Add the lists to choose from, one a column."""
    lists = with_values(columns)
    if not lists:
        return
    headings = [f"可选值：{column.column.heading}" for column in lists]
    sheet = start_sheet(book, VALUES_TITLE, headings)
    sheet.append([bold_cell(sheet, heading) for heading in headings])
    for row in zip_longest(*(column.values for column in lists)):
        # What is chosen is copied as it stands and read like any other cell.
        sheet.append(
            [
                xlsx_cell(sheet, None if value is None else guarded(value, is_typed=True))
                for value in row
            ]
        )

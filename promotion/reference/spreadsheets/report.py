"""The file of errors: the same sheet with its faults marked, or a plain list of them."""

from bisect import bisect_left
from collections import defaultdict
from itertools import chain

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.worksheet.cell_range import CellRange

from promotion.reference.spreadsheets.headings import ERROR_HEADING, fold_heading
from promotion.reference.spreadsheets.reading import filled, suffix_of
from promotion.reference.spreadsheets.workbooks import (
    FAULTY,
    bold_cell,
    start_sheet,
    xlsx_cell,
)
from promotion.reference.spreadsheets.writing import csv_lines

MAX_CELL_CHARACTERS = 32_767
"""As many as a cell of Excel can hold."""


def list_headings():
    return [_("行号"), _("栏目"), _("填写的内容"), _("问题"), _("允许的内容")]


def list_rows(problems):
    return [
        [problem.row, problem.column, problem.value, problem.message, problem.allowed]
        for problem in problems
    ]


def write_report(file, name, table, problems):
    """Write the problems of a table to a binary file, in the kind that its name's ending says.

    XLSX is the sheet itself, rows where they were, with the faulty cells coloured and an error
    column that a later import passes over; the list of all problems follows on a second sheet.
    """
    if suffix_of(name) == ".csv":
        file.writelines(csv_lines(list_headings(), list_rows(problems)))
        return
    book = Workbook(write_only=True)
    mark_sheet(book, table, problems)
    sheet = start_sheet(book, _("错误清单"), list_headings())
    sheet.append([bold_cell(sheet, heading) for heading in list_headings()])
    for row in list_rows(problems):
        sheet.append([xlsx_cell(sheet, cell) for cell in row])
    book.save(file)


def mark_sheet(book, table, problems):
    """Write the sheet as it was handed in, its problems beside each row."""
    numbers = sorted(number for number, _cells in table.rows)
    by_row = defaultdict(list)
    for problem in problems:
        by_row[row_beside(problem, numbers, table.header_number)].append(problem)
    wrong_headings = {heading for problem in problems for heading in problem.headings}
    width = max(len(table.headings), max((len(cells) for _n, cells in table.rows), default=0))
    headings = [*table.headings, *[""] * (width - len(table.headings))]
    kept = [
        index for index, heading in enumerate(headings) if fold_heading(heading) != ERROR_HEADING
    ]
    headings = [headings[index] for index in kept]
    sheet = start_sheet(book, _("请修改"), [*headings, ERROR_HEADING], table.header_number)
    # Without them the same sheet would be taken the next time, its hidden cells empty.
    corners = keep_merged(sheet, table.merged, kept)
    rows = chain(table.leading, [(table.header_number, table.headings)], table.rows)
    written = 0
    for number, cells in rows:
        for _gap in range(written + 1, number):
            sheet.append([])
        written = number
        if number == table.header_number:
            line = [bold_cell(sheet, heading) for heading in headings]
            for cell, heading in zip(line, headings, strict=True):
                if heading.strip() in wrong_headings:
                    cell.fill = FAULTY
            sheet.append([*line, bold_cell(sheet, note([ERROR_HEADING], by_row[number]))])
            continue
        if number < table.header_number:
            sheet.append([xlsx_cell(sheet, value) for value in cells])
            continue
        faulty = {heading for problem in by_row[number] for heading in problem.column.split("、")}
        line = []
        for index in kept:
            value = cells[index] if index < len(cells) else None
            heading = table.headings[index].strip() if index < len(table.headings) else ""
            is_faulty = heading in faulty if heading else filled(value)
            is_faulty = is_faulty or (number, index) in corners
            cell = xlsx_cell(sheet, "" if value is None and is_faulty else value)
            if is_faulty:
                cell.fill = FAULTY
            line.append(cell)
        if by_row[number]:
            line.append(xlsx_cell(sheet, note([], by_row[number])))
        sheet.append(line)


def row_beside(problem, numbers, header_number):
    """Return the number of the row beside which a problem is written.

    That of several rows stands beside the first, that of the whole file beside the headings.
    """
    if problem.row is not None:
        return problem.row
    first = bisect_left(numbers, problem.rows[0]) if problem.rows else len(numbers)
    return numbers[first] if first < len(numbers) else header_number


def note(lines, problems):
    """Return lines and then what is wrong as the text of one cell."""
    return "\n".join([*lines, *map(said, problems)])[:MAX_CELL_CHARACTERS]


def keep_merged(sheet, areas, kept):
    """Merge the areas again; return the (row, index of the column) of the cell each one shows."""
    places = {index: column for column, index in enumerate(kept, start=1)}
    corners = set()
    for area in map(CellRange, areas):
        columns = [
            places[index] for index in range(area.min_col - 1, area.max_col) if index in places
        ]
        if not columns:
            continue
        corners.add((area.min_row, area.min_col - 1))
        area.min_col, area.max_col = columns[0], columns[-1]
        # Their own `add` compares each area with all others.
        sheet.merged_cells.ranges.add(area)
    return corners


def said(problem):
    """Return a problem as it stands beside its own row."""
    place = "".join(f"“{part}”" for part in (problem.column, problem.value) if part)
    text = f"{place}：{problem.message}" if place else problem.message
    return text + _("允许：%(allowed)s") % {"allowed": problem.allowed} if problem.allowed else text

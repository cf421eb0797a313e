"""What must be known of a whole file before the first of its rows can be worked out."""

from collections import defaultdict
from string import ascii_uppercase

from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.characters import fold
from promotion.reference.spreadsheets.headings import (
    IGNORED,
    content_test,
    fold_heading,
    row_list,
)
from promotion.reference.spreadsheets.lookups import FileRow, text_of
from promotion.reference.spreadsheets.problems import Problem, shown
from promotion.reference.spreadsheets.reading import filled
from promotion.reference.spreadsheets.worksheet import column_letters


class Survey:
    """One pass over a file: content where no heading is, codes given, rows that others name."""

    def __init__(self, table, bound):
        self.table = table
        self.problems = [
            Problem(
                _("单元格 %(area)s 是合并单元格，请取消合并并逐行填写。") % {"area": area},
                rows=rows_of(area),
            )
            for area in table.merged
        ]
        self.row_count = 0
        self.slugs = set()
        """The codes that the file gives, which no other row may be given."""
        self.named = {}
        """Hash of a folded name → the numbers of the rows that have it, where rows name rows."""
        self.wanted = set()
        """Hashes of the folded names by which rows name others."""
        self.headings = [fold_heading(heading) for heading in table.headings]
        self.nameless = {index for index, heading in enumerate(self.headings) if not heading}
        self.beside = defaultdict(dict)
        """Index of a column without a heading → {row number: what stands there}."""
        self.own = [column for column in bound if column.column.is_self_reference]
        naming = {"slug", *(name for own in self.own for name in own.column.naming_columns)}
        self.naming = [column for column in bound if column.name in naming]
        self.has_content = content_test(self.headings)
        for number, cells in self.rows():
            self.row_count += 1
            self.look_beside(number, cells)
            self.look_for_headings(number, cells)
            self.look_at_names(number, cells)
        self.report_beside()

    def rows(self):
        """Yield the rows that hold more than their number and our own note."""
        return (row for row in self.table.rows if self.has_content(row[1]))

    @property
    def targets(self):
        """The numbers of the rows that other rows may name."""
        return {number for key in self.wanted for number in self.named.get(key, ())}

    def look_beside(self, number, cells):
        beyond = range(len(self.headings), len(cells))
        for index in (*self.nameless, *beyond) if self.nameless or beyond else ():
            if index < len(cells) and filled(cells[index]):
                self.beside[index][number] = cells[index]

    def report_beside(self):
        """Refuse content under no heading, in the table or to the right of it."""
        self.problems += [
            Problem(
                _("第 %(letter)s 列没有栏目名称，却有内容，例如“%(value)s”（第 %(rows)s 行）。")
                % {
                    "letter": column_letters(index + 1),
                    "value": shown(next(iter(cells.values()))),
                    "rows": row_list(list(cells)),
                },
                rows=tuple(cells),
            )
            for index, cells in sorted(self.beside.items())
        ]

    def look_for_headings(self, number, cells):
        """Refuse headings that stand among the rows again, as on each page of a long table."""
        is_repeated = False
        for cell, heading in zip(cells, self.headings, strict=False):
            if filled(cell) and heading not in IGNORED:
                if not isinstance(cell, str) or fold_heading(cell) != heading:
                    return
                is_repeated = True
        if is_repeated:
            self.problems.append(
                Problem(_("这一行又是栏目名称，不是一条记录，请删去这一行。"), row=number)
            )

    def look_at_names(self, number, cells):
        for column in self.naming:
            text = text_of(column.cell(cells))
            if text and column.name == "slug":
                self.slugs.add(fold(text))
            if text and self.own:
                numbers = self.named.get(key := hash(fold(text)), ())
                if number not in numbers:
                    self.named[key] = (*numbers, number)
        for column in self.own:
            if text := text_of(column.cell(cells)):
                self.wanted.add(hash(fold(text)))

    def rows_named(self, text):
        """Return the rows of the file that go by a name."""
        return [FileRow(number, text) for number in self.named.get(hash(fold(text)), ())]


def rows_of(area):
    """Return the numbers of the rows of an area such as B3:B7, as a range."""
    first, last = (int(corner.lstrip(ascii_uppercase)) for corner in area.split(":"))
    return range(first, last + 1)

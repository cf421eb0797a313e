"""What must be known of a whole file before the first of its rows can be worked out."""

from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.codecs import fold
from promotion.reference.spreadsheets.problems import Problem, shown
from promotion.reference.spreadsheets.reading import filled
from promotion.reference.spreadsheets.references import FileRow, text_of
from promotion.reference.spreadsheets.worksheet import column_letters

NAMING_COLUMNS = ("slug", "name", "name_en")


class Survey:
    """One pass over a file: content where no heading is, codes given, rows that others name."""

    def __init__(self, table, bound):
        self.problems = [
            Problem(_("单元格 %(area)s 是合并单元格，请取消合并并逐行填写。") % {"area": area})
            for area in table.merged
        ]
        self.slugs = set()
        """The codes that the file gives, which no other row may be given."""
        self.named = {}
        """Hash of a folded name → the numbers of the rows that have it, where rows name rows."""
        self.wanted = set()
        """Hashes of the folded names by which rows name others."""
        self.width = len(table.headings)
        self.unnamed = {i for i, heading in enumerate(table.headings) if not heading.strip()}
        self.naming = [column for column in bound if column.name in NAMING_COLUMNS]
        self.own = [column for column in bound if column.column.is_self_reference]
        for number, cells in table.rows:
            self.look_beside(number, cells)
            self.look_at_names(number, cells)
        if not self.own:
            self.named.clear()

    @property
    def targets(self):
        """The numbers of the rows that other rows may name."""
        return {number for key in self.wanted for number in self.named.get(key, ())}

    def look_beside(self, number, cells):
        """Refuse content in columns without a heading."""
        for index in [index for index in self.unnamed if filled(cell_at(cells, index))]:
            self.unnamed.discard(index)
            self.problems.append(
                Problem(
                    _("第 %(letter)s 列有内容，却没有栏目名称。")
                    % {"letter": column_letters(index + 1)}
                )
            )
        if len(cells) > self.width:
            beyond = next((cell for cell in cells[self.width :] if filled(cell)), None)
            if beyond is not None:
                self.problems.append(
                    Problem(
                        _("这一行在标题栏之外还有内容：“%(value)s”。") % {"value": shown(beyond)},
                        row=number,
                    )
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


def cell_at(cells, index):
    return cells[index] if index < len(cells) else None

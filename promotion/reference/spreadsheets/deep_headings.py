"""Headings two rows deep: some merged downwards, others divided under a common one."""

from dataclasses import replace
from itertools import islice

from promotion.reference.spreadsheets.spool import Spool


def joined(table, merged, recognise):
    """Return the table with the lowest heading of each column, where its headings are two deep.

    Where the merged areas and the known headings leave that in doubt, the table is as it was.
    """
    found = {table.header_number: table.headings}
    if table.leading and table.leading[-1][0] == table.header_number - 1:
        found[table.header_number - 1] = texts(table.leading[-1][1])
    for number, cells in islice(table.rows, 1):
        found[number] = texts(cells)
    for upper in (table.header_number, table.header_number - 1):
        if upper in found:
            pair = HeadingPair(found[upper], found.get(upper + 1, []), upper, merged)
            if pair.is_certain(recognise):
                return joined_at(table, pair)
    return table


def joined_at(table, pair):
    lower = pair.number + 1
    leading = [row for row in table.leading if row[0] != pair.number]
    # What stands above a divided heading stays; the others have moved down.
    groups = [text if index in pair.divided else None for index, text in enumerate(pair.upper)]
    if any(groups):
        leading.append((pair.number, groups))
    rows = Spool()
    for row in table.rows:
        if row[0] != lower:
            rows.append(row)
    return replace(table, header_number=lower, headings=pair.headings(), rows=rows, leading=leading)


class HeadingPair:
    """Two rows that may hold the headings of one table between them."""

    def __init__(self, upper, lower, number, merged):
        width = max(len(upper), len(lower))
        self.upper = upper + [""] * (width - len(upper))
        self.lower = lower + [""] * (width - len(lower))
        self.number = number
        self.deep = {
            left - 1
            for left, top, right, bottom in merged
            if left == right and (top, bottom) == (number, number + 1)
        }
        """The columns whose heading is merged downwards."""
        self.divided = {
            column - 1
            for left, top, right, bottom in merged
            if left < right and top == bottom == number
            for column in range(left, right + 1)
        }
        """The columns under a heading that is merged across."""

    def headings(self):
        return [
            lower if index in self.divided or (lower and index not in self.deep) else upper
            for index, (upper, lower) in enumerate(zip(self.upper, self.lower, strict=True))
        ]

    def is_certain(self, recognise):
        """Tell whether the lower row cannot be anything but headings, nor the upper one a title."""
        below = {index: text for index, text in enumerate(self.lower) if text}
        known = [index for index, text in below.items() if recognise(text)]
        if any(self.upper[index] for index in self.deep if index < len(self.upper)):
            return bool(known) or not below
        only_above = set(range(len(self.upper))) - self.divided - below.keys()
        return (
            bool(known)
            and len(known) == len(below)
            and below.keys() <= self.divided
            and any(recognise(self.upper[index]) for index in only_above)
        )


def texts(cells):
    """Return cells as headings."""
    return ["" if cell is None else str(cell).strip() for cell in cells]

"""What can be wrong with a file, and how it is said."""

from dataclasses import dataclass
from itertools import takewhile

from django.utils.translation import gettext as _

SHOWN_CHARACTERS = 60
SAME_CHARACTERS = 20
"""How much of what is the same is shown before a difference that lies further on."""


class SheetError(Exception):
    """A file that cannot be used at all; the message is for the person who handed it in."""


class TooManyRowsError(SheetError):
    """A file with more rows than may be read here."""


def one_line(text):
    """Return a text on one line, what cannot be printed made visible."""
    text = " ".join(text.split())
    return "".join(character if character.isprintable() else "�" for character in text)


class CellError(Exception):
    """A cell that cannot be understood: what is wrong with it, and what is allowed.

    Both may quote the cell, and yet each problem is one line of a report.
    """

    def __init__(self, message, allowed=""):
        super().__init__(message)
        self.message = one_line(str(message))
        self.allowed = one_line(str(allowed))


@dataclass(frozen=True, slots=True)
class BadCell:
    """What the reader puts in place of a cell that holds no value of its own."""

    text: str
    message: str

    def __str__(self):
        return self.text


def shown(value):
    """Return a cell's content as one short line."""
    if value is None:
        return ""
    text = one_line(str(value))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def shown_change(before, after):
    """Return two contents, each as one short line in which their first difference is seen."""
    before, after = one_line(before), one_line(after)
    pairs = zip(before, after, strict=False)
    same = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))
    is_far = max(len(before), len(after)) > SHOWN_CHARACTERS
    start = max(0, same - SAME_CHARACTERS) if is_far else 0
    return [f"…{shown(text[start:])}" if start else shown(text) for text in (before, after)]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: where, what stands there, what is wrong, what is allowed.

    Without a `row` it concerns the `rows` that it lists, or else every row of the file; it may lie
    in the `headings`.
    """

    message: str
    row: int | None = None
    column: str = ""
    value: str = ""
    allowed: str = ""
    rows: tuple | range = ()
    headings: tuple = ()

    @property
    def cells(self):
        """The problem as a row of a list."""
        return [self.row, self.column, self.value, str(self.message), str(self.allowed)]

    def __str__(self):
        place = [
            _("第 %(row)d 行") % {"row": self.row} if self.row else "",
            f"“{self.column}”" if self.column else "",
            f"“{self.value}”" if self.value else "",
        ]
        text = "，".join(part for part in place if part)
        text = f"{text}：{self.message}" if text else self.message
        if self.allowed:
            text += _("允许：%(allowed)s") % {"allowed": self.allowed}
        return one_line(text)

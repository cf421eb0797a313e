"""How wide text is set, and how it is broken into lines, where no browser sets it.

Widths are estimates that err on the wide side: the fonts of the reader are not known here.
"""

import unicodedata

NARROW, PLAIN, CAPITAL, BROAD, FULL = 0.36, 0.6, 0.74, 0.95, 1.0
ELLIPSIS = "…"
CLOSING = "，。、；：！？）》」』”’…·,.;:!?)]"
OPENING = "（《「『“‘"


def printable(text):
    """Return a text on one line and without characters that no picture can hold."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in str(text)).split())


def mark_em(mark):
    if unicodedata.east_asian_width(mark) in "WFA":
        return FULL
    if mark in "iljtfrI.,:;'|!()[] ":
        return NARROW
    if mark in "mwMW@%":
        return BROAD
    return CAPITAL if mark.isupper() else PLAIN


def width_em(text):
    """Return about how wide a text is set, in units of its size."""
    return sum(mark_em(mark) for mark in text)


def pieces_of(text, limit_em):
    """Return what a line must hold whole: words, Chinese characters, parts of words too long.

    Closing punctuation stays with what is before it, opening punctuation with what follows.
    """
    pieces, piece = [], ""
    for mark in text:
        if not piece and pieces and mark in CLOSING:
            piece = pieces.pop()
        if piece and width_em(piece + mark) > limit_em:
            pieces.append(piece)
            piece = ""
        piece += mark
        may_break = mark == " " or unicodedata.east_asian_width(mark) in "WF"
        if may_break and mark not in OPENING:
            pieces.append(piece)
            piece = ""
    return [*pieces, piece]


def wrap(text, limit_em, max_lines=None):
    """Break a text into lines no wider than the limit, the last one ending in … if more is cut."""
    lines = [""]
    for piece in pieces_of(printable(text), limit_em):
        if lines[-1] and width_em((lines[-1] + piece).rstrip()) > limit_em:
            lines.append("")
        lines[-1] += piece
    lines = [line.strip() for line in lines if line.strip()]
    if max_lines and len(lines) > max_lines:
        last = lines[max_lines - 1]
        while width_em(last + ELLIPSIS) > limit_em:
            last = last[:-1]
        lines = [*lines[: max_lines - 1], last.rstrip() + ELLIPSIS]
    return lines

"""How wide text is set, and how it is broken into lines, where no browser sets it.

Widths are estimates that err on the wide side: the fonts of the reader are not known here.
"""

import itertools
import re
import unicodedata

NARROW, PLAIN, CAPITAL, BROAD, FULL = 0.36, 0.6, 0.74, 0.95, 1.0
ELLIPSIS = "…"
CLOSING = "，。、；：！？）》」』”’…·,.;:!?)]"
OPENING = "（《「『“‘"
# A full stop behind a number, before a small letter or behind two letters, as in "Dr.", ends none.
SENTENCE_END = re.compile(
    r"[。！？][”’」』）]*|(?:[!?]|(?<!\b[A-Z][a-z])\.)[”’)\"']*(?=\s+[^\sa-z\d])|\n"
)


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


def opening_of(text, limit_em):
    """Return the sentences with which a text begins, as many as fit, with … if more follows.

    The first stays whole however long it is: the caveat of a sentence may be its last word.
    """
    if len(text) <= limit_em:
        return text
    widths = list(itertools.accumulate(map(mark_em, text)))
    if widths[-1] <= limit_em:
        return text
    ends = [end.end() for end in SENTENCE_END.finditer(text)] or [len(text)]
    end = max((each for each in ends if widths[each - 1] <= limit_em), default=ends[0])
    return f"{text[:end].rstrip()} {ELLIPSIS}" if text[end:].strip() else text

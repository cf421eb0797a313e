"""Templates as they are sent: without the indentation that makes them readable."""

import re
from pathlib import PurePath

from django.template.loaders import filesystem

AROUND_LINE_END = re.compile(r"\s*\n\s*")
TAG = re.compile(r"\{% (\w+)\b(?:(?!%\}).)*%\}")
# The end of a block is none: what another template puts in its place may end without a line end.
OPENING = {"if", "for", "with", "kept"}
BETWEEN = {"elif", "else", "empty"}
CLOSING = {f"end{name}" for name in OPENING}
ALONE = {"block", "load", "regroup"}


def without_indentation(source):
    """Return the source of a template with one line end wherever white space had one.

    A line that only opens, parts or closes something leaves none where what stands before it has
    ended its line: not at the beginning of a file, where what includes it may stand before it
    without a space, and not behind something that stands within a line itself.
    """
    source = AROUND_LINE_END.sub("\n", source)
    lean, place, lines_of_their_own = [], 0, []
    for tag in TAG.finditer(source):
        name = tag[1]
        leaves_none = (
            source[tag.start() - 1 : tag.start()] == source[tag.end() : tag.end() + 1] == "\n"
        )
        if name in OPENING:
            lines_of_their_own.append(leaves_none)
        elif name in BETWEEN:
            lines_of_their_own[-1] = leaves_none = leaves_none and lines_of_their_own[-1]
        elif name in CLOSING:
            leaves_none = lines_of_their_own.pop() and leaves_none
        elif name not in ALONE:
            continue
        if leaves_none:
            lean.append(source[place : tag.end()])
            place = tag.end() + 1
    return "".join([*lean, source[place:]])


def of_a_part(source):
    """Return the source of what other templates include, without white space around it.

    Whoever includes it has a line end or a space of its own there, or wants none.
    """
    return without_indentation(f"\n{source.strip()}").lstrip()


class Loader(filesystem.Loader):
    """Finds the project's templates; each is made lean once, when it is compiled."""

    def get_contents(self, origin):
        source, path = super().get_contents(origin), PurePath(origin.name)
        if path.suffix != ".html":
            return source
        return of_a_part(source) if path.name.startswith("_") else without_indentation(source)

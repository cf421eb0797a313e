"""Templates as they are sent: without the indentation that makes them readable."""

import re

from django.template.loaders import filesystem

AROUND_LINE_END = re.compile(r"\s*\n\s*")
# Not at the beginning of a file, where what includes it may stand before it without a space.
OPENING_LINE = re.compile(
    r"(?<=\n)(\{% (?:if|for|with|block|kept|load|regroup) (?:(?!%\}).)*%\})\n"
)


def without_indentation(source):
    """Return the source of a template with one line end wherever white space had one.

    A line that only opens a part leaves none, for the line before it has ended already.
    """
    return OPENING_LINE.sub(r"\1", AROUND_LINE_END.sub("\n", source))


class Loader(filesystem.Loader):
    """Finds the project's templates; each is made lean once, when it is compiled."""

    def get_contents(self, origin):
        source = super().get_contents(origin)
        return without_indentation(source) if origin.name.endswith(".html") else source

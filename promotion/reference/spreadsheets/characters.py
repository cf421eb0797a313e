"""What of a text carries meaning, and which texts are alike."""

import difflib
import re
import unicodedata

# Soft hyphens, spaces without width, marks of direction, byte order marks.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# In prose the two joiners make emoji and foreign letters.
INVISIBLE_IN_PROSE = re.compile(INVISIBLE.pattern.replace("\u200b-\u200f", "\u200b\u200e\u200f"))
# Circled and raised digits call for a footnote; only a square or a cube belongs to its unit.
NOTE_MARKS = re.compile(
    "((?:(?<![mM])[\u00b2\u00b3]"
    "|[\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793])+)"
)
NEAREST = 3


def visible(prose):
    """Return a text without what nobody can see and a copy from elsewhere brought along."""
    return prose if prose.isprintable() else INVISIBLE_IN_PROSE.sub("", prose)


def plain(text):
    """Return a number, date or code in half width, without what nobody can see.

    The mark of a footnote stays what it is: it would become one more digit.
    Systems put an apostrophe before it in a CSV file to make Excel keep it as text.
    """
    text = "".join(
        piece if index % 2 else unicodedata.normalize("NFKC", piece)
        for index, piece in enumerate(NOTE_MARKS.split(text))
    )
    if not text.isprintable():
        text = INVISIBLE.sub("", text)
    return text.strip().removeprefix("'").strip()


def fold(text):
    """Return a text as names are compared: width, case and spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", visible(text)).casefold().split())


def nearest(text, words):
    """Return the few words that a text was probably meant to be."""
    folded = {}
    for word in words:
        folded.setdefault(fold(word), word)
    close = difflib.get_close_matches(fold(text), folded, n=NEAREST, cutoff=0.4)
    return [folded[word] for word in close]

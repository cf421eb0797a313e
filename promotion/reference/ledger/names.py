"""What of a name tells one thing from another, however it is written.

A name is read as its body (康建广场) and its qualifiers: the place before it and what stands in
brackets. 上海康建有限公司 and 康建（上海）股份有限公司 have the same body and qualifier.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from promotion.reference.readings import pinyin_syllables

MIN_BODY = 2
HAN = "\u4e00-\u9fff"
HAN_NAME = re.compile(f"[{HAN}]")
BRACKETS = re.compile(r"[(\[{【〔「『<〈《]([^)\]}】〕」』>〉》]*)[)\]}】〕」』>〉》]")
PLACE = re.compile(
    rf"(?P<province>(?:北京|上海|天津|重庆)市?|[{HAN}]{{2}}[省市])?(?P<district>[{HAN}]{{2}}[区县])?"
)
DIVISION = re.compile(r"[省市区县]\Z")
# A branch is another thing than its company, a group another than its members.
COMPANY_FORM = re.compile(r"(?:(?:股份|有限|责任)+(?:公司)?|(?<!分)(?<!子)公司)+\Z")
LATIN_FORMS = {
    "ag", "and", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "limited",
    "llc", "llp", "ltd", "plc", "the",
}  # fmt: skip
# Names that differ in one of these are as a rule names of two things: 一期 and 二期, 东区 and 西区.
TELLING = re.compile("[0-9a-z一二三四五六七八九十百甲乙丙丁东南西北前后内外新老上下]")


@dataclass(frozen=True)
class Name:
    """A name as it is compared with others."""

    body: str
    qualifiers: frozenset

    def fits(self, other):
        """Tell whether neither name says something of its thing that contradicts the other."""
        return self.qualifiers <= other.qualifiers or other.qualifiers <= self.qualifiers

    @property
    def is_chinese(self):
        return HAN_NAME.search(self.body) is not None

    @cached_property
    def reading(self):
        """The body's toneless syllables, "" for one that is not Chinese."""
        return " ".join(pinyin_syllables(self.body)) if self.is_chinese else ""


def letters(text):
    """Return a text without spaces and punctuation."""
    return "".join(character for character in text if character.isalnum())


def read_name(text):
    """Return a Name, or None for a text too short to tell anything."""
    text = unicodedata.normalize("NFKC", text).lower()
    if not HAN_NAME.search(text):
        words = re.split(r"[^\w]+", text.replace("'", ""))
        body = "".join(word for word in words if word not in LATIN_FORMS)
        return Name(body, frozenset()) if len(body) > MIN_BODY else None
    qualifiers = {letters(inside) for inside in BRACKETS.findall(text)}
    body = letters(BRACKETS.sub("", text)) or letters(text)
    place = PLACE.match(body)
    if len(body) - place.end() >= MIN_BODY:
        qualifiers.update(place.groups(""))
        body = body[place.end() :]
    form = COMPANY_FORM.search(body)
    if form and form.start() >= MIN_BODY:
        body = body[: form.start()]
    named = frozenset(DIVISION.sub("", word) for word in qualifiers if word)
    return Name(body, named) if len(body) >= MIN_BODY else None

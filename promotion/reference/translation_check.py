"""Where the two languages of a record say different things, or only one of them says anything."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from promotion.reference.fields import text_pairs
from promotion.reference.models import subject_models
from promotion.reference.numerals import chinese_numbers, english_numbers
from promotion.reference.records import TrackedModel

ADDRESS = re.compile(r"(?:https?://|www\.)[^\s，。；、）)”\"]+", re.IGNORECASE)
WORD = re.compile(r"\w+")
MIN_NAME_LENGTH = 2
MIN_WORD_LENGTH = 4


class Problem(models.TextChoices):
    """How the texts of a field differ."""

    NO_ENGLISH = "no_english", _("没有英文")
    NO_CHINESE = "no_chinese", _("只有英文")
    NUMBERS = "numbers", _("数字或日期不同")
    LINKS = "links", _("网址不同")
    NAMES = "names", _("提到的名称不同")


@dataclass(frozen=True)
class Difference:
    """A field whose texts differ, and what each language says that the other does not."""

    field: str
    problem: Problem
    in_chinese: tuple = ()
    in_english: tuple = ()

    @property
    def field_to_mend(self):
        """The field that mostly needs mending; the other stands beside it."""
        return self.field if self.problem == Problem.NO_CHINESE else f"{self.field}_en"


class KnownNames:
    """The names of records in both languages, to be found in texts.

    A longer name is found before a shorter one within it: 睿创微纳研究中心 is not 睿创微纳.
    """

    def __init__(self, rows):
        """Take (name, English name, other Chinese names) of records that have an English name."""
        self.labels = {}
        self.forms, self.english, self.by_start, self.by_word = {}, {}, {}, {}
        for name, name_en, aliases in rows:
            for form in (name, *aliases):
                if len(form) >= MIN_NAME_LENGTH:
                    self.forms.setdefault(name, set()).add(form)
                    self.by_start.setdefault(form[:MIN_NAME_LENGTH], {})[form] = name
            words = tuple(WORD.findall(name_en.casefold()))
            if words:
                self.labels[name] = name_en
                self.english[name] = words
                self.by_word.setdefault(words[0], {})[words] = name
        self.holders = {}
        for name, words in self.english.items():
            for word in words:
                self.holders.setdefault(word, set()).add(name)

    def in_chinese(self, text):
        """Return the names that a Chinese text mentions."""
        found, position = set(), 0
        while position < len(text):
            starting = self.by_start.get(text[position : position + MIN_NAME_LENGTH], {})
            form = max((f for f in starting if text.startswith(f, position)), key=len, default="")
            if form:
                found.add(starting[form])
            position += len(form) or 1
        return found

    def in_english(self, text):
        """Return the names whose English an English text mentions in full."""
        words = WORD.findall(text.casefold())
        found, position = set(), 0
        while position < len(words):
            starting = self.by_word.get(words[position], {})
            form = max(
                (f for f in starting if tuple(words[position : position + len(f)]) == f),
                key=len,
                default=(),
            )
            if form:
                found.add(starting[form])
            position += len(form) or 1
        return found

    def may_be_in_chinese(self, name, text):
        return any(form in text for form in self.forms.get(name, ()))

    def may_be_in_english(self, name, text):
        """Tell whether a text has the name, or a word of it that no other known name has."""
        words, own = WORD.findall(text), WORD.findall(self.labels[name])
        is_told = any(
            word in words
            and word[0].isupper()
            and len(word) >= MIN_WORD_LENGTH
            and self.holders[word.casefold()] == {name}
            for word in own
        )
        return is_told or f" {' '.join(own)} ".casefold() in f" {' '.join(words)} ".casefold()


def shown(numbers):
    """Return numbers and months as an editor reads them, in order."""
    plain = (f"{n.normalize():f}" if isinstance(n, Decimal) else n for n in numbers)
    return tuple(sorted(plain))


def translated_models():
    """Return the models of every layer whose rows hold text in both languages."""
    return [model for model in subject_models(TrackedModel) if text_pairs(model)]


def compare_numbers(field, chinese, english):
    stated_zh, possible_zh = chinese_numbers(ADDRESS.sub(" ", chinese))
    stated_en, possible_en = english_numbers(ADDRESS.sub(" ", english))
    only_zh, only_en = stated_zh - possible_en, stated_en - possible_zh
    if only_zh or only_en:
        yield Difference(field, Problem.NUMBERS, shown(only_zh), shown(only_en))


def addresses(text):
    """Return the addresses in a text without the full stop of the sentence."""
    return {address.rstrip(".,;:!?") for address in ADDRESS.findall(text)}


def compare_links(field, chinese, english):
    in_zh, in_en = addresses(chinese), addresses(english)
    if in_zh != in_en:
        yield Difference(
            field, Problem.LINKS, tuple(sorted(in_zh - in_en)), tuple(sorted(in_en - in_zh))
        )


def compare_names(field, chinese, english, names, own=""):
    """Compare the names mentioned, but for the record's own, which either may leave out."""
    only_zh = {
        name
        for name in names.in_chinese(chinese)
        if name != own and name in names.english and not names.may_be_in_english(name, english)
    }
    only_en = {
        name
        for name in names.in_english(english)
        if name != own and not names.may_be_in_chinese(name, chinese)
    }
    if only_zh or only_en:
        labels = sorted(names.labels[name] for name in only_en)
        yield Difference(field, Problem.NAMES, tuple(sorted(only_zh)), tuple(labels))


def compare_texts(field, chinese, english, names, own=""):
    """Return how the texts of one field differ."""
    if not chinese or not english:
        if chinese or english:
            problem = Problem.NO_ENGLISH if chinese else Problem.NO_CHINESE
            return [Difference(field, problem)]
        return []
    return [
        *compare_numbers(field, chinese, english),
        *compare_links(field, chinese, english),
        *compare_names(field, chinese, english, names, own),
    ]


def check_row(row, names):
    """Return how the two languages of a record differ, field by field."""
    own = getattr(row, "name", "")
    return [
        difference
        for field in text_pairs(type(row))
        for difference in compare_texts(
            field, getattr(row, field), getattr(row, f"{field}_en"), names, own
        )
    ]


def check_rows(rows, names):
    """Yield (row, differences) for each record of which anything is missing or out of step."""
    for row in rows.iterator(chunk_size=500):
        if differences := check_row(row, names):
            yield row, differences

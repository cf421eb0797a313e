"""Model fields of the kernel: partial dates and the columns derived for search and sorting."""

import calendar
import datetime
import re
import unicodedata
from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_QUERY_WORDS = 10
WORDS_REMEMBERED = 20_000
TEXTS_REMEMBERED = 5_000
# What pypinyin takes for Chinese.
HAN_RUNS = re.compile(
    "((?:[\u3007\ue815-\ue864\ufa18\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a703-\U0002b73f\U0002b740-\U0002b81d\U0002b825-\U0002bf6e"
    "\U0002c029-\U0002ce93\U0002d016\U0002d11b-\U0002ebd9\U0002f80a-\U0002fa1f"
    "\U00030000-\U0003134a\U000300f7-\U00031288\U00030edd\U00030ede\U00031350-\U00032389])+)"
)
PARTIAL_DATE = re.compile(r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2}))?)?\Z", re.ASCII)


def partial_date_bounds(value):
    """Return the first and the last day that a partial date such as "2021-10" may mean.

    Raises ValueError for text that is not a partial date.
    """
    match = PARTIAL_DATE.match(value)
    if not match:
        raise ValueError(value)
    year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
    first = datetime.date(year, month or 1, day or 1)
    if day:
        return first, first
    last_month = month or 12
    return first, datetime.date(year, last_month, calendar.monthrange(year, last_month)[1])


def validate_partial_date(value):
    """Refuse text that names no year, month or day of the calendar."""
    try:
        partial_date_bounds(value)
    except ValueError:
        raise ValidationError(
            _("“%(value)s”不是有效日期。请按 2021、2021-10 或 2021-10-08 填写。"),
            code="invalid_partial_date",
            params={"value": value},
        ) from None


class PartialDateField(models.CharField):
    """A date as exact as its source gives it: a year, a month or a day, as ISO 8601 text.

    Documents say 2021年10月; storing the first of the month would invent a day. The text sorts
    and compares in time order.
    """

    default_validators = [validate_partial_date]

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 10
        kwargs.setdefault("blank", True)
        kwargs.setdefault("help_text", _("知道多少填多少：2021、2021-10 或 2021-10-08。"))
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


class WebAddressField(models.URLField):
    """A web address; one typed without a scheme is taken to be https."""

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", **kwargs})


def normalize_search_text(text):
    """Return text as it is compared in searches: NFKC, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def query_words(text):
    """Return the different words of a query, as many as are searched for.

    Each is one more pass over all that is searched: fifty would keep the database busy for long.
    """
    return list(dict.fromkeys(normalize_search_text(text).split()))[:MAX_QUERY_WORDS]


@cache
def dictionary():
    """Return all words of pypinyin, and the beginnings of words.

    It takes 50 MiB and a quarter of a second: pages that read no Chinese go without.
    """
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415
    from pypinyin.seg.mmseg import p_set  # noqa: PLC0415

    return PHRASES_DICT, p_set


@lru_cache(TEXTS_REMEMBERED)
def words_of(text):
    """Return a text's words; a name is asked for its sort key, search text and slug in turn."""
    words = []
    for index, run in enumerate(HAN_RUNS.split(text)):
        words += han_words(run) if index % 2 else [run]
    return words


def han_words(run):
    """Return the words of a run of Chinese: each the longest of the dictionary that begins there.

    Word for word what pypinyin's `mmseg` finds, in half the time.
    """
    known, beginnings = dictionary()
    words, start = [], 0
    while start < len(run):
        end, word_end = start + 1, 0
        while end <= len(run) and (piece := run[start:end]) in beginnings:
            if piece in known:
                word_end = end
            end += 1
        if not word_end and end > len(run):
            # The beginning of a longer word: none of its characters begins a word anew.
            return words + list(run[start:])
        word_end = word_end or start + 1
        words.append(run[start:word_end])
        start = word_end
    return words


@lru_cache(WORDS_REMEMBERED)
def word_syllables(word, errors):
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 see `dictionary`

    return tuple(lazy_pinyin(word, style=Style.NORMAL, errors=errors))


def pinyin_syllables(text, errors="default"):
    """Return a text's toneless syllables; `errors` says what becomes of other characters.

    The same as pypinyin's `lazy_pinyin`, seven times as fast for names, which share their words
    (科技, 有限公司): each word is read once and remembered.
    """
    return [s for word in words_of(text) for s in word_syllables(word, errors)]


def pinyin_forms(text):
    """Return the joined pinyin and the initials of a text's Chinese (未来岛: weilaidao, wld)."""
    syllables = pinyin_syllables(text, errors="ignore")
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def spaced_pinyin(text):
    """Return a text with its Chinese as toneless syllables, so that sorting follows the reading."""
    return " ".join(pinyin_syllables(text))


class DerivedTextField(models.TextField):
    """Text that the model derives from its other fields each time it is saved.

    `derive` names the model's method that returns the text. Deriving in the field rather than in
    `save` also covers bulk_create.
    """

    def __init__(self, *args, derive, **kwargs):
        self.derive = derive
        kwargs.update(editable=False, default="", blank=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "derive": self.derive}

    def pre_save(self, model_instance, add):
        value = getattr(model_instance, self.derive)()
        setattr(model_instance, self.attname, value)
        return value


def text_pairs(model):
    """Return the names of a model's fields that have an English field beside them."""
    names = {field.name for field in model._meta.concrete_fields}
    return [field.name for field in model._meta.concrete_fields if f"{field.name}_en" in names]

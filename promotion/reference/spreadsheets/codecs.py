"""What a cell of each kind of column may hold, and how a value is written into one.

These are django-import-export widgets: `clean` reads a cell that is not empty and raises
CellError, `render` returns what an exported cell holds: text, a number, a date or None.
"""

import datetime
import re
from decimal import Decimal

from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.widgets import Widget

from promotion.reference.spreadsheets import dates
from promotion.reference.spreadsheets.characters import fold, nearest
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.quantities import (
    PLAIN,
    integer_like,
    parse_quantity,
)

SOURCE_LANGUAGE = "zh-hans"
LANGUAGES = (SOURCE_LANGUAGE, "en")
ALLOWED_SHOWN = 12
STOP, WARN = "stop", "warning"
YEAR = re.compile(r"[1-9]\d{3}\Z", re.ASCII)
MONTH = re.compile(r"\d{4}-\d{2}\Z", re.ASCII)


def in_lines(*sentences):
    """Return the sentences that there are, one a line."""
    return "\n".join(filter(None, sentences))


class Codec(Widget):
    """Base of every codec: the cell is the value."""

    has_bare_numbers = False
    """Whether a heading may name another unit for the column's numbers."""
    enforcement = STOP
    """What a drop-down list does with a value that it does not offer."""

    def rule(self, field):
        """Return in words what a cell of a field's column may hold."""
        return ""

    def example(self):
        """Return the text of a made-up cell, "" where only the column can tell one."""
        return ""

    def allowed_values(self):
        """Return the values to choose from, as cells hold them; none where any will do."""
        return []

    def render(self, value, obj=None, **kwargs):
        return value

    def render_all(self, values):
        """Return what cells with these values hold; most columns repeat few values."""
        rendered = {value: self.render(value) for value in set(values)}
        return [rendered[value] for value in values]


class ChoiceCodec(Codec):
    """One of a closed list: its Chinese or English label, or its code."""

    def __init__(self, choices):
        super().__init__()
        self.choices = choices

    def pairs(self):
        return self.choices() if callable(self.choices) else self.choices

    def other_names(self):
        """Return further names that are understood, as {name: code}."""
        return {}

    @cached_property
    def labels(self):
        """Code → Chinese label."""
        with override(SOURCE_LANGUAGE):
            return {code: str(label).strip() for code, label in self.pairs() if code != ""}

    @cached_property
    def known(self):
        """Every understood name → code; a name of two codes is none of both."""
        known, twice = {}, set()
        for language in LANGUAGES:
            with override(language):
                names = [(str(label), code) for code, label in self.pairs()]
            for name, code in names:
                if known.setdefault(fold(name), code) != code:
                    twice.add(fold(name))
        known = {name: code for name, code in known.items() if name not in twice}
        known.update({fold(name): code for name, code in self.other_names().items()})
        known.update({fold(code): code for code in self.labels})
        return known

    @cached_property
    def written(self):
        """Code → what an exported cell holds: the label, where it leads back to the code."""
        return {
            code: label if self.known.get(fold(label)) == code else code
            for code, label in self.labels.items()
        }

    def clean(self, value, row=None, **kwargs):
        text = value if isinstance(value, str) else integer_like(value) or ""
        code = self.known.get(fold(text))
        if code is None:
            raise CellError(_("不在可选的范围内。"), self.allowed(text))
        return code

    def allowed(self, text):
        labels = list(self.labels.values())
        if len(labels) > ALLOWED_SHOWN:
            labels = nearest(text, labels)
        return "、".join(labels)

    def render(self, value, obj=None, **kwargs):
        return self.written.get(value, value) or None

    def allowed_values(self):
        return list(self.written.values())

    def rule(self, field):
        values = self.allowed_values()
        if len(values) > ALLOWED_SHOWN:
            return _("从 %(count)d 个可选值中选一个。") % {"count": len(values)}
        return _("只能填其中一个：%(values)s。") % {"values": "、".join(values)}

    def example(self):
        return self.allowed_values()[0]


class NumberCodec(Codec):
    """A number in the column's unit, within what every supported database can hold."""

    has_bare_numbers = True

    def __init__(self, unit=PLAIN, places=0, minimum=None, maximum=None):
        super().__init__()
        self.unit, self.places = unit, places
        self.minimum, self.maximum = minimum, maximum

    def clean(self, value, row=None, scale=1, **kwargs):
        number = parse_quantity(value, self.unit, self.places, scale)
        if self.minimum is not None and number < self.minimum:
            raise CellError(_("不能小于 %(limit)s。") % {"limit": self.minimum})
        if self.maximum is not None and number > self.maximum:
            raise CellError(_("不能大于 %(limit)s。") % {"limit": self.maximum})
        return number if self.places else int(number)

    def render(self, value, obj=None, **kwargs):
        if isinstance(value, Decimal):
            value = value.normalize()
            return int(value) if value == value.to_integral_value() else value
        return value

    def rule(self, field):
        form = _("整数。")
        if self.places:
            form = _("数字，最多 %(places)d 位小数。") % {"places": self.places}
        least = unit = ""
        if self.minimum == 0:
            least = _("不能小于 %(limit)s。") % {"limit": self.minimum}
        if self.unit.column_unit:
            unit = _("单位是%(unit)s，可以写出，也可以不写。") % {"unit": self.unit.column_unit}
        return in_lines(form, least, unit)

    def example(self):
        return "1200.5" if self.places else "12"


def integer_codec(field, unit):
    # SQLite alone would store what every other database refuses: hold it to the same range.
    minimum, maximum = BaseDatabaseOperations.integer_field_ranges[field.get_internal_type()]
    return NumberCodec(unit, 0, minimum, maximum)


def decimal_codec(field, unit):
    largest = (Decimal(10) ** field.max_digits - 1).scaleb(-field.decimal_places)
    return NumberCodec(unit, field.decimal_places, -largest, largest)


class BooleanCodec(Codec):
    """Yes or no."""

    YES = ("是", "有", "yes", "y", "true", "1", "√", "✓", "✔", "☑", "对")
    NO = ("否", "无", "no", "n", "false", "0", "×", "✗", "✘", "x", "错")

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, bool):
            return value
        text = fold(value if isinstance(value, str) else integer_like(value) or "")
        # An input method may ask for a mark in colours.
        text = text.removesuffix("\ufe0f")
        if text in self.YES:
            return True
        if text in self.NO:
            return False
        raise CellError(_("只能填“是”或“否”。"), "是、否")

    def render(self, value, obj=None, **kwargs):
        return None if value is None else "是" if value else "否"

    def allowed_values(self):
        return ["是", "否"]

    def rule(self, field):
        return _("只能填“是”或“否”。")

    def example(self):
        return "否"


class DateCodec(Codec):
    """A day."""

    def clean(self, value, row=None, **kwargs):
        return dates.parse_date(value)

    def rule(self, field):
        return _("日期，要具体到日。")

    def example(self):
        return "2022-10-01"


class PartialDateCodec(Codec):
    """A year, month or day, kept exactly as precise as it was written."""

    def clean(self, value, row=None, **kwargs):
        return dates.parse_partial_date(value)

    def render(self, value, obj=None, **kwargs):
        if not value:
            return None
        if YEAR.match(value):
            return int(value)
        if MONTH.match(value):
            # Excel would make the first of the month of 2021-10; it leaves 2021年10月 a month.
            return f"{value[:4]}年{int(value[5:])}月"
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return value

    def rule(self, field):
        return _("日期，写到年、月或日都可以。")

    def example(self):
        return "2022-10"


class MomentCodec(Codec):
    """A date with a time of day, in the site's time zone."""

    def clean(self, value, row=None, **kwargs):
        return dates.parse_moment(value)

    def render(self, value, obj=None, **kwargs):
        if value is None:
            return None
        return dates.local_moment(value) or value.isoformat(" ")

    def rule(self, field):
        return _("日期和时刻；只写日期就是当天零点。")

    def example(self):
        return "2022-10-01 09:00"

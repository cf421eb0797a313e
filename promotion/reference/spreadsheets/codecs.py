"""What a cell of each kind of column may hold, and how a value is written into one.

These are django-import-export widgets: `clean` reads a cell that is not empty and raises
CellError, `render` returns what an exported cell holds: text, a number, a date or None.
"""

import datetime
import difflib
import re
import unicodedata
from decimal import Decimal

from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.widgets import Widget

from promotion.reference.spreadsheets import dates
from promotion.reference.spreadsheets.characters import plain, visible
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.quantities import (
    PLAIN,
    integer_like,
    is_scientific,
    parse_quantity,
)

SOURCE_LANGUAGE = "zh-hans"
LANGUAGES = (SOURCE_LANGUAGE, "en")
NEAREST = 3
ALLOWED_SHOWN = 12
STOP, WARN = "stop", "warning"
WEB_HOST = re.compile(r"(?:[a-z]+://)?[a-z0-9.-]+(?::\d+)?(?=[/?#]|\Z)", re.ASCII | re.IGNORECASE)
TOTAL = re.compile(r"[合总小共]计(?::|\(.{1,6}\))?|(?:sub|grand)?total:?")
NO_NAME = re.compile(r"[-/\\—–_.…*]+|无|暂无|n/?a|null")
FOOTER = re.compile(
    r"(?:填表|填报|制表|审核|复核|审批|经办|单位|部门)(?:负责)?(?:人|人员|单位|部门|日期|时间):"
    r"|(?:备注|附注|注|说明)\d{0,2}:"
)
# Unicode's control characters but for tabs and line breaks.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
YEAR = re.compile(r"[1-9]\d{3}\Z", re.ASCII)
MONTH = re.compile(r"\d{4}-\d{2}\Z", re.ASCII)


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


class TextCodec(Codec):
    """Text of one line, or of several; only spaces around it and what is invisible are dropped."""

    def __init__(self, multiline=False):
        super().__init__()
        self.multiline = multiline

    def clean(self, value, row=None, **kwargs):
        text = self.text(value)
        if text.isprintable():
            # Nothing invisible, no control character, no line break.
            return text.strip()
        text = visible(text).replace("\r\n", "\n").replace("\r", "\n").strip()
        if not self.multiline and "\n" in text:
            raise CellError(_("这一栏不能换行。"))
        if control := CONTROL.search(text):
            raise CellError(
                _("含有看不见的控制字符（%(code)s），请重新键入。")
                % {"code": f"U+{ord(control.group()):04X}"}
            )
        return text

    def text(self, value):
        if isinstance(value, str):
            return value
        if isinstance(value, datetime.date):
            raise CellError(_("这一栏是文字，单元格却是日期：请把单元格格式改为“文本”后重新填写。"))
        text = integer_like(value)
        if text is None:
            raise CellError(_("这一栏是文字：请把单元格格式改为“文本”后重新填写。"))
        return text

    def render(self, value, obj=None, **kwargs):
        return value or None

    def render_all(self, values):
        return [value or None for value in values]

    def rule(self, field):
        limit = ""
        if field.max_length:
            limit = _("最多 %(limit)d 个字符。") % {"limit": field.max_length}
        return in_lines(self.form(), limit)

    def form(self):
        """Return in words what kind of text it is."""
        return _("文字，可以换行。") if self.multiline else _("文字，不能换行。")


class NameCodec(TextCodec):
    """The name of a record; lines around a table that are no record are refused."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        folded = fold(text)
        if TOTAL.fullmatch(folded) or FOOTER.match(folded):
            raise CellError(_("这一行像是合计或填表说明，不是一条记录，请删去这一行。"))
        if NO_NAME.fullmatch(folded):
            raise CellError(_("不是名称。"))
        return text


class IdentifierCodec(TextCodec):
    """A code: full-width and invisible characters cannot carry meaning in it."""

    def __init__(self, upper=False, lower=False, allow_numbers=False):
        super().__init__()
        self.upper, self.lower, self.allow_numbers = upper, lower, allow_numbers

    def clean(self, value, row=None, **kwargs):
        if not isinstance(value, str) and not self.allow_numbers:
            raise CellError(
                _("代码被存成了数字，Excel 可能已改动它：请把单元格格式改为“文本”后重新填写。")
            )
        if is_scientific(value):
            raise CellError(_("代码已被 Excel 改成科学计数法，请按“文本”重新填写全部字符。"))
        text = "".join(plain(super().clean(value)).split())
        if self.upper:
            return text.upper()
        return text.lower() if self.lower else text

    def form(self):
        return _("代码，没有空格；单元格格式请保持“文本”，以免 Excel 改动它。")

    def example(self):
        return "a01" if self.lower else "A01"


class AddressCodeCodec(IdentifierCodec):
    """The code in a page's address, which is made from the name where none is given."""

    def __init__(self):
        super().__init__(lower=True, allow_numbers=True)

    def form(self):
        return _("新记录可以留空：由名称的拼音生成。")

    def example(self):
        return "shi-li-01"


class PhoneCodec(TextCodec):
    """Telephone numbers, as written: the leading + and zeros belong to them."""

    def clean(self, value, row=None, **kwargs):
        if is_scientific(value):
            raise CellError(_("号码已被 Excel 改成科学计数法，请按“文本”重新填写。"))
        return plain(super().clean(value))

    def form(self):
        return _("电话号码，照写即可，可带区号和 +86。")

    def example(self):
        return "400-000-0000"


class EmailCodec(TextCodec):
    """An e-mail address; whether it is one, the field tells."""

    def clean(self, value, row=None, **kwargs):
        return plain(super().clean(value))

    def form(self):
        return _("电子邮箱地址。")

    def example(self):
        return "office@example.com"


class WebAddressCodec(TextCodec):
    """A web address; one written without a scheme is taken to be https, as in the forms."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        if not WEB_HOST.match(text):
            # An input method widens an address as a whole; a path may hold （） in earnest.
            text = plain(text)
        return text if "://" in text else f"https://{text}"

    def form(self):
        return _("网页地址；没有写 https:// 时自动补上。")

    def example(self):
        return "https://example.com/"


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

    YES = ("是", "有", "yes", "y", "true", "1", "√", "✓", "对")
    NO = ("否", "无", "no", "n", "false", "0", "×", "✗", "x", "错")

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, bool):
            return value
        text = fold(value if isinstance(value, str) else integer_like(value) or "")
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

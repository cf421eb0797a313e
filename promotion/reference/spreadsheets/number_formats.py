"""What a cell's number format says about the number in it: a date, a percentage, a unit."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum, auto

from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.problems import BadCell, shown

EPOCH_1900 = datetime.datetime(1899, 12, 30)
EPOCH_1904 = datetime.datetime(1904, 1, 1)
# Excel counts a 29 February 1900 that never was.
FALSE_LEAP_DAY = 60
SECONDS_A_DAY = 86_400
# So many digits Excel keeps of a number.
EXACT_DIGITS = 15

# Excel's own formats that openpyxl does not list: the East Asian ones as Chinese Excel shows them.
CHINESE_BUILTIN_FORMATS = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}
# Quoted text, escaped or padding characters, colours and locales: none of them is a format code.
LITERALS = re.compile(r'"[^"]*"|[\\!].|_.|\*.|\[[^\]]*\]')
# The parts of a format code that tell where its words stand; Chinese Excel escapes with !.
PARTS = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|_.|\*.|\[[^\]]*\]'
    r"|(?P<digits>[0#?@]|general|g/通用格式)|(?P<bare>[$]|[^\x00-\x7f])|.",
    re.IGNORECASE | re.DOTALL,
)
SCALED = re.compile(r"[0#?],+[^0#?]*\Z")
CONDITION = re.compile(r"\[[<>=]")
IN_TWO_UNITS = re.compile(r"\A\.\Z|[千万亿元]")
SIGNS = " -()"
MEANT = re.compile(r"\w|[$¥￥€£%‰]")


class Kind(Enum):
    """How a number is to be understood."""

    NUMBER = auto()
    PERCENT = auto()
    DAY = auto()
    MONTH = auto()
    YEAR = auto()
    TIME = auto()


@dataclass(frozen=True)
class Padded:
    """The kind of a number that is shown with zeros in front, up to so many digits."""

    digits: int


@dataclass(frozen=True)
class Worded:
    """The kind of a number that is shown with words around it, such as its unit."""

    kind: object
    before: str
    after: str


@dataclass(frozen=True)
class Unclear:
    """The kind of a number that is shown as another one: in thousands, or in several units."""

    code: str


def kind_of_format(number, custom=None):
    """Return the kind of a number format, given by its number or its custom code."""
    # Large, and only who hands in a workbook needs it.
    from openpyxl.styles.numbers import BUILTIN_FORMATS  # noqa: PLC0415

    code = custom or BUILTIN_FORMATS.get(number) or CHINESE_BUILTIN_FORMATS.get(number, "General")
    # [h]:mm counts hours; every other bracket is decoration.
    if re.search(r"\[[hms]+\]", code, re.IGNORECASE):
        return Kind.TIME
    kind = kind_of_code(LITERALS.sub("", code.split(";")[0]).lower())
    # The signs in Excel's own formats are those of the reader's country.
    if custom and (kind in {Kind.NUMBER, Kind.PERCENT} or isinstance(kind, Padded)):
        return worded(kind, custom)
    return kind


def kind_of_code(code):
    """Return the kind of a format code of one section, its literals removed."""
    if "general" in code or "@" in code:
        return Kind.NUMBER
    if "%" in code:
        return Kind.PERCENT
    if re.fullmatch("00+", code):
        return Padded(len(code))
    if "0" in code or "#" in code or "?" in code:
        # 0.00E+00 and the fractions of a second in h:mm:ss.0 also hold digits.
        return Kind.TIME if "s" in code else Kind.NUMBER
    if "d" in code:
        return Kind.DAY
    has_year = "y" in code or "e" in code
    if has_year:
        return Kind.MONTH if "m" in code else Kind.YEAR
    if "h" in code or "s" in code:
        return Kind.TIME
    return Kind.MONTH if "m" in code else Kind.NUMBER


def worded(kind, code):
    """Return a kind of number together with the words that its format code puts around it."""
    # Where no conditions choose among them, the third section shows nought, the fourth text.
    sections = code.split(";")[: 3 if CONDITION.search(code) else 2]
    found = [parts for section in sections if (parts := words(section)) is not None]
    # The sign of what is negative may stand among them.
    differing = {tuple(text.strip(SIGNS) for text in parts) for parts in found}
    if not found:
        return kind
    before, within, after = found[0]
    if (
        any(SCALED.search(LITERALS.sub("", section)) for section in sections)
        or IN_TWO_UNITS.search(within)
        or len(differing) > 1
    ):
        return Unclear(code)
    # 0000"年"00"月" is a number with signs among its digits.
    return Worded(kind, before, after) if (before or after) and not within else kind


def words(section):
    """Return the words before, among and behind the digits of a section; None without digits."""
    before, within, after = "", "", None
    for part in PARTS.finditer(section):
        text = next(
            (part[name] for name in ("quoted", "escaped", "currency", "bare") if part[name]), ""
        )
        if part["digits"]:
            within += after or ""
            after = ""
        elif after is None:
            before += text
        else:
            after += text
    if after is None:
        return None
    before, after = (text.strip() if MEANT.search(text) else "" for text in (before, after))
    return before, within, after


def number_shown(text, kind, epoch):
    """Return what a numeric cell shows: a number, a date, or text where it shows more."""
    if isinstance(kind, Unclear):
        return BadCell(
            text,
            _("单元格的格式（%(code)s）使显示的数与实际的数不同：请改为“常规”格式，填写完整的数。")
            % {"code": shown(kind.code)},
        )
    if isinstance(kind, Worded):
        number = number_shown(text, kind.kind, epoch)
        if isinstance(number, BadCell):
            return number
        number = f"{number:f}" if isinstance(number, Decimal) else number
        return f"{kind.before}{number}{kind.after}"
    try:
        # Fifteen digits are what Excel keeps and shows; more would be binary noise.
        value = Decimal(f"{float(text):.15g}")
    except (ValueError, InvalidOperation):
        return BadCell(text, _("无法读取这个数字。"))
    if not value.is_finite():
        return BadCell(text, _("无法读取这个数字。"))
    if kind is Kind.PERCENT:
        return f"{(value * 100).normalize():f}%"
    if kind is Kind.TIME:
        return BadCell(text, _("单元格是时间格式，请改为日期或文字。"))
    if isinstance(kind, Padded):
        return padded(value, kind.digits)
    if kind is not Kind.NUMBER:
        return date_shown(value, kind, epoch)
    return exact(value)


def exact(value):
    return int(value) if value == value.to_integral_value() else value


def padded(value, digits):
    """Return a number as text if zeros are shown in front of it, and none of its digits is lost."""
    if value != value.to_integral_value() or not 0 <= value < 10 ** min(digits - 1, EXACT_DIGITS):
        return exact(value)
    return f"{int(value):0{digits}}"


def date_shown(serial, kind, epoch):
    """Return the date that a serial number means, no more exact than its cell shows it."""
    not_a_date = BadCell(str(serial), _("这个数字不是日期。"))
    if epoch is EPOCH_1900:
        if int(serial) == FALSE_LEAP_DAY or serial < 1:
            return not_a_date
        if serial < FALSE_LEAP_DAY:
            serial += 1
    try:
        moment = epoch + datetime.timedelta(seconds=round(serial * SECONDS_A_DAY))
    except OverflowError:
        return not_a_date
    if kind is Kind.MONTH:
        return f"{moment.year}年{moment.month}月"
    if kind is Kind.YEAR:
        return f"{moment.year}年"
    return day_or_moment(moment)


def iso_date_shown(text):
    """Return the date that a cell with an ISO 8601 date holds."""
    try:
        return day_or_moment(datetime.datetime.fromisoformat(text))
    except ValueError:
        return BadCell(text, _("这个值不是日期。"))


def day_or_moment(moment):
    return moment if moment.time() != datetime.time() else moment.date()

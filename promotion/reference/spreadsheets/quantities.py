"""Reading numbers as offices write them: separators, full-width digits, 万 and 亿, units."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from math import floor

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.spreadsheets.characters import plain
from promotion.reference.spreadsheets.problems import CellError

MULTIPLIERS = {
    "百万": 1_000_000,
    "千万": 10_000_000,
    "万": 10_000,
    "亿": 100_000_000,
    "千": 1_000,
    "百": 100,
}
# 4 509 000
GROUPED = re.compile(r"(?<!\d)(?<!\d )\d{1,3}(?: \d{3})+(?! ?\d)", re.ASCII)
BLANKS_BESIDE_DIGITS = re.compile(r"(?<!\d) +| +(?!\d)", re.ASCII)
NUMBER = re.compile(
    r"(?P<digits>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+)(?P<unit>[^\d,.].*)?\Z",
    re.ASCII,
)
MAX_DIGITS = 40
MAX_ROUNDING = Fraction(1, 1_000)
SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E[+-]?\d+\Z", re.ASCII | re.IGNORECASE)
VAGUE = re.compile(
    r"约|近|超|逾|多|余|左右|上下|以上|以下|不低于|不足|[<>≤≥~～]|\d\s*[-–—至到]\s*\d"
)
FOREIGN_MONEY = re.compile(
    r"[美港日欧韩澳加新]元|加拿大元|新加坡元|澳大利亚元|美金|港币|日圆|英镑|usd|hkd|eur"
)
CURRENCY = re.compile(r"\A(?:人民币|rmb|cny|¥)|(?:人民币|rmb|cny)\Z")


class Unit:
    """A measure: its basic unit, others in terms of it, and the one that a column holds."""

    def __init__(self, column_unit, names, multiplies=True, is_money=False):
        self.names = {fold_unit(name): Fraction(size) for name, size in names.items()}
        self.column_unit = column_unit
        self.multiplies = multiplies
        self.is_money = is_money

    def size(self, text):
        """Return how many of the column's units a written unit is; None for an unknown one."""
        text = fold_unit(text)
        own = self.names[fold_unit(self.column_unit)]
        if text in self.names:
            return self.names[text] / own
        for word, factor in MULTIPLIERS.items() if self.multiplies else ():
            rest = text.removeprefix(word)
            if rest != text and (not rest or rest in self.names):
                return factor * self.names.get(rest, 1) / own
        return None

    def is_foreign(self, text):
        """Tell whether a unit without a size measures the same: dollars, 十亿元, rent a month."""
        if self.size(text) is not None:
            return False
        base = fold_unit(text).lstrip("十百千万亿")
        if self.is_money and FOREIGN_MONEY.fullmatch(base):
            return True
        if "元/" in self.column_unit and "元/" in base:
            return True
        return bool(base) and base in self.names


def fold_unit(text):
    """Return a unit as it is compared: ㎡, m² and M2 are one, a dot and 每 are a stroke."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[·.每]", "/", "".join(text.split()))


AREA = {
    "平方米": 1,
    "平米": 1,
    "平方": 1,
    "平": 1,
    "方": 1,
    "m2": 1,
    "sqm": 1,
    "公顷": 10_000,
    "ha": 10_000,
    "亩": Fraction(2_000, 3),
    "平方公里": 1_000_000,
    "平方千米": 1_000_000,
    "km2": 1_000_000,
}
MONEY = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
RENT = {
    f"元/{area}/{day}": 1 for area in ("平方米", "平米", "平方", "m2") for day in ("天", "日")
} | {f"元/{day}/{area}": 1 for area in ("平方米", "平米", "m2") for day in ("天", "日")}
SQM = Unit("平方米", AREA)
CNY_10K = Unit("万元", MONEY, is_money=True)
CNY_SQM_DAY = Unit("元/平方米/天", RENT, multiplies=False)
PEOPLE = Unit("人", {"人": 1, "名": 1, "位": 1})
FLOORS = Unit("层", {"层": 1, "楼": 1}, multiplies=False)
PLAIN = Unit("", {"": 1}, multiplies=False)
# Those that figures may be stated in; a number with 万 alone counts the measure's basic unit.
KM = Unit(
    "公里", {"公里": 1, "千米": 1, "km": 1, "米": Fraction(1, 1_000), "m": Fraction(1, 1_000)}
)
SQKM = Unit("平方公里", {name: size / Fraction(1_000_000) for name, size in AREA.items()})
CNY_100M = Unit("亿元", MONEY, is_money=True)
PERCENT = Unit("%", {"%": 1}, multiplies=False)
COMPANIES = Unit("家", {"家": 1})
ITEMS = Unit("个", {"个": 1})
YEARS = Unit("年", {"年": 1}, multiplies=False)
# Field names end with the unit that they hold.
UNIT_OF_SUFFIX = {
    "_cny_sqm_day": CNY_SQM_DAY,
    "_cny_10k": CNY_10K,
    "_sqm": SQM,
    "staff_count": PEOPLE,
    "headcount": PEOPLE,
    "floor_count": FLOORS,
}

NOT_A_NUMBER = gettext_lazy("不是数字。")


def unit_of_field(name):
    """Return the unit that a field's name states."""
    return next((unit for suffix, unit in UNIT_OF_SUFFIX.items() if name.endswith(suffix)), PLAIN)


def parse_quantity(cell, unit, places, scale=1):
    """Return the Decimal that a cell states, in the column's unit, exactly.

    `scale` is the size of the unit that the heading names, for a number without one.
    """
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal | str):
        raise CellError(NOT_A_NUMBER, example(unit, places))
    if isinstance(cell, str):
        number, size = parse_text(cell, unit, places, scale)
    else:
        number, size = Fraction(cell), Fraction(scale)
    amount = number * size
    if is_endless(size):
        amount = rounded(amount, places)
    if (amount * 10**places).denominator != 1:
        if places == 0:
            raise CellError(_("应为整数。"), example(unit, places))
        raise CellError(
            _("换算为%(unit)s后小数超过 %(places)d 位，请填写准确的数。")
            % {"unit": unit.column_unit or _("本栏单位"), "places": places}
        )
    return Decimal(int(amount * 10**places)).scaleb(-places)


def is_endless(size):
    """Tell whether even whole numbers of a unit are endless decimals: a 亩 is 2000/3 ㎡."""
    return 10**MAX_DIGITS % size.denominator != 0


def rounded(amount, places):
    """Return an amount rounded half up, or as it is where that would alter it noticeably."""
    near = Fraction(floor(amount * 10**places + Fraction(1, 2)), 10**places)
    return near if abs(near - amount) <= abs(amount) * MAX_ROUNDING else amount


def parse_text(text, unit, places, scale):
    """Return the Fraction that a text states and the size of its unit in the column's unit."""
    compact = compacted(text)
    if SCIENTIFIC.match(compact):
        raise CellError(_("科学计数法的数已不完整，请填写全部数字。"))
    if unit.is_money:
        compact = CURRENCY.sub("", compact)
    if VAGUE.search(compact):
        raise CellError(
            _("只能填一个确切的数；“约”“超过”或区间请记在“数据”中。"), example(unit, places)
        )
    match = NUMBER.match(compact)
    if not match or len(match.group("digits")) > MAX_DIGITS:
        raise CellError(NOT_A_NUMBER, example(unit, places))
    number = Fraction(match.group("digits").replace(",", ""))
    written = match.group("unit")
    if not written:
        return number, Fraction(scale)
    size = unit.size(written)
    if size is None:
        raise CellError(
            _("不认识单位“%(unit)s”。") % {"unit": written}, unit.column_unit or _("只填数字")
        )
    return number, size


def compacted(text):
    """Return a number without blanks, unless they part several numbers."""
    grouped = GROUPED.sub(lambda match: match[0].replace(" ", ""), plain(text).lower())
    return BLANKS_BESIDE_DIGITS.sub("", grouped)


def unit_written(text):
    """Return the unit that a text writes behind a number; "" where it writes none."""
    match = NUMBER.match(CURRENCY.sub("", compacted(text)))
    return (match.group("unit") or "") if match else ""


def example(unit, places):
    """Return what a cell of this measure may hold."""
    number = "1200" if places == 0 else "1200.5"
    return f"{number}、{number}{unit.column_unit}" if unit.column_unit else number


def integer_like(cell):
    """Return the text of a cell that Excel keeps as a number, if that lost none of its digits."""
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < 10**15:
        return str(cell)
    if isinstance(cell, Decimal) and abs(cell) < 10**15:
        return f"{cell:f}"
    return None


def is_scientific(text):
    """Tell whether a text is what Excel leaves of a long number: 9.13E+17."""
    return isinstance(text, str) and bool(SCIENTIFIC.match(plain(text)))

"""Reading dates as offices write them, never more exactly than they were written."""

import datetime
import re
from decimal import Decimal

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.numerals import read_numeral
from promotion.reference.spreadsheets.characters import plain
from promotion.reference.spreadsheets.problems import CellError

DATE = re.compile(
    r"(?P<year>\d{4})"
    r"(?:(?P<separator>[-/.年])(?P<month>\d{1,2})(?:(?P<second>[-/.月])(?P<day>\d{1,2})[日号]?|月)?|年)?"
    r"(?:[ T]0?0:00(?::00)?)?\Z",
    re.ASCII,
)
COMPACT_DATE = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})\Z", re.ASCII)
COMPACT_MONTH = re.compile(
    r"(?P<year>(?:19|20)(?P<end>\d{2}))(?P<month>0[1-9]|1[0-2])(?P<day>)\Z", re.ASCII
)
SPACES_IN_DATE = re.compile(r"\s+(?=[年月日号])|(?<=[年月])\s+")
CHINESE_NUMERAL = re.compile(r"[〇零一二三四五六七八九十]+(?=[年月日号])")
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"○": "〇"})
MOMENT = re.compile(
    r"(?P<date>\S+)[ T](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\Z", re.ASCII
)
HOURS = re.compile(r" \d{1,2}:\d{2}(?::\d{2})? ?-", re.ASCII)
DAY_EXAMPLES = "2022-10-01、2022/10/1、2022年10月1日"
PARTIAL_EXAMPLES = gettext_lazy("2022、2022-10、2022年10月、2022-10-01")
NOT_A_DATE = gettext_lazy("不是有效日期。")


def parts_of(text, examples):
    """Return year, month and day of a written date; month and day may be None."""
    text = SPACES_IN_DATE.sub("", plain(text).translate(DASHES))
    text = CHINESE_NUMERAL.sub(lambda numeral: str(read_numeral(numeral.group())), text)
    match = DATE.match(text) or COMPACT_DATE.match(text) or COMPACT_MONTH.match(text)
    if not match:
        raise CellError(NOT_A_DATE, examples)
    found = match.groupdict()
    separator = found.get("separator")
    if found.get("second") not in (None, "月" if separator == "年" else separator):
        # 2024.1-3 is three months.
        raise CellError(NOT_A_DATE, examples)
    if text.endswith(".1") and not found["day"]:
        # Excel turns 2022.10 into the number 2022.1: whether January or October, nobody knows.
        raise CellError(_("看不出是 1 月还是 10 月，请写成 2022年1月 的样子。"), examples)
    if "01" <= found.get("end", "") <= "12":
        raise CellError(_("看不出前四位是年份，还是前两位，请写成 2022年1月 的样子。"), examples)
    year, month, day = (int(found[name]) if found[name] else None for name in DATE_PARTS)
    try:
        datetime.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise CellError(_("日历上没有这一天。"), examples) from None
    return year, month, day


DATE_PARTS = ("year", "month", "day")


def parse_date(cell):
    """Return the day that a cell names."""
    if isinstance(cell, datetime.datetime):
        if cell.time() != datetime.time():
            raise CellError(_("只填日期，不要带时刻。"), DAY_EXAMPLES)
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal | str):
        raise CellError(NOT_A_DATE, DAY_EXAMPLES)
    year, month, day = parts_of(str(cell), DAY_EXAMPLES)
    if day is None:
        raise CellError(_("日期要具体到日。"), DAY_EXAMPLES)
    return datetime.date(year, month, day)


def parse_partial_date(cell):
    """Return the year, month or day that a cell names, as ISO 8601 text."""
    if isinstance(cell, datetime.date):
        return parse_date(cell).isoformat()
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal | str):
        raise CellError(NOT_A_DATE, PARTIAL_EXAMPLES)
    year, month, day = parts_of(str(cell), PARTIAL_EXAMPLES)
    return "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part is not None)])


def parse_moment(cell):
    """Return the moment that a cell names; local time unless it says otherwise."""
    examples = "2022-10-01 09:00"
    if isinstance(cell, datetime.datetime):
        return aware(cell)
    if isinstance(cell, str):
        text = plain(cell)
        if match := MOMENT.match(text):
            numbers = (int(match.group(name) or 0) for name in ("hour", "minute", "second"))
            try:
                time = datetime.time(*numbers)
            except ValueError:
                raise CellError(_("不是有效的时刻。"), examples) from None
            return aware(datetime.datetime.combine(parse_date(match.group("date")), time))
        if HOURS.search(text):
            # Not so many hours behind Greenwich.
            raise CellError(_("不是有效的时刻。"), examples)
        try:
            exact = parse_datetime(text)
        except ValueError:
            exact = None
        if exact and exact.tzinfo:
            return exact
        if exact:
            return aware(exact)
    return aware(datetime.datetime.combine(parse_date(cell), datetime.time()))


def aware(moment):
    return timezone.make_aware(moment)


def local_moment(moment):
    """Return an aware moment as local time without its zone, or None if that loses anything."""
    local = timezone.localtime(moment).replace(tzinfo=None)
    return local if not local.microsecond and timezone.make_aware(local) == moment else None

"""Numbers and dates as each language sets them.

Scale, word order and plurals differ so much between the two languages (16.1亿元, CNY 1.61 billion)
that they are laid out side by side here instead of in the translation files.
"""

import datetime
from decimal import Decimal

from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language

from promotion.reference.vocabulary import Bound, Unit

register = template.Library()

CHINESE_UNITS = {
    Unit.KM: "{}公里",
    Unit.SQKM: "{}平方公里",
    Unit.SQM: "{}平方米",
    Unit.CNY_100M: "{}亿元",
    Unit.CNY_10K: "{}万元",
    Unit.PERCENT: "{}%",
    Unit.COMPANIES: "{}家",
    Unit.ITEMS: "{}个",
    Unit.PEOPLE: "{}人",
    Unit.YEARS: "{}年",
}
CHINESE_BOUNDS = {
    Bound.ABOUT: "约{}",
    Bound.AT_LEAST: "不低于{}",
    Bound.OVER: "超{}",
    Bound.NEARLY: "近{}",
}
ENGLISH_UNITS = {
    Unit.KM: ("{} km", "{} km"),
    Unit.SQKM: ("{} km²", "{} km²"),
    Unit.SQM: ("{} m²", "{} m²"),
    Unit.PERCENT: ("{}%", "{}%"),
    Unit.COMPANIES: ("{} company", "{} companies"),
    Unit.ITEMS: ("{}", "{}"),
    Unit.PEOPLE: ("{} person", "{} people"),
    Unit.YEARS: ("{} year", "{} years"),
}
ENGLISH_BOUNDS = {
    Bound.ABOUT: "about {}",
    Bound.AT_LEAST: "at least {}",
    Bound.OVER: "over {}",
    Bound.NEARLY: "nearly {}",
}
ENGLISH_SCALES = [
    (10**12, "{} trillion"),
    (10**9, "{} billion"),
    (10**6, "{} million"),
    (1, "{}"),
]
# Chinese counts in 万 and 亿; a count is set so only where that leaves it short: 10万, but 123,456.
CHINESE_SCALES = [(10**8, 10**6, "{}亿"), (10**4, 10**3, "{}万")]
COUNTED_UNITS = {Unit.SQM, Unit.COMPANIES, Unit.ITEMS, Unit.PEOPLE}
CNY_IN_UNIT = {Unit.CNY_100M: 10**8, Unit.CNY_10K: 10**4}
SQM_IN_SQKM = 1_000_000


def plain_number(value):
    """Return a number with thousands separated and without trailing zeros."""
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def chinese_count(value):
    """Return a count in 万 or 亿 where it has few enough digits: 10万, 1.2亿."""
    for scale, step, words in CHINESE_SCALES:
        if abs(value) >= scale and value % step == 0:
            return words.format(plain_number(value / scale))
    return plain_number(value)


def chinese_quantity(value, unit):
    if unit == Unit.CNY_10K and abs(value) >= 10_000:
        return chinese_quantity(value / 10_000, Unit.CNY_100M)
    if unit == Unit.CNY_100M and abs(value) >= 10_000:
        return f"{plain_number(value / 10_000)}万亿元"
    number = chinese_count(value) if unit in COUNTED_UNITS else plain_number(value)
    return CHINESE_UNITS[unit].format(number)


def english_quantity(value, unit):
    if unit in CNY_IN_UNIT:
        yuan = value * CNY_IN_UNIT[unit]
        scale, words = next(
            (scale, words) for scale, words in ENGLISH_SCALES if abs(yuan) >= scale or scale == 1
        )
        return "CNY " + words.format(plain_number(yuan / scale))
    singular, plural = ENGLISH_UNITS[unit]
    return (singular if value == 1 else plural).format(plain_number(value))


def format_quantity(value, unit, bound=Bound.EXACT):
    """Return a value with its unit and bound in the active language."""
    value = Decimal(value)
    if get_language() == "en":
        return ENGLISH_BOUNDS.get(bound, "{}").format(english_quantity(value, unit))
    return CHINESE_BOUNDS.get(bound, "{}").format(chinese_quantity(value, unit))


@register.filter
def figure_value(figure):
    """Return a figure's number with its bound and unit: 约2.5公里, about 2.5 km."""
    return format_quantity(figure.value, figure.unit, figure.bound)


@register.filter
def area(square_metres):
    """Return an area in square metres, from a square kilometre on in both units."""
    text = format_quantity(square_metres, Unit.SQM)
    if square_metres < SQM_IN_SQKM:
        return text
    wider = format_quantity(Decimal(square_metres) / SQM_IN_SQKM, Unit.SQKM)
    return f"{text} ({wider})" if get_language() == "en" else f"{text}（{wider}）"


def money(cny_10k):
    """Return an amount kept in 万元, as the active language counts it."""
    return format_quantity(cny_10k, Unit.CNY_10K)


@register.filter
def rent(cny_sqm_day):
    """Return a rent: 3.5元/平方米/天, CNY 3.5 per m² per day."""
    number = plain_number(cny_sqm_day)
    if get_language() == "en":
        return f"CNY {number} per m² per day"
    return f"{number}元/平方米/天"


DATE_FORMATS = {
    "en": ("Y", "F Y", "j F Y"),
    "zh-hans": ("Y年", "Y年n月", "Y年n月j日"),
}
"""How a year, a month and a day are set."""


@register.filter
def partial_date(value):
    """Return a date as exact as it is known: 2021年10月, October 2021."""
    if not value:
        return ""
    parts = (
        [value.year, value.month, value.day]
        if isinstance(value, datetime.date)
        else ([int(part) for part in value.split("-")])
    )
    language = "en" if get_language() == "en" else "zh-hans"
    moment = datetime.date(*parts, *[1] * (3 - len(parts)))
    return date_format(moment, DATE_FORMATS[language][len(parts) - 1])

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
ENGLISH_SCALES = [(10**9, "{} billion"), (10**6, "{} million"), (1, "{}")]
CNY_IN_UNIT = {Unit.CNY_100M: 10**8, Unit.CNY_10K: 10**4}
SQM_IN_SQKM = 1_000_000


def plain_number(value):
    """Return a number with thousands separated and without trailing zeros."""
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def chinese_quantity(value, unit):
    if unit == Unit.SQM and value >= 10_000 and value % 1_000 == 0:
        return f"{plain_number(value / 10_000)}万平方米"
    return CHINESE_UNITS[unit].format(plain_number(value))


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


@register.filter
def money(cny_10k):
    """Return an amount kept in 万元, as the active language counts it."""
    if get_language() != "en" and cny_10k >= 10_000:
        return format_quantity(Decimal(cny_10k) / 10_000, Unit.CNY_100M)
    return format_quantity(cny_10k, Unit.CNY_10K)


@register.filter
def partial_date(value):
    """Return a date as exact as it is known: 2021年10月, October 2021."""
    if not value:
        return ""
    if isinstance(value, datetime.date):
        return date_format(value, "DATE_FORMAT")
    year, *rest = (int(part) for part in value.split("-"))
    if not rest:
        return str(year) if get_language() == "en" else f"{year}年"
    moment = datetime.date(year, *rest, *([] if rest[1:] else [1]))
    return date_format(moment, "DATE_FORMAT" if rest[1:] else "YEAR_MONTH_FORMAT")

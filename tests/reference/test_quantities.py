"""Numbers with their units as each language sets them: nothing lost, nothing invented."""

import re
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from promotion.reference.templatetags.quantities import (
    area,
    format_quantity,
    money,
    partial_date,
    rent,
)
from promotion.reference.vocabulary import Bound, Unit

SIZES = ["0", "0.5", "1", "1.5", "12", "999.9999", "10000", "12345", "120000", "123456.7", "1E8"]
EXPECTED = {
    "km": [
        ("0公里", "0 km"),
        ("0.5公里", "0.5 km"),
        ("1公里", "1 km"),
        ("1.5公里", "1.5 km"),
        ("12公里", "12 km"),
        ("999.9999公里", "999.9999 km"),
        ("10,000公里", "10,000 km"),
        ("12,345公里", "12,345 km"),
        ("120,000公里", "120,000 km"),
        ("123,456.7公里", "123,456.7 km"),
        ("100,000,000公里", "100,000,000 km"),
    ],
    "sqkm": [
        ("0平方公里", "0 km²"),
        ("0.5平方公里", "0.5 km²"),
        ("1平方公里", "1 km²"),
        ("1.5平方公里", "1.5 km²"),
        ("12平方公里", "12 km²"),
        ("999.9999平方公里", "999.9999 km²"),
        ("10,000平方公里", "10,000 km²"),
        ("12,345平方公里", "12,345 km²"),
        ("120,000平方公里", "120,000 km²"),
        ("123,456.7平方公里", "123,456.7 km²"),
        ("100,000,000平方公里", "100,000,000 km²"),
    ],
    "sqm": [
        ("0平方米", "0 m²"),
        ("0.5平方米", "0.5 m²"),
        ("1平方米", "1 m²"),
        ("1.5平方米", "1.5 m²"),
        ("12平方米", "12 m²"),
        ("999.9999平方米", "999.9999 m²"),
        ("1万平方米", "10,000 m²"),
        ("12,345平方米", "12,345 m²"),
        ("12万平方米", "120,000 m²"),
        ("123,456.7平方米", "123,456.7 m²"),
        ("1亿平方米", "100,000,000 m²"),
    ],
    "cny_100m": [
        ("0亿元", "CNY 0"),
        ("0.5亿元", "CNY 50 million"),
        ("1亿元", "CNY 100 million"),
        ("1.5亿元", "CNY 150 million"),
        ("12亿元", "CNY 1.2 billion"),
        ("999.9999亿元", "CNY 99.99999 billion"),
        ("1万亿元", "CNY 1 trillion"),
        ("1.2345万亿元", "CNY 1.2345 trillion"),
        ("12万亿元", "CNY 12 trillion"),
        ("12.34567万亿元", "CNY 12.34567 trillion"),
        ("10,000万亿元", "CNY 10,000 trillion"),
    ],
    "cny_10k": [
        ("0万元", "CNY 0"),
        ("0.5万元", "CNY 5,000"),
        ("1万元", "CNY 10,000"),
        ("1.5万元", "CNY 15,000"),
        ("12万元", "CNY 120,000"),
        ("999.9999万元", "CNY 9.999999 million"),
        ("1亿元", "CNY 100 million"),
        ("1.2345亿元", "CNY 123.45 million"),
        ("12亿元", "CNY 1.2 billion"),
        ("12.34567亿元", "CNY 1.234567 billion"),
        ("1万亿元", "CNY 1 trillion"),
    ],
    "percent": [
        ("0%", "0%"),
        ("0.5%", "0.5%"),
        ("1%", "1%"),
        ("1.5%", "1.5%"),
        ("12%", "12%"),
        ("999.9999%", "999.9999%"),
        ("10,000%", "10,000%"),
        ("12,345%", "12,345%"),
        ("120,000%", "120,000%"),
        ("123,456.7%", "123,456.7%"),
        ("100,000,000%", "100,000,000%"),
    ],
    "companies": [
        ("0家", "0 companies"),
        ("0.5家", "0.5 companies"),
        ("1家", "1 company"),
        ("1.5家", "1.5 companies"),
        ("12家", "12 companies"),
        ("999.9999家", "999.9999 companies"),
        ("1万家", "10,000 companies"),
        ("12,345家", "12,345 companies"),
        ("12万家", "120,000 companies"),
        ("123,456.7家", "123,456.7 companies"),
        ("1亿家", "100,000,000 companies"),
    ],
    "items": [
        ("0个", "0"),
        ("0.5个", "0.5"),
        ("1个", "1"),
        ("1.5个", "1.5"),
        ("12个", "12"),
        ("999.9999个", "999.9999"),
        ("1万个", "10,000"),
        ("12,345个", "12,345"),
        ("12万个", "120,000"),
        ("123,456.7个", "123,456.7"),
        ("1亿个", "100,000,000"),
    ],
    "people": [
        ("0人", "0 people"),
        ("0.5人", "0.5 people"),
        ("1人", "1 person"),
        ("1.5人", "1.5 people"),
        ("12人", "12 people"),
        ("999.9999人", "999.9999 people"),
        ("1万人", "10,000 people"),
        ("12,345人", "12,345 people"),
        ("12万人", "120,000 people"),
        ("123,456.7人", "123,456.7 people"),
        ("1亿人", "100,000,000 people"),
    ],
    "years": [
        ("0年", "0 years"),
        ("0.5年", "0.5 years"),
        ("1年", "1 year"),
        ("1.5年", "1.5 years"),
        ("12年", "12 years"),
        ("999.9999年", "999.9999 years"),
        ("10,000年", "10,000 years"),
        ("12,345年", "12,345 years"),
        ("120,000年", "120,000 years"),
        ("123,456.7年", "123,456.7 years"),
        ("100,000,000年", "100,000,000 years"),
    ],
}
IN_YUAN = {
    "万亿元": 10**12,
    "亿元": 10**8,
    "万元": 10**4,
    "trillion": 10**12,
    "billion": 10**9,
    "million": 10**6,
}


def in_both(render, *args):
    texts = []
    for language in ("zh-hans", "en"):
        with override(language):
            texts.append(render(*args))
    return tuple(texts)


def test_every_unit_is_tried():
    assert list(EXPECTED) == Unit.values


@pytest.mark.parametrize("unit", Unit.values)
def test_each_unit_at_each_size(unit):
    shown = [in_both(format_quantity, Decimal(size), unit) for size in SIZES]
    assert shown == EXPECTED[unit]


@pytest.mark.parametrize(
    ("bound", "chinese", "english"),
    [
        (Bound.EXACT, "2.5公里", "2.5 km"),
        (Bound.ABOUT, "约2.5公里", "about 2.5 km"),
        (Bound.AT_LEAST, "不低于2.5公里", "at least 2.5 km"),
        (Bound.OVER, "超2.5公里", "over 2.5 km"),
        (Bound.NEARLY, "近2.5公里", "nearly 2.5 km"),
    ],
)
def test_each_bound(bound, chinese, english):
    assert in_both(format_quantity, Decimal("2.5000"), Unit.KM, bound) == (chinese, english)


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("2000.00", "2,000平方米", "2,000 m²"),
        ("999999.99", "999,999.99平方米", "999,999.99 m²"),
        ("1000000", "100万平方米（1平方公里）", "1,000,000 m² (1 km²)"),
        ("2320000", "232万平方米（2.32平方公里）", "2,320,000 m² (2.32 km²)"),
        (
            "1234567.89",
            "1,234,567.89平方米（1.23456789平方公里）",
            "1,234,567.89 m² (1.23456789 km²)",
        ),
    ],
)
def test_areas(value, chinese, english):
    assert in_both(area, Decimal(value)) == (chinese, english)


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("0.0001", "0.0001万元", "CNY 1"),
        ("9999.9999", "9,999.9999万元", "CNY 99.999999 million"),
        ("10000", "1亿元", "CNY 100 million"),
        ("161000", "16.1亿元", "CNY 1.61 billion"),
    ],
)
def test_money(value, chinese, english):
    assert in_both(money, Decimal(value)) == (chinese, english)


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("3.50", "3.5元/平方米/天", "CNY 3.5 per m² per day"),
        ("0.00", "0元/平方米/天", "CNY 0 per m² per day"),
    ],
)
def test_rents(value, chinese, english):
    assert in_both(rent, Decimal(value)) == (chinese, english)


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("2022", "2022年", "2022"),
        ("2022-10", "2022年10月", "October 2022"),
        ("2022-05-01", "2022年5月1日", "1 May 2022"),
    ],
)
def test_dates(value, chinese, english):
    assert in_both(partial_date, value) == (chinese, english)


@given(st.decimals(min_value=0, max_value=10**11 - 1, places=4))
def test_no_amount_of_money_gains_or_loses_a_digit(value):
    for unit, yuan in ((Unit.CNY_100M, 10**8), (Unit.CNY_10K, 10**4)):
        for text in in_both(format_quantity, value, unit):
            number = Decimal(re.search(r"[\d,.]+", text)[0].replace(",", ""))
            scale = next((size for word, size in IN_YUAN.items() if word in text), 1)
            assert number * scale == value * yuan, text

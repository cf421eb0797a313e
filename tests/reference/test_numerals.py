"""Numbers in prose: what each language plainly states, and what either may leave unsaid."""

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from promotion.reference.numerals import chinese_numbers, english_numbers, read_numeral
from promotion.reference.templatetags.quantities import format_quantity, partial_date
from promotion.reference.vocabulary import Bound, Unit


def stated(reading):
    return {str(value) for value in reading[0]}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("二百五十", 250),
        ("两千零三", 2003),
        ("三万二千", 32_000),
        ("十亿", 1_000_000_000),
        ("三万亿", 3_000_000_000_000),
        ("百", 100),
        ("二〇二二", 2022),
        ("十五五", None),
    ],
)
def test_chinese_numerals_are_read(text, number):
    assert read_numeral(text) == number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("总量达16.1亿元，同比增长15.1%", {"1610000000.0", "15.1"}),
        ("建筑面积超10万平方米", {"100000"}),
        ("投资3,000万元", {"30000000"}),
        ("2022，19家", {"2022", "19"}),
        ("２０家", {"20"}),
        ("全长约2.5公里", {"2.5"}),
        ("2千米", {"2"}),
        ("20余年", {"20"}),
        ("10多亿元", {"1000000000"}),
        ("首次突破十亿元", {"1000000000"}),
        ("八个节点，其中七个", {"8", "7"}),
        ("三大支柱产业", {"3"}),
        ("百分之十五点一", {"15.1"}),
        ("2021年10月8日", {"2021", "10月", "8"}),
        ("十月", {"10月"}),
        ("六个月", {"6"}),
        ("地铁11号线", {"11"}),
    ],
)
def test_plain_numbers_of_chinese_prose_are_stated(text, numbers):
    assert stated(chinese_numbers(text)) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "“五优”行动计划",
        "六市一区",
        "三地三镇",
        "十五五",
        "自主创新十强",
        "百佳表彰会",
        "一个园区",
        "节点之一",
        "近百家",
        "三级甲等",
        "第三条",
        "数十家",
        "一站式服务",
        "万人空巷",
        "G2大通道",
        "一年一槽",
        "亿元楼宇",
    ],
)
def test_what_is_part_of_a_name_is_not_a_number(text):
    assert stated(chinese_numbers(text)) == set()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("CNY 1.61 billion, up 15.1%", {"1610000000.00", "15.1"}),
        ("more than 100,000 square metres", {"100000"}),
        ("a “100-million-yuan building”", {"100000000"}),
        ("eight nodes, seven of which", {"8", "7"}),
        ("nearly one hundred companies", {"100"}),
        ("two hundred and fifty people", {"250"}),
        ("twenty-one parks", {"21"}),
        ("three million yuan", {"3000000"}),
        ("six cities and one district", {"6"}),
        ("the 15th Five-Year Plan", {"15", "5"}),
        ("in October 2021", {"10月", "2021"}),
        ("8 May 2024", {"8", "5月", "2024"}),
        ("in June of that year", {"6月"}),
        ("it may not be the formal title", set()),
        ("one of the parks", set()),
        ("hundreds of firms", set()),
        ("the G2 artery", set()),
    ],
)
def test_plain_numbers_of_english_prose_are_stated(text, numbers):
    assert stated(english_numbers(text)) == numbers


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("“五优”行动计划", "“Five Excellences” action plan"),
        ("近百家德国企业", "nearly one hundred German companies"),
        ("十五五", "the 15th Five-Year Plan"),
        ("百佳表彰会", "the hundred best"),
        ("自主创新十强", "top ten in independent innovation"),
        ("亿元楼宇", "a “100-million-yuan building”"),
        ("两个数字都不是结果", "Neither number is a result"),
        ("唯二的特色小镇", "one of only two such towns"),
        ("双方", "the two sides"),
        ("三年间", "in three years"),
        ("3年", "three years"),
    ],
)
def test_what_one_language_states_the_other_may_say_in_its_way(chinese, english):
    stated_zh, possible_zh = chinese_numbers(chinese)
    stated_en, possible_en = english_numbers(english)
    assert stated_zh <= possible_en
    assert stated_en <= possible_zh


@given(
    value=st.decimals(min_value=0, max_value=10**11 - 1, places=4),
    unit=st.sampled_from(Unit.values),
    bound=st.sampled_from(Bound.values),
)
def test_a_quantity_states_the_same_number_in_both_languages(value, unit, bound):
    with override("zh-hans"):
        chinese = format_quantity(value, unit, bound)
    with override("en"):
        english = format_quantity(value, unit, bound)
    assert chinese_numbers(chinese)[0] == english_numbers(english)[0], (chinese, english)


@given(st.dates())
def test_a_date_states_the_same_numbers_in_both_languages(day):
    for value in (f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}", day):
        with override("zh-hans"):
            chinese = partial_date(value)
        with override("en"):
            english = partial_date(value)
        assert chinese_numbers(chinese)[0] == english_numbers(english)[0], (chinese, english)


@given(st.text())
def test_any_text_can_be_read(text):
    for read in (chinese_numbers, english_numbers):
        numbers, possible = read(text)
        assert numbers <= possible


def test_decimal_places_that_say_nothing_make_no_difference():
    assert chinese_numbers("2.0版")[0] == {Decimal(2)}

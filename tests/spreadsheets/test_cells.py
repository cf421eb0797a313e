"""Cells: what each kind of column understands, and what it refuses rather than guesses."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from companies.models import Company
from companies.resources import CountryCodec, CreditCodeCodec
from parks.vocabulary import ParkKind
from promotion.reference.spreadsheets import codecs, texts
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.quantities import CNY_10K, CNY_SQM_DAY, PEOPLE, SQKM, SQM
from tests.spreadsheets.samples import credit_code

AREA = codecs.NumberCodec(SQM, 2)
MONEY = codecs.NumberCodec(CNY_10K, 4)
STAFF = codecs.NumberCodec(PEOPLE, 0, 0, 1_000_000)


def refused(codec, cell, **options):
    """Return the message with which a codec refuses a cell."""
    with pytest.raises(CellError) as caught:
        codec.clean(cell, **options)
    return caught.value.message


@pytest.mark.parametrize(
    ("codec", "cell", "value"),
    [
        (AREA, "1,234.5", "1234.5"),
        (AREA, "１２３４．５", "1234.5"),
        (AREA, "12000平方米", "12000"),
        (AREA, "12000 ㎡", "12000"),
        (AREA, "12000m²", "12000"),
        (AREA, "3.5万", "35000"),
        (AREA, "3.5万平方米", "35000"),
        (AREA, "2.5公顷", "25000"),
        (AREA, "1.2平方公里", "1200000"),
        (AREA, "3亩", "2000"),
        (AREA, "0.03亩", "20"),
        (AREA, "1亩", "666.67"),
        (AREA, "100亩", "66666.67"),
        (AREA, "2.5万亩", "16666666.67"),
        (AREA, "100平", "100"),
        (AREA, "3.5万方", "35000"),
        (AREA, "3.5万平", "35000"),
        (AREA, Decimal("12.5"), "12.5"),
        (AREA, 12, "12"),
        (MONEY, "5000", "5000"),
        (MONEY, "5000万元", "5000"),
        (MONEY, "5,000万", "5000"),
        (MONEY, "1.5亿元", "15000"),
        (MONEY, "2亿", "20000"),
        (MONEY, "50000000元", "5000"),
        (MONEY, "人民币500万元", "500"),
        (MONEY, "￥500万", "500"),
        (MONEY, "-3", "-3"),
        (STAFF, "1,200人", "1200"),
        (STAFF, "1.2万人", "12000"),
        (STAFF, Decimal("12.0"), "12"),
        (codecs.NumberCodec(CNY_SQM_DAY, 2), "3.5元/㎡·天", "3.5"),
        (codecs.NumberCodec(CNY_SQM_DAY, 2), "3.5元/平方米/日", "3.5"),
    ],
)
def test_numbers_are_read_in_the_columns_unit(codec, cell, value):
    assert codec.clean(cell) == Decimal(value)


@pytest.mark.parametrize(
    ("codec", "cell", "word"),
    [
        (STAFF, "5.7", "整数"),
        (STAFF, Decimal("5.7"), "整数"),
        (STAFF, "-1", "小于"),
        (STAFF, "2000000", "大于"),
        (AREA, "0.001亩", "小数"),
        (AREA, "0.001平方米", "小数"),
        (codecs.NumberCodec(SQKM, 2), "1亩", "小数"),
        (AREA, "0.001", "小数"),
        (AREA, "约3万平方米", "确切"),
        (AREA, "100-200", "确切"),
        (AREA, "100～200", "确切"),
        (AREA, "超10万平方米", "确切"),
        (STAFF, "近百", "确切"),
        (AREA, "12,34", "数字"),
        (AREA, "三万", "数字"),
        (AREA, "-", "数字"),
        (AREA, "3万元", "单位"),
        (MONEY, "500万美元", "单位"),
        (MONEY, "500万元/年", "单位"),
        (codecs.NumberCodec(CNY_SQM_DAY, 2), "105元/平方米/月", "单位"),
        (codecs.NumberCodec(CNY_SQM_DAY, 2), "3万", "单位"),
        (codecs.NumberCodec(places=4), "15.1%", "单位"),
        (AREA, "1.2E+05", "科学"),
        (AREA, True, "数字"),
        (AREA, datetime.date(2022, 1, 1), "数字"),
    ],
)
def test_numbers_that_are_vague_or_lossy_are_refused(codec, cell, word):
    assert word in refused(codec, cell)


def test_a_number_larger_than_its_column_is_refused():
    codec = codecs.decimal_codec(Company._meta.get_field("registered_capital_cny_10k"), CNY_10K)
    assert codec.clean("99999999999.9999") == Decimal("99999999999.9999")
    assert "大于" in refused(codec, "100000000000")


def test_a_heading_s_unit_applies_to_bare_numbers_only():
    assert AREA.clean("3.5", scale=10_000) == 35_000
    assert AREA.clean("3.5平方米", scale=10_000) == Decimal("3.5")
    assert AREA.clean(10, scale=Fraction(2_000, 3)) == Decimal("6666.67")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (datetime.date(2022, 10, 1), "2022-10-01"),
        (datetime.datetime(2022, 10, 1), "2022-10-01"),
        ("2022/10/1", "2022-10-01"),
        ("2022-10-01", "2022-10-01"),
        ("2022.10.1", "2022-10-01"),
        ("2022年10月1日", "2022-10-01"),
        ("２０２２／１０／１", "2022-10-01"),
        ("20221001", "2022-10-01"),
        (20221001, "2022-10-01"),
        ("2022-10-01 00:00:00", "2022-10-01"),
        ("2022 年 10 月 1 日", "2022-10-01"),
        ("2022年10月01号", "2022-10-01"),
        ("2022—10—01", "2022-10-01"),
        ("2022–10–1", "2022-10-01"),
        ("二〇二二年十月一日", "2022-10-01"),
        ("二○二二年十月", "2022-10"),
        ("二〇二一年十二月", "2021-12"),
        ("2022 年 10 月", "2022-10"),
        ("2022.5", "2022-05"),
        ("2022.5月", "2022-05"),
        ("2022.1月", "2022-01"),
        ("2022.01", "2022-01"),
        (Decimal("2022.5"), "2022-05"),
        (Decimal("2022.12"), "2022-12"),
        ("202205", "2022-05"),
        (202212, "2022-12"),
        ("2022年10月", "2022-10"),
        ("2022-10", "2022-10"),
        ("2022/1", "2022-01"),
        ("2022.10", "2022-10"),
        ("2022年", "2022"),
        ("2022", "2022"),
        (2022, "2022"),
    ],
)
def test_dates_keep_the_exactness_they_were_written_with(cell, value):
    assert codecs.PartialDateCodec().clean(cell) == value
    if len(value) == 10:
        assert codecs.DateCodec().clean(cell).isoformat() == value
    else:
        assert "具体到日" in refused(codecs.DateCodec(), cell)


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("2022-13-01", "没有这一天"),
        ("2023-02-29", "没有这一天"),
        ("2022-00", "没有这一天"),
        (20220100, "没有这一天"),
        ("22-10-01", "有效日期"),
        ("10/1/2022", "有效日期"),
        ("Oct-22", "有效日期"),
        ("2022.1", "1 月还是 10 月"),
        ("去年", "有效日期"),
        (44849, "有效日期"),
        (Decimal("2022.1"), "1 月还是 10 月"),
        (Decimal("2022.13"), "没有这一天"),
        (Decimal("2022.123"), "有效日期"),
        (202213, "有效日期"),
        (201105, "年份"),
        ("210508", "有效日期"),
        ("2021—2022", "有效日期"),
        ("五五十年", "有效日期"),
        (True, "有效日期"),
        (datetime.datetime(2022, 10, 1, 9), "时刻"),
    ],
)
def test_dates_that_are_not_plain_are_refused(cell, word):
    assert word in refused(codecs.PartialDateCodec(), cell)


def test_moments_are_local_time_unless_they_say_otherwise():
    codec = codecs.MomentCodec()
    nine = datetime.datetime(2022, 10, 1, 1, tzinfo=datetime.UTC)
    for cell in ("2022-10-01 09:00", "2022/10/1 9:00:00", "2022-10-01T01:00:00+00:00"):
        assert codec.clean(cell) == nine
    assert codec.clean(datetime.datetime(2022, 10, 1, 9)) == nine
    assert codec.clean("2022年10月1日") == nine - datetime.timedelta(hours=9)
    assert "时刻" in refused(codec, "2022-10-01 25:00")


@pytest.mark.parametrize(
    "cell", ["是", "有", "YES", "y", "TRUE", "1", 1, True, "√", "✔", "✔\ufe0f", "☑"]
)
def test_yes(cell):
    assert codecs.BooleanCodec().clean(cell) is True


@pytest.mark.parametrize("cell", ["否", "无", "no", "FALSE", "0", 0, False, "×", "✘"])
def test_no(cell):
    assert codecs.BooleanCodec().clean(cell) is False


def test_neither_yes_nor_no():
    assert "是" in refused(codecs.BooleanCodec(), "也许")


def test_choices_by_label_in_either_language_or_code(settings):
    codec = codecs.ChoiceCodec(ParkKind.choices)
    for cell in ("产业园区", " 产业园区 ", "industrial_park", "INDUSTRIAL_PARK"):
        assert codec.clean(cell) == "industrial_park"
    with pytest.raises(CellError) as caught:
        codec.clean("产业园")
    assert "产业园区" in caught.value.allowed
    assert codec.render("tower") == "楼宇"


def test_choices_are_written_in_chinese_whatever_the_reader_s_language():
    with codecs.override("en"):
        assert codecs.ChoiceCodec(ParkKind.choices).render("tower") == "楼宇"


def test_countries_by_name_or_code():
    codec = CountryCodec()
    for cell in ("德国", "Germany", "DE", "de"):
        assert codec.clean(cell) == "DE"
    assert codec.clean("中国香港") == "HK"
    assert "德国" in codec.allowed("德过")
    for code, _name in codec.pairs():
        assert codec.clean(codec.render(code)) == code


def test_credit_codes_are_normalised():
    codec = CreditCodeCodec(upper=True)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in credit_code(7))
    for cell in (credit_code(7), credit_code(7).lower(), wide, f" {credit_code(7)}\u200b"):
        assert codec.clean(cell) == credit_code(7)


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        (913101070000000000, "Excel"),
        (Decimal("9.13E17"), "Excel"),
        ("9.13101E+17", "科学计数法"),
        ("913101070000000000", "末三位"),
    ],
)
def test_credit_codes_that_excel_has_damaged_are_named(cell, word):
    assert word in refused(CreditCodeCodec(upper=True), cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("+86 21 6000 0000", "+86 21 6000 0000"),
        ("021-60000000", "021-60000000"),
        (13800000000, "13800000000"),
        ("０２１－６０００００００", "021-60000000"),
        ("\u202d13800000000\u202c", "13800000000"),
    ],
)
def test_telephone_numbers_keep_their_signs_and_zeros(cell, value):
    assert texts.PhoneCodec().clean(cell) == value


def test_a_telephone_number_that_excel_has_damaged_is_refused():
    assert "科学计数法" in refused(texts.PhoneCodec(), "1.38E+10")


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("甲\x07乙", "U+0007"),
        ("甲\n乙", "换行"),
        (datetime.date(2022, 1, 1), "日期"),
        (True, "文本"),
        (10**18, "文本"),
    ],
)
def test_text_that_is_none_is_refused(cell, word):
    assert word in refused(texts.TextCodec(), cell)


def test_text_loses_only_the_spaces_around_it():
    assert texts.TextCodec().clean("  甲  乙\u3000 ") == "甲  乙"
    assert texts.TextCodec().clean("甲\xa0A\t\u2003公司\u3000乙") == "甲 A 公司\u3000乙"
    assert texts.NameCodec().clean("甲\xa0\tA公司") == "甲 A公司"
    assert texts.TextCodec(multiline=True).clean("甲\xa0A\t乙") == "甲\xa0A\t乙"
    assert texts.TextCodec().clean(12) == "12"
    assert texts.TextCodec().clean("\ufeff甲\u200b乙\u202c👨\u200d👩") == "甲乙👨\u200d👩"
    assert texts.TextCodec(multiline=True).clean("甲\r\n\r\n乙\r丙") == "甲\n\n乙\n丙"


@pytest.mark.parametrize(
    "cell",
    ["合计", "总 计：", "小计（家）", "Total", "填 表 人：甲", "填报单位:", "备注：无", "注1：甲",
     "审核人：", "说明：甲", "/", "——", "无", "N/A", "合计：12家", "合计12家", "共计12家",
     "合计12家，其中外资3家", "共12家企业", "共5场", "以上合计", "本页小计", "累计", "总数",
     "总数：3", "数据来源：区统计局", "联系人：张三", "日期：2024年5月", "制表日期 2024-05",
     "填报单位（盖章）：", "单位（盖章）：", "单位：亿元", "2024年5月10日", "2024年5月",
     "2024/5/10", "二〇二四年五月十日", "截至2024年5月"],
)  # fmt: skip
def test_lines_that_are_no_record_have_no_name(cell):
    refused(texts.NameCodec(), cell)


@pytest.mark.parametrize(
    "cell",
    ["合计科技公司", "总计划", "说明会：甲", "备注册处：甲", "填表人协会", "★", "无锡公司",
     "累计科技有限公司", "共青城投资公司", "总数据有限公司", "共享办公", "共3D打印科技有限公司",
     "总计100科技有限公司", "日期食品公司", "联系人科技公司", "2024-5", "2024年5月示例路演",
     "19楼"],
)  # fmt: skip
def test_names_that_begin_like_other_lines_are_names(cell):
    assert texts.NameCodec().clean(cell) == cell


def test_e_mail_addresses_in_full_width():
    assert texts.EmailCodec().clean(" ａ＠ｅｘａｍｐｌｅ．ｃｏｍ\u200b") == "a@example.com"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("ｗｗｗ．ｅｘａｍｐｌｅ．ｃｏｍ／ａ", "https://www.example.com/a"),
        ("https://example.com/（甲）", "https://example.com/（甲）"),
        ("www.example.com", "https://www.example.com"),
        (" http://example.com/a ", "http://example.com/a"),
        ("https://example.com", "https://example.com"),
    ],
)
def test_a_web_address_without_a_scheme_is_taken_to_be_https(cell, value):
    assert texts.WebAddressCodec().clean(cell) == value

"""What Excel shows is what is read: number formats, dates, formulas."""

import datetime
import re
from decimal import Decimal

import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS

from companies.models import Company
from promotion.reference.spreadsheets.number_formats import Kind, kind_of_format
from promotion.reference.spreadsheets.problems import BadCell
from tests.spreadsheets.samples import (
    hand_made_workbook,
    read,
    rows_of,
    take_file,
    with_member,
    xlsx_file,
)

HEADINGS = ["企业名称", "员工人数", "地址"]


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ("yyyy-mm-dd", datetime.date(2022, 10, 15)),
        ('yyyy"年"m"月"d"日"', datetime.date(2022, 10, 15)),
        ('m"月"d"日"', datetime.date(2022, 10, 15)),
        ('yyyy"年"m"月"', "2022年10月"),
        ("mmm-yy", "2022年10月"),
        ("yyyy", "2022年"),
        (BUILTIN_FORMATS[14], datetime.date(2022, 10, 15)),
        ("[$-404]e/m/d", datetime.date(2022, 10, 15)),
        ("General", 44849),
        ("#,##0.00", 44849),
        ("0.00E+00", 44849),
        ("0.0%", "4484900%"),
        ("0000000", "0044849"),
        ("00000", 44849),
        ("0" * 18, "000000000000044849"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(number_format, shown):
    def put(sheet):
        sheet["B2"] = 44849
        sheet["B2"].number_format = number_format

    table = read(xlsx_file([["名称", "成立日期"], ["甲"]], adjust=put), "表.xlsx")
    assert next(iter(table.rows))[1][1] == shown


@pytest.mark.parametrize(
    ("number_format", "value", "shown"),
    [
        ('0"亿元"', 7, "7亿元"),
        ('0.0"亿"', 7.25, "7.25亿"),
        ('#,##0"元"', 7000, "7000元"),
        (r"0\亿\元", 7, "7亿元"),
        ("0!亿", 7, "7亿"),
        ("0亿元", 7, "7亿元"),
        ('General"亿元"', 7, "7亿元"),
        ('@"亿元"', 7, "7亿元"),
        ('G/通用格式"亿元"', 7, "7亿元"),
        ('0.0 "%"', 7, "7%"),
        ('#,##0.00\\ "万元"_ ;[Red]\\-#,##0.00\\ "万元"', -7, "-7万元"),
        ('0%"左右"', 0.5, "50%左右"),
        ("[$$-409]#,##0.00", 7, "$7"),
        ('_("$"* #,##0.00_)', 7, "$7"),
        ('"¥"#,##0.00;"¥"\\-#,##0.00', 7, "¥7"),
        ('0"号"', 12, "12号"),
        ('"A"0000', 12, "A0012"),
        ('0"年"', 2021, "2021年"),
        (r'_ * #,##0.00"元"_ ;_ * \-#,##0.00"元"_ ;_ * "-"??_ ;_ @_ ', 7, "7元"),
        # What is no word is no unit.
        ('0"、"', 12, 12),
        (r"_ * #,##0.00_ ;_ * \-#,##0.00_ ;_ * \-??_ ;_ @_ ", 12, 12),
        (r"0\ ", 12, 12),
        ("[Red]0;[Green]-0", 12, 12),
        ("000-0000", 1234567, 1234567),
        ('0000"年"00"月"00"日"', 20221001, 20221001),
        ('"是";;"否"', 1, 1),
        ("[<=9999999]###-####;(###) ###-####", 1234567, 1234567),
    ],
)
def test_words_of_a_number_format_are_read_with_the_number(number_format, value, shown):
    def put(sheet):
        sheet["B2"] = value
        sheet["B2"].number_format = number_format

    table = read(xlsx_file([["名称", "注册资本"], ["甲"]], adjust=put), "表.xlsx")
    assert next(iter(table.rows))[1][1] == shown


def test_the_sign_of_money_in_a_format_of_excel_s_own_is_that_of_the_country():
    assert kind_of_format(44) is kind_of_format(7) is Kind.NUMBER


@pytest.mark.django_db
def test_a_unit_that_a_format_shows_is_converted():
    def put(sheet):
        sheet["B2"] = 7
        sheet["B2"].number_format = '0"亿元"'

    take_file("companies", xlsx_file([["企业名称", "注册资本"], ["甲"]], adjust=put), "表.xlsx")
    assert Company.objects.get().registered_capital_cny_10k == 70_000


@pytest.mark.parametrize(
    "number_format",
    ['0!.0,"万"', '0.00,,"亿"', "#,##0,", r"0\.0000", '[>=10000]0"万元";0"元"', '0"亿"0000"万"'],
)
def test_a_number_that_is_shown_as_another_is_refused(number_format):
    def put(sheet):
        sheet["B2"] = 70000
        sheet["B2"].number_format = number_format

    table = read(xlsx_file([["名称", "注册资本"], ["甲"]], adjust=put), "表.xlsx")
    cell = next(iter(table.rows))[1][1]
    assert number_format in cell.message
    assert cell.text == "70000"


def test_dates_of_both_epochs_and_the_false_leap_day():
    def put(sheet):
        for row, serial in enumerate((1, 59, 60, 61), start=2):
            sheet.cell(row, 1).value = "甲"
            sheet.cell(row, 2).value = serial
            sheet.cell(row, 2).number_format = "yyyy-mm-dd"

    workbook = xlsx_file([["名称", "成立日期"]], adjust=put)
    cells = [cells[1] for _number, cells in read(workbook, "表.xlsx").rows]
    assert cells[0] == datetime.date(1900, 1, 1)
    assert cells[1] == datetime.date(1900, 2, 28)
    assert isinstance(cells[2], BadCell)
    assert cells[3] == datetime.date(1900, 3, 1)
    other = with_member(
        workbook,
        "xl/workbook.xml",
        lambda data: re.sub(rb"<workbookPr ?/>", b'<workbookPr date1904="1"/>', data),
    )
    assert rows_of(other, "表.xlsx")[0][1][1] == datetime.date(1904, 1, 2)


def test_formulas_and_errors_are_named():
    table = read(xlsx_file([HEADINGS, ["=A1", "#N/A", "真北路"]]), "表.xlsx")
    formula, error, text = next(iter(table.rows))[1]
    assert "公式" in formula.message
    assert (error.text, text) == ("#N/A", "真北路")
    assert "错误值" in error.message


def formula_row(*cells):
    """Return a row whose cells are given as (type, result, or None where none was stored)."""
    written = ""
    for kind, text in cells:
        result = "" if text is None else f"<v>{text}</v>"
        written += f'<c t="{kind}"><f>A1</f>{result}</c>'
    return f"<row>{written}</row>"


HEADING_ROW = "<row>" + '<c t="inlineStr"><is><t>名称</t></is></c>' * 5 + "</row>"


def test_formulas_are_read_by_their_results():
    rows = formula_row(("n", "5.70"), ("str", "甲公司"), ("b", "1"), ("str", ""), ("e", "#REF!"))
    cells = rows_of(hand_made_workbook(HEADING_ROW + rows), "表.xlsx")[0][1]
    assert cells[:4] == [Decimal("5.7"), "甲公司", True, None]
    assert "错误值" in cells[4].message


def test_a_row_of_formulas_that_show_nothing_is_empty():
    rows = formula_row(("str", "甲公司")) + formula_row(("str", ""), ("str", " "))
    workbook = hand_made_workbook(HEADING_ROW + rows)
    assert rows_of(workbook, "表.xlsx") == [(2, ["甲公司"])]


def test_formulas_without_a_stored_result_are_refused():
    rows = formula_row(("n", None), ("n", ""), ("str", None))
    cells = rows_of(hand_made_workbook(HEADING_ROW + rows), "表.xlsx")[0][1]
    assert ["没有存下它的结果" in cell.message for cell in cells] == [True] * 3


def test_results_that_are_to_be_worked_out_on_opening_are_refused():
    workbook = with_member(
        hand_made_workbook(HEADING_ROW + formula_row(("n", "0"))),
        "xl/workbook.xml",
        lambda data: data.replace(b"</x:sheets>", b'</x:sheets><x:calcPr fullCalcOnLoad="1"/>'),
    )
    assert "没有存下它的结果" in rows_of(workbook, "表.xlsx")[0][1][0].message

"""Workbooks whose cells have types and formats of their own: numbers, dates, formulas, errors."""

import datetime

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.spreadsheets.awkward_csv import BASIC
from tests.spreadsheets.awkward_layouts import SERIALS
from tests.spreadsheets.samples import credit_code, xlsx_file
from tests.spreadsheets.workbooks import BOOK, SHEET, as_excel_saves, changed, formatted

DAY = datetime.date(2022, 10, 1)


def texts_and_codes():
    code = credit_code(3)

    def as_typed_after_an_apostrophe(sheet):
        for cell in sheet[2]:
            cell.number_format = "@"
            cell.quotePrefix = True
            cell.data_type = "s"

    def with_rich_text(sheet):
        red = InlineFont(color="FFFF0000")
        sheet["A2"] = CellRichText("示例", TextBlock(red, "丙"), "公司")
        sheet["C2"] = CellRichText(TextBlock(red, "示例路"), "3号")

    return {
        "numbers-as-text.xlsx": xlsx_file(
            [
                ["企业名称", "员工人数", "注册资本", "统一社会信用代码", "成立日期"],
                ["示例丙公司", "1200", "500.50", code, "2022/10/1"],
            ]
        ),
        "text-prefix.xlsx": xlsx_file(
            [
                ["企业名称", "统一社会信用代码", "联系电话", "地址", "员工人数"],
                ["示例丙公司", code, "+86 21 6000 0000", "=1+1", "3"],
            ],
            adjust=as_typed_after_an_apostrophe,
        ),
        "rich-text.xlsx": xlsx_file(BASIC, adjust=with_rich_text),
        "leading-zeros.xlsx": formatted(
            [
                ["企业名称", "联系电话", "员工人数"],
                ["示例丙公司", "02160000001", 3],
                ["示例丁公司", 2160000002, 4],
                ["示例戊公司", 2160000003, 5],
            ],
            {"B3": "00000000000", "C3": "0000"},
        ),
        "names-as-numbers.xlsx": xlsx_file(
            [
                ["名称", "园区", "层数"],
                [88, "示例东园", 30],
                ["99", "示例东园", 20],
            ]
        ),
        "dates-where-text-belongs.xlsx": formatted(
            [["名称", "园区", "地址"], [DAY, "示例东园", ""], ["示例3-1", "示例东园", DAY]],
            {"A2": 'm"月"d"日"', "C3": "yyyy/m/d"},
        ),
        "codes-as-numbers.xlsx": xlsx_file(
            [
                ["企业名称", "统一社会信用代码"],
                ["示例丙公司", 913101071234567000],
                ["示例丁公司", 9.1310107e17],
            ]
        ),
        "division-codes-as-numbers.xlsx": xlsx_file(
            [["名称", "层级", "行政区划代码", "本站所属区"], ["示例新区", "区", 310199, False]]
        ),
    }


def dates():
    return {
        "dates-of-excel.xlsx": formatted(
            [
                ["企业名称", "成立日期"],
                ["示例丙公司", DAY],
                ["示例丁公司", DAY],
                ["示例戊公司", 2022],
                ["示例己公司", "2022年10月"],
                ["示例庚公司", datetime.datetime(2022, 10, 1)],
                ["示例辛公司", DAY],
                ["示例壬公司", 44835],
            ],
            {
                "B3": 'yyyy"年"m"月"',
                "B6": "yyyy/m/d h:mm",
                "B7": "mmm-yy",
                "B8": "[$-804]yyyy\\年m\\月d\\日;@",
            },
        ),
        "dates-1904.xlsx": changed(
            formatted([["企业名称", "成立日期"], ["示例丙公司", 43373]], {"B2": "yyyy/m/d"}),
            BOOK,
            ("<workbookPr ", '<workbookPr date1904="1" '),
        ),
        "dates-excel-cannot-hold.xlsx": formatted(
            [
                ["企业名称", "成立日期"],
                ["示例丙公司", 0],
                ["示例丁公司", 60],
                ["示例戊公司", 9999999],
                ["示例己公司", "1898-05-01"],
                ["示例庚公司", 0.5],
                ["示例辛公司", 44835],
            ],
            {"B2": "yyyy/m/d", "B3": "yyyy/m/d", "B4": "yyyy/m/d", "B6": "h:mm", "B7": "General"},
        ),
    }


def numbers():
    return {
        "percent-in-figures.xlsx": formatted(
            [
                ["数据代码", "所属记录", "指标", "数值", "单位"],
                ["example-share", "园区:east-park", "示例占比", 0.151, "%"],
            ],
            {"D2": "0.0%"},
        ),
        "percent-where-people-are-counted.xlsx": formatted(
            [["企业名称", "员工人数"], ["示例丙公司", 0.5]], {"B2": "0%"}
        ),
        "yes-no-of-excel.xlsx": xlsx_file(
            [
                ["数据代码", "所属记录", "指标", "数值", "单位", "首页显示"],
                ["example-1", "园区:east-park", "示例一", 1, "家", True],
                ["example-2", "园区:east-park", "示例二", 2, "家", 0],
            ]
        ),
        "scientific-numbers.xlsx": formatted(
            [["企业名称", "注册资本"], ["示例丙公司", 1.2e5], ["示例丁公司", 1234567.8912]],
            {"B2": "0.00E+00", "B3": "#,##0.00"},
        ),
        "binary-noise.xlsx": xlsx_file([["企业名称", "注册资本"], ["示例丙公司", 0.1 + 0.2]]),
    }


def formulas():
    return {
        "formulas-and-errors.xlsx": changed(
            xlsx_file(
                [
                    ["企业名称", "员工人数", "地址"],
                    ["示例丙公司", "=1+1", "示例路3号"],
                    ["示例丁公司", "#REF!", "=A3"],
                    ["示例戊公司", 5, "#N/A"],
                ]
            ),
            SHEET,
            ("<f>1+1</f><v />", "<f>1+1</f><v>2</v>"),
        ),
        "formulas-with-results.xlsx": changed(
            changed(
                xlsx_file(
                    [
                        [*SERIALS, "地址"],
                        ["=ROW()-1", "示例丙公司", "=1+1", "=UPPER(B2)"],
                        ['=IF(B3="","",2)', None, None, '=IF(B3="","",B3)'],
                    ]
                ),
                SHEET,
                ('<c r="A2"><f>ROW()-1</f><v />', '<c r="A2"><f>ROW()-1</f><v>1</v>'),
                ("<f>1+1</f><v />", "<f>1+1</f><v>2</v>"),
                (
                    '<c r="D2"><f>UPPER(B2)</f><v />',
                    '<c r="D2" t="str"><f>UPPER(B2)</f><v>示例路3号</v>',
                ),
                ('<c r="A3">', '<c r="A3" t="str">'),
                ('<c r="D3">', '<c r="D3" t="str">'),
            ),
            BOOK,
            (' fullCalcOnLoad="1"', ""),
        ),
        "formulas-where-nothing-is-read.xlsx": xlsx_file(
            [SERIALS, ["=ROW()-1", "示例丙公司", 3], ["=ROW()-1", "示例丁公司", 4]]
        ),
    }


def files():
    return as_excel_saves({**texts_and_codes(), **dates(), **numbers(), **formulas()})

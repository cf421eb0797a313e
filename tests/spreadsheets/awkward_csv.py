"""CSV files as systems and offices save them: encodings, delimiters, line ends, rows around."""

import codecs

from tests.spreadsheets.samples import credit_code, csv_file

BASIC = [
    ["企业名称", "员工人数", "地址"],
    ["示例丙公司", "1200", "示例路3号"],
    ["示例甲公司", "12", "示例路1号"],
]
ONE_BAD = [*BASIC, ["示例丁公司", "5.7", ""]]


def text_file(text, encoding="utf-8"):
    return text.encode(encoding)


def rare_names():
    return [["企业名称", "员工人数"], ["示例㐂𠮷公司", "3"], ["示例“丙”·公司", "4"]]


def encodings():
    return {
        "utf8.csv": csv_file(BASIC, "utf-8"),
        "utf8-bom.csv": csv_file(BASIC),
        "utf8-two-boms.csv": codecs.BOM_UTF8 + csv_file(BASIC),
        "utf16-excel-unicode-text.csv": csv_file(BASIC, "utf-16", "\t"),
        "utf16-big-endian.csv": codecs.BOM_UTF16_BE + csv_file(BASIC, "utf-16-be"),
        "utf16-without-bom.csv": csv_file(BASIC, "utf-16-le"),
        "utf16-big-endian-without-bom.csv": csv_file(BASIC, "utf-16-be"),
        "gbk.csv": csv_file(BASIC, "gbk"),
        "gb18030-rare-characters.csv": csv_file(rare_names(), "gb18030"),
        "emoji.csv": csv_file([["企业名称", "简介"], ["示例😀公司", "家庭👨‍👩‍👧。\n第二行🎉"]]),
    }


def shapes():
    quoted = [
        ["企业\n名称", "简介", "员工人数"],
        ["示例丙公司", "第一行\r\n第二行，“引号”", "3"],
        ["示例丁公司", '说"你好"', "4"],
    ]
    return {
        "semicolon.csv": csv_file(BASIC, "gbk", ";"),
        "tab.csv": csv_file(BASIC, "utf-8", "\t"),
        "sep-line.csv": b"sep=;\r\n" + csv_file(BASIC, "gbk", ";"),
        "sep-line-bad-cell.csv": b"sep=;\r\n" + csv_file(ONE_BAD, "gbk", ";"),
        "cr-only.csv": csv_file(BASIC, "gbk", newline="\r"),
        "mixed-line-ends.csv": text_file(
            "企业名称,员工人数\r\n示例丙公司,3\n示例丁公司,4\r示例戊公司,5"
        ),
        "quoted-line-breaks.csv": csv_file(quoted),
        "quoted-line-breaks-bad-cell.csv": csv_file([*quoted, ["示例戊公司", "一行", "许多"]]),
        "trailing-commas.csv": csv_file([[*row, "", "", ""] for row in ONE_BAD[:3]] + [[""] * 6]),
        "blank-lines.csv": text_file(
            "\r\n企业名称,员工人数\r\n\r\n示例丙公司,3\r\n,\r\n \t,\u3000\r\n示例丁公司,4\r\n\r\n"
        ),
        "blank-lines-bad-cell.csv": text_file(
            "企业名称,员工人数\r\n\r\n示例丙公司,3\r\n,\r\n示例丁公司,4个半\r\n\r\n"
        ),
        "short-rows.csv": text_file("企业名称,员工人数,地址\r\n示例丙公司\r\n示例丁公司,4\r\n"),
        "content-beside-the-table.csv": text_file(
            "企业名称,员工人数\r\n示例丙公司,3\r\n示例丁公司,4,此行待核\r\n"
        ),
    }


def around():
    """Lines that are no records: serial numbers, totals, who filled the form in."""
    title = ["示例区企业情况表", "", "", ""]
    headings = ["序号", "企业名称", "员工人数", "注册资本"]
    rows = [["1", "示例丙公司", "3", "500"], ["2", "示例丁公司", "4", "600"]]
    return {
        "serial-numbers.csv": csv_file([headings, *rows]),
        "title-lines.csv": csv_file([title, ["填报单位：示例办公室", "", "", ""], headings, *rows]),
        "unit-above-the-table.csv": csv_file([title, ["", "", "", "单位：亿元"], headings, *rows]),
        "repeated-headings.csv": csv_file(
            [
                ["企业名称", "地址"],
                ["示例丙公司", "示例路3号"],
                ["企业 名称", "地址"],
                ["示例丁公司", "示例路4号"],
            ]
        ),
        "pre-numbered-rows.csv": csv_file(
            [headings, *rows, ["3", "", "", ""], ["4", "", "\u3000", ""]]
        ),
        "row-cleared-but-for-its-note.csv": csv_file(
            [
                ["企业名称", "员工人数", "错误说明"],
                ["示例丙公司", "3", ""],
                ["", "", "“企业名称”“合计”：这一行像是合计或填表说明。"],
            ]
        ),
        "total-row.csv": csv_file(
            [row[1:] for row in [headings, *rows]] + [["合 计", "7", "1100"]]
        ),
        "total-row-under-serial-numbers.csv": csv_file(
            [headings, *rows, ["总计", "", "7", "1100"]]
        ),
        "footer-lines.csv": csv_file(
            [row[1:] for row in [headings, *rows]]
            + [["填表人：示例人员", "", ""], ["备注：以上为示例", "", ""], ["审核人:", "", ""]]
        ),
        "footer-under-serial-numbers.csv": csv_file(
            [headings, *rows, ["填表人：示例人员", "", "联系电话：021-60000000", ""]]
        ),
    }


def headings():
    code = credit_code(3)
    return {
        "headings-with-marks.csv": csv_file(
            [
                [" * 企业 名称（必填）", "员工人数：", "注册资本 ( 亿元 )", "统一社会信用代码\n"],
                ["示例丙公司", "3", "1.5", code],
            ]
        ),
        "headings-in-english.csv": csv_file(
            [
                ["STAFF", " name ", "Industries", "UNIFIED SOCIAL CREDIT CODE"],
                ["3", "示例丙公司", "Example AI", code],
            ]
        ),
        "headings-as-field-names.csv": csv_file(
            [
                ["registered_capital_cny_10k", "staff_count", "name", "parks"],
                ["500", "3", "示例丙公司", "east-park"],
            ]
        ),
        "headings-of-offices.csv": csv_file(
            [
                [
                    "单位名称",
                    "税号",
                    "从业人数",
                    "注册资金（万元）",
                    "所属园区",
                    "主营业务",
                    "成立时间",
                ],
                ["示例丙公司", code, "3", "500", "示例东园", "示例业务", "2022"],
            ]
        ),
        "headings-unknown.csv": csv_file(
            [["企业名称", "员工人属", "纳税额", "法人"], ["示例丙公司", "3", "500", ""]]
        ),
        "headings-twice.csv": csv_file(
            [["企业名称", "地址", "注册地址", "员工人数"], ["示例丙公司", "甲路", "乙路", "3"]]
        ),
        "headings-without-a-name.csv": csv_file([["员工人数", "地址"], ["3", "示例路3号"]]),
        "headings-lack-a-required-one.csv": csv_file(
            [["园区名称", "建筑面积"], ["示例东园", "100"], ["示例新园", "200"], ["示例南园", ""]]
        ),
        "column-without-heading.csv": csv_file([["企业名称", ""], ["示例丙公司", "三千"]]),
        "only-headings.csv": csv_file(BASIC[:1]),
    }


def files():
    return {**encodings(), **shapes(), **around(), **headings()}

"""Reading: every encoding, layout and delimiter an office uses; refusing what is not plain data."""

import datetime
import io
import zipfile
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange

from promotion.reference.spreadsheets.problems import SheetError, TooManyRowsError
from tests.spreadsheets.samples import (
    csv_file,
    hand_made_workbook,
    read,
    rows_of,
    with_member,
    xlsx_file,
)

HEADINGS = ["企业名称", "员工人数", "地址"]
ROWS = [HEADINGS, ["测试甲公司", "12", "真北路1号"], ["测试乙公司", "", "祁连山路，2号"]]
EXPECTED = [
    (2, ["测试甲公司", "12", "真北路1号"]),
    (3, ["测试乙公司", None, "祁连山路，2号"]),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_csv_in_each_encoding(encoding):
    table = read(csv_file(ROWS, encoding=encoding))
    assert (table.headings, list(table.rows)) == (HEADINGS, EXPECTED)


def test_utf_16_in_either_byte_order():
    text = csv_file(ROWS, encoding="utf-8").decode()
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert list(read(mark + text.encode(encoding)).rows) == EXPECTED


def test_a_short_chinese_file_is_not_taken_for_another_language():
    assert rows_of(csv_file([["名称"], ["联系"]], encoding="gbk")) == [(2, ["联系"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_each_delimiter(delimiter):
    assert list(read(csv_file(ROWS, delimiter=delimiter)).rows) == EXPECTED


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_each_line_ending(newline):
    assert list(read(csv_file(ROWS, newline=newline)).rows) == EXPECTED


def test_row_numbers_are_those_of_excel():
    data = '名称,地址\r\n\r\n甲,"一行\r\n两行"\r\n,\r\n乙,丙\r\n'.encode()
    assert rows_of(data) == [(3, ["甲", "一行\r\n两行"]), (5, ["乙", "丙"])]


def test_titles_above_the_headings_are_passed_over():
    titles = [["普陀区企业信息表", "", ""], ["填报单位：测试办", "", ""]]
    assert read(csv_file([*titles, *ROWS])).header_number == 3
    table = read(
        xlsx_file([*titles, *ROWS], adjust=lambda sheet: sheet.merge_cells("A1:C1")), "表.xlsx"
    )
    assert (table.header_number, next(iter(table.rows))) == (
        4 - 1,
        (4, ["测试甲公司", "12", "真北路1号"]),
    )
    assert table.merged == []


def test_a_separator_line_of_excel_is_neither_read_nor_counted():
    assert rows_of(b"sep=;\r\n" + csv_file(ROWS, "utf-8", ";"))[0] == EXPECTED[0]


def test_xlsx_cells_keep_their_types():
    row = ["测试甲公司", 12, 5.7, datetime.date(2022, 10, 1), True, "0012", 0.1 + 0.2, "'+86"]
    table = read(xlsx_file([[*HEADINGS, "a", "b", "c", "d", "e"], row]), "表.xlsx")
    expected = [*row[:2], Decimal("5.7"), *row[3:6], Decimal("0.3"), "'+86"]
    assert list(table.rows) == [(2, expected)]
    assert [type(cell) for cell in next(iter(table.rows))[1]] == [type(cell) for cell in expected]


def test_xlsx_with_empty_trailing_rows_and_columns():
    def format_far_away(sheet):
        for number in (50, 1_000_000):
            sheet.cell(number, 3).number_format = "0.00"
        sheet.cell(2, 300).number_format = "0.00"
        sheet.cell(400, 2).value = "   "

    assert rows_of(xlsx_file(ROWS, adjust=format_far_away), "表.xlsx") == [
        (2, EXPECTED[0][1]),
        (3, EXPECTED[1][1]),
    ]


def test_the_sheet_with_the_headings_is_read_and_named():
    cover = ("封面", [["填报说明"], ["请在第二张表填写"]])
    table = read(xlsx_file(cover, ("企业", ROWS), ("附表", [["备用"]])), "表.xlsx")
    assert (table.sheet, table.other_sheets, len(table.rows)) == ("企业", ["封面", "附表"], 2)


def test_hidden_sheets_are_not_read():
    def hide(sheet):
        sheet.sheet_state = "hidden"

    table = read(xlsx_file(("旧表", ROWS), ("新表", ROWS), adjust=hide), "表.xlsx")
    assert (table.sheet, table.other_sheets) == ("新表", [])


def test_merged_cells_among_the_rows_are_reported():
    table = read(
        xlsx_file(ROWS, adjust=lambda sheet: sheet.merge_cells("C2:C3")),
        "表.xlsx",
    )
    assert table.merged == ["C2:C3"]


def test_rich_and_phonetic_text_is_read_as_its_text():
    strings = (
        "<si><r><t>未来</t></r><r><t>岛</t></r><rPh><t>WEILAI</t></rPh></si>"
        "<si><t>名称</t></si><si><t>_x000D_a_x005F_x000D_</t></si>"
    )
    sheet = (
        '<row><c t="s"><v>1</v></c></row><row><c t="s"><v>0</v></c></row>'
        '<row r="7"><c r="A7" t="s"><v>2</v></c></row>'
        '<row r="8"><c t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r>'
        "<rPh><t>JIAYI</t></rPh></is></c></row>"
    )
    assert rows_of(hand_made_workbook(sheet, strings), "表.xlsx") == [
        (2, ["未来岛"]),
        (7, ["\ra_x000D_"]),
        (8, ["甲乙"]),
    ]


def test_a_reference_to_a_string_that_is_not_there_is_refused():
    with pytest.raises(SheetError, match="损坏"):
        read(hand_made_workbook('<row><c t="s"><v>9</v></c></row>', ""), "表.xlsx")


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("表.xls", b"x", ".xlsx"),
        ("表.txt", b"x", r"和 \.txt 请先另存为"),
        ("表", b"x", ".csv"),
        ("表.csv", b"", "空"),
        ("表.csv", b"\r\n \r\n,,\r\n", "没有内容"),
        ("表.csv", b"PK\x03\x04rest", "工作簿"),
        ("表.csv", "名称\n甲".encode() + b"\xff\xff\xff", "编码"),
        ("表.csv", '名称,地址\n"甲,乙'.encode(), "引号"),
        pytest.param("表.csv", ("名称\n" + "长" * 200_000).encode(), "过长", id="long"),
        ("表.xlsx", b"\xd0\xcf\x11\xe0rest", "密码"),
        ("表.xlsx", "名称,地址".encode(), "另存为"),
        ("表.xlsx", b"PK\x03\x04rest", "损坏"),
    ],
)
def test_files_that_cannot_be_read_say_why(name, data, word):
    with pytest.raises(SheetError, match=word):
        read(data, name)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("row", [2, 3, 42, 1_502])
def test_a_badly_quoted_cell_is_named_by_its_row(delimiter, encoding, row):
    rows = [["企业名称", "地址"], *(["甲公司", '"一行\n两行"'] for _row in range(2, row))]
    rows += [["乙公司", '"路1号"附近'], ["丙公司", "路"]]
    data = "\n".join(delimiter.join(cells) for cells in rows).encode(encoding)
    with pytest.raises(SheetError, match=f"CSV 第 {row} 行附近的引号"):
        read(data, max_rows=2_000)


def test_many_commas_in_a_file_of_another_delimiter_do_not_matter():
    data = f"企业名称;地址\n甲公司;{',路' * 500}\n".encode()
    assert rows_of(data) == [(2, ["甲公司", ",路" * 500])]


def test_a_workbook_of_blank_cells_is_empty():
    with pytest.raises(SheetError, match="没有内容"):
        read(xlsx_file([["  "], [None]]), "表.xlsx")


def test_too_many_bytes_and_rows_are_refused():
    with pytest.raises(SheetError, match="MB"):
        read(csv_file(ROWS), max_bytes=50)
    assert len(read(csv_file(ROWS), max_rows=2).rows) == 2
    for data, name in ((csv_file(ROWS), "表.csv"), (xlsx_file(ROWS), "表.xlsx")):
        with pytest.raises(TooManyRowsError):
            read(data, name, max_rows=1)


def test_reading_stops_at_the_first_row_too_many(monkeypatch):
    seen = []
    monkeypatch.setattr(
        "promotion.reference.spreadsheets.worksheet.SheetReader.number",
        lambda self, text: seen.append(text) or int(text),
    )
    rows = [["名称", "员工人数"], *(["甲", number] for number in range(9_000))]
    with pytest.raises(TooManyRowsError):
        read(xlsx_file(rows), "表.xlsx", max_rows=10)
    assert len(seen) < 4_500


def test_a_zip_bomb_is_refused_before_it_expands(settings):
    settings.MAX_SHEET_EXPANDED_BYTES = 1_000_000
    bomb = with_member(
        xlsx_file(ROWS), "xl/worksheets/sheet1.xml", lambda data: data + b" " * 2_000_000
    )
    assert len(bomb) < 20_000
    with pytest.raises(SheetError, match="展开"):
        read(bomb, "表.xlsx")


def test_a_bomb_that_lies_about_its_size_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", b"<a>" + b" " * 1_000_000 + b"</a>")
    # The size stands in the local header and in the directory: claim ten bytes in both.
    true_size = (1_000_007).to_bytes(4, "little")
    assert buffer.getvalue().count(true_size) == 2
    with pytest.raises(SheetError, match="损坏"):
        read(buffer.getvalue().replace(true_size, (10).to_bytes(4, "little")), "表.xlsx")


def test_other_compressions_are_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("_rels/.rels", b"<a/>" * 100)
    with pytest.raises(SheetError, match="损坏"):
        read(buffer.getvalue(), "表.xlsx")


def test_declarations_in_the_xml_are_refused():
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'
    workbook = with_member(
        xlsx_file(ROWS), "xl/worksheets/sheet1.xml", lambda data: entity + data[data.find(b"<w") :]
    )
    with pytest.raises(SheetError, match="声明"):
        read(workbook, "表.xlsx")


@pytest.mark.parametrize("member", ["_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_part_is_refused(member):
    with pytest.raises(SheetError, match="损坏"):
        read(with_member(xlsx_file(ROWS), member, lambda data: data[: len(data) // 2]), "表.xlsx")


def test_an_oddity_in_the_style_sheet_does_not_matter():
    workbook = with_member(
        xlsx_file(ROWS), "xl/styles.xml", lambda data: data.replace(b"<fill>", b"<fill/><fill>")
    )
    with pytest.raises(TypeError):
        load_workbook(io.BytesIO(workbook), read_only=True)
    assert rows_of(workbook, "表.xlsx")[0] == EXPECTED[0]


def test_content_far_to_the_right_is_refused():
    def put(sheet):
        sheet.cell(2, 500).value = "这里"

    with pytest.raises(SheetError, match="400"):
        read(xlsx_file(ROWS, adjust=put), "表.xlsx")


# Headings two rows deep

CONTACTS = ["联系方式", None]
BELOW = ["联系人", "联系电话"]
RECORD = ["测试甲公司", "示例人员", "021-60000000", 3]


@pytest.mark.parametrize(
    ("upper", "lower", "areas"),
    [
        (["企业名称", *CONTACTS, "员工人数"], [None, *BELOW, None], ["A1:A2", "B1:C1", "D1:D2"]),
        # Without the areas that are merged downwards, the known headings tell.
        (["企业名称", *CONTACTS, "员工人数"], [None, *BELOW, None], ["B1:C1"]),
        # The lower row holds more known headings than the upper one.
        (["企业名称", "负责人员", None, "规模"], [None, *BELOW, "员工人数"], ["A1:A2", "B1:C1"]),
        # A double row of headings that are all merged downwards.
        (["企业名称", *BELOW, "员工人数"], [], ["A1:A2", "B1:B2", "C1:C2", "D1:D2"]),
    ],
)
@pytest.mark.parametrize("titles", [[], [["示例企业表"], []]])
def test_headings_two_rows_deep_are_put_together(titles, upper, lower, areas):
    def merge(sheet):
        for area in map(CellRange, areas):
            area.shift(row_shift=len(titles))
            sheet.merge_cells(str(area))

    table = read(xlsx_file([*titles, upper, lower, RECORD], adjust=merge), "表.xlsx")
    assert table.headings == ["企业名称", *BELOW, "员工人数"]
    assert table.header_number == len(titles) + 2
    assert list(table.rows) == [(len(titles) + 3, RECORD)]
    assert table.merged == []


@pytest.mark.parametrize(
    ("rows", "area", "number", "headings"),
    [
        # A row of a record, not of headings.
        (
            [["企业名称", *CONTACTS], ["测试甲公司", "某人", "1"]],
            "B1:C1",
            1,
            ["企业名称", "联系方式"],
        ),
        # A cell that a record shares with its heading.
        ([["企业名称", "地址"], [None, "某路"]], "A1:A2", 1, ["企业名称", "地址"]),
        # A title over the headings, and a column without one.
        ([["企业表", None], ["企业名称", None, "地址"]], "A1:B1", 2, ["企业名称", "", "地址"]),
    ],
)
def test_headings_one_row_deep_stay_so(rows, area, number, headings):
    table = read(xlsx_file(rows, adjust=lambda sheet: sheet.merge_cells(area)), "表.xlsx")
    assert (table.header_number, table.headings) == (number, headings)

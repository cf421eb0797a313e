"""The file of errors: the sheet as it was, marked, and ready to be mended and handed in again."""

import io

import pytest
from openpyxl import load_workbook

from promotion.reference.spreadsheets.report import write_report
from promotion.resources import RESOURCES
from tests.spreadsheets.samples import csv_cells, csv_file, read, rows_of, take_file, xlsx_file

pytestmark = pytest.mark.django_db

ROWS = [
    ["普陀区企业表", "", "", ""],
    ["序号", "企业名称", "员工人数", "地址"],
    ["1", "甲公司", "5.7", "=某路"],
    ["2", "", "12", "'+路"],
    ["3", "丙公司", "六", ""],
]


def report(data, name, report_name="错误.xlsx"):
    """Return the result of importing a file and the report about it."""
    resource = RESOURCES["companies"]()
    table = read(data, name)
    result = resource.import_data(table)
    file = io.BytesIO()
    write_report(file, report_name, table, result.problems)
    return result, file.getvalue()


def test_the_sheet_comes_back_with_its_faults_beside_each_row():
    _result, data = report(csv_file(ROWS), "表.csv")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[1] == ["序号", "企业名称", "员工人数", "地址", "错误说明"]
    assert cells[2][:4] == ["1", "甲公司", "5.7", "=某路"]
    assert sheet["D3"].data_type == "s"
    assert "“员工人数”“5.7”：应为整数" in cells[2][4]
    assert "没有填写名称" in cells[3][4]
    coloured = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type}
    assert coloured == {"C3", "B4", "C5"}


def test_the_list_of_all_problems_is_on_the_second_sheet():
    result, data = report(csv_file(ROWS), "表.csv")
    listed = load_workbook(io.BytesIO(data)).worksheets[1]
    assert listed.max_row == len(result.problems) + 1 == 4
    assert [cell.value for cell in listed[2]][:3] == [3, "员工人数", "5.7"]


def test_an_unmended_report_is_refused_again():
    result, data = report(xlsx_file(ROWS), "表.xlsx")
    again = take_file("companies", data, "错误.xlsx")
    assert [(problem.row, problem.column) for problem in again.problems] == [
        (problem.row, problem.column) for problem in result.problems
    ]
    assert "错误值" in again.problems[1].message


def test_a_mended_report_is_taken_in():
    _result, data = report(xlsx_file(ROWS), "表.xlsx")
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    sheet["C3"], sheet["B4"], sheet["C5"], sheet["D3"] = 6, "乙公司", None, "某路"
    mended = io.BytesIO()
    book.save(mended)
    assert take_file("companies", mended.getvalue(), "错误.xlsx").counts["new"] == 3


def test_a_report_about_a_report_has_one_error_column():
    _result, first = report(csv_file(ROWS), "表.csv")
    _result, second = report(first, "错误.xlsx")
    assert read(second, "错误.xlsx").headings == read(first, "错误.xlsx").headings


def test_content_beside_the_table_is_kept_in_its_place():
    rows = [["名称", "员工人数"], ["甲", "x", "", "旁注"]]
    _result, data = report(csv_file(rows), "表.csv")
    assert rows_of(data, "错误.xlsx") == [(2, ["甲", "x", None, "旁注", *_errors(data)])]


def _errors(data):
    return rows_of(data, "错误.xlsx")[0][1][4:]


def marks(data):
    """Return {place: text} of a marked sheet's coloured cells and of its column of errors."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type or (cell.column == sheet.max_column and cell.value)
    }


def test_what_is_wrong_with_headings_stands_beside_them():
    rows = [["单位：亿元"], ["名称", "备注", "电话", "手机", "注册资本"], ["甲", "x", "1", "2", 5]]
    result, data = report(csv_file(rows), "表.csv")
    found = marks(data)
    assert {place: found[place] for place in found if place != "F2"} == {
        "B2": "备注",
        "C2": "电话",
        "D2": "手机",
        "E2": "注册资本",
    }
    assert found["F2"].startswith("错误说明\n第 2 行的栏目“备注”不认识")
    assert found["F2"].count("\n") == len(result.problems) == 3
    again = take_file("companies", data, "错误.xlsx")
    assert list(map(str, again.problems)) == list(map(str, result.problems))


def test_a_heading_that_only_begins_like_that_of_the_errors_is_not_passed_over():
    result, _data = report(csv_file([["名称", "错误说明及处理"], ["甲", "x"]]), "表.csv")
    assert [problem.headings for problem in result.problems] == [("错误说明及处理",)]


def test_a_file_with_mended_headings_is_taken_in():
    _result, data = report(csv_file([["名称", "备注"], ["甲", "x"]]), "表.csv")
    book = load_workbook(io.BytesIO(data))
    book.worksheets[0]["B1"] = "简介"
    mended = io.BytesIO()
    book.save(mended)
    assert take_file("companies", mended.getvalue(), "错误.xlsx").counts["new"] == 1


def test_what_is_wrong_with_several_rows_stands_beside_the_first():
    rows = [["名称", "地址"], ["甲", "路"], ["乙"], ["丙", "", "旁注"], ["丁", "", "又一"]]
    workbook = xlsx_file(rows, adjust=lambda sheet: sheet.merge_cells("B2:B3"))
    _result, data = report(workbook, "表.xlsx")
    found = marks(data)
    assert found.keys() == {"D1", "B2", "D2", "C4", "D4", "C5"}
    assert found["D1"] == "错误说明"
    assert "B2:B3" in found["D2"]
    assert "旁注" in found["D4"]


def test_a_fault_of_the_whole_file_stands_beside_the_headings():
    _result, data = report(csv_file([["员工人数"], ["3"]]), "表.csv")
    assert "才能辨认" in marks(data)["B1"]


def test_problems_of_the_whole_file_are_in_the_list():
    _result, data = report(csv_file([["名称", "某栏"], ["甲", ""]]), "表.csv")
    listed = load_workbook(io.BytesIO(data)).worksheets[1]
    assert "某栏" in listed["D2"].value


def test_a_plain_list_as_csv_is_guarded():
    _result, data = report(csv_file([["名称", "员工人数"], ["甲", "=1+1"]]), "表.csv", "错误.csv")
    assert csv_cells(data) == [
        ["行号", "栏目", "填写的内容", "问题", "允许的内容"],
        ["2", "员工人数", "'=1+1", "不是数字。", "1200、1200人"],
    ]


def test_merged_cells_stay_merged_beside_a_former_error_column():
    rows = [["企业名称", "错误说明", "园区", "员工人数"], ["甲公司", "旧", "", "1"], ["乙公司"]]
    workbook = xlsx_file(rows, adjust=lambda sheet: sheet.merge_cells("C2:C3"))
    result, data = report(workbook, "表.xlsx")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [str(area) for area in sheet.merged_cells.ranges] == ["B2:B3"]
    again = take_file("companies", data, "错误.xlsx")
    assert [problem.rows for problem in again.problems] == [range(2, 4)]
    assert again.counts == result.counts


def test_headings_two_rows_deep_are_found_again():
    rows = [
        ["企业名称", "联系方式", None, "员工人数"],
        [None, "联系人", "联系电话", None],
        ["甲公司", "某人", "021-60000000", "5.7"],
    ]

    def merge(sheet):
        for area in ("A1:A2", "B1:C1", "D1:D2"):
            sheet.merge_cells(area)

    _result, data = report(xlsx_file(rows, adjust=merge), "表.xlsx")
    again = take_file("companies", data, "错误.xlsx")
    assert [(problem.row, problem.column) for problem in again.problems] == [(3, "员工人数")]

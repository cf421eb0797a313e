"""Workbooks whose tables people have laid out: titles, merged cells, footers, several sheets."""

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.table import Table

from tests.spreadsheets.awkward_csv import BASIC
from tests.spreadsheets.samples import with_member, xlsx_file
from tests.spreadsheets.workbooks import BOOK, as_excel_saves

SERIALS = ["序号", "企业名称", "员工人数"]


def layouts():
    def titled(sheet):
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A2:C2")
        sheet["A1"].font = Font(size=18, bold=True)
        sheet["A1"].alignment = Alignment(horizontal="center")

    def grouped(sheet):
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("C1:E1")

    def two_rows_deep(sheet):
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("D1:D2")

    def with_empty_edges(sheet):
        thin = Side(style="thin")
        for row in range(1, 40):
            for column in range(1, 12):
                cell = sheet.cell(row, column)
                cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        sheet["A30"] = " "
        sheet["H2"] = "\u3000"

    def with_merged_rows(sheet):
        sheet.merge_cells("B3:B4")

    def with_footer(sheet):
        sheet.merge_cells("A4:C4")

    def with_hidden_parts(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.column_dimensions["C"].outlineLevel = 1

    def filtered(sheet):
        table = Table(displayName="Firms", ref="A1:C3")
        sheet.add_table(table)
        sheet.freeze_panes = "B2"
        sheet.row_dimensions[2].hidden = True
        sheet["A2"].fill = PatternFill("solid", fgColor="FFFFFF00")

    return {
        "merged-title-rows.xlsx": xlsx_file(
            [["示例区企业情况表"], ["填报单位：示例办公室  2026年1月"], [], *BASIC], adjust=titled
        ),
        "grouped-headings.xlsx": xlsx_file(
            [
                ["基本情况", None, "规模与地址"],
                ["企业名称", "类型", "员工人数", "注册资本", "地址"],
                ["示例丙公司", "企业", 3, 500, "示例路3号"],
            ],
            adjust=grouped,
        ),
        "headings-two-rows-deep.xlsx": xlsx_file(
            [
                ["企业名称", "联系方式", None, "员工人数"],
                [None, "联系人", "联系电话", None],
                ["示例丙公司", "示例人员", "021-60000000", 3],
            ],
            adjust=two_rows_deep,
        ),
        "empty-edges.xlsx": xlsx_file(BASIC, adjust=with_empty_edges),
        "merged-rows.xlsx": xlsx_file(
            [
                ["企业名称", "园区", "员工人数"],
                ["示例丙公司", "示例西园", 3],
                ["示例丁公司", "示例东园", 4],
                ["示例戊公司", None, 5],
            ],
            adjust=with_merged_rows,
        ),
        "hidden-rows-and-columns.xlsx": xlsx_file(BASIC, adjust=with_hidden_parts),
        "table-with-filter.xlsx": xlsx_file(BASIC, adjust=filtered),
        "total-row-with-formula.xlsx": xlsx_file(
            [SERIALS, [1, "示例丙公司", 3], [2, "示例丁公司", 4], ["合计", None, "=SUM(C2:C3)"]]
        ),
        "total-row-named.xlsx": xlsx_file(
            [BASIC[0], ["示例丙公司", 3, "示例路3号"], ["总计", 3, None]]
        ),
        "merged-footer.xlsx": xlsx_file(
            [SERIALS, [1, "示例丙公司", 3], [2, "示例丁公司", 4], ["备注：员工人数为示例。"]],
            adjust=with_footer,
        ),
        "mended-with-error-column.xlsx": xlsx_file(
            [[*BASIC[0], "错误说明"], [*BASIC[1], "“员工人数”“三”：不是数字。"]],
            [["行号", "栏目", "填写的内容", "问题", "允许的内容"], [2, "员工人数", "三"]],
        ),
        "only-headings.xlsx": xlsx_file(BASIC[:1]),
    }


def several_sheets():
    def hidden(state):
        def change(data):
            return data.replace(
                b'sheetId="1" state="visible"', f'sheetId="1" state="{state}"'.encode()
            )

        return change

    old = [BASIC[0], ["示例旧公司", 1, ""]]
    return {
        "several-sheets.xlsx": xlsx_file(
            ("说明", [["填表说明"], ["企业名称请填全称"]]), ("企业名单", BASIC), ("Sheet3", [])
        ),
        "hidden-sheet.xlsx": with_member(
            xlsx_file(("去年", old), ("今年", BASIC)), BOOK, hidden("hidden")
        ),
        "very-hidden-sheet.xlsx": with_member(
            xlsx_file(("字典", old), ("今年", BASIC)), BOOK, hidden("veryHidden")
        ),
    }


def files():
    return as_excel_saves({**layouts(), **several_sheets()})

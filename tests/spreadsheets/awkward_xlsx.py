"""Workbooks as Excel and WPS save them: sheets, merges, styles, typed cells, other dialects."""

import datetime
import io
import re
import zipfile

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.table import Table

from tests.spreadsheets.awkward_csv import BASIC
from tests.spreadsheets.samples import credit_code, hand_made_workbook, with_member, xlsx_file

DAY = datetime.date(2022, 10, 1)
SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
BOOK = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"
TIMES = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
INLINE = re.compile(r't="inlineStr"><is>(.*?)</is>', re.DOTALL)
SERIALS = ["序号", "企业名称", "员工人数"]


def settled(workbook, compression=zipfile.ZIP_DEFLATED):
    """Return a workbook without the time at which it was made."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(result, "w", compression, compresslevel=9) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), TIMES.sub(b"", old.read(name)), compression)
    return result.getvalue()


def formatted(rows, formats):
    """Return a workbook whose cells, named by their place, have number formats."""

    def adjust(sheet):
        for place, number_format in formats.items():
            sheet[place].number_format = number_format

    return xlsx_file(rows, adjust=adjust)


def changed(workbook, member, *replacements):
    """Return a workbook with texts of one member replaced."""

    def change(data):
        text = data.decode()
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        return text.encode()

    return with_member(workbook, member, change)


def with_shared_strings(workbook):
    """Return a workbook of openpyxl with its texts in a table of their own, as Excel keeps them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    texts = []

    def shared(match):
        texts.append(match.group(1))
        return f't="s"><v>{len(texts) - 1}</v>'

    def moved(data):
        return INLINE.sub(shared, data.decode()).encode()

    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    for name in sheets:
        workbook = with_member(workbook, name, moved)
    workbook = changed(
        workbook,
        "xl/_rels/workbook.xml.rels",
        (
            "</Relationships>",
            f'<Relationship Type="{office}/sharedStrings" Target="sharedStrings.xml" Id="rId99"/>'
            "</Relationships>",
        ),
    )
    workbook = changed(
        workbook,
        "[Content_Types].xml",
        ("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'),
    )
    result = io.BytesIO(workbook)
    with zipfile.ZipFile(result, "a") as archive:
        items = "".join(f"<si>{text}</si>" for text in texts)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{items}</sst>')
    return result.getvalue()


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


def typed_cells():
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
        "codes-as-numbers.xlsx": xlsx_file(
            [
                ["企业名称", "统一社会信用代码"],
                ["示例丙公司", 913101071234567000],
                ["示例丁公司", 9.1310107e17],
            ]
        ),
        "names-as-numbers.xlsx": xlsx_file(
            [
                ["名称", "园区", "层数"],
                [88, "示例东园", 30],
                ["99", "示例东园", 20],
            ]
        ),
        "division-codes-as-numbers.xlsx": xlsx_file(
            [["名称", "层级", "行政区划代码", "本站所属区"], ["示例新区", "区", 310199, False]]
        ),
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
        "dates-where-text-belongs.xlsx": formatted(
            [["名称", "园区", "地址"], [DAY, "示例东园", ""], ["示例3-1", "示例东园", DAY]],
            {"A2": 'm"月"d"日"', "C3": "yyyy/m/d"},
        ),
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
        "formulas-where-nothing-is-read.xlsx": xlsx_file(
            [SERIALS, ["=ROW()-1", "示例丙公司", 3], ["=ROW()-1", "示例丁公司", 4]]
        ),
        "scientific-numbers.xlsx": formatted(
            [["企业名称", "注册资本"], ["示例丙公司", 1.2e5], ["示例丁公司", 1234567.8912]],
            {"B2": "0.00E+00", "B3": "#,##0.00"},
        ),
        "binary-noise.xlsx": xlsx_file([["企业名称", "注册资本"], ["示例丙公司", 0.1 + 0.2]]),
    }


def strict_workbook():
    """Return a workbook in the strict form of the format, with a date in ISO 8601."""
    data = xlsx_file([["企业名称", "成立日期", "员工人数"], ["示例丙公司", "2022-10-01", 3]])
    data = changed(
        data,
        SHEET,
        ('t="inlineStr"><is><t>2022-10-01</t></is>', 't="d"><v>2022-10-01T00:00:00</v>'),
    )
    data = with_shared_strings(data)
    main = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    office = (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
    for member in (BOOK, SHEET, STYLES, STRINGS):
        data = changed(data, member, main)
    for member in ("_rels/.rels", "xl/_rels/workbook.xml.rels", BOOK):
        data = changed(data, member, office)
    return data


def dialects():
    inline = (
        '<row><c t="inlineStr"><is><t>企业名称</t></is></c>'
        '<c t="inlineStr"><is><t>员工人数</t></is></c></row>'
        '<row><c t="inlineStr"><is><r><t>示例</t></r><r><t xml:space="preserve">丙公司 </t></r>'
        '<rPh sb="0" eb="2"><t>shili</t></rPh></is></c><c t="str"><v>1200</v></c></row>'
    )
    return {
        "strict-ooxml.xlsx": strict_workbook(),
        "inline-strings.xlsx": hand_made_workbook(inline, ""),
        "escaped-characters.xlsx": changed(
            xlsx_file([["企业名称", "简介"], ["示例丙公司", "第一行@第二行@"]]),
            SHEET,
            ("第一行@第二行@", "第一行_x000D_\n第二行_x005F_x000D_"),
        ),
    }


def wps_workbook():
    """Return a workbook with what WPS writes and Excel does not."""
    rows = [
        ["企业名称", "成立日期", "员工人数"],
        ["示例丙公司", DAY, 3],
        ["示例丁公司", DAY, 4],
    ]
    data = formatted(rows, {"B2": 'yyyy"年"m"月"d"日";@', "B3": "yyyy/m"})
    calculation = "http://schemas.microsoft.com/office/spreadsheetml/2018/calcfeatures"
    data = changed(
        data,
        BOOK,
        ("<workbookPr ", '<fileVersion appName="xl" lastEdited="3" rupBuild="9302"/><workbookPr '),
        (
            "</workbook>",
            f'<extLst><ext uri="B58B0392" xmlns:xcalcf="{calculation}"/></extLst></workbook>',
        ),
    )
    return changed(
        data, "docProps/app.xml", ("Microsoft Excel Compatible / Openpyxl 3.1.5", "WPS 表格")
    )


def files():
    workbooks = {**layouts(), **several_sheets(), **typed_cells(), "wps.xlsx": wps_workbook()}
    workbooks = {name: with_shared_strings(data) for name, data in workbooks.items()}
    return {name: settled(data) for name, data in {**workbooks, **dialects()}.items()}

"""Workbooks in other dialects than the one that Excel speaks by default."""

from tests.spreadsheets.awkward_types import DAY
from tests.spreadsheets.samples import hand_made_workbook, xlsx_file
from tests.spreadsheets.workbooks import (
    BOOK,
    SHEET,
    STRINGS,
    STYLES,
    changed,
    formatted,
    settled,
    with_shared_strings,
)


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


def dialects():
    inline = (
        '<row><c t="inlineStr"><is><t>企业名称</t></is></c>'
        '<c t="inlineStr"><is><t>员工人数</t></is></c></row>'
        '<row><c t="inlineStr"><is><r><t>示例</t></r><r><t xml:space="preserve">丙公司 </t></r>'
        '<rPh sb="0" eb="2"><t>shili</t></rPh></is></c><c t="str"><v>1200</v></c></row>'
    )
    return {
        "wps.xlsx": with_shared_strings(wps_workbook()),
        "strict-ooxml.xlsx": strict_workbook(),
        "inline-strings.xlsx": hand_made_workbook(inline, ""),
        "escaped-characters.xlsx": changed(
            xlsx_file([["企业名称", "简介"], ["示例丙公司", "第一行@第二行@"]]),
            SHEET,
            ("第一行@第二行@", "第一行_x000D_\n第二行_x005F_x000D_"),
        ),
    }


def files():
    return {name: settled(data) for name, data in dialects().items()}

"""Files that are no spreadsheet, are one of another kind, or ask for too much."""

import io
import zipfile

from tests.spreadsheets.awkward_csv import BASIC
from tests.spreadsheets.samples import csv_file, with_member, xlsx_file
from tests.spreadsheets.workbooks import SHEET, settled

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
HTML = (
    '<html><head><meta charset="gbk"></head><body><table><tr><td>企业名称</td><td>员工人数</td>'
    "</tr><tr><td>示例丙公司</td><td>3</td></tr></table></body></html>"
).encode("gbk")


def encrypted_member(workbook):
    """Return a workbook whose first member says that it is under a password."""
    data = bytearray(workbook)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def other_archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("企业.csv"), csv_file(BASIC))
    return buffer.getvalue()


def files():
    many = [["企业名称"], *([f"示例{number}公司"] for number in range(1, 41))]
    broad = [["企业名称", *[None] * 420, "旁注"], ["示例丙公司"]]
    basic = xlsx_file(BASIC)
    # Packed without compression: two of the files below are compared byte by byte.
    plain = settled(basic, zipfile.ZIP_STORED)
    workbooks = {
        "empty.xlsx": xlsx_file([]),
        "workbook-renamed.csv": basic,
        "zip-bomb.xlsx": with_member(basic, SHEET, lambda data: data + b" " * 8_000_000),
        "declarations.xlsx": with_member(
            basic, SHEET, lambda data: b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + data
        ),
        "too-many-rows.xlsx": xlsx_file(many),
        "too-many-columns.xlsx": xlsx_file(broad),
    }
    return {
        **{name: settled(data) for name, data in workbooks.items()},
        "empty.csv": b"",
        "blank.csv": b"\r\n \r\n,,,\r\n",
        "old-office.xls": OLD_OFFICE,
        "old-office-renamed.xlsx": OLD_OFFICE,
        "old-office-renamed.csv": OLD_OFFICE,
        "web-page.xls": HTML,
        "web-page.xlsx": HTML,
        "web-page.csv": HTML,
        "csv-renamed.xlsx": csv_file(BASIC),
        "table.txt": csv_file(BASIC, delimiter="\t"),
        "other-archive.xlsx": other_archive(),
        "damaged.xlsx": plain[: len(plain) // 2],
        "password-on-a-part.xlsx": encrypted_member(plain),
        "no-encoding.csv": "企业名称,员工人数\r\n示例丙公司,3\r\n".encode() + b"\xff\xff,\xfe4\r\n",
        "unbalanced-quotes.csv": '企业名称,员工人数\r\n"示例丙公司,3\r\n示例丁公司,4\r\n'.encode(),
        "too-many-rows.csv": csv_file(many),
        "too-many-columns.csv": csv_file([[cell or "" for cell in row] for row in broad]),
    }

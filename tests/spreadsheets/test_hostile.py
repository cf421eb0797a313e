"""Whatever stands in a table, importing it answers with problems, never with a fault of ours."""

import contextlib
import datetime
import io
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from parks.models import Park
from promotion.reference.spreadsheets.problems import BadCell, SheetError
from promotion.reference.spreadsheets.reading import Table
from promotion.reference.spreadsheets.report import write_report
from promotion.resources import RESOURCES
from tests import factories
from tests.spreadsheets.samples import hand_made_workbook, read, said, take, xlsx_file

pytestmark = pytest.mark.django_db

WORDS = st.sampled_from(
    [
        "p",
        "甲",
        "园区:p",
        "parks.beltnode:p/p",
        "companies.tenancy:a/b/c",
        "是",
        "1",
        "2022年10月",
        "/",
        ":",
    ]
)
CELLS = st.one_of(
    st.none(),
    WORDS,
    st.text(max_size=20),
    st.text("0123456789.,-+eE万亿元%/年月日-:：、；|/ \x00\n'=", max_size=12),
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.builds(BadCell, st.text(max_size=5), st.just("不是值。")),
)
WORKBOOK = xlsx_file([["名称", "日期"], ["甲", 5], ["乙", datetime.date(2024, 1, 2)]])
MODELS = ["companies", "parks", "tenancies", "citations", "figures", "spaces", "districts"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), model=st.sampled_from(MODELS))
def test_any_cells_are_taken_or_refused(data, model):
    if not Park.objects.exists():
        factories.make_park(slug="p")
    resource = RESOURCES[model]()
    headings = [column.heading for column in resource.fields.values()]
    chosen = data.draw(st.lists(st.sampled_from(headings), unique=True, min_size=1))
    row = st.lists(CELLS, min_size=len(chosen), max_size=len(chosen))
    rows = list(enumerate(data.draw(st.lists(row, min_size=1, max_size=3)), start=2))
    table = Table(file_name="表.xlsx", header_number=1, headings=chosen, rows=rows)
    result = resource.import_data(table, dry_run=True)
    assert result.refused <= len(rows)
    assert all("\n" not in text for text in said(result))
    write_report(io.BytesIO(), "错误.xlsx", table, result.problems)


@given(data=st.binary(max_size=300), suffix=st.sampled_from([".csv", ".xlsx"]))
@example(data=b"PK\x05\x06" + b"\x00" * 18, suffix=".xlsx")
@example(data=b"PK\x03\x04" + b"\x00" * 40, suffix=".xlsx")
@example(data=b"\xff\xfe\x00", suffix=".csv")
def test_any_bytes_are_read_or_refused(data, suffix):
    with contextlib.suppress(SheetError):
        read(data, f"表{suffix}")


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_workbook_damaged_anywhere_is_read_or_refused(data):
    workbook = bytearray(
        xlsx_file([["名称", "员工人数"], ["甲", 5], ["乙", datetime.date(2024, 1, 2)]])
    )
    for _change in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, 10_000)) % len(workbook)
        workbook[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SheetError):
        read(bytes(workbook), "表.xlsx")


def test_a_number_of_five_thousand_digits_is_refused():
    assert len(said(take("companies", [["名称", "员工人数"], ["甲", "9" * 5_000]]))) == 1


def test_null_characters_are_refused():
    rows = [["名称", "网址代码", "所属园区", "简介"], ["甲\x00", "a\x00", "p\x00", "x\x00"]]
    assert [problem.column for problem in take("companies", rows).problems] == [
        "名称",
        "网址代码",
        "所属园区",
        "简介",
    ]


def test_the_nearest_of_many_unknown_names_are_looked_for_only_so_often():
    for number in range(20):
        factories.make_park(name=f"测试园区{number}号")
    rows = [["名称", "园区"], *([f"企业{n}", f"没有园{n}"] for n in range(500))]
    problems = take("companies", rows).problems
    assert len(problems) == 500
    assert 0 < sum(bool(problem.allowed) for problem in problems) <= 50


def row_of(*cells):
    texts = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f"<row>{texts}</row>"


def merged_workbook(*areas):
    """Return a workbook with three records and these merged areas."""
    rows = [["名称", "地址"], ["甲公司", "路"], ["乙公司", ""], ["丙公司", ""]]
    return hand_made_workbook("".join(row_of(*row) for row in rows), merged=areas)


@pytest.mark.parametrize(
    "areas",
    [
        ["A2:E1048576"] * 40,
        ["A2:ZZZ9999999"],
        ["A2:A9999999"] * 200,
        [f"A2:A{number}" for number in range(1_000_000, 1_009_000)],
    ],
)
def test_merged_areas_count_the_rows_that_there_are(areas):
    table = read(merged_workbook(*areas), "表.xlsx")
    assert len(table.merged) == 1
    result = RESOURCES["companies"]().import_data(table, dry_run=True)
    assert (len(result.problems), result.refused) == (1, 3)
    write_report(io.BytesIO(), "错误.xlsx", table, result.problems)


def test_overlapping_areas_count_each_row_once():
    table = read(merged_workbook("A2:A3", "A2:B4", "B3:B4"), "表.xlsx")
    assert RESOURCES["companies"]().import_data(table, dry_run=True).refused == 3


@pytest.mark.parametrize("area", ["A0:A3", "A3:A2", "B2:A2", "A4:A1048576", "A9:A12"])
def test_areas_that_merge_no_records_do_not_matter(area):
    table = read(merged_workbook(area), "表.xlsx")
    assert table.merged == []


def test_too_many_merged_areas_are_refused():
    areas = [f"A{number}:B{number}" for number in range(2, 10_010)]
    with pytest.raises(SheetError, match="合并单元格超过 10000 处"):
        read(merged_workbook(*areas), "表.xlsx")


@pytest.mark.parametrize("flag", [0x20, 0x40])
def test_an_archive_with_unsupported_flags_is_refused(flag):
    workbook = bytearray(xlsx_file([["名称"], ["甲"]]))
    place = workbook.find(b"PK\x01\x02")
    while place >= 0:
        workbook[place + 8] |= flag
        place = workbook.find(b"PK\x01\x02", place + 1)
    with pytest.raises(SheetError, match="损坏"):
        read(bytes(workbook), "表.xlsx")


def test_an_archive_whose_members_lie_before_its_beginning_is_refused():
    workbook = bytearray(xlsx_file([["名称"], ["甲"]]))
    place = workbook.rfind(b"PK\x05\x06")
    # Where the directory begins: so far behind that the members would begin below nought.
    workbook[place + 16 : place + 20] = (len(workbook) * 2).to_bytes(4, "little")
    with pytest.raises(SheetError, match="损坏"):
        read(bytes(workbook), "表.xlsx")


@pytest.mark.parametrize(
    "sheet",
    [
        f'<row r="{"9" * 5_000}"><c><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        f'<row><c s="{"9" * 5_000}"><v>1</v></c></row>',
    ],
    ids=["row of 5,000 digits", "row below the last", "style of 5,000 digits"],
)
def test_numbers_of_rows_and_styles_beyond_reason_are_refused(sheet):
    with pytest.raises(SheetError, match="损坏"):
        read(hand_made_workbook(row_of("名称") + sheet), "表.xlsx")


def test_characters_escaped_in_two_halves_are_read_and_half_a_character_is_named():
    names = ["甲公司_xD83D__xDE00_", "乙公司_xD83D_", "_xDE00__xD83D_"]
    rows = "".join(map(row_of, ["名称", *names]))
    table = read(hand_made_workbook(rows), "表.xlsx")
    assert next(iter(table.rows))[1] == ["甲公司😀"]
    result = RESOURCES["companies"]().import_data(table, dry_run=True)
    assert [problem.row for problem in result.problems] == [3, 4]
    assert all("残缺" in text for text in said(result))
    write_report(io.BytesIO(), "错误.xlsx", table, result.problems)


def test_a_directory_of_many_members_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(2_100):
            archive.writestr(f"m{number}", b"")
    with pytest.raises(SheetError):
        read(buffer.getvalue(), "表.xlsx")


def test_a_quoted_line_break_does_not_break_the_line():
    problems = said(take("companies", [["名称", "员工人数"], ["甲", "5\n只\x00"]]))
    assert [text.count("\n") + text.count("\x00") for text in problems] == [0]

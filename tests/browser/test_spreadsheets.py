"""Spreadsheets as a staff member takes them in: template, mistakes, preview, progress, undo."""

import io

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from openpyxl import load_workbook

from companies.models import Company
from promotion.reference.models import ImportBatch
from tests.spreadsheets.samples import xlsx_file

PASSWORD = "a-password-for-tests"
IMPORT = "/admin/companies/company/import/"
BATCHES = "/admin/reference/importbatch/"
GOOD = [["名称", "成立日期"], ["示例一科技", "2021年10月"], ["示例二科技", "2022"]]
BAD = [["名称", "统一社会信用代码", "成立日期"], ["示例一科技", "913100000000000000", "去年"]]


@pytest.fixture
def editor(transactional_db):
    user = User.objects.create_user("editor", password=PASSWORD, is_staff=True)
    rights = [f"{action}_company" for action in ("add", "change", "view")]
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


@pytest.fixture
def staff(editor, visit):
    """Return what opens a window and signs the editor in."""

    def sign_in(**options):
        visitor = visit(**options)
        page = visitor.open(f"/admin/login/?next={IMPORT}")
        page.fill("#id_username", editor.username)
        page.fill("#id_password", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_url(f"**{IMPORT}")
        return visitor

    return sign_in


def follow(page, role, name):
    """Click a button or link and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role(role, name=name).click()


def hand_in(visitor, file, name="企业.xlsx"):
    """Upload a file and return the path of the page that follows."""
    visitor.open(IMPORT)
    data = file if isinstance(file, bytes) else xlsx_file(file)
    visitor.page.set_input_files("#id_file", {"name": name, "mimeType": "", "buffer": data})
    follow(visitor.page, "button", "上传并预览")
    return visitor.page.url.removeprefix(visitor.root)


def download(page, link):
    """Click a link and return the file that it leads to."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    return io.BytesIO(waiting.value.path().read_bytes())


def cell_under(sheet, heading, row, header=2):
    """Return the cell of a row below a heading, the mark of a required column aside."""
    headings = [str(cell.value).rstrip("*") for cell in sheet[header]]
    return sheet.cell(row, headings.index(heading) + 1)


def test_from_the_template_over_a_mistake_to_the_record_and_back(staff, tmp_path):
    visitor = staff(width=1440)
    page = visitor.page
    sheet_path = tmp_path / "企业名录.xlsx"

    book = load_workbook(download(page, "下载空白表"))
    sheet = book.worksheets[0]
    sheet.insert_rows(1)
    sheet["A1"] = "示例街道企业名录"
    for row, name, date in ((3, "示例一科技", "2021年10月"), (4, "示例二科技", "去年")):
        cell_under(sheet, "名称", row).value = name
        cell_under(sheet, "成立日期", row).value = date
    book.save(sheet_path)
    hand_in(visitor, sheet_path.read_bytes())

    problem = page.get_by_role("table", name="要改正的地方").locator("tbody tr")
    assert problem.count() == 1
    cells = problem.locator("th, td").all_inner_texts()
    assert cells[:4] == ["4", "成立日期", "去年", "不是有效日期。"]
    assert page.get_by_role("button", name="确认导入").count() == 0
    assert not Company.objects.exists()

    book = load_workbook(download(page, "下载标出错误的文件"))
    faulty = cell_under(book.worksheets[0], "成立日期", 4)
    assert faulty.fill.fill_type == "solid"
    faulty.value = "2022年"
    book.save(sheet_path)
    hand_in(visitor, sheet_path.read_bytes())

    assert page.get_by_role("heading", level=1).count() == 1
    counts = page.get_by_role("table", name="确认后将写入").locator("tbody td")
    assert counts.all_inner_texts() == ["2", "0", "0", "0"]
    assert page.get_by_role("table", name="逐行内容").get_by_text("示例二科技").first.is_visible()
    follow(page, "button", "确认导入")

    assert "新增 2 条" in page.locator(".messagelist").inner_text()
    assert set(Company.objects.values_list("name", "established_on")) == {
        ("示例一科技", "2021-10"),
        ("示例二科技", "2022"),
    }

    follow(page, "link", "查看或撤销这次导入")
    records = page.get_by_role("table", name="写入的记录")
    assert records.get_by_role("link", name="示例一科技").first.is_visible()
    page.get_by_role("link", name="撤销这次导入", exact=True).wait_for()
    follow(page, "link", "撤销这次导入")
    follow(page, "button", "确认撤销")
    assert "删去 2 条" in page.locator(".messagelist").inner_text()
    assert not Company.objects.exists()


def test_a_long_file_shows_how_far_it_is_and_by_itself_what_came_of_it(staff, settings):
    settings.MAX_SHEET_ROWS_IN_REQUEST = 1
    visitor = staff(width=375)
    page = visitor.page
    hand_in(visitor, GOOD)
    assert page.get_by_role("progressbar").is_visible()
    assert page.get_by_role("status").inner_text() == "正在排队"
    assert (visitor.violations(), visitor.sideways()) == ([], 0)

    call_command("run_imports")
    page.get_by_role("button", name="确认导入").wait_for()
    follow(page, "button", "确认导入")
    assert page.get_by_role("progressbar").is_visible()
    call_command("run_imports")
    page.get_by_role("link", name="查看或撤销这次导入").wait_for()
    assert Company.objects.count() == 2


def test_the_pages_of_an_import_have_no_barriers_and_fit_a_phone(staff):
    visitor = staff(width=375)
    page = visitor.page
    written = hand_in(visitor, GOOD)
    follow(page, "button", "确认导入")
    batch = f"{BATCHES}{ImportBatch.objects.get().pk}"
    errors = hand_in(visitor, BAD)
    preview = hand_in(visitor, [["名称", "成立日期"], ["示例一科技", "2020"], ["示例三科技", ""]])
    addresses = [IMPORT, errors, preview, written, BATCHES, f"{batch}/change/", f"{batch}/undo/"]
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for address in addresses:
            visitor.open(address)
            if wrong := [*visitor.violations(), *filter(None, [visitor.sideways()])]:
                found[scheme, address] = wrong
    assert found == {}

"""Signing in with a browser: an app is set up, its code gets in, and the pages read well."""

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.accounts.people import PASSWORD, code_of, make_staff, wait_for_next_code


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def type_password(page):
    page.fill("#id_username", "editor")
    page.fill("#id_password", PASSWORD)
    with page.expect_navigation():
        page.click("[type=submit]")


@pytest.mark.parametrize("width", [360, 1440])
def test_an_app_is_set_up_and_gets_its_user_in(transactional_db, visit, settings, width):
    settings.SECOND_FACTOR_FOR = ["publisher"]
    make_staff("editor", "publisher")
    visitor = visit(width=width)
    page = visitor.open("/admin/login/?next=/admin/account/sessions/")
    assert visitor.violations() == []
    type_password(page)
    assert page.title().startswith("设置第二验证")
    drawing = page.get_by_role("img", name="二维码")
    assert drawing.evaluate("picture => picture.complete && picture.naturalWidth > 100")
    assert visitor.violations() == []
    assert visitor.sideways() == 0

    device = TOTPDevice.objects.get()
    page.fill("#id_code", code_of(device))
    press(page, "确认并启用")
    assert page.locator(".recovery-codes li").count() == 10
    assert visitor.violations() == []
    with page.expect_download() as download:
        page.get_by_role("button", name="下载为文本文件").click()
    assert len(download.value.path().read_text().split()) == 10
    with page.expect_navigation():
        page.get_by_role("link", name="已经保存好，继续").click()
    assert page.get_by_role("heading", name="我的登录").is_visible()
    assert visitor.violations() == []
    press(page, "全部退出")

    wait_for_next_code(device)
    page = visitor.open("/admin/login/?next=/admin/account/second-factor/")
    type_password(page)
    assert page.evaluate("document.activeElement.id") == "id_code"
    assert visitor.violations() == []
    page.fill("#id_code", code_of(device))
    press(page, "验证")
    assert page.get_by_text("第二验证已启用").is_visible()
    assert visitor.violations() == []

"""Remakes the pictures of docs/pictures/ from the fixtures: `make screenshots`.

Serves a scratch copy of the site on a free port and photographs it with Debian's Chromium.
"""

import csv
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PAGES = {
    "home": "/",
    "belt": "/belts/qilianshan-road-belt/",
    "park": "/parks/weilaidao-park/",
    "search": "/search/?q=taopu",
    "compare": "/compare/?park=weilaidao-park&park=china-israel-innovation-park",
}
LANGUAGES = {"zh": "", "en": "/en"}
WIDTH, HEIGHT = 1440, 1000
QUALITY = 80
ADMIN_WIDTH, ADMIN_HEIGHT = 1280, 640
PASSWORD = "synthetic-for-pictures"
IMPORT = "/admin/companies/company/import/"
HEADINGS = ["名称", "类型", "园区", "员工人数", "成立日期", "地址"]
GOOD = [
    ["示例甲科技有限公司", "企业", "未来岛", "1,200", "2022年10月", "示例路1号"],
    ["示例乙生物医药有限公司", "企业", "wei-lai-dao", "35人", "2021/3/8", "示例路2号"],
]
BAD = [
    ["示例丙科技有限公司", "公思", "未来到", "三十", "2022.1", "示例路3号"],
    ["示例丁科技有限公司", "企业", "未来岛", "约50", "2022-13", "示例路4号"],
]
MAKE_EDITOR = f"""
from django.contrib.auth.models import User
User.objects.create_superuser("editor", password="{PASSWORD}")
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, seconds=30):
    """Return when an address answers; raise TimeoutError if it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


def photograph(site):
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", locale="zh-CN"
        )
        for name, path in PAGES.items():
            for language, prefix in LANGUAGES.items():
                page.goto(site + prefix + path)
                with Image.open(io.BytesIO(page.screenshot())) as picture:
                    picture.save(PICTURES / f"{name}-{language}.webp", quality=QUALITY)
        photograph_imports(page, site)
        browser.close()


def photograph_imports(page, site):
    """Photograph the way of a sheet: what it would do, its errors, undoing it."""
    page.set_viewport_size({"width": ADMIN_WIDTH, "height": ADMIN_HEIGHT})
    page.goto(f"{site}/admin/login/?next={IMPORT}")
    page.fill("#id_username", "editor")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
    for name, rows in (("import-errors", [*GOOD[:1], *BAD]), ("import-preview", GOOD[:1])):
        page.goto(site + IMPORT)
        sheet = {"name": "示例企业.csv", "mimeType": "text/csv", "buffer": csv_bytes(rows)}
        page.set_input_files("input[type=file]", sheet)
        page.click(".submit-row input[type=submit]")
        page.wait_for_url("**/import/*/")
        page.screenshot(path=PICTURES / f"{name}.png")
    page.click(".submit-row input[type=submit]")
    page.wait_for_selector(".run-links")
    page.click(".run-links a >> nth=0")
    page.click(".object-tools a >> nth=0")
    page.screenshot(path=PICTURES / "import-undo.png")


def csv_bytes(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([HEADINGS, *rows])
    return buffer.getvalue().encode("utf-8-sig")


def main():
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {**os.environ, "VAR_DIR": folder, "PORT": str(port), "DATABASE_URL": ""}
        subprocess.run(
            [sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment, check=True
        )
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", MAKE_EDITOR],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "promotion.wsgi"], cwd=ROOT, env=environment
        )
        try:
            site = f"http://127.0.0.1:{port}"
            wait_for(f"{site}/healthz/live")
            photograph(site)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()

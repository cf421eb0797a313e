"""A disk that is full takes nothing in, says so, and is as good as before once there is room."""

import io
import os
import subprocess
from contextlib import suppress

import pytest
from PIL import Image

from tests.server.staff import Editor
from tests.sites import IS_POSTGRESQL, copied_site
from tests.spreadsheets.samples import csv_file

DISK_BYTES = 64_000_000
NOT_SAVED = "没有保存"
MAKE_EDITOR = """
from django.contrib.auth.models import User
User.objects.create_superuser("editor", password="synthetic-for-tests")
"""


@pytest.fixture
def site(built, tmp_path):
    """A site whose uploads, sheets and SQLite file lie on a small disk of their own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this process may not mount a file system")
    site = copied_site(disk, built)
    site.ask(MAKE_EDITOR)
    yield site
    site.remove()
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(site):
    """Fill a site's disk to the last byte; return the file that does so."""
    path = site.folder / "filler"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return path


def files_of(site, folder):
    return sorted(path for path in (site.var / folder).rglob("*") if path.is_file())


def picture():
    noise = Image.frombytes("RGB", (600, 400), os.urandom(600 * 400 * 3))
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    return buffer.getvalue()


def park_pictures(site):
    return site.rows("SELECT slug, picture FROM parks_park WHERE picture <> ''")


def test_a_picture_that_finds_no_room_leaves_no_file_and_no_name(site):
    (pk, _slug) = site.rows("SELECT id, slug FROM parks_park ORDER BY slug LIMIT 1")[0]
    with site.serving(WEB_CONCURRENCY="1") as server:
        editor = Editor(server, "editor", "synthetic-for-tests")
        address = f"/admin/parks/park/{pk}/change/"
        form = {**editor.form(address, "park_form"), "picture_alt": ["照片"]}
        former = site.rows("SELECT COUNT(*) FROM parks_historicalpark")
        filler = fill(site)
        refused = editor.upload(address, form, picture=("p.png", picture()))
        filler.unlink()
        assert (refused.status, NOT_SAVED in refused.text) == (503, True)
        assert park_pictures(site) == []
        assert files_of(site, "media") == []
        assert site.rows("SELECT COUNT(*) FROM parks_historicalpark") == former
        taken = editor.upload(address, form, picture=("p.png", picture()))
        assert taken.status == 302
        assert len(park_pictures(site)) == 1
        assert len(files_of(site, "media")) > 1


def test_a_sheet_that_finds_no_room_is_not_half_kept_and_goes_in_later(site):
    sheet = csv_file([["名称", "地址"], *([f"示例企业{n}号", f"示例路{n}号"] for n in range(300))])
    count = "SELECT COUNT(*) FROM companies_company"
    former = site.rows(count)
    with site.serving(WEB_CONCURRENCY="1") as server:
        editor = Editor(server, "editor", "synthetic-for-tests")
        address = "/admin/companies/company/import/"
        form = editor.token
        filler = fill(site)
        refused = editor.upload(address, form, file=("c.csv", sheet))
        assert (refused.status, NOT_SAVED in refused.text) == (503, True)
        filler.unlink()
        assert files_of(site, "imports") == []
        assert site.rows("SELECT id FROM reference_importbatch") == []

        page = editor.upload(address, form, file=("c.csv", sheet)).getheader("Location")
        filler = fill(site)
        if not IS_POSTGRESQL:
            confirmed = editor.post(f"{page}confirm/", editor.token)
            filler.unlink()
            assert (confirmed.status, NOT_SAVED in confirmed.text) == (503, True)
            assert site.rows(count) == former
        filler.unlink(missing_ok=True)
        editor.post(f"{page}confirm/", editor.token)
        assert site.rows(count) == [(former[0][0] + 300,)]

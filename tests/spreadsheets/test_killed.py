"""A process killed at any moment of an import leaves none or all of it, and the file then goes in.

Real processes on a real SQLite file: the command, the import worker, and gunicorn.
"""

import http.client
import http.cookiejar
import os
import re
import shutil
import signal
import sqlite3
import threading
import time
import urllib.parse
import urllib.request
from contextlib import closing, suppress

import pytest

from tests.sites import Site
from tests.spreadsheets.samples import credit_code, csv_file

ROWS = 600
TABLES = {
    "companies_company": 1,
    "companies_historicalcompany": 1,
    "companies_tenancy": 1,
    "companies_historicaltenancy": 1,
    "companies_company_industries": 2,
    "companies_historicalcompany_industries": 2,
}
"""Table → how many of its rows belong to each row of the sheet."""
MAKE_WORLD = """
from django.contrib.auth.models import User
from parks.models import Park
from promotion.reference.models import Industry, IndustryScheme
Park.objects.create(slug="p", name="园区", kind="industrial_park")
scheme = IndustryScheme.objects.create(slug="s", name="分类")
for slug in "ab":
    Industry.objects.create(slug=slug, name=slug, scheme=scheme)
User.objects.create_superuser("admin", password="synthetic")
"""
HAND_IN = """
from pathlib import Path
from django.contrib.auth.models import User
from companies.models import Company
from companies.resources import CompanyResource
from promotion.reference.spreadsheets.runs import Run
data = Path({path!r}).read_bytes()
run = Run.hand_in(data, file_name="c.csv", user=User.objects.get(), model=Company)
run.advance(CompanyResource())
assert run.confirm()
"""


class ImportingSite(Site):
    """A site with a sheet to import, put back to how it was before each try."""

    @property
    def sheet(self):
        return self.folder / "c.csv"

    def keep(self):
        shutil.copytree(self.var, self.folder / "kept")

    def reset(self):
        shutil.rmtree(self.var)
        shutil.copytree(self.folder / "kept", self.var)

    def imported(self):
        """Return how many rows of the sheet each table holds: the same for all, or torn."""
        counts = {
            table: self.count(f"SELECT COUNT(*) FROM {table}") / share
            for table, share in TABLES.items()
        }
        written = self.count(
            "SELECT COUNT(*) FROM reference_importbatch WHERE new_count > 0 AND stage = 'written'"
        )
        assert len(set(counts.values())) == 1, counts
        (count,) = set(counts.values())
        assert count in (0, ROWS)
        assert written == (count == ROWS)
        return count

    def count(self, query):
        ((count,),) = self.rows(query)
        return count


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = ImportingSite(tmp_path_factory.mktemp("killed"), WEB_CONCURRENCY="1")
    rows = [[f"企业{n}号", credit_code(n), "p", "a、b", f"某路{n}号"] for n in range(ROWS)]
    site.sheet.write_bytes(csv_file([["名称", "统一社会信用代码", "园区", "产业", "地址"], *rows]))
    site.migrate()
    site.ask(MAKE_WORLD)
    site.keep()
    return site


def kill_at_moments(site, start, times, redo):
    """Kill what `start` returns at moments spread over the time that it needs.

    After each kill all or nothing must be there; `redo` then takes the same file in.
    """
    site.reset()
    began = time.monotonic()
    process = start()
    process.wait()
    needed = time.monotonic() - began
    assert site.imported() == ROWS
    for moment in range(1, times + 1):
        site.reset()
        process = start()
        time.sleep(needed * moment / (times + 1))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        site.imported()
    redo()
    assert site.imported() == ROWS


def test_the_command_killed_at_any_moment_leaves_none_or_all(site):
    def start():
        return site.start("manage.py", "import_data", "companies", site.sheet)

    def redo():
        # What the last kill left: nothing, or everything, of which nothing is new.
        site.carry_out("import_data", "companies", site.sheet)

    kill_at_moments(site, start, 8, redo)


def test_the_worker_killed_at_any_moment_takes_the_file_up_again(site):
    site.reset()
    site.ask(HAND_IN.format(path=str(site.sheet)))
    shutil.rmtree(site.folder / "kept")
    site.keep()

    def start():
        return site.start("manage.py", "run_imports")

    kill_at_moments(site, start, 6, lambda: site.carry_out("run_imports"))
    assert [path for path in (site.var / "imports").iterdir() if path.is_dir()] == []


class Editor:
    """A member of staff at a browser, as far as forms go."""

    def __init__(self, address):
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def open(self, path, data=None, kind="application/x-www-form-urlencoded"):
        request = urllib.request.Request(self.address + path, data, {"Content-Type": kind})
        with self.opener.open(request, timeout=60) as answer:
            return answer.url.removeprefix(self.address), answer.read().decode()

    @property
    def csrf(self):
        return next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")

    def post(self, path, **values):
        values["csrfmiddlewaretoken"] = self.csrf
        return self.open(path, urllib.parse.urlencode(values).encode())

    def log_in(self):
        self.open("/admin/login/")
        self.post("/admin/login/", username="admin", password="synthetic", next="/admin/")

    def confirm_and_lose(self, page):
        """Confirm what nobody will be left to answer."""
        with suppress(OSError, http.client.HTTPException):
            self.post(f"{page}confirm/")

    def upload(self, data):
        """Hand a file in and return the address of the page that follows."""
        parts = [
            b'Content-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
            + self.csrf.encode(),
            b'Content-Disposition: form-data; name="file"; filename="c.csv"\r\n\r\n' + data,
        ]
        body = b"".join(b"--part\r\n" + part + b"\r\n" for part in parts) + b"--part--\r\n"
        return self.open(
            "/admin/companies/company/import/", body, "multipart/form-data; boundary=part"
        )


def test_the_server_killed_at_any_moment_leaves_none_or_all(site):
    site.reset()
    with closing(sqlite3.connect(site.var / "site.sqlite3")) as connection:
        connection.execute("DELETE FROM reference_importbatch")
        connection.commit()
    shutil.rmtree(site.folder / "kept")
    site.carry_out("collectstatic", "-v0", "--no-input")
    site.keep()
    needed = None
    for moment in range(7):
        site.reset()
        with site.serving() as server:
            editor = Editor(f"http://127.0.0.1:{server.port}")
            editor.log_in()
            page, text = editor.upload(site.sheet.read_bytes())
            assert re.search(rf"<td>{ROWS}</td>", text)
            began = time.monotonic()
            if needed is None:
                editor.post(f"{page}confirm/")
                needed = time.monotonic() - began
                assert site.imported() == ROWS
                continue
            confirming = threading.Thread(target=editor.confirm_and_lose, args=[page])
            confirming.start()
            time.sleep(needed * moment / 7)
            os.killpg(server.process.pid, signal.SIGKILL)
            confirming.join()
        site.imported()
    site.carry_out("run_imports")
    assert site.imported() == ROWS

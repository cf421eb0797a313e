"""How long giving out a large list of companies takes, against csv and sqlite3 alone.

The yardstick reads the same columns of the same database with one SELECT (references joined, the
parks and industries of each company by a subquery with group_concat) and writes the rows with
csv.writer; it names, guards and formats nothing. The admin's export is asked for over HTTP, by a
signed-in client, from gunicorn with one worker. Usage: python -m benchmarks.export_companies [ROWS]
"""

import csv
import sqlite3
import sys
import time
import urllib.parse
import urllib.request
from contextlib import closing, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from benchmarks import baseline
from benchmarks.scratch import Site, report

PASSWORD = "a password of the benchmark"
BLOCK = 1 << 16
QUERY = """
SELECT c.name, c.slug, c.name_en, c.aliases, c.kind, parent.slug, district.slug,
    c.unified_social_credit_code, c.established_on, c.registered_capital_cny_10k, c.staff_count,
    c.country,
    (SELECT group_concat(i.slug, '、') FROM companies_company_industries l
        JOIN reference_industry i ON i.id = l.industry_id WHERE l.company_id = c.id),
    (SELECT group_concat(p.slug, '、') FROM companies_tenancy t
        JOIN parks_park p ON p.id = t.park_id
        WHERE t.company_id = c.id AND t.role = 'tenant' AND t.ended_on = ''),
    c.website, c.address, c.address_en, c.summary, c.summary_en, c.status, c.publish_at,
    c.expires_at, c.as_of, c.verified_on, c.review_by
FROM companies_company c
LEFT JOIN companies_company parent ON parent.id = c.parent_id
LEFT JOIN parks_district district ON district.id = c.district_id
ORDER BY c.sort_key, c.id
"""


def export_alone(database, path):
    """Write what an export holds with the csv and sqlite3 modules; return the seconds it took."""
    start = time.perf_counter()
    with (
        closing(sqlite3.connect(database)) as connection,
        path.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        csv.writer(file).writerows(connection.execute(QUERY))
    return time.perf_counter() - start


class Client:
    """A browser's part: it keeps cookies and signs in to the admin."""

    def __init__(self, site):
        self.address = f"http://127.0.0.1:{site.port}"
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), urllib.request.ProxyHandler({})
        )

    def get(self, path):
        with self.opener.open(self.address + path) as response:
            return response.read()

    def post(self, path, **fields):
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        return self.opener.open(self.address + path, data)

    def sign_in(self):
        self.get("/admin/login/")
        self.post("/admin/login/?next=/admin/", username="benchmark", password=PASSWORD).close()

    def export(self, file_format, path):
        """Save an export; return the seconds to the first byte and to the last."""
        start = time.perf_counter()
        page = "/admin/companies/company/export/"
        with self.post(page, file_format=file_format) as response, path.open("wb") as file:
            file.write(response.read(1))
            first = time.perf_counter() - start
            while block := response.read(BLOCK):
                file.write(block)
        return first, time.perf_counter() - start


@contextmanager
def serve(site):
    """Run gunicorn with one worker and yield the process id of that worker."""
    server = site.start(
        "-m", "gunicorn", "--workers", "1", "--log-level", "warning", "promotion.wsgi"
    )
    try:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        client = Client(site)
        for _attempt in range(100):
            time.sleep(0.2)
            try:
                client.get("/healthz/live")
            except OSError:
                continue
            break
        # Beside the worker there is, for a moment, the command that takes up imports.
        yield next(
            int(pid)
            for pid in children.read_text().split()
            if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
    finally:
        server.terminate()
        server.wait()


def peak_mb(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main(count):
    with Site() as site:
        sheet, out = site.path / "companies.csv", site.path / "out.csv"
        site.python(
            "from benchmarks.companies import STORED_DATE, make_references, write_sheet\n"
            "from django.contrib.auth.models import User\n"
            "make_references()\n"
            f"write_sheet({str(sheet)!r}, {count}, dates=[STORED_DATE])\n"
            f"User.objects.create_superuser('benchmark', password={PASSWORD!r})"
        )
        baseline.write_companies(site.database, sheet)
        site.manage("collectstatic", "--no-input", "--verbosity", "0")
        base = min(export_alone(site.database, site.path / "base.csv") for _turn in range(2))
        with serve(site) as worker:
            client = Client(site)
            client.sign_in()
            client.get("/admin/companies/company/export/")
            before = peak_mb(worker)
            first, total = client.export(".csv", out)
            growth = peak_mb(worker) - before
            lines = sum(1 for _line in out.open(encoding="utf-8"))
            assert lines == count + 1, f"{lines} lines for {count} companies"
            _first, workbook = client.export(".xlsx", site.path / "out.xlsx")
            workbook_growth = peak_mb(worker) - before
        command = site.manage("export_data", "companies", out)
        command_workbook = site.manage("export_data", "companies", site.path / "out.xlsx")
        idle = site.python("pass")
    print(f"Export of {count} companies, SQLite")
    report("csv and sqlite3 alone, seconds", base)
    report("the admin's CSV, seconds to the first byte", first, 0.5)
    report("the admin's CSV, seconds", total)
    report("  against csv and sqlite3, times", total / base, 2)
    report("  growth of the worker's peak memory, MB", growth, 70)
    report("the admin's XLSX, seconds", workbook)
    report("  growth of the worker's peak memory, MB", workbook_growth)
    report("export_data to CSV, seconds", command.seconds)
    report("  peak memory above an idle process, MB", command.peak_mb - idle.peak_mb)
    report("export_data to XLSX, seconds", command_workbook.seconds)
    report("  peak memory above an idle process, MB", command_workbook.peak_mb - idle.peak_mb)
    report("an idle process's own time, seconds", idle.seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

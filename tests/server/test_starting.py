"""A start loads what the pages need, and takes up what the last one left."""

import time

LARGE = {
    *["PIL", "django.test", "icalendar", "lxml", "nh3", "openpyxl", "pypinyin", "requests"],
    *["rest_framework.views", "segno", "sentry_sdk", "typst"],
}
# The staff side, and what sheets are read and written with.
STAFF_SIDE = {
    *["companies.resources", "import_export", "promotion.admin", "promotion.admin_site"],
    *["promotion.reference.spreadsheets.runs", "tablib"],
}
PAGES = [
    *["/", "/en/", "/companies/", "/companies/?page=2", "/parks/weilaidao-park/", "/data/"],
    *["/search/", "/search/?q=taopu", "/search/?q=wlda", "/sitemap.xml", "/metrics"],
]
ASK = """
import sys
from wsgiref.util import setup_testing_defaults
from promotion.wsgi import application
for path in {pages}:
    environ = {{"HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1"}}
    setup_testing_defaults(environ)
    environ["PATH_INFO"], _mark, environ["QUERY_STRING"] = path.partition("?")
    statuses = []
    b"".join(application(environ, lambda status, headers, error=None: statuses.append(status)))
    assert statuses == ["200 OK"], (path, statuses)
print(*sys.modules)
"""
LEAVE_AN_IMPORT = """
from django.contrib.auth import get_user_model
from parks.models import Park
from promotion.reference.spreadsheets.runs import Run
user = get_user_model().objects.create_user("editor")
Run.hand_in(b"?", file_name="parks.csv", user=user, model=Park)
"""
SECONDS = 60


def loaded_by(site, pages):
    """Return the modules of a process that has answered some pages."""
    process = site.start_piped("-c", ASK.format(pages=pages))
    printed, complaints = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, complaints
    return set(printed.split())


def test_pages_are_answered_without_the_libraries_for_what_is_seldom_asked(site):
    # The driver of the other database is one of them.
    large = LARGE if site.database else LARGE | {"psycopg"}
    assert loaded_by(site, PAGES) & (large | STAFF_SIDE) == set()


def test_the_staff_side_is_there_as_soon_as_it_is_asked_for(site):
    assert loaded_by(site, ["/", "/admin/login/", "/en/admin/login/", "/"]) >= STAFF_SIDE


def test_a_worker_has_the_staff_side_before_an_upgrade_can_bring_another(site):
    # Python tells in the log what a statement imports.
    one_of_it = " promotion.reference.spreadsheets.batch_admin\n"
    with site.serving(WEB_CONCURRENCY="1", PYTHONPROFILEIMPORTTIME="1"):
        deadline = time.monotonic() + SECONDS
        while one_of_it not in site.log and time.monotonic() < deadline:
            time.sleep(0.2)
    assert one_of_it in site.log


def test_an_import_that_was_under_way_is_taken_up_when_the_server_starts(site):
    site.ask(LEAVE_AN_IMPORT)
    stage = "SELECT stage FROM reference_importbatch ORDER BY id DESC LIMIT 1"
    with site.serving(START_IMPORT_WORKER="on"):
        deadline = time.monotonic() + SECONDS
        while site.rows(stage) == [("checking",)] and time.monotonic() < deadline:
            time.sleep(0.2)
    # There is nothing in the file that could be read, and its page says so.
    assert site.rows(stage) == [("refused",)]

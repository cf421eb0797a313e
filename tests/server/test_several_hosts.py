"""Several hosts are one site: the same database, Redis and bucket, by settings alone."""

import io
import os
import re
import shutil
import subprocess
import time
from contextlib import closing

import pytest
import redis
from PIL import Image

from tests.screenshots import free_port
from tests.server.staff import Editor
from tests.sites import IS_POSTGRESQL, Site
from tests.spreadsheets.samples import csv_file

pytestmark = [
    pytest.mark.skipif(not IS_POSTGRESQL, reason="several hosts share a PostgreSQL server"),
    pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not installed"),
]
NAME, PASSWORD = "editor", "synthetic-for-tests"
MAKE_EDITOR = f"""
from django.contrib.auth.models import User
User.objects.create_superuser("{NAME}", password="{PASSWORD}")
"""
PARK = "/parks/weilaidao-park/"
IMPORT = "/admin/companies/company/import/"
SHEET = csv_file([["名称", "地址"], ["示例企业甲", "示例路1号"], ["示例企业乙", "示例路2号"]])
LIMITS = {"LOGIN_FAILURES": "3", "API_REQUESTS_PER_HOUR": "4", "WEB_CONCURRENCY": "2"}


@pytest.fixture(scope="module")
def cache_url(tmp_path_factory):
    """A Redis of its own."""
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), *options], stdout=subprocess.DEVNULL
    )
    with closing(redis.Redis(port=port)) as client:
        while process.poll() is None:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.1)
    yield f"rediscache://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


@pytest.fixture
def hosts(site, tmp_path, cache_url, running_bucket_server):
    """Two hosts, each with a folder of its own, and the keys that hosts of one site share."""
    running_bucket_server.empty()
    other = Site(tmp_path / "other", url=site.database_url)
    shutil.copytree(site.var / "static", other.var / "static")
    for host in (site, other):
        host.environment |= {
            **LIMITS,
            "CACHE_URL": cache_url,
            "MEDIA_STORE_URL": running_bucket_server.url,
            "SECRET_KEY": (site.var / "secret_key").read_text(),
            "AUDIT_KEY": (site.var / "audit_key").read_text(),
        }
    site.ask(MAKE_EDITOR)
    return site, other


@pytest.fixture
def servers(hosts):
    first, second = hosts
    with first.serving() as one, second.serving() as two:
        yield one, two


def picture():
    buffer = io.BytesIO()
    Image.frombytes("RGB", (600, 400), os.urandom(600 * 400 * 3)).save(buffer, "PNG")
    return buffer.getvalue()


def texts(servers, path, times=6):
    """Return what all workers of all hosts say, each asked often enough to have kept it."""
    return [server.ask(path).text for server in servers for _time in range(times)]


def files_of(host, folder):
    return [path for path in (host.var / folder).rglob("*") if path.is_file()]


def test_what_is_done_on_one_host_is_there_on_all(hosts, servers, running_bucket_server):
    here, there = servers
    editor = Editor(here, NAME, PASSWORD)
    ((pk,),) = hosts[0].rows("SELECT id FROM parks_park WHERE slug = 'weilaidao-park'")
    address = f"/admin/parks/park/{pk}/change/"
    assert not any("改了名的园区" in text for text in texts(servers, PARK))
    form = editor.at(there).form(address, "park_form")
    answer = editor.at(there).post(address, {**form, "name": ["改了名的园区"]})
    assert answer.status == 302
    assert all("改了名的园区" in text for text in texts(servers, PARK))

    form = {**editor.form(address, "park_form"), "picture_alt": ["照片"]}
    assert editor.upload(address, form, picture=("p.png", picture())).status == 302
    pages = texts(servers, PARK)
    (names,) = {tuple(re.findall(r"/media/(pictures/[^\s\"?]+)", page)) for page in pages}
    kept = running_bucket_server.content()
    assert set(names) < set(kept)
    for name in set(names):
        answers = [server.ask(f"/media/{name}") for server in servers]
        assert [answer.content for answer in answers] == [kept[name]] * 2
        assert [answer.status for answer in answers] == [200] * 2
    assert [files_of(host, "media") for host in hosts] == [[], []]
    # Each host has written to the audit log, and both have one key.
    assert [host.manage("verify_audit").returncode for host in hosts] == [0, 0]


def test_what_is_counted_and_who_is_signed_in_is_the_same_on_all(servers):
    here, there = servers
    # What is kept is not counted: each is asked for once.
    kinds = ["parks", "companies", "belts", "policies", "events", "programs"]
    turns = zip([here, there] * 3, kinds, strict=True)
    answers = [server.ask(f"/api/v1/{kind}/").status for server, kind in turns]
    assert answers == [200] * 4 + [429] * 2

    editor, same_elsewhere = Editor(here, NAME, PASSWORD), Editor(there, NAME, PASSWORD)
    assert same_elsewhere.at(here).ask("/admin/").status == 200
    assert editor.post("/admin/account/sessions/", editor.token).status == 200
    for browser in (editor, same_elsewhere):
        for server in servers:
            assert browser.at(server).ask("/admin/").status == 302

    for server in (here, there, here):
        with pytest.raises(AssertionError):
            Editor(server, NAME, "wrong")
    for server in servers:
        with pytest.raises(AssertionError, match="429"):
            Editor(server, NAME, PASSWORD)


def test_a_sheet_belongs_to_the_host_that_took_it_in(hosts, servers):
    here, there = servers
    editor = Editor(here, NAME, PASSWORD)
    page = editor.upload(IMPORT, editor.token, file=("c.csv", SHEET)).getheader("Location")
    count = hosts[0].rows("SELECT COUNT(*) FROM companies_company")
    shown = editor.at(there).ask(page)
    assert "接收它的那台服务器" in shown.text
    assert f"{page}confirm/" not in shown.text
    assert editor.at(there).post(f"{page}confirm/", editor.token).status == 302
    assert hosts[0].rows("SELECT stage FROM reference_importbatch") == [("checked",)]
    assert editor.post(f"{page}confirm/", editor.token).status == 302
    assert hosts[0].rows("SELECT stage FROM reference_importbatch") == [("written",)]
    assert hosts[0].rows("SELECT COUNT(*) FROM companies_company") == [(count[0][0] + 2,)]
    assert "已写入" in editor.at(there).ask(page).text


def test_with_a_shared_folder_a_sheet_is_at_home_on_all(hosts):
    first, second = hosts
    (first.var / "imports").mkdir(exist_ok=True)
    (second.var / "imports").symlink_to(first.var / "imports")
    with first.serving() as here, second.serving() as there:
        editor = Editor(here, NAME, PASSWORD)
        page = editor.upload(IMPORT, editor.token, file=("c.csv", SHEET)).getheader("Location")
        assert "示例企业乙" in editor.at(there).ask(page).text
        assert editor.at(there).post(f"{page}confirm/", editor.token).status == 302
        assert first.rows("SELECT stage FROM reference_importbatch") == [("written",)]

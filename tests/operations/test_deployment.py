"""The documented deployment: its own commands and files, executed as far as this machine can."""

import getpass
import re
import shutil
import subprocess
import uuid

import psycopg
import pytest
from django.conf import settings
from django.core.management import get_commands
from django.db import connection

from tests.operations.walk import DOCUMENT, FILES, HOST, Machine, steps
from tests.sites import IS_POSTGRESQL, built_site, copied_site, shared_folder

pytestmark = pytest.mark.database
MEGABYTE = 1024 * 1024
# What the tests here do not execute, and why.
NOT_EXECUTED = {
    "Packages and a user": "installs packages and makes a user of the system",
    "Services": "starts services; their units are verified and their commands run",
    "Logins of staff": "takes a second factor away; tests/accounts tries the function",
    "Another district": "is for another site; tests/reference/test_fixtures.py loads such a folder",
    "Upgrading": "pulls from the network; each of its other commands is run here",
    "Back again": "goes back in git; tests/operations/test_backups.py restores",
    "Backups": "has its own tests: test_backups.py",
}
EXECUTED = {
    "The database",
    "The code and its settings",
    "The site",
    "HTTPS",
    "Whether it is as it should be",
}
needs_nginx = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")),
    reason="nginx and openssl are not installed",
)


def test_each_step_of_the_document_is_executed_or_says_why_not():
    assert set(steps()) == EXECUTED | set(NOT_EXECUTED)


@pytest.mark.parametrize("heading", sorted(EXECUTED | set(NOT_EXECUTED)))
def test_the_commands_are_whole(heading):
    subprocess.run(["bash", "-n"], input=steps()[heading], text=True, check=True)


def test_every_file_is_used_and_every_timer_has_its_service():
    text = DOCUMENT.read_text()
    names = {path.name for path in FILES.iterdir()}
    timers = {name for name in names if name.endswith(".timer")}
    services = {name for name in names if name.endswith(".service")}
    assert names == {"nginx.conf"} | timers | services
    assert {name.replace(".timer", ".service") for name in timers} == services - {
        "beltline.service"
    }
    (enabled,) = re.findall(r"systemctl enable --now (.+)", text)
    assert set(enabled.split()) == {"beltline", *timers}
    commands = {
        match[1]
        for name in services
        if (match := re.search(r"manage\.py (\w+)", (FILES / name).read_text()))
    }
    clearing = {"clear_inquiries", "clear_logins", "clear_audit"}
    assert commands == {"back_up", "verify_audit", *clearing} & set(get_commands())


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """Give a machine on which the walk was walked up to its services."""
    root = tmp_path_factory.mktemp("machine")
    machine = Machine(root)
    machine.install_code()
    _clone, _line, rest = steps()["The code and its settings"].partition("\n")
    done = machine.do(rest.replace("root:beltline", getpass.getuser()))
    assert done.returncode == 0, done.stderr
    # A database that was migrated and filled before: setting it up anew takes minutes.
    with built_site(shared_folder(tmp_path_factory)) as built:
        site = copied_site(root, built)
        site.var.rename(machine.home / "var")
        try:
            use_database(machine.home / ".env", site.database_url)
            done = machine.do(steps()["The site"])
            assert done.returncode == 0, done.stderr
            yield machine
        finally:
            site.remove()


def use_database(path, url):
    """Name the tests' database, and no Redis, in the place of the server's own."""
    lines = path.read_text().splitlines()
    kept = [line for line in lines if not line.startswith(("DATABASE_URL", "CACHE_URL"))]
    assert len(kept) == len(lines) - 2
    kept += [f"DATABASE_URL={url}", "START_IMPORT_WORKER=off"]
    path.write_text("\n".join([*kept, ""]))


@pytest.fixture(scope="module")
def public(machine):
    """Give the machine with the site served by nginx in front of gunicorn."""
    machine.write_certificate()
    nginx = machine.write_nginx()
    tested = subprocess.run([*nginx, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    site = machine.service("beltline.service")
    with (
        machine.running(site, machine.home, PORT=str(machine.port), WEB_CONCURRENCY="1"),
        machine.running(nginx, machine.root),
    ):
        machine.wait()
        yield machine


@needs_nginx
def test_a_page_comes_over_https_with_secure_cookies(public):
    answer = public.ask("/admin/login/")
    assert answer.status == 200
    assert "__Host-csrftoken=" in answer.getheader("Set-Cookie")
    assert answer.getheader("Strict-Transport-Security").startswith("max-age=31536000")
    home = public.ask("/", headers={"Accept-Encoding": "gzip"})
    assert (home.status, home.getheader("Content-Encoding")) == (200, "gzip")
    assert f'<link rel="canonical" href="https://{HOST}/">' in public.ask("/").content.decode()


@needs_nginx
def test_plain_http_leads_to_the_same_page_over_https(public):
    answer = public.ask("/parks/?q=a", secure=False)
    assert (answer.status, answer.getheader("Location")) == (301, f"https://{HOST}/parks/?q=a")


@needs_nginx
def test_plain_http_leads_nowhere_else_whatever_host_is_asked_for(public):
    answer = public.ask("/parks/", headers={"Host": "evil.example"}, secure=False)
    assert answer.getheader("Location") == f"https://{HOST}/parks/"


@needs_nginx
def test_what_nginx_answers_itself_is_as_guarded_as_a_page_and_no_page_is_guarded_twice(public):
    long = public.ask("/?q=" + "a" * 9_000)
    large = public.ask("/inquiries/new/", method="POST", body=b"x" * 33 * MEGABYTE)
    figures = public.ask("/metrics")
    assert [each.status for each in (long, large, figures)] == [414, 413, 404]
    assert "没有保存" in large.content.decode()
    for answer in (long, large, figures, public.ask("/"), public.ask("/none/")):
        (policy,) = answer.headers.get_all("Content-Security-Policy")
        assert "default-src 'none'" in policy or "default-src 'self'" in policy
        (transport,) = answer.headers.get_all("Strict-Transport-Security")
        assert transport.startswith("max-age=31536000")
        assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]


@needs_nginx
def test_passwords_are_not_tried_without_end_from_one_address_but_pages_are_read(public):
    tries = [public.ask("/en/admin/login/", method="POST", body=b"x=y") for _time in range(50)]
    assert tries[0].status == 403
    assert tries[-1].status == 429
    assert "wait a minute" in tries[-1].content.decode()
    assert public.ask("/admin/login/").status == public.ask("/").status == 200


@needs_nginx
def test_static_files_and_pictures_come_through(public):
    page = public.ask("/").content.decode()
    (style, *_others) = re.findall(r'href="(/static/[^"]+\.css)"', page)
    static = public.ask(style, headers={"Accept-Encoding": "br"})
    assert (static.status, static.getheader("Content-Encoding")) == (200, "br")
    assert "immutable" in static.getheader("Cache-Control")
    picture = public.ask(f"/media/pictures/park/{'0' * 32}.png")
    assert (picture.status, picture.getheader("X-Request-ID") is not None) == (404, True)


@needs_nginx
def test_a_workbook_of_the_largest_size_reaches_the_site_and_a_larger_one_does_not(public):
    largest = public.ask("/inquiries/new/", method="POST", body=b"x" * settings.MAX_SHEET_BYTES)
    assert largest.getheader("X-Request-ID")
    larger = public.ask("/inquiries/new/", method="POST", body=b"x" * 33 * MEGABYTE)
    assert (larger.status, larger.getheader("X-Request-ID")) == (413, None)


@needs_nginx
def test_figures_stay_inside(public):
    assert public.ask("/metrics").status == 404


def test_the_services_commands_do_their_work_and_the_doctor_finds_nothing_to_mend(machine):
    for path in sorted(FILES.glob("beltline-*.service")):
        with machine.running(machine.service(path.name), machine.home) as process:
            assert process.wait(300) == 0, machine.log
    assert len(list((machine.root / "srv" / "beltline-backups").iterdir())) == 1
    done = machine.do(steps()["Whether it is as it should be"], WEB_CONCURRENCY="1")
    assert done.returncode == 0, done.stdout
    # No mail is set up, nobody's key to encrypt backups for, and the first account has not logged
    # in yet.
    assert done.stdout.figures["mend"] == "0"
    warned = set(re.findall(r"^\[注意\] (\w+):", done.stdout, flags=re.M))
    assert warned == {"mail", "second_factor", "backups"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_the_units_are_understood_by_systemd(machine, tmp_path):
    for path in FILES.glob("beltline*.*"):
        (tmp_path / path.name).write_text(machine.moved(path.read_text()))
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "beltline" in line] == []


@pytest.mark.skipif(not IS_POSTGRESQL, reason="the tests are not running on PostgreSQL")
@pytest.mark.skipif(not shutil.which("createdb"), reason="PostgreSQL's client is not installed")
def test_the_documented_database_handles_chinese(tmp_path):
    name = f"walk_{uuid.uuid4().hex}"
    server = connection.settings_dict
    address = {
        "PGHOST": server["HOST"],
        "PGPORT": str(server["PORT"] or 5432),
        "PGUSER": server["USER"],
        "PGPASSWORD": server["PASSWORD"] or "",
    }
    commands = re.sub(r"\bbeltline\b", name, steps()["The database"])
    try:
        done = Machine(tmp_path).do(commands, **address)
        assert done.returncode == 0, done.stderr
        with psycopg.connect(
            host=address["PGHOST"], port=address["PGPORT"], user=name, dbname=name
        ) as owner:
            owner.execute("CREATE EXTENSION pg_trgm")
            # Its log repeats no statement or row that was refused.
            assert owner.execute("SHOW log_min_error_statement").fetchone() == ("panic",)
            assert owner.execute("SHOW log_error_verbosity").fetchone() == ("terse",)
            (trigrams,) = owner.execute("SELECT show_trgm('桃浦园区')").fetchone()
            assert len(trigrams) == 5
    finally:
        Machine(tmp_path).do(f"dropdb {name}\ndropuser {name}", **address)

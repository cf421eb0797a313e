"""The doctor: a sound deployment is in order, and each thing that is broken is told, alone."""

import datetime
import os
import re
import shutil
import socket
import time
from pathlib import Path

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from parks.models import Park
from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.models import SitePage
from promotion.operations.doctor import CHECKS, NEED_DATABASE, examine
from tests.factories import make_park
from tests.operations.waiting import waiting_import
from tests.sites import IS_POSTGRESQL, Site, new_site

MANIFEST_STORAGE = project.STORAGES["staticfiles"]
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Give a folder with the static files as they are."""
    with new_site(tmp_path_factory.mktemp("collected")) as site:
        process = site.manage("collectstatic", "--noinput", "-v0")
        assert process.returncode == 0, process.stderr
        yield site.var / "static"


@pytest.fixture
def mail_server():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def sound(db, settings, tmp_path, monkeypatch, collected, mail_server):
    """Make this a public server with all it should have; give its settings."""
    monkeypatch.setenv("WEB_CONCURRENCY", "1")
    settings.ALLOWED_HOSTS = ["invest.example.gov.cn", "127.0.0.1"]
    settings.HTTPS = settings.BEHIND_PROXY = True
    settings.SECURE_SSL_REDIRECT = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SECURITY_CONTACT = ["mailto:security@example.gov.cn"]
    settings.BASE_DIR = tmp_path / "code"
    settings.VAR_DIR = tmp_path / "var"
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": MANIFEST_STORAGE}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = mail_server.getsockname()
    settings.SECOND_FACTOR_FOR = ["superusers", "administrator"]
    for folder in (settings.BASE_DIR, settings.VAR_DIR, settings.BACKUP_DIR):
        folder.mkdir()
    shutil.copytree(collected, settings.STATIC_ROOT)
    keys = [settings.VAR_DIR / name for name in ("secret_key", "audit_key")]
    for path in (settings.BASE_DIR / ".env", *keys):
        path.touch(0o600)
    (settings.BACKUP_DIR / "backup-20260101-000000Z.tar.gz.age").touch()
    user = User.objects.create_superuser("admin", password="synthetic")
    TOTPDevice.objects.create(user=user, name="app")
    SitePage.objects.create(
        slug="privacy", name="隐私", name_en="Privacy", body="甲", body_en="A", status="published"
    )
    return settings


def complaints():
    """Return {check: level} of what is not in order; each says what to do."""
    found = {}
    for name, finding in examine():
        assert finding.text
        assert bool(finding.remedy) == (finding.level != "ok")
        if finding.level != "ok":
            found[name] = str(finding.level)
    return found


def test_a_sound_deployment_is_in_order_and_soon_told_so(sound, capsys):
    began = time.monotonic()
    call_command("doctor")
    assert time.monotonic() - began < 10
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"ok={len(CHECKS)} warning=0 mend=0"
    assert [line.split()[1] for line in lines[:-1]] == [f"{name}:" for name in CHECKS]


def forget(name):
    """Return what makes the settings say nothing of a name."""
    return lambda settings: setattr(settings, name, type(getattr(settings, name))())


def changed(**values):
    """Return what sets settings to other values."""

    def change(settings):
        for name, value in values.items():
            setattr(settings, name, value)

    return change


def make_readable(name):
    return lambda settings: (getattr(settings, name[0]) / name[1]).chmod(0o644)


def hold_a_file_for_a_folder(settings):
    settings.MEDIA_ROOT = settings.VAR_DIR / "media"
    settings.MEDIA_ROOT.touch()


def age_the_backup(settings):
    old = time.time() - 3 * 24 * 3600
    (backup,) = settings.BACKUP_DIR.iterdir()
    os.utime(backup, (old, old))


def leave_the_backup_plain(settings):
    (backup,) = settings.BACKUP_DIR.iterdir()
    backup.rename(backup.with_suffix(""))


def log_with_another_key(settings):
    log(Action.LOGIN)
    settings.AUDIT_KEY = "another"


def change_a_collected_file(settings):
    path = settings.STATIC_ROOT / "promotion" / "base.css"
    path.write_bytes(path.read_bytes() + b"\n")


def write_later_than_now(settings):
    park = make_park()
    soon = timezone.now() + datetime.timedelta(hours=1)
    assert Park.history.filter(id=park.pk).update(history_date=soon) == 1


def add_a_superuser_without_second_factor(settings):
    User.objects.create_superuser("second", password="synthetic")


def add_an_administrator_without_second_factor(settings):
    user = User.objects.create_user("third", is_staff=True)
    user.groups.add(Group.objects.create(name="administrator"))


def leave_a_second_factor_unconfirmed(settings):
    TOTPDevice.objects.update(confirmed=False)


BROKEN = {
    "DEBUG": (changed(DEBUG=True), {"settings": "mend"}),
    "no HSTS": (changed(SECURE_HSTS_SECONDS=0), {"settings": "warning"}),
    "an error of Django's": (changed(CSRF_TRUSTED_ORIGINS=["a.cn"]), {"settings": "mend"}),
    "short key": (changed(SECRET_KEY="s3cret" * 3), {"secret_key": "mend"}),
    "simple key": (changed(SECRET_KEY="abcabc" * 20), {"secret_key": "mend"}),
    "example key": (
        changed(SECRET_KEY="django-insecure-" + "".join(map(chr, range(48, 122)))),
        {"secret_key": "mend"},
    ),
    "readable key": (make_readable(("VAR_DIR", "secret_key")), {"files": "mend"}),
    "readable key of the audit log": (make_readable(("VAR_DIR", "audit_key")), {"files": "mend"}),
    "readable .env": (make_readable(("BASE_DIR", ".env")), {"files": "mend"}),
    "any host": (changed(ALLOWED_HOSTS=["*"]), {"hosts": "mend"}),
    "this machine": (changed(ALLOWED_HOSTS=["127.0.0.1"]), {"hosts": "warning"}),
    "plain HTTP": (changed(HTTPS=False), {"https": "mend"}),
    "no proxy": (changed(BEHIND_PROXY=False), {"https": "mend"}),
    "no contact": (forget("SECURITY_CONTACT"), {"security_contact": "warning"}),
    "no folder": (hold_a_file_for_a_folder, {"folders": "mend"}),
    "full disk": (changed(MIN_FREE_DISK_MB=10**9), {"disk": "mend"}),
    "stale static file": (change_a_collected_file, {"static": "mend"}),
    "no static files": (
        lambda settings: shutil.rmtree(settings.STATIC_ROOT),
        {"static": "mend"},
    ),
    "cache that is gone": (
        changed(
            CACHES={
                "default": {
                    "BACKEND": "django.core.cache.backends.redis.RedisCache",
                    "LOCATION": "redis://127.0.0.1:1/0",
                }
            }
        ),
        {"cache": "mend"},
    ),
    "no mail": (
        changed(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"),
        {"mail": "warning"},
    ),
    "mail server that is gone": (changed(EMAIL_PORT=1), {"mail": "mend"}),
    "backups nowhere": (changed(BACKUP_DIR=None), {"backups": "warning"}),
    "backups in no folder": (changed(BACKUP_DIR=Path("/none")), {"backups": "mend"}),
    "no backup": (
        lambda settings: next(settings.BACKUP_DIR.iterdir()).unlink(),
        {"backups": "warning"},
    ),
    "old backup": (age_the_backup, {"backups": "warning"}),
    "backup that anyone reads": (leave_the_backup_plain, {"backups": "warning"}),
    "another key": (log_with_another_key, {"audit_key": "mend"}),
    "migration": (
        lambda settings: (
            MigrationRecorder.Migration.objects.filter(app="promotion").latest("name").delete()
        ),
        {"migrations": "mend"},
    ),
    "no superuser": (
        lambda settings: User.objects.update(is_active=False),
        {"superuser": "mend"},
    ),
    "superuser": (add_a_superuser_without_second_factor, {"second_factor": "warning"}),
    "administrator": (add_an_administrator_without_second_factor, {"second_factor": "warning"}),
    "unconfirmed": (leave_a_second_factor_unconfirmed, {"second_factor": "warning"}),
    "asked of nobody": (changed(SECOND_FACTOR_FOR=["nobody"]), {"second_factor": "warning"}),
    "no notice": (
        lambda settings: SitePage.objects.update(status="draft"),
        {"privacy": "warning"},
    ),
    "stuck import": (lambda settings: waiting_import(30), {"imports": "mend"}),
    "clock": (write_later_than_now, {"clock": "warning"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_told_and_nothing_else(sound, name):
    break_it, expected = BROKEN[name]
    break_it(sound)
    assert complaints() == expected


def test_several_workers_with_a_cache_each_are_told(sound, monkeypatch):
    monkeypatch.delenv("WEB_CONCURRENCY")
    assert complaints() == {"cache": "warning"}


def test_a_misspelt_group_is_told_and_a_right_one_is_not(sound, monkeypatch):
    Group.objects.create(name="editors")
    for names, expected in (
        {"superusers,editors": {}, "editors,editor": {"strict_groups": "mend"}}
    ).items():
        monkeypatch.setenv("SECOND_FACTOR_FOR", names)
        sound.SECOND_FACTOR_FOR = names.split(",")
        assert complaints() == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_another_user_than_the_sites_is_told(sound):
    os.chown(sound.VAR_DIR, 12345, -1)
    assert complaints() == {"user": "warning"}


def test_something_to_mend_is_said_to_the_caller(sound, capsys):
    sound.HTTPS = False
    with pytest.raises(SystemExit) as caught:
        call_command("doctor")
    assert caught.value.code == 1
    assert capsys.readouterr().out.endswith(f"ok={len(CHECKS) - 1} warning=0 mend=1\n")


def test_it_speaks_english_and_keeps_quiet_about_passwords(tmp_path):
    url = "postgres://someone:s3cret@127.0.0.1:1/name"
    site = Site(tmp_path, url=url, DEBUG="on")
    began = time.monotonic()
    process = site.manage("doctor", "--language", "en")
    assert time.monotonic() - began < 60
    assert process.returncode == 1
    assert not CHINESE.search(process.stdout)
    assert "database: The database cannot be reached." in process.stdout
    assert "s3cret" not in process.stdout + process.stderr
    assert not NEED_DATABASE & set(re.findall(r"^\[\w+\] (\w+):", process.stdout, re.M))


def test_a_checkout_that_was_never_set_up_is_told_and_left_as_it_is(tmp_path):
    site = Site(tmp_path)
    process = site.manage("doctor")
    assert process.returncode == 1
    assert "make setup" in process.stdout
    assert not (site.var / "site.sqlite3").exists()


def test_a_former_key_of_the_audit_log_will_do(sound):
    former = sound.AUDIT_KEY
    log_with_another_key(sound)
    sound.AUDIT_FORMER_KEYS = [former]
    assert complaints() == {}


def test_a_database_that_others_can_read_is_told(tmp_path):
    site = Site(tmp_path, DATABASE_URL="")
    assert site.manage("check").returncode == 0
    database = site.var / "site.sqlite3"
    database.touch(0o644)
    assert "site.sqlite3”里有" not in site.manage("doctor").stdout
    site.var.chmod(0o755)
    assert "site.sqlite3”里有" in site.manage("doctor").stdout
    database.chmod(0o600)
    assert "site.sqlite3”里有" not in site.manage("doctor").stdout


@pytest.mark.database
@pytest.mark.skipif(not IS_POSTGRESQL, reason="only PostgreSQL has a locale")
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_locale_without_letters_is_told(tmp_path, locale):
    with new_site(tmp_path, locale) as site:
        process = site.manage("doctor")
    line = next(line for line in process.stdout.splitlines() if "PostgreSQL" in line)
    assert ("须改" in line) == (locale == "C")

"""Backups: taken from a site at work, refused when damaged, restored whole or not at all."""

import io
import json
import os
import resource
import shutil
import subprocess
import tarfile
from contextlib import contextmanager
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command

from promotion.operations.backups.archives import FORMAT, MANIFEST, Archive, read_through
from promotion.operations.backups.encryption import encrypted
from promotion.operations.backups.problems import BackupError
from tests.sites import IS_POSTGRESQL, new_site

pytestmark = pytest.mark.database

WRITE_ON = """
import io
from PIL import Image
from django.core.files.base import ContentFile
from django.db import transaction
from parks.models import Park
from tests.factories import make_company, make_recognition
picture = io.BytesIO()
Image.new("RGB", (600, 400), "navy").save(picture, "JPEG")
print("writing", flush=True)
for number in range(100_000):
    with transaction.atomic():
        company = make_company(slug=f"written-{number}")
        make_recognition(slug=f"won-{number}", company=company)
    if number % 4 == 0:
        # More often, and a slow machine finds no moment in which a backup could be whole.
        park = Park.objects.get(slug="often")
        park.picture = ContentFile(picture.getvalue(), "又一张.jpg")
        park.save()
"""
STATE = """
import json
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from companies.models import Company, Recognition
from parks.models import Park
from promotion.models import Inquiry
from promotion.reference.models import ImportBatch
pictures = [park.picture for park in Park.objects.exclude(picture="")]
print(json.dumps({
    "park": Park.objects.get(slug="pictured").name,
    "organisation": Inquiry.objects.get().organisation,
    "companies": Company.objects.filter(slug__startswith="written").count(),
    "recognitions": Recognition.objects.count(),
    "history": Company.history.filter(slug__startswith="written").count(),
    "sessions": Session.objects.count(),
    "imports": list(ImportBatch.objects.order_by("file_name").values_list("stage", flat=True)),
    "pictures": len(pictures),
    "lost": [name for file in pictures for name in file.files if not default_storage.exists(name)],
}))
"""
A_PICTURE = """
from parks.models import Park
print(Park.objects.get(slug="pictured").picture.path)
"""


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """Return a public key and the file of the private one."""
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path_factory.mktemp("keys") / "identity.txt"
    path.write_text(f"# created for a test\n{identity}\n")
    return str(identity.to_public()), path


@pytest.fixture(scope="session")
def backup(site, keys, tmp_path_factory):
    """Return an encrypted backup of the site."""
    path = tmp_path_factory.mktemp("backup") / "site.tar.gz.age"
    taken = site.manage("back_up", path, "--recipient", keys[0])
    assert taken.returncode == 0, taken.stderr
    return path


def content_of(site):
    """Return what a site's place holds, empty folders left out."""
    tables = site.ask(
        "from django.db import connection; print(connection.introspection.table_names())"
    )
    media = site.var / "media"
    return tables, [path for path in media.rglob("*") if path.is_file()]


EMPTY = ("[]", [])


def test_a_site_at_work_is_backed_up_and_restored_as_of_one_moment(site, empty, tmp_path):
    writer = site.start_piped("manage.py", "shell", "-v0", "--no-imports", "-c", WRITE_ON)
    try:
        assert writer.stdout.readline() == "writing\n"
        taken = site.manage("back_up", tmp_path)
        assert writer.poll() is None, writer.stderr.read()
    finally:
        writer.kill()
        writer.communicate()
    assert taken.returncode == 0, taken.stderr
    assert "没有加密" in taken.stderr
    (path,) = tmp_path.glob("backup-*.tar.gz")
    assert path.stat().st_mode & 0o777 == 0o600
    assert taken.stdout.figures["path"] == str(path)
    restored = empty.manage("restore", path)
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout.figures["rows"] == taken.stdout.figures["rows"]
    assert restored.stdout.figures["files"] == taken.stdout.figures["files"]
    state = json.loads(empty.ask(STATE))
    # What belongs together was written together; how much of it there was is chance.
    written = state.pop("companies")
    assert state.pop("recognitions") == state.pop("history") == written
    assert state == {
        "park": "有图的园区",
        "organisation": "测试单位",
        "sessions": 0,
        "imports": ["failed", "written"],
        "pictures": 2,
        "lost": [],
    }
    assert "重新上传" in restored.stdout
    assert empty.manage("check").returncode == 0


def test_a_backup_says_what_it_holds_and_holds_no_secret(site, keys, backup):
    manifest = read_through(backup, [pyrage.x25519.Identity.from_str(identity_in(keys))])
    assert manifest["format"] == FORMAT
    assert manifest["created_at"].endswith("+00:00")
    assert manifest["code_version"].startswith("0.")
    assert ("promotion", "0001_initial") in manifest["migrations"]
    assert manifest["rows"]["companies_company"] >= 300
    assert manifest["rows"]["django_session"] == 0
    assert manifest["missing_files"] == []
    kinds = {name.partition("/")[0] for name in manifest["members"]}
    assert kinds == {"database.dump" if IS_POSTGRESQL else "database.sqlite3", "media"}
    assert site.manage("shell", "-c", "pass").returncode == 0
    assert list((site.var / "backup").iterdir()) == [site.var / "backup" / "lock"]


def identity_in(keys):
    return keys[1].read_text().splitlines()[-1]


def test_an_encrypted_backup_opens_with_its_key_alone(backup, keys, empty, tmp_path):
    assert backup.read_bytes().startswith(b"age-encryption.org/")
    without = empty.manage("restore", backup)
    assert without.returncode == 1
    assert "--identity" in without.stderr
    stranger = tmp_path / "stranger.txt"
    stranger.write_text(str(pyrage.x25519.Identity.generate()))
    wrong = empty.manage("restore", backup, "--identity", stranger)
    assert wrong.returncode == 1
    assert "打不开这份备份" in wrong.stderr
    assert content_of(empty) == EMPTY
    right = empty.manage("restore", backup, "--identity", keys[1])
    assert right.returncode == 0, right.stderr


def test_nothing_is_written_where_something_is(site, backup, keys):
    before = content_of(site)
    again = site.manage("restore", backup, "--identity", keys[1])
    assert again.returncode == 1
    assert "已经有表" in again.stderr
    assert content_of(site) == before


def test_files_in_the_way_are_left_alone(empty, backup, keys):
    kept = empty.var / "media" / "kept.jpg"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"x")
    refused = empty.manage("restore", backup, "--identity", keys[1])
    assert refused.returncode == 1
    assert "已经有文件" in refused.stderr
    assert content_of(empty) == ("[]", [kept])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99, "end"])
@pytest.mark.parametrize("harm", ["cut off", "changed"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    backup, keys, tmp_path, share, harm
):
    data = bytearray(backup.read_bytes())
    place = len(data) - 1 if share == "end" else int(len(data) * share)
    if harm == "cut off":
        del data[place:]
    else:
        data[place] ^= 1
    damaged = tmp_path / "damaged"
    damaged.write_bytes(data)
    with pytest.raises(BackupError):
        read_through(damaged, [pyrage.x25519.Identity.from_str(identity_in(keys))])


def test_a_damaged_backup_leaves_the_place_empty(backup, keys, empty, tmp_path):
    damaged = tmp_path / "damaged"
    damaged.write_bytes(backup.read_bytes()[:-1])
    refused = empty.manage("restore", damaged, "--identity", keys[1])
    assert refused.returncode == 1
    assert "已损坏" in refused.stderr
    assert content_of(empty) == EMPTY


def write_archive(path, members, **manifest):
    """Write an archive of ours that says of itself what it is told to."""
    values = {
        "created_at": "2026-11-24",
        "code_version": "0.1.0",
        "database": {"vendor": "sqlite"},
        "migrations": [],
        "rows": {},
    }
    with path.open("wb") as file, Archive(file) as archive:
        for name, data in members.items():
            archive.add(name, io.BytesIO(data), len(data))
        archive.close({**values, **manifest})
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/evil",
        "media/../../evil",
        "media//evil",
        "media/./evil",
        "media/",
        "media",
        "evil",
        "static/evil.js",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    path = write_archive(tmp_path / "a.tar.gz", {"media/good": b"x", name: b"x"})
    with pytest.raises(BackupError, match="不该有的内容"):
        read_through(path)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE]
)
def test_only_files_are_taken_from_an_archive(tmp_path, kind):
    path = tmp_path / "a.tar.gz"
    member = tarfile.TarInfo("media/link")
    member.type, member.linkname = kind, "/etc/passwd"
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(member)
    with pytest.raises(BackupError, match="不该有的内容"):
        read_through(path)


def test_what_the_manifest_does_not_say_is_refused(tmp_path):
    path = write_archive(tmp_path / "a.tar.gz", {"media/a": b"x", "media/b": b"x"})
    with tarfile.open(path) as tar:
        texts = {member.name: tar.extractfile(member).read() for member in tar}
    texts["media/b"] = b"y"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in texts.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    with pytest.raises(BackupError, match="media/b"):
        read_through(path)


def test_a_format_to_come_names_the_release_that_reads_it(tmp_path):
    path = tmp_path / "a.tar.gz"
    data = json.dumps({"format": FORMAT + 1, "code_version": "9.0"}).encode()
    with path.open("wb") as file, Archive(file) as archive:
        archive.add(MANIFEST, io.BytesIO(data), len(data))
    with pytest.raises(BackupError, match=r"9\.0"):
        read_through(path)


@pytest.mark.parametrize("data", [b"", b"not a backup", b"age-encryption.org/v1\n"])
def test_what_is_no_backup_is_refused(tmp_path, data):
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(BackupError):
        read_through(path, [pyrage.x25519.Identity.generate()])


def test_what_standard_tools_read_is_what_was_written(tmp_path, keys):
    identity = pyrage.x25519.Identity.from_str(identity_in(keys))
    plain = write_archive(tmp_path / "a.tar.gz", {"media/pictures/a": b"x" * 3_000_000})
    secret = tmp_path / "a.tar.gz.age"
    with secret.open("wb") as file, encrypted(file, [identity.to_public()]) as stream:
        stream.write(plain.read_bytes())
    assert pyrage.decrypt(secret.read_bytes(), [identity]) == plain.read_bytes()
    listing = subprocess.run(["tar", "tzf", plain], capture_output=True, text=True, check=True)
    assert listing.stdout.split() == ["media/pictures/a", MANIFEST]


def test_a_backup_of_a_newer_release_names_what_is_lacking(site, empty, tmp_path):
    row = "('promotion', '9999_to_come', '2026-11-24')"
    sql = "from django.db import connection; connection.cursor().execute({!r})"
    site.ask(sql.format(f"INSERT INTO django_migrations (app, name, applied) VALUES {row}"))
    try:
        assert site.manage("back_up", tmp_path / "new.tar.gz").returncode == 0
    finally:
        site.ask(sql.format("DELETE FROM django_migrations WHERE name = '9999_to_come'"))
    refused = empty.manage("restore", tmp_path / "new.tar.gz")
    assert refused.returncode == 1
    assert "promotion.9999_to_come" in refused.stderr
    assert content_of(empty) == EMPTY


def test_a_backup_of_an_older_release_is_brought_forward(backup, keys, empty, tmp_path):
    with new_site(tmp_path / "old") as old:
        assert old.manage("restore", backup, "--identity", keys[1]).returncode == 0
        old.stand_at("promotion", "0004_search_texts")
        taken = old.manage("back_up", tmp_path / "old.tar.gz")
    assert taken.returncode == 0, taken.stderr
    restored = empty.manage("restore", tmp_path / "old.tar.gz")
    assert restored.returncode == 0, restored.stderr
    assert "promotion.0005_forward_statements" in restored.stdout
    assert empty.manage("migrate", "--check").returncode == 0
    assert json.loads(empty.ask(STATE))["organisation"] == "测试单位"


def test_a_picture_lost_before_is_named_and_hinders_nothing(site, tmp_path):
    path = Path(site.ask(A_PICTURE))
    data = path.read_bytes()
    path.unlink()
    try:
        taken = site.manage("back_up", tmp_path / "a.tar.gz")
    finally:
        path.write_bytes(data)
    assert taken.returncode == 0, taken.stderr
    assert path.name in taken.stderr
    name = path.relative_to(site.var / "media").as_posix()
    assert read_through(tmp_path / "a.tar.gz")["missing_files"] == [name]


def test_only_the_newest_are_kept_and_nothing_else_is_touched(site, tmp_path):
    for name in (
        "backup-20200101-000000Z.tar.gz",
        "backup-20200102-000000Z.tar.gz.age",
        "mine.tar",
    ):
        (tmp_path / name).write_bytes(b"x")
    taken = site.manage("back_up", tmp_path, "--keep", "2")
    assert taken.returncode == 0, taken.stderr
    assert taken.stdout.figures["removed"] == "1"
    assert sorted(path.name for path in tmp_path.iterdir())[:-1] == [
        "backup-20200102-000000Z.tar.gz.age",
        os.path.basename(taken.stdout.figures["path"]),
    ]
    assert site.manage("back_up", tmp_path / "mine.tar").returncode == 1
    assert (tmp_path / "mine.tar").read_bytes() == b"x"


@pytest.mark.parametrize("options", [[], ["--keep", "2"]])
def test_a_backup_is_not_written_in_place_of_the_folder_that_the_setting_names(
    settings, tmp_path, options
):
    settings.BACKUP_DIR = tmp_path / "backups"
    with pytest.raises(CommandError, match="BACKUP_DIR"):
        call_command("back_up", *options)
    assert not settings.BACKUP_DIR.exists()


@contextmanager
def small_disk(folder, size):
    """Mount a disk of so many bytes; skip the test where that is not allowed."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    if not shutil.which("mount") or subprocess.run(["mount", *options], check=False).returncode:
        pytest.skip("only root may mount the small disk that this test fills")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("is_encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_full_disk_is_told_and_left_without_half_a_file(site, keys, tmp_path, is_encrypted):
    with small_disk(tmp_path / "disk", "64k") as disk:
        options = ["--recipient", keys[0]] if is_encrypted else []
        failed = site.manage("back_up", disk, *options)
        assert failed.returncode == 1
        assert "磁盘空间不足" in failed.stderr
        assert "Traceback" not in failed.stderr
        assert list(disk.iterdir()) == []


def test_a_disk_too_small_for_the_restored_site_is_left_empty(backup, keys, tmp_path):
    with small_disk(tmp_path / "disk", "300k") as disk, new_site(disk) as small:
        failed = small.manage("restore", backup, "--identity", keys[1])
        assert failed.returncode == 1
        assert "磁盘空间不足" in failed.stderr
        assert content_of(small) == EMPTY


def test_a_file_that_may_grow_no_further_is_told_like_a_full_disk(site, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    failed = site.manage("back_up", tmp_path, preexec_fn=limit)
    assert failed.returncode == 1
    assert "没有留下半个文件" in failed.stderr
    assert list(tmp_path.iterdir()) == []
    assert not (site.var / "backup" / "copy").exists()


@pytest.mark.skipif(not IS_POSTGRESQL, reason="pg_dump is asked on PostgreSQL alone")
def test_an_older_pg_dump_is_told_with_what_to_install(site, tmp_path):
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    program.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    failed = site.manage("back_up", tmp_path / "a.tar.gz", environment=path)
    assert failed.returncode == 1
    assert "pg_dump 是 9 版" in failed.stderr
    assert "postgresql-client-" in failed.stderr


@pytest.mark.skipif(not IS_POSTGRESQL, reason="pg_dump is asked on PostgreSQL alone")
def test_the_password_stands_on_no_command_line(site, tmp_path):
    for name in ("pg_dump", "pg_restore"):
        program = tmp_path / name
        program.write_text(
            f'#!/bin/sh\necho "$@" >> {tmp_path}/said\nexec {shutil.which(name)} "$@"\n'
        )
        program.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    url = site.database_url.replace(site.database_url.split("@")[0], "postgres://postgres:s3cret")
    taken = site.manage("back_up", tmp_path / "a.tar.gz", environment={**path, "DATABASE_URL": url})
    assert taken.returncode == 0, taken.stderr
    said = (tmp_path / "said").read_text()
    assert "--format=custom" in said
    assert "s3cret" not in said

"""Putting a backup into an empty place: all of it, checked, or nothing."""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from promotion.operations.backups.archives import BLOCK, DATABASES, MEDIA, read_through
from promotion.operations.backups.databases import database, is_empty, row_counts
from promotion.operations.backups.problems import BackupError
from promotion.operations.backups.uploads import uploads
from promotion.reference.spreadsheets.runs import give_up_lost


@dataclass
class Restored:
    """What a restoration put in place."""

    manifest: dict
    rows: int
    files: int
    migrated: list
    given_up: int


def restore(path, identities=()):
    """Put a backup into the site's empty database and media folder and return what was done."""
    check_place()
    manifest = read_through(path, identities)
    check_fit(manifest)
    kind = database()
    media = uploads()
    database_copy = kind.place_for_copy(settings.VAR_DIR)
    # The first step of all: it fails where another restoration is under way.
    media.waiting.mkdir(parents=True)
    try:
        read_through(path, identities, lambda name: place_of(name, database_copy, media.waiting))
        kind.load(database_copy)
        compare_rows(manifest)
        migrated = migrate(manifest)
        media.place()
        files = compare_files(manifest, media)
        given_up = give_up_lost()
    except BaseException:
        kind.clear()
        media.clear()
        raise
    finally:
        database_copy.unlink(missing_ok=True)
    return Restored(manifest, sum(manifest["rows"].values()), files, migrated, given_up)


def check_place():
    """Refuse a place that holds anything."""
    if not is_empty():
        raise BackupError(
            _(
                "数据库“%(name)s”里已经有表，只恢复到空的数据库。请让 DATABASE_URL 指向空的数据库"
                "（SQLite 可以换一个 VAR_DIR），再运行一次；原来的先留着，确认恢复无误后再处理。"
            )
            % {"name": connection.settings_dict["NAME"]}
        )
    media = uploads()
    if not media.is_empty():
        raise BackupError(
            _("“%(path)s”里已经有文件，只恢复到空的目录。请先把它移到别处，再运行一次。")
            % {"path": media}
        )


def check_fit(manifest):
    """Refuse a backup of another kind of database or of a newer release."""
    vendor = manifest["database"]["vendor"]
    if vendor != connection.vendor or DATABASES[vendor] not in manifest["members"]:
        raise BackupError(
            _("备份来自 %(theirs)s，现在的数据库是 %(ours)s。请让 DATABASE_URL 指向同一种数据库。")
            % {"theirs": vendor, "ours": connection.vendor}
        )
    ours = MigrationLoader(None).disk_migrations
    apps = {app for app, _name in ours}
    unknown = [
        f"{app}.{name}"
        for app, name in manifest["migrations"]
        if app not in apps or (app, name) not in ours
    ]
    if unknown:
        raise BackupError(
            _("备份来自更新的版本 %(version)s（本版本没有 %(names)s）。请先安装那个版本的代码。")
            % {"version": manifest["code_version"], "names": " ".join(unknown[:5])}
        )


def place_of(name, database_copy, waiting):
    """Open the place where a member waits until everything has been checked."""
    if name.startswith(MEDIA):
        path = waiting / name.removeprefix(MEDIA)
        path.parent.mkdir(parents=True, exist_ok=True)
    else:
        path = database_copy
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
    return path.open("wb")


def compare_rows(manifest):
    """Make sure that each table has as many rows as when the backup was taken."""
    counts = row_counts(connection)
    differing = [
        f"{table} {manifest['rows'].get(table)} → {counts.get(table)}"
        for table in sorted(counts.keys() | manifest["rows"].keys())
        if counts.get(table) != manifest["rows"].get(table)
    ]
    if differing:
        raise BackupError(
            _("恢复后的行数与备份时不同，已全部撤回：%(tables)s")
            % {"tables": "; ".join(differing[:5])}
        )


def migrate(manifest):
    """Bring the database to this release and return the migrations that the backup lacked."""
    lacking = sorted(set(MigrationLoader(None).disk_migrations) - set(manifest["migrations"]))
    call_command("migrate", verbosity=0, interactive=False)
    applied = set(MigrationLoader(connection).applied_migrations)
    return [f"{app}.{name}" for app, name in lacking if (app, name) in applied]


def compare_files(manifest, media):
    """Make sure that every file reads in its place as it did when it was taken."""
    expected = {
        name.removeprefix(MEDIA): member["sha256"]
        for name, member in manifest["members"].items()
        if name.startswith(MEDIA)
    }
    for name, digest in expected.items():
        with media.open(name) as file:
            if digest_of(file) != digest:
                raise BackupError(
                    _("“%(name)s”恢复后与备份时不同，已全部撤回。磁盘可能有问题。") % {"name": name}
                )
    return len(expected)


def digest_of(file):
    digest = hashlib.sha256()
    while data := file.read(BLOCK):
        digest.update(data)
    return digest.hexdigest()

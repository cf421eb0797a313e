"""Taking a backup while the site is running."""

import contextlib
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

import pyrage
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from promotion.operations.backups.archives import (
    DATABASES,
    MEDIA,
    Archive,
    ChangedWhileReadError,
    read_through,
)
from promotion.operations.backups.databases import database, named_files
from promotion.operations.backups.encryption import encrypted
from promotion.operations.backups.problems import BackupError
from promotion.operations.backups.uploads import uploads
from promotion.operations.release import code_version
from promotion.reference.spreadsheets.runs import lock_on

PREFIX = "backup-"
PLAIN_SUFFIX = ".tar.gz"
ENCRYPTED_SUFFIX = ".tar.gz.age"
PARTIAL_SUFFIX = ".partial"
SETTLED_SECONDS = 24 * 3600
ATTEMPTS = 3
"""How often a backup is begun anew because staff replaced a picture while it was written."""


@dataclass
class Backup:
    """A backup that has been written and read again."""

    path: Path
    manifest: dict
    lost: list = field(default_factory=list)
    """Files that the database names and that were gone before the backup began."""
    removed: list = field(default_factory=list)


def take_backup(target, recipients=(), keep=None):
    """Write a backup into a folder, or to a file that is not there yet, and return it.

    It is encrypted for the recipients, if there are any. `keep` leaves only the newest so many
    backups in the folder.
    """
    now = timezone.now()
    if target.is_dir():
        name = f"{PREFIX}{now:%Y%m%d-%H%M%SZ}{ENCRYPTED_SUFFIX if recipients else PLAIN_SUFFIX}"
        path = target / name
    else:
        path = target
    if path.exists():
        raise BackupError(_("“%(path)s”已经存在，不会覆盖。请换一个名字。") % {"path": path})
    if not path.parent.is_dir():
        raise BackupError(_("没有“%(path)s”这个目录，请先建立。") % {"path": path.parent})
    with staging() as folder:
        clear_partial(path.parent)
        for _attempt in range(ATTEMPTS):
            backup = attempt(path, folder, recipients, now)
            if backup:
                break
        else:
            raise BackupError(_("备份时图片一直在更换，没有写成。请过一会儿再运行一次。"))
    if keep:
        backup.removed = remove_older(target, keep)
    return backup


@contextlib.contextmanager
def staging():
    """Give a folder for the copy of the database: private, beside the site's own, one at a time."""
    folder = settings.VAR_DIR / "backup"
    folder.mkdir(mode=0o700, exist_ok=True)
    with lock_on(folder / "lock") as is_held:
        if not is_held:
            raise BackupError(_("另一份备份正在进行，请等它完成。"))
        copy = folder / "copy"
        # What a backup that was killed may have left.
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir(mode=0o700)
        try:
            yield copy
        finally:
            shutil.rmtree(copy, ignore_errors=True)


def attempt(path, folder, recipients, now):
    """Write a backup and return it, or None if a file it needs went away meanwhile."""
    shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    # The key is known to nobody and gone when this ends; with it the encrypted file can be read
    # again, here and now, as whoever restores it will.
    witness = pyrage.x25519.Identity.generate()
    partial = path.with_name(f".{path.name}{PARTIAL_SUFFIX}")
    partial.unlink(missing_ok=True)
    try:
        with contextlib.ExitStack() as stack:
            file = stack.enter_context(open(partial, "xb", opener=private))
            stream = file
            if recipients:
                stream = stack.enter_context(encrypted(file, [*recipients, witness.to_public()]))
            is_whole, missing = write(stream, folder, now)
        if not is_whole:
            return None
        written = read_through(partial, [witness])
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return Backup(path, written, lost=missing)


def private(path, flags):
    return os.open(path, flags, 0o600)


def write(stream, folder, now):
    """Write database and media; return whether it is whole, and the files lost long ago.

    It is not whole if a file that the copy of the database names went away since.
    """
    kind = database()
    media = uploads(folder / "media")
    # Held before the database is copied, and what is new since then after it: a file that the copy
    # names can then be replaced or deleted by staff and is still at hand.
    media.hold()
    with Archive(stream) as archive:
        with kind.copy(folder) as copy:
            media.hold()
            with copy.path.open("rb") as file:
                archive.add(DATABASES[kind.vendor], file, os.fstat(file.fileno()).st_size)
            manifest = {
                "created_at": now.isoformat(timespec="seconds"),
                "code_version": code_version(),
                "database": {"vendor": kind.vendor, "version": kind.version},
                "migrations": copy.migrations(),
                "rows": copy.rows(),
            }
            named = copy.named_files()
        try:
            for name, file, size in media.files():
                archive.add(f"{MEDIA}{name}", file, size)
        except ChangedWhileReadError:
            return False, []
        missing = sorted(name for name in named if f"{MEDIA}{name}" not in archive.members)
        if missing and not set(missing) <= named_files(connection):
            return False, []
        archive.close({**manifest, "missing_files": missing})
    return True, missing


def backups_in(folder):
    """Return the backups that a folder holds, the newest first."""
    return sorted(
        (
            path
            for path in folder.glob(f"{PREFIX}*")
            if path.name.endswith((PLAIN_SUFFIX, ENCRYPTED_SUFFIX))
        ),
        key=lambda path: path.name,
        reverse=True,
    )


def remove_older(folder, keep):
    """Leave the newest backups of a folder and return the names of those removed."""
    older = backups_in(folder)[keep:]
    for path in older:
        path.unlink()
    return [path.name for path in older]


def clear_partial(folder):
    """Remove what backups that were killed long ago left half written."""
    for path in folder.glob(f".{PREFIX}*{PARTIAL_SUFFIX}"):
        if time.time() - path.stat().st_mtime > SETTLED_SECONDS:
            path.unlink(missing_ok=True)

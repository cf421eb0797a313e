"""The file that a backup is: a compressed tar whose last member names and measures all others.

`tar` opens it, after `age` where it is encrypted, so it outlives this program.
"""

import contextlib
import gzip
import hashlib
import io
import json
import tarfile
import zlib
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from promotion.operations.backups.encryption import HEADER, decrypted
from promotion.operations.backups.problems import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media/"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""Database → the name of its copy."""
MAX_MANIFEST_BYTES = 256_000_000
BLOCK = 1 << 20


class ChangedWhileReadError(Exception):
    """A file became shorter while it was copied."""


class Archive:
    """A backup being written: members one by one, the manifest last."""

    def __init__(self, file):
        self.packed = gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0)
        self.tar = tarfile.TarFile(fileobj=self.packed, mode="w", format=tarfile.PAX_FORMAT)
        self.members = {}

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        # One that failed is thrown away: what it cannot write any more is no further problem.
        with contextlib.suppress(OSError):
            self.packed.close()

    def add(self, name, file, size):
        """Take a file in under a name, as it is at the time of reading, and note its checksum."""
        counted = Counted(file, size)
        self.tar.addfile(member_of(name, size), counted)
        self.members[name] = {"size": size, "sha256": counted.digest.hexdigest()}

    def close(self, manifest):
        data = json.dumps({"format": FORMAT, **manifest, "members": self.members}).encode()
        self.tar.addfile(member_of(MANIFEST, len(data)), io.BytesIO(data))
        self.tar.close()
        self.packed.close()


def member_of(name, size):
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


class Counted:
    """Exactly so many bytes of a file, and their checksum."""

    def __init__(self, file, size):
        self.file, self.left = file, size
        self.digest = hashlib.sha256()

    def read(self, size):
        data = self.file.read(min(size, self.left))
        if not data and self.left:
            raise ChangedWhileReadError
        self.left -= len(data)
        self.digest.update(data)
        return data


@contextlib.contextmanager
def opened(path, identities=()):
    """Give what a backup holds as a stream, decrypted where it is encrypted."""
    with path.open("rb") as file:
        is_encrypted = file.read(len(HEADER)) == HEADER
        file.seek(0)
        if not is_encrypted:
            yield file
            return
        if not identities:
            raise BackupError(_("这份备份是加密的，请用 --identity 给出私钥文件。"))
        with decrypted(file, identities) as plain:
            yield plain


def read_through(path, identities=(), take=None):
    """Read a whole backup and return its manifest, each member found to be as the manifest says.

    `take` gives, for a member's name, a file to copy its content into, or None. Raises BackupError
    for anything that is not a whole, undamaged backup of ours.
    """
    try:
        with opened(path, identities) as stream:
            return read_stream(stream, take)
    except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise BackupError(_("备份已损坏或不完整：无法读到结尾。什么也没有恢复。")) from error


def read_stream(stream, take):
    found, text = {}, None
    with (
        gzip.GzipFile(fileobj=stream) as unpacked,
        tarfile.open(fileobj=unpacked, mode="r|") as tar,
    ):
        for member in tar:
            check_name(member, found, is_over=text is not None)
            if member.name == MANIFEST:
                if member.size > MAX_MANIFEST_BYTES:
                    raise BackupError(_("备份的清单过大，不是本站写出的备份。"))
                text = tar.extractfile(member).read()
            else:
                target = take(member.name) if take else None
                found[member.name] = copied(tar.extractfile(member), target)
        # To the very end, so that what follows the last member is checked too.
        while unpacked.read(BLOCK):
            pass
    while stream.read(BLOCK):
        pass
    if text is None:
        raise BackupError(_("备份不完整：没有清单。什么也没有恢复。"))
    manifest = manifest_of(text)
    differing = sorted(
        name
        for name in found.keys() | manifest["members"].keys()
        if found.get(name) != manifest["members"].get(name)
    )
    if differing:
        raise BackupError(
            _("备份已损坏：%(names)s 与清单的校验和不符。什么也没有恢复。")
            % {"names": " ".join(differing[:5])}
        )
    return manifest


def check_name(member, found, is_over):
    """Refuse a member that is not one of ours, so that nothing can lead out of its folder."""
    name = member.name
    path = PurePosixPath(name)
    is_inside = path.as_posix() == name and ".." not in path.parts and "\0" not in name
    is_ours = name in {MANIFEST, *DATABASES.values()} or (
        is_inside and name.startswith(MEDIA) and name != MEDIA
    )
    if not is_ours or not member.isreg() or name in found or is_over:
        raise BackupError(
            _("备份里有不该有的内容“%(name)s”，不是本站写出的备份。什么也没有恢复。")
            % {"name": name[:200]}
        )


def copied(source, target):
    """Copy a member, or only read it, and return its size and checksum."""
    digest, size = hashlib.sha256(), 0
    with contextlib.ExitStack() as stack:
        if target:
            stack.enter_context(target)
        while data := source.read(BLOCK):
            digest.update(data)
            size += len(data)
            if target:
                target.write(data)
    return {"size": size, "sha256": digest.hexdigest()}


def manifest_of(text):
    """Return the manifest, or raise BackupError for one that this release cannot read."""
    try:
        manifest = json.loads(text)
        if manifest["format"] != FORMAT:
            raise BackupError(
                _("备份的格式是 %(format)s，本版本只认识 %(known)s，请用版本 %(version)s 恢复。")
                % {
                    "format": manifest["format"],
                    "known": FORMAT,
                    "version": manifest.get("code_version", ""),
                }
            )
        for key in ("members", "rows"):
            manifest[key].items()
        manifest["migrations"] = [(app, name) for app, name in manifest["migrations"]]
        manifest["database"]["vendor"], manifest["created_at"], manifest["code_version"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(_("备份的清单无法读懂，不是本站写出的备份。")) from error
    return manifest

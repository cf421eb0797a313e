"""Encryption of backups with age: what the site writes only the holder of the identity can read.

The library reads and writes streams; it runs in a thread at the other end of a pipe, so that a
backup of any size passes through a few blocks of memory.
"""

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor

import pyrage
from django.utils.translation import gettext as _

from promotion.operations.backups.problems import BackupError

HEADER = b"age-encryption.org/"


def lines_of(path):
    """Return the lines of a keys file without comments; raise BackupError if it is unreadable."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(_("无法读取密钥文件“%(path)s”。") % {"path": path}) from error
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not keys:
        raise BackupError(_("密钥文件“%(path)s”里没有密钥。") % {"path": path})
    return keys


def recipients_from(keys):
    """Return the recipients that public keys name."""
    try:
        return [pyrage.x25519.Recipient.from_str(key) for key in keys]
    except pyrage.RecipientError as error:
        raise BackupError(_("收件人公钥应以 age1 开头，由 age-keygen 生成，请核对。")) from error


def identities_in(path):
    """Return the identities that a file holds."""
    try:
        return [pyrage.x25519.Identity.from_str(key) for key in lines_of(path)]
    except pyrage.IdentityError as error:
        raise BackupError(
            _("“%(path)s”不是 age 的私钥文件（其中应有 AGE-SECRET-KEY-1 开头的一行）。")
            % {"path": path}
        ) from error


class Remembering:
    """A file of which the first error is kept: the library passes on its words alone."""

    def __init__(self, file):
        self.file = file
        self.error = None

    def call(self, method, *arguments):
        try:
            return method(*arguments)
        except OSError as error:
            self.error = self.error or error
            raise

    def read(self, size=-1):
        return self.call(self.file.read, size)

    def write(self, data):
        return self.call(self.file.write, data)

    def flush(self):
        self.call(self.file.flush)


@contextlib.contextmanager
def encrypted(file, recipients):
    """Give a file to write in; what is written arrives encrypted in `file`."""
    reading, writing = os.pipe()
    target = Remembering(file)

    def work():
        with open(reading, "rb") as source:
            pyrage.encrypt_io(source, target, recipients)

    with ThreadPoolExecutor(1) as pool, open(writing, "wb") as ours:
        worker = pool.submit(work)
        try:
            yield ours
            ours.close()
            worker.result()
        except (OSError, pyrage.EncryptError):
            if target.error:
                raise target.error from None
            raise
        finally:
            with contextlib.suppress(BrokenPipeError):
                ours.close()


@contextlib.contextmanager
def decrypted(file, identities):
    """Give a file to read from: what `file` holds encrypted; every block of it is authenticated.

    Raises BackupError if none of the identities opens it, or if it is damaged or cut off.
    """
    reading, writing = os.pipe()
    is_wrong_key = False

    def work():
        nonlocal is_wrong_key
        with open(writing, "wb") as target:
            try:
                pyrage.decrypt_io(file, target, identities)
            except pyrage.DecryptError:
                is_wrong_key = True
                raise

    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(work)
        with open(reading, "rb") as ours:
            try:
                yield ours
            except Exception:
                # What the reader met may only follow from what the library found.
                ours.close()
                if not is_wrong_key:
                    raise
        try:
            worker.result()
        except pyrage.DecryptError as error:
            raise BackupError(
                _("这个私钥打不开这份备份：备份不是为它加密的，或文件开头已损坏。")
            ) from error
        except OSError as error:
            raise BackupError(_("备份已损坏或不完整，解密到中途失败。")) from error

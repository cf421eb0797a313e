"""Files that wait between preview and confirmation.

The form carries no file name but a signed token: it holds for one person, one model, one content
and one hour, and the file can be claimed once.
"""

import contextlib
import hashlib
import re
import secrets
import time
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.problems import SheetError

SALT = "promotion.reference.spreadsheets.pending"
LIFETIME_SECONDS = 3600
KEY = re.compile(r"[0-9a-f]{32}\Z", re.ASCII)


@dataclass(frozen=True)
class PendingFile:
    """An uploaded file and the plan that its preview showed."""

    key: str
    digest: str
    file_name: str
    user_id: int
    model: str
    plan: str

    @property
    def path(self):
        return settings.PENDING_IMPORT_ROOT / self.key

    @property
    def claimed_path(self):
        return settings.PENDING_IMPORT_ROOT / f"{self.key}.claimed"

    @property
    def token(self):
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    def read(self):
        """Return the file's content; raise SheetError if it is gone or not what was signed."""
        return checked(self, self.path)

    def claim(self):
        """Return the content and keep anyone else from claiming it; raise SheetError if gone."""
        try:
            # Renaming succeeds for exactly one of two requests sent at once.
            self.path.rename(self.claimed_path)
        except OSError:
            raise gone() from None
        return checked(self, self.claimed_path)

    def release(self):
        """Give a claimed file back: nothing was written."""
        with contextlib.suppress(OSError):
            self.claimed_path.rename(self.path)

    def discard(self):
        self.claimed_path.unlink(missing_ok=True)


def gone():
    return SheetError(_("这份文件已经导入过，或等待确认超过了一小时。请重新上传。"))


def checked(pending, path):
    try:
        data = path.read_bytes()
    except OSError:
        raise gone() from None
    if hashlib.sha256(data).hexdigest() != pending.digest:
        raise gone()
    return data


def keep(data, *, file_name, user, model, plan):
    """Store an upload for its confirmation, out of everyone's reach, and return it."""
    clear_expired()
    key = secrets.token_hex(16)
    pending = PendingFile(
        key, hashlib.sha256(data).hexdigest(), file_name, user.pk, model._meta.label, plan
    )
    settings.PENDING_IMPORT_ROOT.mkdir(parents=True, exist_ok=True)
    settings.PENDING_IMPORT_ROOT.chmod(0o700)
    pending.path.write_bytes(data)
    return pending


def find(token, *, user, model):
    """Return the file that a token stands for; raise SheetError for any token but this user's."""
    try:
        payload = signing.loads(token, salt=SALT, max_age=LIFETIME_SECONDS)
        pending = PendingFile(**payload)
    except signing.SignatureExpired:
        raise gone() from None
    except (signing.BadSignature, TypeError, ValueError):
        raise SheetError(_("确认信息不完整，请重新上传文件。")) from None
    if pending.user_id != user.pk or pending.model != model._meta.label:
        raise SheetError(_("这份文件不是您在这里上传的，请重新上传。"))
    if not KEY.match(pending.key):
        raise gone()
    return pending


def clear_expired():
    """Remove every file that can no longer be confirmed."""
    if not settings.PENDING_IMPORT_ROOT.is_dir():
        return
    oldest = time.time() - LIFETIME_SECONDS
    for path in settings.PENDING_IMPORT_ROOT.iterdir():
        # Another request may clear at the same time.
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()

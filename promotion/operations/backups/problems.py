"""What can be wrong with a backup or the place it is for."""

import contextlib
import errno

from django.db import DatabaseError
from django.utils.translation import gettext as _

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class BackupError(Exception):
    """What stops a backup or a restoration, in words for whoever runs the site."""


def disk_is_full():
    return BackupError(
        _("磁盘空间不足，没有写完，也没有留下半个文件。请腾出空间，或换一个位置，再运行一次。")
    )


def disk_problem(error):
    """Return what an OSError means for a backup, as a BackupError."""
    if error.errno in FULL:
        return disk_is_full()
    return BackupError(
        _("无法读写“%(name)s”：%(reason)s。没有留下半个文件。")
        % {"name": error.filename or "", "reason": error.strerror or str(error)}
    )


def database_problem(error):
    """Return what a database's error means for a backup, as a BackupError."""
    if getattr(error.__cause__, "sqlite_errorname", "") in {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}:
        return disk_is_full()
    reason = str(error).strip().splitlines()[0]
    return BackupError(_("数据库没有照办：%(reason)s。没有留下半个文件。") % {"reason": reason})


@contextlib.contextmanager
def told_plainly():
    """Turn what system and database refuse into a BackupError."""
    try:
        yield
    except OSError as error:
        raise disk_problem(error) from error
    except DatabaseError as error:
        raise database_problem(error) from error

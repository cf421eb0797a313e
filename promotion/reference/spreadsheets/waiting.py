"""The runs that wait for the import worker: whether there are any, starting it, whether they move.

Asked by every process that serves pages; it reads no sheet and loads nothing that does.
"""

import contextlib
import subprocess
import sys
import threading
import time

from django.conf import settings
from django.db import Error, connection

from promotion.reference.models import ImportBatch
from promotion.reference.vocabulary import ImportStage

WAITING = [ImportStage.CHECKING, ImportStage.WRITING, ImportStage.UNDOING]
"""The stages in which there is something to do."""


def folder_of(batch):
    """Return the folder of a run's files."""
    return settings.PENDING_IMPORT_ROOT / str(batch.pk)


def start_worker():
    """Start the import worker beside this process; it ends by itself when nothing waits."""
    if not settings.START_IMPORT_WORKER:
        return
    process = subprocess.Popen(  # noqa: S603 nothing in it comes from a request
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_imports"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Somebody has to ask how it ended, or it stays in the system's list.
    threading.Thread(target=process.wait, daemon=True).start()


def resume():
    """Start the import worker if there is anything to do, as far as the database can tell now."""
    with contextlib.suppress(Error):
        if ImportBatch.objects.filter(stage__in=WAITING).exists():
            start_worker()
    connection.close()


def stalled_seconds():
    """Return for how long nothing has moved among the runs that wait here; 0 where none does.

    Told by their files, not by their locks: whoever tries a lock holds it for a moment, in which
    the worker would pass the run by. Those of another machine are for it to tell.
    """
    moments = []
    for batch in ImportBatch.objects.filter(stage__in=WAITING):
        folder = folder_of(batch)
        with contextlib.suppress(OSError):
            moments += [path.stat().st_mtime for path in (folder, *folder.iterdir())]
            moments.append(batch.started_at.timestamp())
    return max(0.0, time.time() - max(moments)) if moments else 0.0

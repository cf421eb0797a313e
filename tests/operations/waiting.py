"""An upload that waits for somebody to take it."""

import datetime
import os

from django.utils import timezone

from parks.models import Park
from promotion.reference.models import ImportBatch
from promotion.reference.spreadsheets.runs import Run


def waiting_import(minutes):
    """Make an upload that waits and whose files were last touched so many minutes ago."""
    run = Run.hand_in(b"x", file_name="a.csv", user=None, model=Park)
    moment = timezone.now() - datetime.timedelta(minutes=minutes)
    ImportBatch.objects.filter(pk=run.batch.pk).update(started_at=moment)
    for path in (*run.folder.iterdir(), run.folder):
        os.utime(path, (moment.timestamp(), moment.timestamp()))
    return run

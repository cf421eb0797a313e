"""The way of a sheet from upload to database: kept, checked, confirmed, written.

Each run is an ImportBatch and a folder of its own with the file, what the check found, and how far
it has come. A request takes a short file all the way itself; a long one is taken by the import
worker, a command that the page starts. Whoever works on a run holds a lock on its folder, which
the system lets go when the process ends, however it ends: so a run whose process was killed is
known to stand still, and is taken up again.
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import shutil
import time
from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from promotion.reference.models import ImportBatch
from promotion.reference.spreadsheets.problems import SheetError
from promotion.reference.spreadsheets.reading import read_table
from promotion.reference.spreadsheets.results import ChangeList, Preview
from promotion.reference.spreadsheets.undo import UndoRefusedError, undo
from promotion.reference.spreadsheets.waiting import WAITING, folder_of
from promotion.reference.vocabulary import ImportStage

OF_FILES = [*WAITING, ImportStage.CHECKED]
"""The stages that go on from what lies in the folder."""
PROBLEMS_SHOWN = 500
MAX_ATTEMPTS = 3
"""How often a run is taken up again after its process was killed."""
PROGRESS_SECONDS = 0.3
LOGGER = logging.getLogger(__name__)


class Run:
    """A batch on its way, and the folder of its files."""

    def __init__(self, batch):
        self.batch = batch
        self.folder = folder_of(batch)
        self.sheet = self.folder / "sheet"
        self.marked = self.folder / "marked.xlsx"
        self.changes = self.folder / "changes.csv"

    @classmethod
    def hand_in(cls, data, *, file_name, user, model):
        """Keep an upload out of everyone's reach and return its run."""
        clear_expired()
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                model_type=ContentType.objects.get_for_model(model),
                user=user,
                file_name=file_name,
                file_digest=hashlib.sha256(data).hexdigest(),
            )
            run = cls(batch)
            run.open_folder(data)
        return run

    def open_folder(self, data=None):
        """Make the folder anew, with the file if there is one, or leave none behind."""
        # A folder of that name is left from another database, or from the import to be undone.
        self.discard()
        try:
            self.folder.mkdir(parents=True)
            settings.PENDING_IMPORT_ROOT.chmod(0o700)
            self.write("meta", {"language": get_language(), "attempts": 0})
            if data is not None:
                self.sheet.write_bytes(data)
        except OSError:
            self.discard()
            raise

    def ask_to_undo(self, user):
        """Leave it to the worker to undo the import; return whether this was the first to ask."""
        written = ImportBatch.objects.filter(pk=self.batch.pk, stage=ImportStage.WRITTEN)
        with transaction.atomic():
            is_first = bool(written.update(stage=ImportStage.UNDOING, undone_by=user))
            if is_first:
                self.open_folder()
        return is_first

    # The files of the folder

    def write(self, name, content):
        """Write one of the small files so that a reader sees the former or the new content."""
        path = self.folder / name
        new = path.with_suffix(".new")
        new.write_text(json.dumps(content), encoding="utf-8")
        new.replace(path)

    def read(self, name):
        """Return the content of a small file, or {} where there is none."""
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except OSError:
            return {}

    @property
    def outcome(self):
        """What the check found, as far as a page shows it."""
        return self.read("outcome")

    @property
    def progress(self):
        """How far whoever works on it has come: {"step", "done", "total"}."""
        return self.read("progress")

    @property
    def is_short(self):
        """Whether a request may take the file that was checked the rest of the way."""
        return self.outcome.get("total_rows", 0) <= settings.MAX_SHEET_ROWS_IN_REQUEST

    @property
    def is_elsewhere(self):
        """Whether its files are needed and lie on another machine, the one that took them in."""
        return self.batch.stage in OF_FILES and not self.folder.is_dir()

    def data(self):
        """Return the file as it was handed in; raise SheetError if it is gone."""
        try:
            data = self.sheet.read_bytes()
        except OSError:
            raise gone() from None
        if hashlib.sha256(data).hexdigest() != self.batch.file_digest:
            raise gone()
        return data

    def discard(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    # Who works on it

    @contextlib.contextmanager
    def lock(self):
        """Hold the run and yield True, or yield False if another process holds it or it is gone."""
        with lock_on(self.folder / "lock") as is_held:
            if is_held:
                self.batch.refresh_from_db()
            yield is_held

    @property
    def stands_still(self):
        """Tell whether there is something to do and nobody does it."""
        if self.batch.stage not in WAITING:
            return False
        with self.lock() as is_held:
            return is_held and self.batch.stage in WAITING

    def confirm(self):
        """Ask for what was shown to be written; return whether this was the first to ask."""
        waiting = ImportBatch.objects.filter(pk=self.batch.pk, stage=ImportStage.CHECKED)
        is_first = bool(waiting.update(stage=ImportStage.WRITING))
        self.batch.refresh_from_db()
        return is_first

    def advance(self, resource):
        """Do what there is to do, unless another process is at it; return whether it was done."""
        with self.lock() as is_held:
            if not is_held or self.batch.stage not in WAITING:
                return False
            # A process killed while the folder was made may have left it empty.
            meta = {"language": settings.LANGUAGE_CODE, "attempts": 0, **self.read("meta")}
            with override(meta["language"]):
                try:
                    if meta["attempts"] == MAX_ATTEMPTS:
                        raise SheetError(
                            _("几次都没能处理完，请管理员查看日志；要导入的文件可以分成几个再试。")
                        )
                    self.write("meta", {**meta, "attempts": meta["attempts"] + 1})
                    if self.batch.stage == ImportStage.UNDOING:
                        self.take_back(resource)
                    elif self.batch.stage == ImportStage.WRITING:
                        self.take_in(resource)
                    else:
                        self.check(resource)
                except SheetError as error:
                    self.fail(str(error))
                except Exception:
                    LOGGER.exception("import %s", self.batch.pk)
                    self.fail(_("程序出错，什么也没有写入。请联系管理员。"))
                else:
                    self.write("meta", {**meta, "attempts": 0})
        if self.batch.stage in {ImportStage.WRITTEN, ImportStage.UNDONE} and not self.outcome.get(
            "error"
        ):
            self.discard()
        return True

    def fail(self, message, **details):
        self.write("outcome", {**self.outcome, "error": message, **details})
        is_undo = self.batch.stage == ImportStage.UNDOING
        self.batch.stage = ImportStage.WRITTEN if is_undo else ImportStage.FAILED
        self.batch.undone_by = None
        self.batch.save(update_fields=["stage", "undone_by"])

    def table(self, resource):
        self.write("progress", {"step": "read"})
        return read_table(
            self.batch.file_name,
            self.data(),
            resource.vocabulary.recognise,
            max_rows=settings.MAX_SHEET_ROWS,
            max_bytes=settings.MAX_SHEET_BYTES,
        )

    def check(self, resource, is_stale=False):
        """Work out what the file would do, and keep what a page will show of it."""
        table = self.table(resource)
        with self.changes.open("w", encoding="utf-8-sig", newline="") as file:
            preview = Preview(change_list=ChangeList(file))
            result = resource.import_data(
                table, dry_run=True, user=self.batch.user, preview=preview, watch=self.watch(table)
            )
        self.show(table, result, is_stale)

    def show(self, table, result, is_stale=False):
        """Keep a result as the pages show it, and note that the check is over."""
        if result.problems:
            # With openpyxl, which is large.
            from promotion.reference.spreadsheets.report import write_report  # noqa: PLC0415

            self.changes.unlink(missing_ok=True)
            self.write("progress", {"step": "mark"})
            with self.marked.open("wb") as file:
                write_report(file, self.marked.name, table, result.problems)
        self.write(
            "outcome",
            {
                "is_stale": is_stale,
                "total_rows": result.total_rows,
                "sheet": table.sheet,
                "other_sheets": table.other_sheets,
                "rows": [
                    {
                        "number": row.number,
                        "is_new": row.is_new(),
                        "label": row.label,
                        "changes": row.changes,
                    }
                    for row in result.rows
                ],
                "problems": [problem.cells for problem in result.problems[:PROBLEMS_SHOWN]],
                "problem_count": len(result.problems),
            },
        )
        self.batch.plan = result.plan.fingerprint
        stage = ImportStage.REFUSED if result.problems else ImportStage.CHECKED
        self.batch.note(stage, result.counts)

    def take_in(self, resource):
        """Write what was approved; if it would turn out otherwise by now, show it again."""
        table = self.table(resource)
        result = resource.import_data(
            table,
            user=self.batch.user,
            expected=self.batch.plan,
            batch=self.batch,
            watch=self.watch(table),
        )
        if result.is_stale:
            self.check(resource, is_stale=True)
        elif result.problems:
            self.show(table, result, is_stale=True)

    def take_back(self, resource):
        """Undo the import, or keep what hinders it for its page."""
        self.write("progress", {"step": "undo"})
        try:
            undo(self.batch, resource, self.batch.undone_by)
        except UndoRefusedError as error:
            self.fail(str(error), blockers=[str(each) for each in error.blockers])

    def watch(self, table):
        """Return what notes how many rows are done, seldom enough to cost nothing."""
        total, last = len(table.rows), 0

        def note(step, done):
            nonlocal last
            if time.monotonic() - last >= PROGRESS_SECONDS:
                last = time.monotonic()
                self.write("progress", {"step": step, "done": done, "total": total})

        return note


@contextlib.contextmanager
def lock_on(path):
    """Hold a file and yield True, or yield False if another process does or it cannot be made."""
    try:
        file = path.open("a")
    except OSError:
        yield False
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def worker_lock():
    """Hold what lets one worker run on a machine at a time."""
    settings.PENDING_IMPORT_ROOT.mkdir(parents=True, exist_ok=True)
    return lock_on(settings.PENDING_IMPORT_ROOT / "worker.lock")


def work(resource_of):
    """Take the runs that wait, one after another, until none does; return how many were taken.

    `resource_of` returns a model's resource.
    """
    with worker_lock() as is_held:
        if not is_held:
            return 0
        clear_expired()
        taken = 0
        while any(
            Run(batch).advance(resource_of(batch.model))
            for batch in ImportBatch.objects.filter(stage__in=WAITING).order_by("pk")
        ):
            taken += 1
        return taken


def give_up_lost():
    """Give up the runs whose files are not on this machine; return how many there were.

    So they stand in a database that was restored: their uploads are in no backup.
    """
    batches = ImportBatch.objects
    unwritten = [ImportStage.CHECKING, ImportStage.CHECKED, ImportStage.WRITING]
    lost = [
        batch.pk
        for batch in batches.filter(stage__in=[*unwritten, ImportStage.UNDOING])
        if not Run(batch).folder.exists()
    ]
    kept = batches.filter(pk__in=lost, stage=ImportStage.UNDOING)
    given_up = kept.update(stage=ImportStage.WRITTEN, undone_by=None)
    return given_up + batches.filter(pk__in=lost, stage__in=unwritten).update(
        stage=ImportStage.FAILED
    )


def gone():
    return SheetError(_("这份文件已经过期或不在了，请重新上传。"))


def clear_expired():
    """Remove the files of runs that are over, and every run that nobody confirmed in time."""
    limit = timezone.now() - timedelta(hours=settings.PENDING_IMPORT_HOURS)
    unconfirmed = [ImportStage.CHECKING, ImportStage.CHECKED]
    for batch in ImportBatch.objects.filter(stage__in=unconfirmed, started_at__lt=limit):
        Run(batch).discard()
        batch.delete()
    if not settings.PENDING_IMPORT_ROOT.is_dir():
        return
    waiting = ImportBatch.objects.filter(stage__in=WAITING).values_list("pk", flat=True)
    kept = {str(pk) for pk in waiting}
    for folder in settings.PENDING_IMPORT_ROOT.iterdir():
        # Another request may clear at the same time.
        with contextlib.suppress(OSError):
            is_old = folder.stat().st_mtime < limit.timestamp()
            if folder.is_dir() and is_old and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

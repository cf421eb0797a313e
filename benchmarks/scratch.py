"""A scratch copy of the site for a benchmark: its own folder and database, measured commands."""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Run(NamedTuple):
    """What one command took."""

    seconds: float
    peak_mb: float


class Site:
    """A migrated SQLite site in a temporary folder, with limits wide enough for a benchmark.

    A child's peak memory is never below its parent's, so the process that measures must stay
    small: it loads no Django and keeps no data.
    """

    def __init__(self, start=None):
        """`start` is a migrated database to begin with a copy of, instead of an empty one."""
        self.folder = tempfile.TemporaryDirectory(prefix="benchmark-")
        self.path = Path(self.folder.name)
        self.database = self.path / "site.sqlite3"
        self.port = free_port()
        self.start_with = start
        self.environment = {
            **os.environ,
            "VAR_DIR": str(self.path),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "MAX_SHEET_BYTES": "1000000000",
            "MAX_SHEET_ROWS": "1000000",
            "PORT": str(self.port),
        }

    def __enter__(self):
        if self.start_with:
            copy_database(self.start_with, self.database)
        else:
            self.manage("migrate", "--verbosity", "0")
        return self

    def __exit__(self, *error):
        self.folder.cleanup()

    def start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )

    def manage(self, *arguments):
        """Run a management command and return what it took; stop the benchmark if it fails."""
        start = time.perf_counter()
        process = self.start("manage.py", *arguments)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"manage.py {arguments[0]} ended with {process.returncode}")
        return Run(seconds, usage.ru_maxrss / 1024)

    def python(self, code):
        """Run a few lines of Python inside the site."""
        return self.manage("shell", "--no-imports", "--command", code)

    def copy_database(self, name):
        """Return the path of a copy of the database as it is now."""
        return copy_database(self.database, self.path / name)


def copy_database(database, copy):
    """Copy a SQLite database as it is now, whatever its log still holds; return the copy's path."""
    with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return copy


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def report(what, value, limit=None):
    """Print one figure, and its limit where it has one."""
    note = "" if limit is None else f"  (limit {limit:g}: {'kept' if value <= limit else 'BROKEN'})"
    print(f"{what:<58} {value:9.2f}{note}", flush=True)

"""The number of the data's state: whoever asks sees each commit at once, whoever made it."""

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from promotion.data_version import OPENED, Version, index_of
from promotion.reference.changes import READ_VERSION, VERSION

pytestmark = pytest.mark.django_db
COUNT = f"UPDATE {VERSION} SET number = number + 1"
IN_ANOTHER_PROCESS = """
import sqlite3, sys
path, *statements = sys.argv[1:]
connection = sqlite3.connect(path, isolation_level=None)
for statement in statements:
    connection.execute(statement)
connection.close()
"""


def change(path, *statements):
    """Execute statements on a database in another process."""
    subprocess.run([sys.executable, "-c", IN_ANOTHER_PROCESS, str(path), *statements], check=True)


def file_with_version(path, mode):
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            f"PRAGMA journal_mode={mode}; CREATE TABLE {VERSION} (number INTEGER);"
            f"INSERT INTO {VERSION} VALUES (1)"
        )
    return path


def version_of(path):
    """Return what reads the number in a file, on a connection such as a worker's."""
    version = Version()
    version.connection = DatabaseWrapper({**connection.settings_dict, "NAME": path, "OPTIONS": {}})
    version.connection.inc_thread_sharing()
    return version


@pytest.fixture
def path(tmp_path):
    return file_with_version(tmp_path / "site.sqlite3", "wal")


@pytest.fixture
def version(path):
    version = version_of(path)
    yield version
    version.connection.close()


def asked_by(version):
    """Return what the database is asked from now on, as a list that grows."""
    asked = []
    version.connection.connection.set_trace_callback(asked.append)
    return asked


def test_a_database_that_nobody_changed_is_not_asked_again(version):
    assert version.read() == 1
    asked = asked_by(version)
    assert [version.read() for _time in range(50)] == [1] * 50
    assert asked == []


def test_each_commit_of_another_process_is_seen(version, path):
    version.read()
    for number in range(2, 6):
        change(path, COUNT)
        assert version.read() == number


def test_what_is_not_committed_is_not_seen(version, path):
    version.read()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute(COUNT)
        assert version.read() == 1
        writer.execute("COMMIT")
        assert version.read() == 2
        writer.execute("BEGIN IMMEDIATE")
        writer.execute(COUNT)
        writer.execute("ROLLBACK")
        assert version.read() == 2


@pytest.mark.parametrize("how", ["PASSIVE", "FULL", "RESTART", "TRUNCATE"])
def test_a_log_that_begins_anew_hides_no_commit(version, path, how):
    version.read()
    for number in range(2, 6):
        change(path, COUNT, f"PRAGMA wal_checkpoint({how})")
        assert version.read() == number
        change(path, f"PRAGMA wal_checkpoint({how})", COUNT, COUNT)
        change(path, f"UPDATE {VERSION} SET number = {number}")
        assert version.read() == number


def test_asking_takes_no_lock_from_the_database(version, path):
    """To close a file of SQLite's would end its locks, and the next would take it for unused."""
    version.read()
    index = version.index
    again = version_of(path)
    assert again.read() == 1
    assert again.index is index
    again.connection.close()
    change(path, COUNT)
    assert (path.parent / f"{path.name}-shm").exists()
    assert version.read() == 2
    assert os.fstat(index.descriptor).st_nlink == 1
    assert index in OPENED.values()


def test_after_an_error_the_database_is_asked_anew(version, path):
    version.read()
    change(path, f"ALTER TABLE {VERSION} RENAME TO elsewhere")
    assert version.read() is None
    assert version.read() is None
    change(path, f"ALTER TABLE elsewhere RENAME TO {VERSION}", COUNT)
    assert version.read() == 2
    change(path, COUNT)
    assert version.read() == 3


def test_an_index_that_cannot_be_opened_is_done_without(path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    version = version_of(path)
    version.connection.ensure_connection()
    version.number()
    next_free = os.open(os.devnull, os.O_RDONLY)
    os.close(next_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next_free, hard))
    try:
        index = index_of(version.connection)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert index is None
    version.connection.close()


@pytest.mark.parametrize("mode", ["delete", "truncate"])
def test_a_database_without_such_an_index_is_asked_each_time(tmp_path, mode):
    path = file_with_version(tmp_path / "site.sqlite3", mode)
    version = version_of(path)
    assert version.read() == 1
    asked = asked_by(version)
    change(path, COUNT)
    assert [version.read(), version.read()] == [2, 2]
    assert asked == [READ_VERSION] * 2
    version.connection.close()

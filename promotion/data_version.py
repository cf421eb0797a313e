"""The number of the state that the public data are in, as cheaply as every request may ask."""

import mmap
import os
import threading
from typing import NamedTuple

from django.db import Error, connections

from promotion.reference.changes import READ_VERSION


class WalIndex:
    """Tells whether an SQLite database has changed, without asking it.

    The header of its index lies in memory that all who use the database share. Each commit makes
    it another one, in the moment from which others see what was committed: SQLite itself compares
    it before it reads (https://www.sqlite.org/walformat.html, section 2).
    """

    HEADER_BYTES = 96
    """Two copies of 48 bytes, which differ while a commit is under way."""

    def __init__(self, path):
        # Not as a file of Python's, which would be closed with its last reference; see `OPENED`.
        self.descriptor = os.open(path, os.O_RDONLY)
        self.memory = mmap.mmap(self.descriptor, self.HEADER_BYTES, access=mmap.ACCESS_READ)

    def read(self):
        return self.memory[: self.HEADER_BYTES]


OPENED = {}
"""Every index that was opened, by device and inode. None is ever closed: with it would go all
locks that SQLite holds on the file in this process, as POSIX has it
(https://www.sqlite.org/howtocorrupt.html, section 2.2)."""


def index_of(connection):
    """Return the index of the SQLite database that a connection is open to.

    It is there for as long as the connection is. A database that is kept in another way, as one in
    memory, has none that could be read.
    """
    if connection.vendor != "sqlite":
        return None
    (mode,) = connection.connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        return None
    path = f"{connection.settings_dict['NAME']}-shm"
    try:
        status = os.stat(path)
        key = status.st_dev, status.st_ino
        if key not in OPENED:
            OPENED[key] = WalIndex(path)
    except OSError:
        return None
    return OPENED[key]


class Seen(NamedTuple):
    """A number that was read, and what the index held before."""

    index: WalIndex
    header: bytes
    number: int | None


class Version:
    """The number of the state that the public data are in, read on a connection of its own.

    SQLite is asked again only after a commit; another database is asked each time.
    """

    def __init__(self):
        self.connection = None
        self.index = None
        self.seen = None
        self.lock = threading.Lock()

    def read(self):
        """Return the number, or None while the database cannot say."""
        seen = self.seen
        if seen and seen.index.read() == seen.header:
            return seen.number
        with self.lock:
            try:
                return self.ask()
            except Error:
                self.connection.close()
                self.seen = None
                return None

    def ask(self):
        if self.connection is None:
            # Not one of the pool: it is never given back, and must not wait for one either.
            self.connection = connections["default"].copy()
            self.connection.settings_dict["OPTIONS"].pop("pool", None)
            self.connection.inc_thread_sharing()
        if self.connection.connection is None:
            self.connection.ensure_connection()
            self.number()
            self.index = index_of(self.connection)
        header = self.index and self.index.read()
        number = self.number()
        if self.index:
            self.seen = Seen(self.index, header, number)
        return number

    def number(self):
        with self.connection.wrap_database_errors:
            # The driver's own way: all that Django does around a query costs more than it.
            row = self.connection.connection.execute(READ_VERSION).fetchone()
        return row and row[0]

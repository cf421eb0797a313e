"""Work that one process does at a time, on one machine or on several with one database."""

import fcntl
import zlib
from contextlib import contextmanager, nullcontext
from pathlib import Path

from django.db import connection


def turn(name):
    """Return a context that waits until no other process is in the turn of that name.

    A database in memory belongs to one process, which need not wait.
    """
    if connection.vendor == "postgresql":
        return held_by_database(zlib.crc32(name.encode()))
    path = connection.settings_dict["NAME"]
    if connection.is_in_memory_db():
        return nullcontext()
    return held_by_file(Path(f"{path}.{name}.lock"))


@contextmanager
def held_by_database(number):
    """Hold a lock of the database's, which it lets go of when its connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def held_by_file(path):
    """Hold a file beside the database, which the system lets go of when the process ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

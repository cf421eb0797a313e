"""Memory that pages have used goes back to the system: glibc would keep it, for each thread."""

import ctypes
import threading
import time

SECONDS_BETWEEN = 10
M_ARENA_MAX = -8
"""What glibc's `malloc.h` calls the setting for how many heaps threads share."""
ARENAS = 1
"""Usually eight for each processor; threads that take turns at Python's own lock need no more."""


def keep_giving_back():
    """Give back what is free, now and then for as long as the process runs.

    Called before there are other threads. What else lends memory to Python, as musl, has nothing
    of the kind and is left alone.
    """
    libc = ctypes.CDLL(None)
    give_back = getattr(libc, "malloc_trim", None)
    if give_back:
        libc.mallopt(M_ARENA_MAX, ARENAS)
        threading.Thread(target=repeat, args=[give_back], daemon=True).start()


def repeat(give_back):
    """Call it again and again with nothing to be left over; it takes some milliseconds."""
    while True:
        time.sleep(SECONDS_BETWEEN)
        give_back(0)

"""Memory that pages have used goes back to the system: glibc would keep it, for each thread."""

import ctypes
import threading
import time

SECONDS_BETWEEN = 10


def keep_giving_back():
    """Give back what is free, now and then for as long as the process runs.

    What else lends memory to Python, as musl, has nothing of the kind and is left alone.
    """
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back:
        threading.Thread(target=repeat, args=[give_back], daemon=True).start()


def repeat(give_back):
    """Call it again and again with nothing to be left over; it takes some milliseconds."""
    while True:
        time.sleep(SECONDS_BETWEEN)
        give_back(0)

"""Handling long lists a part at a time."""

import gc
from contextlib import contextmanager
from itertools import islice

from django.db.models.expressions import RawSQL

QUERY_VALUES = 500
"""How many values one query names: every database takes that many."""
ROWS = 1_000
"""How many rows are worked on together."""


def in_batches(items, size=QUERY_VALUES):
    """Yield the items as lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def listed(values):
    """Return texts or ids for an `in` lookup as they are.

    Django checks each value of a list, which takes longer than the query itself.
    """
    return RawSQL(", ".join(["%s"] * len(values)), values)  # noqa: S611 only placeholders


@contextmanager
def seldom_collected():
    """Let Python look for circular garbage less often while a command works on a long sheet.

    A thousand rows are alive at once and hardly any of them is part of a circle; as it is set for
    small programs, the collector walks through them for a quarter of the run. The setting is the
    process's own, so this is for commands, not for threads of a server.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()

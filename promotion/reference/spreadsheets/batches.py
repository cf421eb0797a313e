"""Handling long lists a part at a time."""

from itertools import islice

QUERY_VALUES = 500
"""How many values one query names: every database takes that many."""
ROWS = 1_000
"""How many rows are worked on together."""


def in_batches(items, size=QUERY_VALUES):
    """Yield the items as lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch

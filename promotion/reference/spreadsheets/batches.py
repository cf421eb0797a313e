"""Handling long lists a part at a time."""

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

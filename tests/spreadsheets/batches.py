"""Imports as batches: their rows of the history name them."""

from tests.spreadsheets.samples import csv_file, take_file


def import_batch(model, rows, user=None):
    """Import rows and return the record of the run, which their history names."""
    result = take_file(model, csv_file(rows) if isinstance(rows, list) else rows, user=user)
    assert result.problems == []
    return result.batch

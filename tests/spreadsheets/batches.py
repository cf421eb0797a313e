"""Imports as batches, and their undoing: what changes, or why it is refused."""

import pytest

from promotion.reference.spreadsheets.undo import UndoRefusedError, undo
from promotion.resources import RESOURCES
from tests.project import our_models
from tests.spreadsheets.samples import csv_file, take_file


def import_batch(model, rows, user=None):
    """Import rows and return the record of the run, which their history names."""
    result = take_file(model, csv_file(rows) if isinstance(rows, list) else rows, user=user)
    assert result.problems == []
    return result.batch


def undo_batch(batch, user=None):
    resource = next(each for each in RESOURCES.values() if each._meta.model is batch.model)
    return undo(batch, resource(), user)


def everything():
    """Return every row of every table of ours, `updated_at` left out."""
    state = {}
    for model in our_models():
        for table in [model, *(field.remote_field.through for field in model._meta.many_to_many)]:
            state[table._meta.label] = {
                row["id"]: {name: value for name, value in row.items() if name != "updated_at"}
                for row in table._base_manager.values()
            }
    return state


def refusal(batch, user=None):
    """Try to undo; return the reasons of the refusal, nothing having changed."""
    before, entries = everything(), [each.history.count() for each in our_models()]
    with pytest.raises(UndoRefusedError) as caught:
        undo_batch(batch, user)
    assert everything() == before
    assert [each.history.count() for each in our_models()] == entries
    return [str(blocker) for blocker in caught.value.blockers] or [str(caught.value)]

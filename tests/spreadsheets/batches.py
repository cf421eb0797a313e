"""Imports as batches: their rows of the history name them."""

from django.contrib.contenttypes.models import ContentType

from promotion.reference.models import ImportBatch
from promotion.reference.vocabulary import ImportStage
from promotion.resources import RESOURCES
from tests.project import our_models
from tests.spreadsheets.samples import csv_file, take_file


def import_batch(model, rows, user=None):
    """Import rows as a batch, whose entries of the history name it; return the batch."""
    tracked = our_models()
    before = {each: set(each.history.values_list("history_id", flat=True)) for each in tracked}
    result = take_file(model, csv_file(rows) if isinstance(rows, list) else rows, user=user)
    assert result.problems == []
    batch = ImportBatch.objects.create(
        model_type=ContentType.objects.get_for_model(RESOURCES[model]._meta.model),
        user=user,
        file_name="表.csv",
        file_digest="0" * 64,
        stage=ImportStage.WRITTEN,
    )
    for each in tracked:
        each.history.exclude(history_id__in=before[each]).update(import_batch=batch)
    return batch

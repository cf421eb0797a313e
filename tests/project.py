"""What the project consists of, for the tests that walk through all of it."""

from django.apps import apps

from promotion.reference.records import TrackedModel


def our_models():
    """Return every model that staff keep."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, TrackedModel) and not hasattr(model, "history_object")
    ]

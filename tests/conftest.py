"""For every test: fast passwords, plain static files, and nothing shared with another process."""

import gc

import pytest
from django.core.cache import cache

# Migrating a fresh database keeps so many models alive that looking for circular garbage among
# them, as often as Python does by itself, takes a quarter of the time.
gc.set_threshold(20_000, 20, 100)

DATABASE_FIXTURES = {"db", "transactional_db"}


def pytest_collection_modifyitems(items):
    """Mark the tests that use the database: on another database only they can differ.

    The mark is complete, for pytest-django lets no other test near the database.
    """
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames):
            item.add_marker(pytest.mark.database)


@pytest.fixture(autouse=True)
def scratch_site(settings, tmp_path):
    """Keep uploads and pending imports of a test in a folder of its own, its cache in memory."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PENDING_IMPORT_ROOT = tmp_path / "imports"
    settings.START_IMPORT_WORKER = False
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()

"""Fixtures for every test: fast passwords, plain static files, and no leftovers on disk."""

import pytest
from django.core.cache import cache

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
    """Keep uploads and pending imports of a test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PENDING_IMPORT_ROOT = tmp_path / "imports"
    settings.START_IMPORT_WORKER = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()

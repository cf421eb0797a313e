"""Fixtures for every test: fast passwords, plain static files, and no leftovers on disk."""

import pytest
from django.core.cache import cache


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

"""For every test: fast passwords, plain static files, and nothing shared with another process."""

import gc

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from promotion.audit.models import AuditHead
from promotion.environment import env_bucket
from promotion.operations.requests import LINES
from tests.buckets import bucket_server

# Migrating a fresh database keeps so many models alive that looking for circular garbage among
# them, as often as Python does by itself, takes a quarter of the time.
gc.set_threshold(20_000, 20, 100)

TRANSACTIONAL = {"transactional_db", "live_server"}
DATABASE_FIXTURES = {"db", "transactional_db"}


def pytest_collection_modifyitems(items):
    """Mark the tests that use the database: on another database only they can differ.

    The mark is complete, for pytest-django lets no other test near the database.
    """
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames):
            item.add_marker(pytest.mark.database)


@pytest.fixture(autouse=True)
def own_lines():
    """Have the lines of a test's requests written while pytest still listens to that test."""
    yield
    LINES.write()


@pytest.fixture(autouse=True)
def scratch_site(settings, tmp_path):
    """Keep uploads and pending imports of a test in a folder of its own, its cache in memory."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PENDING_IMPORT_ROOT = tmp_path / "imports"
    settings.START_IMPORT_WORKER = False
    # A test asks as much in a minute as an office in a day.
    settings.API_REQUESTS_PER_HOUR = settings.DOWNLOADS_PER_HOUR = 100_000
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()


@pytest.fixture(autouse=True)
def chinese():
    """Begin each test in the source language: a request in English leaves its thread in English."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def removable_log(request):
    """Let a test that commits empty the audit log at its end, which SQLite would refuse."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker and marker.kwargs.get("transaction")
    if not (commits or TRANSACTIONAL & set(request.fixturenames)):
        yield
        return
    # What is asked for here is still there when this ends.
    request.getfixturevalue("transactional_db")
    yield
    AuditHead.objects.update(cleared_number=2**40)
    # At once: emptying the tables may take the head first, and with it the leave to remove.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry")


@pytest.fixture(scope="session")
def running_bucket_server():
    with bucket_server() as server:
        yield server


@pytest.fixture
def bucket(running_bucket_server, settings, monkeypatch):
    """Keep uploads in a bucket, which is empty as the test begins, and return its server."""
    running_bucket_server.empty()
    monkeypatch.setenv("MEDIA_STORE_URL", running_bucket_server.url)
    settings.MEDIA_BUCKET = env_bucket("MEDIA_STORE_URL")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "promotion.operations.bucket.BucketStorage",
            "OPTIONS": settings.MEDIA_BUCKET,
        },
    }
    return running_bucket_server

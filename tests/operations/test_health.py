"""What a monitor is told: which of the things the site needs is there."""

import time

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.migrations.recorder import MigrationRecorder

from parks.models import Park
from promotion.operations import health
from promotion.reference.models import ImportBatch
from tests.operations.waiting import waiting_import
from tests.sites import new_site

pytestmark = pytest.mark.django_db
ALL = {"database", "migrations", "imports", "cache", "media", "disk", "var_dir"}


def failed(client):
    """Return the checks that did not pass; the answer's status agrees with them."""
    response = client.get("/healthz/ready")
    answer = response.json()
    names = {name for name, word in answer["checks"].items() if word == "failed"}
    assert answer["checks"].keys() == ALL
    assert set(answer["checks"].values()) <= {"ok", "failed"}
    assert response.status_code == (503 if names else 200)
    assert answer["status"] == ("failed" if names else "ok")
    assert "no-store" in response["Cache-Control"]
    return names


def test_a_site_that_has_all_it_needs_is_ready_at_once(client):
    client.get("/healthz/ready")
    began = time.monotonic()
    assert failed(client) == set()
    assert time.monotonic() - began < 1


def test_a_migration_that_is_lacking_is_told(client):
    MigrationRecorder.Migration.objects.filter(app="promotion").order_by("name").last().delete()
    assert failed(client) == {"migrations"}


def test_a_full_disk_is_told(client, settings):
    settings.MIN_FREE_DISK_MB = 10**12
    assert failed(client) == {"disk"}


def test_a_folder_that_cannot_be_written_is_told(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "none"
    assert failed(client) == {"disk", "var_dir"}


def test_a_cache_that_does_not_answer_is_told(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert failed(client) == {"cache"}


def test_an_upload_that_nobody_takes_is_told(client):
    waiting_import(5)
    assert failed(client) == set()
    ImportBatch.objects.all().delete()
    waiting_import(30)
    assert failed(client) == {"imports"}


def test_an_upload_in_a_queue_that_moves_is_not_stuck(client):
    waiting_import(30)
    busy = waiting_import(60)
    busy.write("progress", {"step": "write", "done": 1, "total": 2})
    assert failed(client) == set()


def test_an_upload_on_another_machine_is_for_that_one_to_tell(client, settings, tmp_path):
    waiting_import(30)
    settings.PENDING_IMPORT_ROOT = tmp_path / "other"
    assert failed(client) == set()


def test_what_is_over_does_not_count(client):
    kind = ContentType.objects.get_for_model(Park)
    batch = ImportBatch.objects.create(model_type=kind, file_name="a.csv", stage="written")
    ImportBatch.objects.filter(pk=batch.pk).update(started_at="2020-01-01T00:00:00+08:00")
    assert failed(client) == set()


def test_a_database_that_is_gone_is_told_without_its_name(tmp_path):
    url = "postgres://someone:s3cret@127.0.0.1:1/name"
    with new_site(tmp_path) as site:
        site.environment["DATABASE_URL"] = url
        text = site.ask(
            "from django.test import Client; c = Client(); r = c.get('/healthz/ready',"
            " headers={'host': '127.0.0.1'}); print(r.status_code, r.text)"
        )
    assert text.startswith("503 ")
    assert '"database": "failed", "migrations": "failed", "imports": "failed"' in text
    assert "s3cret" not in text


def test_every_check_has_a_name_that_monitors_may_rely_on():
    assert set(health.CHECKS) == ALL

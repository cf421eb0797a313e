"""How gunicorn is set up: by the same file as the site, and as loud about what is wrong."""

import os
import runpy
import shutil
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured

CONFIGURATION = project.BASE_DIR / "gunicorn.conf.py"
NAMES = ("PORT", "WEB_CONCURRENCY", "WEB_THREADS", "LOG_FORMAT")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in NAMES:
        # Set first, so that what the files set is undone after the test.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_the_web_server_reads_the_same_file_as_the_settings(tmp_path):
    shutil.copy(CONFIGURATION, tmp_path)
    (tmp_path / ".env").write_text("PORT=8123\nLOG_FORMAT=line\n")
    configuration = runpy.run_path(str(tmp_path / "gunicorn.conf.py"))
    assert configuration["bind"] == "127.0.0.1:8123"
    assert "Line" in configuration["logconfig_dict"]["formatters"]["site"]["()"].__name__


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "99999"),
        ("WEB_CONCURRENCY", "foo"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_THREADS", "many"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_value_that_cannot_be_understood_is_named(tmp_path, name, value):
    shutil.copy(CONFIGURATION, tmp_path)
    (tmp_path / ".env").write_text(f"{name}={value}\n")
    with pytest.raises(ImproperlyConfigured, match=f"^{name} must be"):
        runpy.run_path(str(tmp_path / "gunicorn.conf.py"))


def test_an_empty_value_counts_as_left_out(tmp_path):
    shutil.copy(CONFIGURATION, tmp_path)
    (tmp_path / ".env").write_text("".join(f"{name}=\n" for name in NAMES))
    configuration = runpy.run_path(str(tmp_path / "gunicorn.conf.py"))
    assert configuration["bind"] == "127.0.0.1:8000"
    assert configuration["workers"] >= 1
    assert configuration["threads"] == 64


def test_gunicorn_itself_has_no_database_to_load():
    code = "import runpy, sys; runpy.run_path(sys.argv[1]); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code, str(CONFIGURATION)],
        env={**os.environ, "PYTHONPATH": str(project.BASE_DIR)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "promotion.environment" in loaded
    assert {"django.db", "django.core.validators", "promotion.settings"}.isdisjoint(loaded)

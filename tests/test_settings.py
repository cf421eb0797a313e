"""Settings: safe when left out, loud when wrong. Each case starts the project anew."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PUBLIC_SERVER = {"ALLOWED_HOSTS": "invest.example.gov.cn", "BEHIND_PROXY": "on"}


def manage(tmp_path, *arguments, **environment):
    """Run manage.py with nothing in its environment but what is given."""
    kept = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def setting(tmp_path, name, **environment):
    code = f"from django.conf import settings; print(repr(settings.{name}))"
    result = manage(tmp_path, "shell", "--no-imports", "-c", code, **environment)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_the_documented_public_server_has_no_warning(tmp_path):
    result = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PUBLIC_SERVER)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_naming_a_public_host_turns_https_on(tmp_path):
    assert setting(tmp_path, "SECURE_SSL_REDIRECT", ALLOWED_HOSTS="example.org") == "True"
    assert setting(tmp_path, "SESSION_COOKIE_SECURE", ALLOWED_HOSTS="example.org") == "True"


def test_left_out_the_site_answers_this_machine_alone_without_debug(tmp_path):
    assert setting(tmp_path, "ALLOWED_HOSTS") == "['127.0.0.1', 'localhost', '[::1]']"
    assert setting(tmp_path, "DEBUG") == "False"
    assert setting(tmp_path, "SECURE_SSL_REDIRECT") == "False"


def test_the_secret_key_is_made_once_and_kept_private(tmp_path):
    first = setting(tmp_path, "SECRET_KEY")
    assert len(first) > 60
    assert setting(tmp_path, "SECRET_KEY") == first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_begins_with_a_dollar_is_taken_as_it_is(tmp_path):
    assert setting(tmp_path, "SECRET_KEY", SECRET_KEY="$HOME" + "x" * 60).startswith("'$HOME")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "flase"),
        ("HTTPS", "maybe"),
        ("BEHIND_PROXY", "2"),
        ("HSTS_SECONDS", "-1"),
        ("MAX_SHEET_ROWS", "many"),
        ("MAX_PICTURE_BYTES", "0"),
        ("ICP_NUMBER", "12345678"),
        ("PUBLIC_SECURITY_NUMBER", "沪公网安备123号"),
        ("EMAIL_URL", "pigeon://post"),
        ("EMAIL_URL", "smtp://mail.example.org:many"),
        ("INQUIRY_RETENTION_MONTHS", "0"),
        ("INQUIRY_NOTIFY", "desk@example.org, office"),
    ],
)
def test_a_value_that_cannot_be_understood_stops_the_start_with_its_name(tmp_path, name, value):
    result = manage(tmp_path, "check", **{name: value, "ALLOWED_HOSTS": "example.org"})
    assert result.returncode != 0
    assert f"ImproperlyConfigured: {name} must be" in result.stderr


def test_mail_is_sent_only_where_it_is_set_up_with_a_sender(tmp_path):
    assert setting(tmp_path, "EMAIL_BACKEND") == "'django.core.mail.backends.dummy.EmailBackend'"
    url = {"EMAIL_URL": "smtp+tls://user:pass@mail.example.org:587"}
    assert "EMAIL_FROM must be set" in manage(tmp_path, "check", **url).stderr
    sender = {"EMAIL_FROM": "desk@example.org"}
    assert setting(tmp_path, "EMAIL_PORT", **url, **sender) == "587"
    assert setting(tmp_path, "DEFAULT_FROM_EMAIL", **url, **sender) == "'desk@example.org'"


def test_sqlite_lets_readers_read_while_somebody_writes(tmp_path):
    code = """
from django.db import connection
with connection.cursor() as cursor:
    for pragma in ("journal_mode", "busy_timeout"):
        print(cursor.execute(f"pragma {pragma}").fetchone()[0])
print(connection.settings_dict["OPTIONS"]["transaction_mode"])
"""
    result = manage(tmp_path, "shell", "--no-imports", "-c", code)
    assert result.stdout.split() == ["wal", "120000", "IMMEDIATE"]

"""Settings: safe when left out, loud when wrong. Each case starts the project anew."""

import ast
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from tests.operations.walk import steps

# As docs/deployment.md has it, word for word.
PUBLIC_SERVER = dict(
    line.split("=", 1)
    for line in steps()["The code and its settings"].partition("<<'ENV'\n")[2].splitlines()
    if "=" in line
)


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


def test_hosts_are_named_as_django_takes_them(tmp_path):
    for hosts in (["*"], [".example.org", "www.example.org", "10.0.0.1", "[2001:db8::1]"]):
        assert setting(tmp_path, "ALLOWED_HOSTS", ALLOWED_HOSTS=", ".join(hosts)) == repr(hosts)


def test_origins_may_have_a_port_or_stand_for_all_under_a_host(tmp_path):
    origins = ["https://a.example:8443", "https://*.b.example"]
    found = setting(tmp_path, "CSRF_TRUSTED_ORIGINS", CSRF_TRUSTED_ORIGINS=",".join(origins))
    assert found == repr(origins)


def test_left_out_the_site_answers_this_machine_alone_without_debug(tmp_path):
    assert setting(tmp_path, "ALLOWED_HOSTS") == "['127.0.0.1', 'localhost', '[::1]']"
    assert setting(tmp_path, "DEBUG") == "False"
    assert setting(tmp_path, "SECURE_SSL_REDIRECT") == "False"


@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
def test_a_key_is_made_once_and_kept_private(tmp_path, name):
    first = setting(tmp_path, name)
    assert len(first) > 60
    assert setting(tmp_path, name) == first
    assert (tmp_path / "var" / name.lower()).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
def test_an_empty_file_of_a_key_stops_the_start(tmp_path, name):
    """It is what a full disk leaves; an audit log chained with no key would prove nothing."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / name.lower()).touch()
    result = manage(tmp_path, "check")
    assert result.returncode == 1
    assert f"{name.lower()} is empty" in result.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
def test_a_key_that_cannot_be_kept_stops_the_start_in_words(tmp_path, name):
    """Whoever runs the tests may write anywhere, so a folder lies where the file should."""
    (tmp_path / "var" / name.lower()).mkdir(parents=True)
    result = manage(tmp_path, "check")
    assert result.returncode == 1
    assert f"{name.lower()} cannot be made or read: " in result.stderr
    assert "VAR_DIR must be a folder that the site may write to." in result.stderr


def test_processes_that_start_at_once_have_one_key(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        keys = list(pool.map(lambda _: setting(tmp_path, "AUDIT_KEY"), range(8)))
    assert len(set(keys)) == 1
    assert sorted(path.name for path in (tmp_path / "var").glob("*key*")) == [
        "audit_key",
        "secret_key",
    ]


def test_other_users_of_the_machine_are_kept_out_of_the_folder(tmp_path):
    assert manage(tmp_path, "check").returncode == 0
    assert (tmp_path / "var").stat().st_mode & 0o007 == 0


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
        ("BACKUP_DIR", "backups"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_ALLOW", "everyone"),
        ("EMAIL_URL", "pigeon://post"),
        ("EMAIL_URL", "smtp://mail.example.org:many"),
        ("INQUIRY_RETENTION_MONTHS", "0"),
        ("AUDIT_RETENTION_MONTHS", "5"),
        ("PASSWORD_RULES", "dengbo"),
        ("SESSION_IDLE_MINUTES", "0"),
        ("LOGIN_FAILURES", "0"),
        ("INQUIRY_NOTIFY", "desk@example.org, office"),
        ("SEARCH_BACKEND", "promotion.opensearch"),
        ("SEARCH_BACKEND", "nowhere.search"),
        ("MEDIA_STORE_URL", "uploads"),
        ("MEDIA_STORE_URL", "s3://key@store.example.cn/uploads"),
        ("MEDIA_STORE_URL", "s3://store.example.cn/uploads?public=yes"),
        ("MEDIA_URL", "http://img.example.cn/"),
        ("MEDIA_URL", "https://img.example.cn"),
        ("ALLOWED_HOSTS", "a.example b.example"),
        ("ALLOWED_HOSTS", "a.example,https://b.example"),
        ("ALLOWED_HOSTS", "a.example/"),
        ("ALLOWED_HOSTS", "a.example:443"),
        ("ALLOWED_HOSTS", "[::1]:8000"),
        ("CSRF_TRUSTED_ORIGINS", "foo.example"),
        ("CSRF_TRUSTED_ORIGINS", "https://a.example https://b.example"),
        ("CSRF_TRUSTED_ORIGINS", "https://a.example/admin/"),
        ("TIME_ZONE", "Mars/Phobos"),
        ("TIME_ZONE", "Asia"),
        ("TIME_ZONE", "/etc/passwd"),
        ("CACHE_URL", "nonsense"),
        ("CACHE_URL", "rediscache://127.0.0.1:many/1"),
        ("SENTRY_DSN", "foo"),
        ("SENTRY_DSN", "https://key@host/project"),
        ("VAR_DIR", "/proc/foo"),
        ("VAR_DIR", "/etc/passwd"),
        ("VAR_DIR", "rel/x"),
        ("LOGIN_LOCK_MINUTES", "99999999999999"),
        ("PREVIEW_DAYS", "36501"),
        ("HSTS_SECONDS", "9" * 5000),
        ("SESSION_HOURS", "99999999999"),
        ("INQUIRY_RETENTION_MONTHS", "1201"),
        ("SLOW_QUERY_MS", "9" * 15),
        ("EMAIL_FROM", "notanaddress"),
        ("EMAIL_FROM", "desk@example.org, office@example.org"),
    ],
)
def test_a_value_that_cannot_be_understood_stops_the_start_with_its_name(tmp_path, name, value):
    result = manage(tmp_path, "check", **{"ALLOWED_HOSTS": "example.org", name: value})
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


def test_a_public_site_asks_administrators_for_a_second_factor_and_this_machine_nobody(tmp_path):
    assert setting(tmp_path, "SECOND_FACTOR_FOR") == "[]"
    public = setting(tmp_path, "SECOND_FACTOR_FOR", **PUBLIC_SERVER)
    assert public == "['superusers', 'administrator', '管理员']"
    chosen = setting(tmp_path, "SECOND_FACTOR_FOR", SECOND_FACTOR_FOR="publisher", **PUBLIC_SERVER)
    assert chosen == "['publisher']"


def test_the_rules_of_dengbao_are_added_and_passwords_age(tmp_path):
    assert setting(tmp_path, "PASSWORD_MAX_DAYS") == "0"
    assert setting(tmp_path, "PASSWORD_MAX_DAYS", PASSWORD_RULES="dengbao") == "90"
    names = setting(tmp_path, "AUTH_PASSWORD_VALIDATORS", PASSWORD_RULES="dengbao")
    assert "KindsValidator" in names
    assert "NotUsedBeforeValidator" in names


def test_a_bucket_is_named_by_one_address(tmp_path):
    assert setting(tmp_path, "MEDIA_BUCKET") == "None"
    url = "s3://key:a%2Fb%2B@oss.example.cn/uploads/site?region=cn-shanghai&style=virtual"
    assert ast.literal_eval(setting(tmp_path, "MEDIA_BUCKET", MEDIA_STORE_URL=url)) == {
        "endpoint_url": "https://oss.example.cn",
        "access_key": "key",
        "secret_key": "a/b+",
        "bucket_name": "uploads",
        "location": "site",
        "region_name": "cn-shanghai",
        "style": "virtual",
    }


def test_pictures_may_come_from_a_host_that_the_policy_then_names(tmp_path):
    policy = "CONTENT_SECURITY_POLICY['DIRECTIVES'].get('img-src')"
    assert setting(tmp_path, policy) == "None"
    image_host = {"MEDIA_URL": "https://img.example.cn/site/"}
    assert setting(tmp_path, policy, **image_host) == """["'self'", 'https://img.example.cn']"""
    assert setting(tmp_path, "MEDIA_URL", **image_host) == "'https://img.example.cn/site/'"


def test_what_a_bucket_needs_is_not_loaded_without_one(tmp_path):
    code = """
import sys
from django.core.files.storage import default_storage
from promotion.wsgi import application
print(default_storage.exists("x"), "boto3" in sys.modules)
"""
    result = manage(tmp_path, "shell", "--no-imports", "-c", code)
    assert result.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(("size", "found"), [("3", "3 0"), ("0", "None 60")])
def test_threads_share_a_few_connections_or_keep_one_each(tmp_path, size, found):
    code = """
from django.conf import settings
database = settings.DATABASES["default"]
print(database["OPTIONS"]["pool"]["max_size"] if database.get("OPTIONS") else None,
      database.get("CONN_MAX_AGE"))
"""
    url = "postgres://someone@127.0.0.1:1/name"
    result = manage(
        tmp_path, "shell", "--no-imports", "-c", code, DATABASE_URL=url, DATABASE_POOL=size
    )
    assert result.stdout.strip() == found


@pytest.mark.parametrize(("query", "seconds"), [("", "60"), ("?conn_max_age=0", "0")])
def test_on_sqlite_a_thread_keeps_its_connection_unless_told_otherwise(tmp_path, query, seconds):
    code = "from django.db import connection; print(connection.settings_dict['CONN_MAX_AGE'])"
    url = f"sqlite:///{tmp_path / 'site.sqlite3'}{query}"
    result = manage(tmp_path, "shell", "--no-imports", "-c", code, DATABASE_URL=url)
    assert result.stdout.strip() == seconds


@pytest.mark.parametrize("folder", ["site#1", "site?1", "50%25", "a+b", "新 站"])
def test_the_database_lies_in_the_folder_whatever_its_name(tmp_path, folder):
    keys = "DATABASES['default']"
    found = ast.literal_eval(setting(tmp_path, keys, VAR_DIR=str(tmp_path / folder)))
    assert found["NAME"] == str(tmp_path / folder / "site.sqlite3")
    assert [found[key] for key in ("USER", "PASSWORD", "HOST", "PORT")] == [""] * 4


@pytest.mark.parametrize(
    "url",
    [
        "s3cr",
        "mysql://site:s3cr@db.example.org/site",
        "mysqlx://site:s3cr@db.example.org/site",
        "postgres://site:s3cr/et@db.example.org/site",
        "postgres://site:s3cr@db.example.org",
        "postgres://site:s3cr@db.example.org:99999/site",
        "postgres://site:s3cr@db.example.org/site?conn_max_age=60",
        "postgres://site:s3cr@db.example.org/site?conn_max_age=long",
        "postgres://site:s3cr@db.example.org/site?sslmode=bogus",
        "sqlite://s3cr/site.sqlite3",
        "sqlite:////s3cr/site#1.sqlite3",
    ],
)
def test_a_database_that_cannot_be_used_is_refused_without_its_password(tmp_path, url):
    result = manage(tmp_path, "check", DATABASE_URL=url)
    assert result.returncode != 0
    assert "ImproperlyConfigured: DATABASE_URL must " in result.stderr
    assert "s3cr" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("query", "pool", "seconds"),
    [
        ("?sslmode=verify-full&conn_max_age=0", "8", "0"),
        ("?sslmode=verify-full&conn_max_age=90", "0", "90"),
        ("?sslmode=verify-full&conn_max_age=None", "0", "None"),
    ],
)
def test_what_an_address_says_of_connections_is_kept(tmp_path, query, pool, seconds):
    url = f"postgres://someone@127.0.0.1:1/name{query}"
    found = setting(tmp_path, "DATABASES['default']", DATABASE_URL=url, DATABASE_POOL=pool)
    assert "'sslmode': 'verify-full'" in found
    assert f"'CONN_MAX_AGE': {seconds}," in found


def test_a_sender_may_have_a_name(tmp_path):
    sender = "招商服务台 <desk@example.org>"
    assert setting(tmp_path, "DEFAULT_FROM_EMAIL", EMAIL_FROM=sender) == repr(sender)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CACHE_URL", "nonsense://:s3cr@127.0.0.1/1"),
        ("CACHE_URL", "rediscache://:s3cr/et@127.0.0.1/1"),
        ("EMAIL_URL", "smtp+tls://desk:s3cr/et@mail.example.org:587"),
        ("SENTRY_DSN", "https://s3cr@host/project"),
    ],
)
def test_a_password_in_a_wrong_address_is_not_shown(tmp_path, name, value):
    result = manage(tmp_path, "check", **{name: value})
    assert f"ImproperlyConfigured: {name} must be" in result.stderr
    assert "s3cr" not in result.stdout + result.stderr

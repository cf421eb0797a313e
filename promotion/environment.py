"""Settings read from the environment, each named where it cannot be understood.

Loaded by gunicorn too, before any setting of the site is read: nothing of the site's is imported.
"""

import io
import ipaddress
import os
import re
import warnings
from email.utils import getaddresses
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError

SQLITE, POSTGRESQL = (environ.Env.DB_SCHEMES[scheme] for scheme in ("sqlite", "postgres"))
# Those that libpq knows.
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# More than any setting counts to.
LARGEST = 1_000_000_000_000
LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z0-9_]+)\s*=\s*([^\0]*?)\s*")


def read_file(path):
    """Add the lines of a file to the environment, which goes before them; it need not be there.

    Raises ImproperlyConfigured for a file or a line that cannot be read, without quoting it, for it
    may hold a password. django-environ prints such a line and goes on without it.
    """
    if not os.path.lexists(path):
        return
    try:
        # Some editors put a mark before the first line.
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{path} must be text in UTF-8.") from None
    settings = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            match = LINE.fullmatch(line)
            if not match:
                raise ImproperlyConfigured(f"{path}, line {number} must be of the form NAME=value.")
            settings.append("=".join(match.groups()))
    environ.Env.read_env(io.StringIO("\n".join(settings)))


def env_str(name, default=""):
    """Return a text setting as it was given.

    Read from the environment itself: django-environ takes a value that begins with "$" for the
    name of another variable.
    """
    return os.environ.get(name, "").strip() or default


def env_list(name):
    """Return a comma-separated setting as a list without empty entries."""
    return [entry.strip() for entry in env_str(name).split(",") if entry.strip()]


def env_bool(name, default):
    """Return a yes/no setting; raise ImproperlyConfigured for anything else.

    django-environ reads every unknown word as False, which would turn a typing error in a
    protection into its absence.
    """
    value = env_str(name).lower()
    if not value:
        return default
    if value in {"on", "true", "yes", "1"}:
        return True
    if value in {"off", "false", "no", "0"}:
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")


def env_int(name, default, minimum=0, maximum=LARGEST):
    """Return a whole-number setting; raise ImproperlyConfigured for anything else."""
    value = env_str(name)
    if not value:
        return default
    # Python refuses, in words of its own, to read a number of thousands of digits.
    if not re.fullmatch("[0-9]{1,15}", value) or not minimum <= int(value) <= maximum:
        raise ImproperlyConfigured(f"{name} must be a whole number from {minimum} to {maximum}.")
    return int(value)


def env_choice(name, choices):
    """Return one of several words, the first if left out; raise ImproperlyConfigured for others."""
    value = env_str(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(filter(None, choices))}.")
    return value


def is_email(address):
    from django.core.validators import validate_email  # noqa: PLC0415 not in gunicorn's own process

    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def env_emails(name):
    """Return comma-separated mail addresses; raise ImproperlyConfigured for anything else."""
    addresses = env_list(name)
    if not all(map(is_email, addresses)):
        raise ImproperlyConfigured(f"{name} must be mail addresses with commas between.")
    return addresses


def env_sender(name, default):
    """Return a mail address, which may have a name before it, or raise ImproperlyConfigured."""
    value = env_str(name, default)
    pairs = getaddresses([value])
    if len(pairs) != 1 or "\n" in value or not is_email(pairs[0][1]):
        raise ImproperlyConfigured(f"{name} must be a mail address.")
    return value


def env_contacts(name):
    """Return mailto: and https: addresses with commas between, or raise ImproperlyConfigured."""
    contacts = env_list(name)
    if not all(
        re.fullmatch(r"mailto:[^@\s]+@[^@\s]+|https://\S+", contact) for contact in contacts
    ):
        raise ImproperlyConfigured(f"{name} must be mailto: or https: addresses.")
    return contacts


def env_hosts(name, default):
    """Return host names, with a dot before those that stand for all under them, or "*".

    Raises ImproperlyConfigured for what no host is called: with it, every request is refused.
    """
    hosts = env_list(name)
    if not all(re.fullmatch(r"\*|\.?[A-Za-z0-9._-]+|\[[A-Fa-f0-9:.]+\]", host) for host in hosts):
        raise ImproperlyConfigured(
            f"{name} must be host names with commas between, without https://, port and path."
        )
    return hosts or default


def env_origins(name):
    """Return origins with commas between; raise ImproperlyConfigured for anything else."""
    origins = env_list(name)
    if not all(re.fullmatch(r"https?://[^\s/]+", origin) for origin in origins):
        raise ImproperlyConfigured(f"{name} must be origins such as https://invest.example.gov.cn.")
    return origins


def env_networks(name, default):
    """Return addresses and networks; raise ImproperlyConfigured for anything else."""
    try:
        return [ipaddress.ip_network(entry) for entry in env_list(name) or default]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be addresses with commas between.") from error


def env_address(name, default):
    """Return origin and path of an https address, or "" and the default.

    Raises ImproperlyConfigured for anything else.
    """
    value = env_str(name)
    if not value:
        return "", default
    match = re.fullmatch(r"(https://[A-Za-z0-9.-]+(?::[0-9]+)?)(/(?:[A-Za-z0-9._~-]+/)*)", value)
    if not match:
        raise ImproperlyConfigured(f"{name} must be an https address that ends in /.")
    return match.groups()


def env_path(name):
    """Return a path setting, or None; raise ImproperlyConfigured for one that is not absolute."""
    value = env_str(name)
    if value and not Path(value).is_absolute():
        raise ImproperlyConfigured(f"{name} must be a full path, from / on.")
    return Path(value) if value else None


def env_time_zone(name, default):
    """Return the name of a time zone; raise ImproperlyConfigured where there is none of it."""
    value = env_str(name, default)
    try:
        ZoneInfo(value)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as {default}, not {value!r}."
        ) from None
    return value


def env_number(name, pattern, example):
    """Return a registration number; raise ImproperlyConfigured for one of another form."""
    value = env_str(name)
    if value and not re.fullmatch(pattern, value):
        raise ImproperlyConfigured(f"{name} must be of the form {example}, not {value!r}.")
    return value


def env_module(name, default):
    """Return the name of a module; raise ImproperlyConfigured where there is none."""
    value = env_str(name, default)
    try:
        is_there = find_spec(value) is not None
    except (ImportError, ValueError):
        is_there = False
    if not is_there:
        raise ImproperlyConfigured(f"{name} must be a module that can be imported, not {value!r}.")
    return value


def env_database(name, path):
    """Return the database that a setting names, or SQLite's in a file if it is left out.

    Raises ImproperlyConfigured for what is no address of SQLite or PostgreSQL, and never shows it,
    for it may hold a password: django-environ prints parts of it.
    """
    value = env_str(name)
    if not value:
        # Not by an address, in which "#", "?", "%" and "+" of a path mean something else.
        nowhere = dict.fromkeys(("USER", "PASSWORD", "HOST", "PORT"), "")
        return {"ENGINE": SQLITE, "NAME": str(path), **nowhere}
    try:
        with warnings.catch_warnings(action="error"):
            database = environ.Env.db_url_config(value)
    except (ValueError, Warning):
        database = {"ENGINE": None}
    options = database.get("OPTIONS", {})
    if (
        database["ENGINE"] not in (SQLITE, POSTGRESQL)
        or not (database["NAME"] or "service" in options)
        # What follows it would be left out of the file's name.
        or (database["ENGINE"] == SQLITE and "#" in value)
    ):
        raise ImproperlyConfigured(
            f"{name} must be of the form postgres://user:password@host:port/name or sqlite:///path."
        )
    if options.get("sslmode", SSL_MODES[0]) not in SSL_MODES:
        raise ImproperlyConfigured(f"{name} must have {' or '.join(SSL_MODES)} as its sslmode.")
    seconds = database.get("CONN_MAX_AGE")
    if seconds is not None and (not isinstance(seconds, int) or seconds < 0):
        raise ImproperlyConfigured(f"{name} must have a whole number as its conn_max_age.")
    return database


def env_cache(name, default):
    """Return the cache that a setting names; raise ImproperlyConfigured for anything else."""
    value = env_str(name, default)
    try:
        cache = environ.Env.cache_url_config(value)
        for server in urlsplit(value).netloc.split(","):
            # Asked for, it is read: django-environ hands it on as it is.
            _port = urlsplit(f"//{server}").port
    except (ImproperlyConfigured, ValueError):
        # Without the reason, which may hold a password.
        raise ImproperlyConfigured(
            f"{name} must be an address such as rediscache://127.0.0.1:6379/1."
        ) from None
    return cache


def env_bucket(name):
    """Return the options of a bucket that a setting names, or None.

    Raises ImproperlyConfigured for anything but s3://key:secret@host:port/bucket/folder, with
    ?region= and ?style=virtual where the service wants them; s3+http where it speaks plain HTTP.
    """
    value = env_str(name)
    if not value:
        return None
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port else ""
        query = {"region": "us-east-1", "style": "path"}
        query |= parse_qsl(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        parts = query = None
    if (
        not parts
        or parts.scheme not in ("s3", "s3+http")
        or not (parts.hostname and parts.path.strip("/"))
        or bool(parts.username) != bool(parts.password)
        or query.keys() != {"region", "style"}
        or query["style"] not in ("path", "virtual")
    ):
        raise ImproperlyConfigured(f"{name} must be of the form s3://key:secret@host/bucket.")
    bucket, _slash, folder = parts.path.strip("/").partition("/")
    return {
        "endpoint_url": f"http{'' if parts.scheme == 's3+http' else 's'}://{parts.hostname}{port}",
        "access_key": parts.username and unquote(parts.username),
        "secret_key": parts.password and unquote(parts.password),
        "bucket_name": bucket,
        "location": folder,
        "region_name": query["region"],
        "style": query["style"],
    }

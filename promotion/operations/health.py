"""Whether the site can do its work: what a monitor asks, each answer quick and without secrets."""

import contextlib
import logging
import shutil
import socket
import tempfile
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from promotion.reference.spreadsheets.waiting import stalled_seconds
from promotion.services import unapplied_migrations

LOGGER = logging.getLogger(__name__)
CONNECT_SECONDS = 0.4
PORTS = {"http": 80, "https": 443}
QUERY_MILLISECONDS = 400
CACHE_SECONDS = 10
STALLED_IMPORT_SECONDS = 600
MEGABYTE = 1024 * 1024


class UnhealthyError(Exception):
    """Something the site needs is not as it should be."""


@contextlib.contextmanager
def impatient():
    """Let the database refuse a query that takes too long for a monitor."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {QUERY_MILLISECONDS}")
        yield
        cursor.execute("SET statement_timeout TO DEFAULT")


def check_database():
    """Reach the database; its server first, for a lost one would be waited for much longer."""
    server = connection.settings_dict
    if connection.vendor == "postgresql" and server["HOST"] and server["HOST"][0] != "/":
        address = (server["HOST"], int(server["PORT"] or 5432))
        with socket.create_connection(address, CONNECT_SECONDS):
            pass
    with impatient(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations():
    with impatient():
        if unapplied_migrations():
            raise UnhealthyError


def check_imports():
    """Find out whether uploads wait and nothing has moved among them for long."""
    with impatient():
        if stalled_seconds() > STALLED_IMPORT_SECONDS:
            raise UnhealthyError


def check_cache():
    value = str(time.time())
    cache.set("health", value, CACHE_SECONDS)
    if cache.get("health") is None:
        raise UnhealthyError


def check_media():
    """Reach the server of the bucket that uploads are kept in, if they are in one."""
    if settings.MEDIA_BUCKET:
        server = urlsplit(settings.MEDIA_BUCKET["endpoint_url"])
        address = (server.hostname, server.port or PORTS[server.scheme])
        socket.create_connection(address, CONNECT_SECONDS).close()


def check_disk():
    if shutil.disk_usage(settings.VAR_DIR).free < settings.MIN_FREE_DISK_MB * MEGABYTE:
        raise UnhealthyError


def check_var_dir():
    with tempfile.TemporaryFile(dir=settings.VAR_DIR) as file:
        file.write(b"ok")


CHECKS = {
    "database": check_database,
    "migrations": check_migrations,
    "imports": check_imports,
    "cache": check_cache,
    "media": check_media,
    "disk": check_disk,
    "var_dir": check_var_dir,
}
NEED_DATABASE = {"migrations", "imports"}


def readiness():
    """Return {check: whether it passed}; what needs the database fails with it."""
    results = {}
    for name, check in CHECKS.items():
        if name in NEED_DATABASE and not results["database"]:
            results[name] = False
            continue
        try:
            check()
        except Exception:
            # Each cache has errors of its own; whatever it was, a monitor is told which check.
            LOGGER.warning("not ready: %s", name, exc_info=True)
            results[name] = False
        else:
            results[name] = True
    return results

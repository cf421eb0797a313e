"""The two databases: a consistent copy while the site is running, and a copy put in an empty place.

Nobody's session is in a copy: whoever held it could go on as that user.
"""

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.db.models import FileField
from django.utils.translation import gettext as _

from promotion.operations.backups.archives import DATABASES
from promotion.operations.backups.problems import BackupError
from promotion.reference.pieces import is_of_index

SESSIONS = Session._meta.db_table


class Copy:
    """A copy of the database, and a connection that sees exactly what is in it."""

    def __init__(self, path, seen):
        self.path = path
        self.seen = seen

    def rows(self):
        """Return how many rows each table of the copy has."""
        return row_counts(self.seen)

    def migrations(self):
        with self.seen.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
            return cursor.fetchall()

    def named_files(self):
        """Return the names of the files that rows of the copy name."""
        return named_files(self.seen)


def row_counts(seen):
    """Return {table: number of rows}."""
    counts = {}
    with seen.cursor() as cursor:
        for table in sorted(seen.introspection.table_names(cursor)):
            if is_of_index(table):
                continue
            cursor.execute(f"SELECT COUNT(*) FROM {seen.ops.quote_name(table)}")  # noqa: S608
            (counts[table],) = cursor.fetchone()
    return {**counts, SESSIONS: 0}


def named_files(seen):
    """Return the names of all files that rows name, renditions of pictures among them.

    A table or column that the code knows and the database does not have yet names nothing.
    """
    names = set()
    quote = seen.ops.quote_name
    with seen.cursor() as cursor:
        tables = set(seen.introspection.table_names(cursor))
        for model in apps.get_models():
            for field in model._meta.local_fields:
                table = model._meta.db_table
                if not isinstance(field, FileField) or table not in tables:
                    continue
                cursor.execute(f"SELECT * FROM {quote(table)} LIMIT 0")  # noqa: S608
                if field.column not in {column[0] for column in cursor.description}:
                    continue
                column = quote(field.column)
                cursor.execute(f"SELECT {column} FROM {quote(table)} WHERE {column} <> ''")  # noqa: S608
                for (name,) in cursor.fetchall():
                    file = field.attr_class(model(), field, name)
                    names.update(getattr(file, "files", [name]))
    return names


class SQLite:
    """A file: copied with what was deleted left out, as of one moment."""

    vendor = "sqlite"
    version = None

    @contextlib.contextmanager
    def copy(self, folder):
        path = folder / DATABASES[self.vendor]
        path.touch(mode=0o600)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        seen = connection.copy("copy")
        seen.settings_dict.update({"NAME": str(path), "OPTIONS": {}})
        with contextlib.closing(seen):
            with seen.cursor() as cursor:
                cursor.execute("PRAGMA secure_delete = ON")
                cursor.execute(f"DELETE FROM {seen.ops.quote_name(SESSIONS)}")  # noqa: S608
                cursor.execute("PRAGMA integrity_check")
                if cursor.fetchall() != [("ok",)]:
                    raise BackupError(
                        _(
                            "数据库文件已损坏（PRAGMA integrity_check 不通过）。"
                            "请不要再写入，用最近一份备份恢复。"
                        )
                    )
            yield Copy(path, seen)

    def place_for_copy(self, _folder):
        """Return where a copy waits for `load`: beside the database, so that it can be renamed."""
        path = Path(connection.settings_dict["NAME"])
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f"{path.name}.restoring")

    def load(self, copy):
        path = Path(connection.settings_dict["NAME"])
        connection.close()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        copy.replace(path)

    def clear(self):
        """Leave the place as empty as it was."""
        path = Path(connection.settings_dict["NAME"])
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


class PostgreSQL:
    """A server: copied by pg_dump, which reads from the same snapshot as the counting beside it."""

    vendor = "postgresql"

    @property
    def version(self):
        return connection.pg_version // 10000

    @contextlib.contextmanager
    def copy(self, folder):
        path = folder / DATABASES[self.vendor]
        path.touch(mode=0o600)
        self.check_program("pg_dump")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            self.run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                "--no-comments",
                f"--exclude-table-data=*.{SESSIONS}",
                f"--snapshot={snapshot}",
                f"--file={path}",
            )
            self.list_content(path)
            yield Copy(path, connection)

    def list_content(self, path):
        """Let pg_restore read the whole table of contents: it fails on a damaged dump."""
        self.check_program("pg_restore")
        try:
            subprocess.run(["pg_restore", "--list", path], capture_output=True, check=True)  # noqa: S603, S607
        except subprocess.CalledProcessError as error:
            raise BackupError(
                _("pg_restore 读不懂写出的数据库备份：%(reason)s") % {"reason": last_line(error)}
            ) from error

    def place_for_copy(self, folder):
        self.check_program("pg_restore")
        return folder / DATABASES[self.vendor]

    def load(self, copy):
        """Put a copy in, all of it or nothing."""
        self.list_content(copy)
        connection.close()
        self.run(
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            str(copy),
        )
        copy.unlink()

    def clear(self):
        """Leave the place as empty as it was."""
        connection.close()
        with transaction.atomic(), connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")

    def check_program(self, name):
        """Say plainly when a program is not there, or older than the server and so refuses it."""
        if not shutil.which(name):
            raise BackupError(
                _("本机没有 %(name)s。请安装 postgresql-client-%(version)s 再运行一次。")
                % {"name": name, "version": self.version}
            )
        answer = subprocess.run([name, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
        theirs = int(re.search(r"\d+", answer.stdout)[0])
        if theirs < self.version:
            raise BackupError(
                _(
                    "本机的 %(name)s 是 %(theirs)s 版，数据库是 %(version)s 版，旧的读不了新的。"
                    "请安装 postgresql-client-%(version)s 再运行一次。"
                )
                % {"name": name, "theirs": theirs, "version": self.version}
            )

    def run(self, program, *arguments):
        """Run a client program; the password goes into its environment, not its command line."""
        (_psql, *options), environment = DatabaseClient.settings_to_cmd_args_env(
            connection.settings_dict, []
        )
        name = connection.settings_dict.get("NAME")
        if name:
            options[-1:] = [f"--dbname={name}"]
        try:
            subprocess.run(  # noqa: S603 from the settings alone
                [program, "--no-password", *options, *arguments],
                env={**os.environ, **(environment or {})},
                capture_output=True,
                text=True,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            raise BackupError(
                _("%(program)s 没有成功：%(reason)s 没有留下半个文件。")
                % {"program": program, "reason": last_line(error)}
            ) from error


def last_line(error):
    """Return what a program said last before it failed."""
    text = error.stderr if isinstance(error.stderr, str) else error.stderr.decode(errors="replace")
    return text.strip().splitlines()[-1] if text.strip() else f"({error.returncode})"


def database():
    """Return the kind of database that the site uses."""
    return {"sqlite": SQLite, "postgresql": PostgreSQL}[connection.vendor]()


def is_empty():
    """Tell whether the site's database has no table."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)

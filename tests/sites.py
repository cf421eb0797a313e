"""Sites of their own for the tests: real processes in a folder, on a database of their own."""

import fcntl
import http.client
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection

from tests.screenshots import free_port

IS_POSTGRESQL = connection.vendor == "postgresql"
STOP_SECONDS = 60
COMMAND_SECONDS = 900
ESTABLISHED = "01"
"""How `/proc/net/tcp` names the state of a connection that both ends know."""
STAND_AT = """
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
executor.loader.replace_migrations = False
executor.loader.build_graph()
state = executor.migrate([{target}])
emit_post_migrate_signal(0, False, "default", apps=state.apps)
"""


class Site:
    """A site of its own: its VAR_DIR, its database, its processes, and what its commands answer."""

    def __init__(self, folder, database="", url="", **environment):
        self.folder = folder
        self.var = folder / "var"
        self.database = database
        self.database_url = url or (url_of(database) if database else "")
        self.environment = {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(self.var),
            "DATABASE_URL": self.database_url,
            "START_IMPORT_WORKER": "off",
            **environment,
        }

    def start(self, *arguments, prefix=(), **environment):
        """Start a program in a session of its own; what it prints goes to the site's log."""
        with (self.folder / "log").open("ab") as log:
            return self.process(
                [*prefix, *python(arguments)],
                environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_piped(self, *arguments, environment=None, **options):
        """Start a program whose output the test reads as text."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return self.process(python(arguments), environment or {}, **pipes, **options)

    def process(self, words, environment, **options):
        whole = {**self.environment, **environment}
        return subprocess.Popen(words, cwd=settings.BASE_DIR, env=whole, **options)

    @property
    def log(self):
        return (self.folder / "log").read_text()

    def manage(self, *arguments, **options):
        """Run a command to its end and return it with its returncode, stdout and stderr."""
        process = self.start_piped("manage.py", *arguments, **options)
        process.stdout, process.stderr = map(Text, process.communicate(timeout=COMMAND_SECONDS))
        return process

    def carry_out(self, *arguments):
        """Run a command that has to succeed, and return what it printed."""
        process = self.manage(*arguments)
        assert process.returncode == 0, process.stderr
        return process.stdout.strip()

    def ask(self, code):
        """Run code in the site and return what it printed."""
        return self.carry_out("shell", "-v0", "--no-imports", "-c", code)

    def migrate(self):
        self.carry_out("migrate", "-v0")
        return self

    def stand_at(self, label, name):
        """Bring the database to a migration of former times, also one that was squashed since."""
        self.ask(STAND_AT.format(target=(label, name)))
        return self

    def rows(self, query):
        """Return the rows that a query finds in the site's database."""
        if self.database:
            with psycopg.connect(self.database_url) as session:
                return session.execute(query).fetchall()
        with closing(sqlite3.connect(self.var / "site.sqlite3", timeout=30)) as session:
            return session.execute(query).fetchall()

    @contextmanager
    def serving(self, prefix=(), **environment):
        """Serve the site for as long as the context lasts."""
        port = free_port()
        process = self.start(
            "-m", "gunicorn", "promotion.wsgi", prefix=prefix, PORT=str(port), **environment
        )
        server = Server(process, port)
        try:
            server.wait()
            yield server
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def remove(self):
        if self.database:
            drop(self.database)


def python(arguments):
    return [sys.executable, "-W", "error::ResourceWarning", *map(str, arguments)]


class Text(str):
    """What a process wrote; its last line is for scripts."""

    @property
    def figures(self):
        words = self.strip().splitlines()[-1].split()
        return dict(word.split("=", 1) for word in words)


def server_address():
    """Return where the server is that the tests run on; their own database is another matter."""
    server = connection.settings_dict
    return {
        "host": server["HOST"],
        "port": server["PORT"] or 5432,
        "user": server["USER"],
        "password": server["PASSWORD"],
    }


def url_of(database):
    at = server_address()
    user = f"{quote(at['user'])}:{quote(at['password'] or 'synthetic')}"
    return f"postgres://{user}@{at['host']}:{at['port']}/{database}"


def on_server(statement):
    """Have the database server do what concerns a whole database."""
    with psycopg.connect(dbname="postgres", autocommit=True, **server_address()) as session:
        session.execute(statement)


def drop(database):
    on_server(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def make_site(folder, template="template0 LOCALE 'C.UTF-8'", **environment):
    """Return a site on a database of its own of the kind that the tests run on."""
    folder.mkdir(parents=True, exist_ok=True)
    if not IS_POSTGRESQL:
        return Site(folder, **environment)
    name = f"scratch_{uuid.uuid4().hex}"
    on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    return Site(folder, name, **environment)


@contextmanager
def new_site(folder, locale="C.UTF-8", **environment):
    """Give an empty site, for as long as the context lasts."""
    site = make_site(folder, f"template0 LOCALE '{locale}'", **environment)
    try:
        yield site
    finally:
        site.remove()


class Server:
    """gunicorn on a port of this machine, and what is asked of it."""

    def __init__(self, process, port):
        self.process = process
        self.port = port

    def wait(self, seconds=60):
        """Return when the server answers anything; raise TimeoutError if it does not in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                return self.ask("/healthz/live")
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        raise TimeoutError

    def begin(self, path):
        """Send a request and return its connection, from which the answer is to be read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        return connection

    def ask(self, path, method="GET", body=None, headers=None, timeout=60):
        """Return the whole answer to one request, as `content` and `text`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            answer.content = answer.read()
            answer.text = answer.content.decode(errors="replace")
            return answer

    def workers(self):
        """Return the ids of the processes that answer requests."""
        tasks = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(tasks) as file:
            return [int(pid) for pid in file.read().split()]

    def taken_up(self):
        """Return how many connections the workers hold: those that still wait are nobody's."""
        found = 0
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            is_ours = fields[1].endswith(f":{self.port:04X}") and fields[3] == ESTABLISHED
            found += is_ours and fields[9] != "0"
        return found

    def stop(self):
        """Ask the server to end, as the system does, and return how it ended."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


def shared_folder(tmp_path_factory):
    """Return a folder that the processes of one run share, and no other run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def built_site(shared):
    """Give a site with the fixtures, built once for all the processes that run tests.

    Two processes prepare it at once, as when two servers are started together. Whichever process
    is the last to need it removes it.
    """
    folder = shared / ("built-postgres" if IS_POSTGRESQL else "built")
    with in_turn(shared):
        if not folder.exists():
            site = make_site(folder)
            both = [site.start("manage.py", "prepare") for _process in range(2)]
            assert [process.wait() for process in both] == [0, 0], site.log
            (folder / "name").write_text(site.database)
        # Not by process: two fixtures of one may need it.
        user = folder / f"user-{uuid.uuid4().hex}"
        user.touch()
    name = (folder / "name").read_text()
    yield folder, name
    with in_turn(shared):
        user.unlink()
        if not list(folder.glob("user-*")):
            shutil.rmtree(folder)
            if name:
                drop(name)


@contextmanager
def in_turn(shared):
    with (shared / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copied_site(folder, built):
    """Return a site that begins as the built one."""
    source, name = built
    site = make_site(folder, name)
    shutil.copytree(source / "var", site.var)
    return site

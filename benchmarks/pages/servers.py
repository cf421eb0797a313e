"""The servers that are measured: each gunicorn with the same two workers of the same kind."""

import http.client
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from benchmarks.pages.data import databases, static_files, tutorial_environment
from benchmarks.scratch import ROOT, free_port

WORKERS = 2
# A worker that is replaced while it is measured would make its successor's start look like the
# cost of a page; so none is.
GUNICORN = (
    f"-m gunicorn --workers {WORKERS} --worker-class gthread --threads 64 --keep-alive 5"
    " --max-requests 0 --max-requests-jitter 0 --log-level warning --no-control-socket"
).split()
START_SECONDS = 120
HEADERS = {"Accept": "text/html", "Accept-Encoding": "gzip, br", "User-Agent": "benchmark"}
OF_THE_CONNECTION = {"server", "date", "connection", "transfer-encoding", "keep-alive"}
TICKS = os.sysconf("SC_CLK_TCK")


def processes(pid):
    """Return a process and all that it started, and they."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(each for child in children for each in processes(int(child)))]


class Server:
    """gunicorn with one application on a port of this machine."""

    def __init__(self, application, folder, environment, cwd=ROOT):
        self.application = application
        self.port = free_port()
        self.log = folder / f"{application}-{self.port}.log"
        # A start is not to pay for compiling modules that an earlier one has compiled.
        self.environment = {**environment, "PYTHONDONTWRITEBYTECODE": ""}
        self.cwd = cwd

    def start(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *GUNICORN, "--bind", f"127.0.0.1:{self.port}", self.application],
                cwd=self.cwd,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ask(self, path, **headers):
        """Return status line, headers and body of the answer to one request."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as connection:
            connection.request("GET", path, headers=HEADERS | headers)
            answer = connection.getresponse()
            body = answer.read()
        kept = [each for each in answer.getheaders() if each[0].lower() not in OF_THE_CONNECTION]
        return f"{answer.status} {answer.reason}", kept, body

    def first_answer(self, path):
        """Return as soon as the page is answered with 200; give up with what the log says."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.ask(path)[0].startswith("200"):
                    return
            except OSError:
                time.sleep(0.01)
        raise SystemExit(
            f"{self.application} does not answer {path}\n{self.log.read_text()[-3000:]}"
        )

    def settle(self):
        """Wait until only master and workers are left: the site starts a command beside them."""
        while len(processes(self.process.pid)) > 1 + WORKERS:
            time.sleep(0.1)

    @property
    def workers(self):
        return processes(self.process.pid)[1:]

    def cpu_seconds(self):
        """Return user and system time of master and workers, and of children that ended."""
        total = 0
        for pid in processes(self.process.pid):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15])
        return total / TICKS

    def memory_mib(self):
        """Return the largest worker's resident set, and its share of memory (PSS)."""
        sizes = []
        for pid in self.workers:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            kib = {line.split()[0]: int(line.split()[1]) for line in lines[1:]}
            sizes.append((kib["Rss:"] / 1024, kib["Pss:"] / 1024))
        return max(sizes)


class Servers:
    """All that is measured, in a scratch folder, on copies of the databases."""

    def __init__(self, folder, sizes, kept):
        self.folder = folder
        self.small, self.large = min(sizes), max(sizes)
        self.kept = kept
        self.copies = {}
        self.running = {}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop_all()

    def stop_all(self):
        while self.running:
            self.running.popitem()[1].stop()

    def start(self, name, server):
        """Keep a server running under a name until the end."""
        self.running[name] = server.start()
        server.first_answer("/")
        server.settle()

    def site_environment(self, count, cache="off"):
        """Return the environment of the site with so many companies, its page cache on or off."""
        var = self.folder / f"site-{count}-{cache}"
        if not var.exists():
            var.mkdir()
            (var / "static").symlink_to(static_files(self.kept))
        return {
            **os.environ,
            "VAR_DIR": str(var),
            "DATABASE_URL": f"sqlite:///{self.copy(count, 0)}",
            "CACHE_URL": "",
            "PAGE_CACHE_MIB": {"on": "16", "off": "0"}[cache],
            "START_IMPORT_WORKER": "off",
        }

    def copy(self, count, which):
        """Return this run's copy of a database: of the site (0) or of the tutorial (1)."""
        if (count, which) not in self.copies:
            original = databases(count, self.kept)[which]
            copy = self.folder / f"{original.stem}-{count}.sqlite3"
            shutil.copy(original, copy)
            self.copies[count, which] = copy
        return self.copies[count, which]

    def site(self, count, cache="off"):
        environment = self.site_environment(count, cache)
        return Server("promotion.wsgi", self.folder, environment)

    def tutorial(self, count):
        environment = tutorial_environment(self.copy(count, 1))
        return Server("benchmarks.tutorial.wsgi", self.folder, environment, self.folder)

    def bare(self, module, answers):
        """Return a server that hands out answers; see `answers_of`."""
        path = self.folder / "answers"
        path.write_bytes(pickle.dumps(answers))
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "BENCHMARK_ANSWERS": str(path)}
        return Server(f"benchmarks.pages.{module}", self.folder, environment, self.folder)


def answers_of(server, addresses):
    """Return what a server answers: in full, and to who has the page already."""
    answers = {}
    for address in addresses:
        full = server.ask(address)
        if not full[0].startswith("200"):
            raise SystemExit(f"{address} is answered with {full[0]}")
        again = server.ask(address, **{"If-None-Match": etag_of(full)})
        if not again[0].startswith("304"):
            again = "304 Not Modified", [("ETag", etag_of(full))], b""
        path, _mark, query = address.partition("?")
        answers[f"{path}?{query}"] = full, again
    return answers


def etag_of(answer):
    return next((value for name, value in answer[1] if name.lower() == "etag"), '"none"')

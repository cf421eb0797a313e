"""The benchmark of the public pages runs to its end; its figures are judged on a quiet machine."""

import json
import math
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

from benchmarks.pages.data import databases, static_folder
from benchmarks.pages.editor import stale_answers
from benchmarks.pages.measuring import Result
from benchmarks.pages.servers import TICKS
from benchmarks.pages.table import ROWS, Row
from tests.sites import IS_POSTGRESQL
from tests.test_architecture import imports_of


def sample(cpu_ms):
    return {"cpu_ms": cpu_ms, "rps": 1000 / cpu_ms}


@pytest.fixture
def answering():
    """Serve one text from this process, and give its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "9")
            self.end_headers()
            self.wfile.write("新名称".encode())

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.benchmark
@pytest.mark.skipif(IS_POSTGRESQL, reason="it measures SQLite")
def test_every_row_comes_out_of_a_run(built, tmp_path):
    folder, _name = built
    databases(100, tmp_path, folder / "var" / "site.sqlite3")
    shutil.copytree(folder / "var" / "static", static_folder(tmp_path))
    few = ["--sizes=100", "--requests=2", "--rounds=1", "--max-seconds=0.2", "--edit-seconds=1"]
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages", *few, "--json", f"--kept={tmp_path}"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert [row["key"] for row in report["rows"]] == [row.key for row in ROWS]
    assert [row["key"] for row in report["rows"] if not math.isfinite(row["value"])] == []
    measured = {name for name, sample in report["samples"].items() if sample["rps"] > 0}
    assert measured == report["samples"].keys()
    answers = {status for sample in report["samples"].values() for status in sample["statuses"]}
    assert answers <= {"200", "304"}


def test_what_took_no_tick_of_the_clock_still_has_a_ratio():
    result = Result()
    result.add(10, 0.0, {"rps": 1000, "p99_ms": 1, "statuses": {"200": 10}})
    assert result.as_dict()["cpu_ms"] == pytest.approx(1000 / TICKS / 10)


def test_a_goal_at_most_is_a_ratio_of_what_is_spent():
    row = Row("list", "", 0.05, (("ours", "theirs"),))
    value = row.value({"ours": sample(5), "theirs": sample(200)})
    assert value == 0.025
    assert row.is_reached(value)
    assert not row.is_reached(0.051)


def test_a_goal_at_least_is_a_ratio_of_what_the_same_cpu_answers_in_the_worst_case():
    row = Row("cached", "", 0.8, (("a", "bare"), ("b", "bare")), is_least=True)
    samples = {"a": sample(0.4), "b": sample(0.8), "bare": sample(0.4)}
    assert row.value(samples) == 0.5
    assert not row.is_reached(0.5)
    by_rate = Row("bytes", "", 0.05, (("a", "bare"),), is_least=True, measure="rps")
    assert by_rate.value({"a": sample(4), "bare": sample(0.4)}) == pytest.approx(0.1)


def test_an_answer_without_the_new_name_is_stale(answering):
    ours = [os.getpid()]
    assert stale_answers(answering, ours, "新名称") == (2, 0, 0)
    assert stale_answers(answering, ours, "更新的名称") == (2, 2, 0)


def test_a_worker_that_never_answered_is_told(answering):
    asked, stale, silent = stale_answers(answering, [os.getpid(), os.getppid()], "新名称")
    assert (asked, stale, silent) == (400, 0, 2)


def test_the_tutorial_style_site_is_none_of_ours():
    paths = (settings.BASE_DIR / "benchmarks" / "tutorial").rglob("*.py")
    imported = {name.split(".")[0] for path in paths for _line, name in imports_of(path)}
    assert imported & {"promotion", "companies", "parks", "tests"} == set()
    assert {"django_filters", "import_export"} <= imported

"""The public pages against bare WSGI and against a site as a tutorial writes it.

Usage: python -m benchmarks.pages [--help]. See docs/performance.md.
"""

import argparse
import json
import platform
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.pages.data import KEPT
from benchmarks.pages.measuring import Bench, measure_cold_starts, targets_of
from benchmarks.pages.servers import WORKERS, Servers
from benchmarks.pages.table import ROWS, judged, tables, targets_needed, write_into
from benchmarks.scratch import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
PROFILED = {"stale": "list", "memory": "list", "cold": "home"}


def arguments():
    keys = [row.key for row in ROWS]
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--sizes", default="100,10000,100000", help="numbers of companies")
    parser.add_argument("--requests", type=int, default=100, help="requests of a round and page")
    parser.add_argument(
        "--max-seconds", type=float, default=15, help="what is slower is asked for no longer"
    )
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many is taken")
    parser.add_argument("--edit-seconds", type=int, default=5, help="seconds of editing a round")
    parser.add_argument("--only", nargs="+", choices=keys, default=keys, metavar="ROW")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--docs", action="store_true", help="put the tables into the document")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where the databases are kept")
    parser.add_argument("--profile", choices=keys, metavar="ROW", help="profile a row instead")
    return parser.parse_args()


def run(options, folder):
    """Measure and return the rows, and all that they were taken from."""
    rows = [row for row in ROWS if row.key in options.only]
    sizes = [int(size) for size in options.sizes.split(",")]
    needed = targets_needed(rows)
    targets = {name: each for name, each in targets_of(sizes).items() if name in needed}
    special = {}
    with Servers(folder, sizes, options.kept) as servers:
        bench = Bench(servers, targets, options.requests, options.max_seconds, options.edit_seconds)
        bench.start()
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
            bench.measure_round()
        for _round in range(options.rounds):
            bench.measure_edits()
        if bench.edits:
            # A worker that never answered proves nothing.
            special["stale"] = sum(each["stale"] + each["silent"] for each in bench.edits)
        site = servers.running.get(f"site {servers.large} on")
        if site:
            special["memory"], pss = site.memory_mib()
        servers.stop_all()
        cold = None
        if any(row.measure == "cold" for row in rows):
            cold = measure_cold_starts(servers, options.rounds)
            special["cold"] = cold["site"] / cold["tutorial"]
    samples = {name: result.as_dict() for name, result in bench.results.items()}
    return {
        "rows": judged(rows, samples, special),
        "samples": samples,
        "edits": bench.edits,
        "cold_seconds": cold,
        "worker_pss_mib": pss if site else None,
        "taken": taken(options, sizes),
    }


def taken(options, sizes):
    """Return how the figures were taken, in one line."""
    return (
        f"Python {platform.python_version()}, SQLite, {WORKERS} workers, "
        f"companies {', '.join(f'{size:,}' for size in sizes)}; median of {options.rounds} rounds "
        f"of {options.requests} requests"
    )


def profile(options, folder):
    """Profile the pages of a row inside one process; print the 25 costliest functions."""
    row = next(row for row in ROWS if row.key == options.profile)
    sizes = [int(size) for size in options.sizes.split(",")]
    name = PROFILED.get(row.key) or row.pairs[0][0]
    target = targets_of(sizes)[name]
    out = KEPT / f"{row.key}.prof"
    with Servers(folder, [max(sizes)], options.kept) as servers:
        cache = target.server.split()[-1]
        environment = servers.site(servers.large, cache).environment
        what = "start" if row.key == "cold" else "pages"
        subprocess.run(
            [sys.executable, "-m", "benchmarks.pages.profiling", str(out), what, *target.addresses],
            cwd=ROOT,
            env=environment,
            check=True,
        )
    print(out)


def main():
    options = arguments()
    # Ended from outside, it stops its servers too.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        if options.profile:
            return profile(options, Path(folder))
        report = run(options, Path(folder))
    print(json.dumps(report, ensure_ascii=False, indent=1) if options.json else tables(report))
    if options.docs:
        write_into(DOCUMENT, tables(report))
    return None


if __name__ == "__main__":
    main()

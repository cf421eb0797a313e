"""What a request costs: CPU of the server's processes, requests per second, the slowest percent."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median

from benchmarks.pages import pages
from benchmarks.pages.servers import HEADERS, TICKS, answers_of, etag_of
from benchmarks.scratch import ROOT

# What is answered in a fraction of a millisecond is asked more often: the clock ticks 100 times
# a second.
TIMES_IF_FAST = 20
WARM_UP = 10


@dataclass(frozen=True)
class Target:
    """Pages of one server, asked for in turn; perhaps by readers who have them, or while edited."""

    server: str
    addresses: tuple
    is_fast: bool = False
    is_known: bool = False
    is_edited: bool = False


@dataclass
class Result:
    """What was measured of a target, one entry a round."""

    cpu_ms: list = field(default_factory=list)
    rps: list = field(default_factory=list)
    p99_ms: list = field(default_factory=list)
    statuses: dict = field(default_factory=dict)

    def add(self, requests, cpu_seconds, load):
        # Less than one tick of the clock cannot be told from one.
        self.cpu_ms.append(1000 * max(cpu_seconds, 1 / TICKS) / requests)
        self.rps.append(load["rps"])
        self.p99_ms.append(load["p99_ms"])
        self.statuses = load["statuses"]

    def as_dict(self):
        medians = {name: median(getattr(self, name)) for name in ("cpu_ms", "rps", "p99_ms")}
        return medians | {"statuses": self.statuses}


def targets_of(sizes):
    """Return all that can be measured, by name."""
    small, middle, large = min(sizes), sorted(sizes)[len(sizes) // 2], max(sizes)
    cached = {
        "list": (pages.LIST,),
        "detail": tuple(pages.detail_pages(large)),
        "home": (pages.HOME,),
        "search": (pages.SEARCH,),
    }
    off = f"site {large} off"
    targets = {
        **{name: Target(off, addresses) for name, addresses in cached.items()},
        "two facets": Target(off, (pages.FACETS,)),
        "deep page": Target(off, (pages.deep_page(large),)),
        "list, small": Target(f"site {small} off", (pages.LIST,)),
        "list, middle": Target(f"site {middle} off", (pages.LIST,)),
        "search, small": Target(f"site {small} off", (pages.SEARCH,)),
        "tutorial list": Target("tutorial", cached["list"]),
        "tutorial detail": Target("tutorial", cached["detail"]),
        "tutorial home": Target("tutorial", cached["home"]),
        "bare uncached list": Target("bare", (f"/uncached{pages.LIST}",), is_fast=True),
        "edited list": Target(f"site {large} on", (pages.LIST,), is_edited=True),
        "Django alone, list": Target("bare_django", cached["list"], is_fast=True),
    }
    for name, addresses in cached.items():
        on = f"site {large} on"
        targets[f"cached {name}"] = Target(on, addresses, is_fast=True)
        targets[f"304 {name}"] = Target(on, addresses, is_fast=True, is_known=True)
        targets[f"bare {name}"] = Target("bare", addresses, is_fast=True)
        targets[f"bare 304 {name}"] = Target("bare", addresses, is_fast=True, is_known=True)
    return targets


class Bench:
    """Measures targets in turn, round by round, so that what disturbs one disturbs all."""

    def __init__(self, servers, targets, requests, max_seconds, edit_seconds):
        self.servers = servers
        self.targets = targets
        self.requests = requests
        self.warm_ups = min(requests, WARM_UP)
        self.max_seconds = max_seconds
        self.edit_seconds = edit_seconds
        self.results = {name: Result() for name in targets}
        self.edits = []
        self.lines = {}

    def start(self):
        """Start the servers that the targets need, those last that hand out others' answers."""
        needed = {target.server for target in self.targets.values()}
        bare = needed & {"bare", "bare_django"}
        if bare:
            needed |= {f"site {self.servers.large} {cache}" for cache in ("on", "off")}
        for name in sorted(needed - bare):
            self.servers.start(name, self.server_named(name))
        if bare:
            answers = self.answers()
            for name in sorted(bare):
                self.servers.running[name] = self.servers.bare(name, answers).start()
                self.servers.running[name].first_answer(pages.HOME)
        for name, target in self.targets.items():
            self.lines[name] = list(self.request_lines(target))
            self.warm_up(target)

    def warm_up(self, target):
        """Ask a few times, on connections that either worker may take."""
        server = self.servers.running[target.server]
        for _turn, address in zip(range(self.warm_ups), cycle(target.addresses), strict=False):
            server.ask(address)

    def server_named(self, name):
        if name == "tutorial":
            return self.servers.tutorial(self.servers.large)
        _site, count, cache = name.split()
        return self.servers.site(int(count), cache)

    def answers(self):
        """Return what the site answers, for the servers that hand out the same bytes."""
        on, off = (
            self.servers.running[f"site {self.servers.large} {each}"] for each in ("on", "off")
        )
        addresses = {
            address
            for target in self.targets.values()
            if target.server in {"bare", "bare_django"}
            for address in target.addresses
            if not address.startswith("/uncached")
        }
        answers = answers_of(on, addresses | {pages.HOME})
        (uncached,) = answers_of(off, [pages.LIST]).values()
        return answers | {f"/uncached{pages.LIST}?": uncached}

    def request_lines(self, target):
        """Yield the requests for a target's pages as they go over the wire."""
        server = self.servers.running[target.server]
        for address in target.addresses:
            headers = {"Host": f"127.0.0.1:{server.port}", **HEADERS}
            if target.is_known:
                headers["If-None-Match"] = etag_of(server.ask(address))
            lines = [f"{name}: {value}" for name, value in headers.items()]
            yield "\r\n".join([f"GET {address} HTTP/1.1", *lines, "", ""])

    def load(self, target, name, **bounds):
        """Ask for a target's pages from another process and return what came of it."""
        port = self.servers.running[target.server].port
        asked = json.dumps({"port": port, "requests": self.lines[name], **bounds})
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pages.client"],
            cwd=ROOT,
            input=asked,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    def measure_round(self):
        """Measure each target once, but for those that are edited meanwhile."""
        for name, target in self.targets.items():
            if target.is_edited:
                continue
            server = self.servers.running[target.server]
            count = self.requests * (TIMES_IF_FAST if target.is_fast else 1)
            before = server.cpu_seconds()
            load = self.load(target, name, count=count, seconds=self.max_seconds)
            self.results[name].add(load["requests"], server.cpu_seconds() - before, load)

    def measure_edits(self):
        """Measure once what is edited meanwhile: after all else, for an edit makes pages others."""
        for name, target in self.targets.items():
            if target.is_edited:
                self.measure_edited(name, target)

    def measure_edited(self, name, target):
        """Measure what readers cost while another process edits, and asks for what it edited."""
        server = self.servers.running[target.server]
        editing = [server.port, self.edit_seconds, *server.workers]
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.pages.editor", *map(str, editing)],
            cwd=ROOT,
            env=server.environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as editor:
            assert editor.stdout.readline() == "ready\n"
            before = server.cpu_seconds()
            load = self.load(target, name, seconds=self.edit_seconds)
            self.edits.append(json.loads(editor.stdout.read()))
            used = server.cpu_seconds() - before
        self.results[name].add(load["requests"] + self.edits[-1]["asked"], used, load)


def measure_cold_starts(servers, rounds):
    """Return how many seconds pass, median of some, from starting to the first page, of each."""
    seconds = {"site": [], "tutorial": []}
    for _round in range(rounds):
        for name, server in (
            ("site", servers.site(servers.large, "on")),
            ("tutorial", servers.tutorial(servers.large)),
        ):
            start = time.monotonic()
            server.start()
            try:
                server.first_answer(pages.HOME)
                seconds[name].append(time.monotonic() - start)
            finally:
                server.stop()
    return {name: median(values) for name, values in seconds.items()}

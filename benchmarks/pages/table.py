"""The rows that are to be reached: what is compared with what, and how the outcome is written."""

import re
from dataclasses import dataclass
from pathlib import Path

CACHED = ("list", "detail", "home", "search")
LAST_RUN = re.compile(r"(?<=<!-- last run -->\n).*?(?=<!-- end of last run -->)", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """A goal: a ratio of what was measured of two targets, the worst of several pairs.

    `measure` is what is compared; the first target of a pair is the one that is judged. A ratio of
    CPU that is to be at least so much tells how many requests the same CPU answers.
    """

    key: str
    what: str
    goal: float
    pairs: tuple = ()
    is_least: bool = False
    measure: str = "cpu_ms"

    @property
    def targets(self):
        return {target for pair in self.pairs for target in pair}

    def ratio(self, samples, judged, other):
        value, yardstick = (samples[name][self.measure] for name in (judged, other))
        is_turned = self.is_least and self.measure == "cpu_ms"
        return yardstick / value if is_turned else value / yardstick

    def value(self, samples):
        ratios = [self.ratio(samples, *pair) for pair in self.pairs]
        return min(ratios) if self.is_least else max(ratios)

    def is_reached(self, value):
        return value >= self.goal if self.is_least else value <= self.goal

    @property
    def goal_words(self):
        return f"{'≥' if self.is_least else '≤'} {self.goal:g}"


ROWS = [
    Row("list", "list, not cached: CPU against the tutorial", 1 / 20, (("list", "tutorial list"),)),
    Row(
        "bytes",
        "list, not cached: requests per second against bare WSGI, same bytes",
        0.05,
        (("list", "bare uncached list"),),
        is_least=True,
        measure="rps",
    ),
    Row(
        "size",
        "list: CPU at the most companies against the fewest",
        1.5,
        (("list", "list, small"),),
    ),
    Row("facets", "list by two facets: CPU against the list", 3, (("two facets", "list"),)),
    Row("deep", "list, page 3,900: CPU against page 1", 1.5, (("deep page", "list"),)),
    Row(
        "search",
        "search: CPU at the most companies against the fewest",
        4,
        (("search", "search, small"),),
    ),
    Row(
        "detail",
        "detail, not cached: CPU against the tutorial",
        0.1,
        (("detail", "tutorial detail"),),
    ),
    Row("home", "home, not cached: CPU against the tutorial", 0.1, (("home", "tutorial home"),)),
    Row(
        "cached",
        "cached page, the worst of four: requests for the same CPU against bare WSGI",
        0.8,
        tuple((f"cached {name}", f"bare {name}") for name in CACHED),
        is_least=True,
    ),
    Row(
        "304",
        "its 304, the worst of four: requests for the same CPU against bare WSGI",
        0.8,
        tuple((f"304 {name}", f"bare 304 {name}") for name in CACHED),
        is_least=True,
    ),
    Row(
        "edits",
        "cached list, one edit a second: requests for the same CPU against bare WSGI",
        0.5,
        (("edited list", "bare list"),),
        is_least=True,
    ),
    Row("stale", "stale answers after a commit, in any worker", 0, measure="stale"),
    Row("cold", "cold start to the first 200: seconds against the tutorial", 1.3, measure="cold"),
    Row("memory", "memory of the largest worker (RSS), MiB", 90, measure="memory"),
]
# Measured beside what the rows compare, so that their ratios can be judged.
BESIDE = {"list": {"list, middle"}, "cached": {"Django alone, list"}}
NEEDED = {"stale": {"edited list"}, "memory": {"cached list"}}


def targets_needed(rows):
    needed = set()
    for row in rows:
        needed |= row.targets | BESIDE.get(row.key, set()) | NEEDED.get(row.key, set())
    return needed


def judged(rows, samples, special):
    """Return the rows as dictionaries, with value and outcome."""
    lines = []
    for row in rows:
        value = special[row.measure] if row.measure in special else row.value(samples)
        lines.append(
            {
                "key": row.key,
                "what": row.what,
                "value": value,
                "goal": row.goal_words,
                "is_reached": row.is_reached(value),
            }
        )
    return lines


def markdown(heads, lines):
    rows = [heads, ["---"] * len(heads), *lines]
    return "".join(f"| {' | '.join(map(str, row))} |\n" for row in rows)


def ratio_table(lines):
    return markdown(
        ["row", "what", "value", "goal", "reached"],
        [
            [
                line["key"],
                line["what"],
                f"{line['value']:.3g}",
                line["goal"],
                "yes" if line["is_reached"] else "**no**",
            ]
            for line in lines
        ],
    )


def sample_table(samples):
    return markdown(
        ["measured", "CPU, ms a request", "requests a second", "p99, ms", "answers"],
        [
            [
                name,
                f"{one['cpu_ms']:.2f}",
                f"{one['rps']:.3g}" if one["rps"] < 100 else f"{one['rps']:.0f}",
                f"{one['p99_ms']:.1f}",
                " ".join(one["statuses"]),
            ]
            for name, one in samples.items()
        ],
    )


def notes(report):
    """Yield what is said below the tables."""
    if report["edits"]:
        edits = sum(each["edits"] for each in report["edits"])
        asked = sum(each["asked"] for each in report["edits"])
        yield f"{edits} edits, after each of which all workers were asked: {asked} answers."
    if report["cold_seconds"]:
        site, tutorial = report["cold_seconds"].values()
        yield f"Cold start {site:.2f} s, the tutorial {tutorial:.2f} s."
    if report["worker_pss_mib"]:
        yield f"The largest worker's share of memory (PSS) {report['worker_pss_mib']:.0f} MiB."


def tables(report):
    """Return the report as it is printed, and kept in docs/performance.md."""
    parts = [f"{report['taken']}.\n", ratio_table(report["rows"])]
    if report["samples"]:
        parts.append(sample_table(report["samples"]))
    return "\n".join([*parts, "\n".join(notes(report)), ""])


def write_into(path, text):
    """Put the tables where a document keeps those of the last run."""
    document = Path(path)
    document.write_text(LAST_RUN.sub(lambda _match: text, document.read_text()))

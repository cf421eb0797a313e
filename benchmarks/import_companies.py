"""How long import_data takes for a large sheet of new companies, against csv and sqlite3 alone.

The yardstick (baseline.py) writes the same rows into the same tables of a copy of the same
database, in the same run; it parses, checks and matches nothing, and unlike the command it does
not start a process. Usage: python -m benchmarks.import_companies [ROWS]
"""

import sys
import time

from benchmarks import baseline
from benchmarks.scratch import Site, report


def main(count):
    with Site() as site:
        sheet = site.path / "companies.csv"
        site.python(
            "from benchmarks.companies import make_references, write_sheet\n"
            f"make_references()\nwrite_sheet({str(sheet)!r}, {count})"
        )
        copy = site.copy_database("baseline.sqlite3")
        start = time.perf_counter()
        baseline.write_companies(copy, sheet)
        base = time.perf_counter() - start
        idle = site.python("pass")
        new = site.manage("import_data", "companies", sheet)
        again = site.manage("import_data", "companies", sheet)
    print(f"Import of {count} companies, SQLite")
    report("csv and sqlite3 alone, seconds", base)
    report("import_data, all new, seconds", new.seconds)
    report("  against csv and sqlite3, times", new.seconds / base, 5)
    report("  peak memory above an idle process, MB", new.peak_mb - idle.peak_mb, 200)
    report("import_data, all unchanged, seconds", again.seconds)
    report("  against csv and sqlite3, times", again.seconds / base, 2)
    report("  peak memory above an idle process, MB", again.peak_mb - idle.peak_mb, 150)
    report("an idle process, MB", idle.peak_mb)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

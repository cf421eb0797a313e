"""How long it takes to find the probable duplicates among many generated companies.

Every hundredth company is there twice, the second time under another form of its name. Usage:
python -m benchmarks.find_duplicates [ROWS]
"""

import sys

from benchmarks.scratch import Site, report

MAKE = """
import random
from itertools import islice
from benchmarks.companies import names
from companies.models import Company
made = list(islice(names(random.Random(1)), {count}))
twice = [f"上海市{{name.removesuffix('有限公司')}}" for name in made[::100]]
Company.objects.bulk_create(
    [Company(slug=f"c{{n}}", name=name) for n, name in enumerate([*made, *twice])], 1000
)
"""
FIND = """
from companies.models import Company
from promotion.reference.ledger.duplicates import Finder
Finder(Company).run()
"""


def main(count):
    with Site() as site:
        site.python(MAKE.format(count=count))
        idle = site.python("pass")
        found = site.python(FIND)
    print(f"Probable duplicates of {count} companies, SQLite")
    report("seconds, above an idle process", found.seconds - idle.seconds)
    report("peak memory above an idle process, MB", found.peak_mb - idle.peak_mb)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

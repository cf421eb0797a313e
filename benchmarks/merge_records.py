"""Merging two parks with many relations and undoing it; a request may take 30 seconds."""

from benchmarks.scratch import Site, report

SIZES = (5_000, 50_000)
MAX_SECONDS = 25
GENERATE = """
from companies.models import Company, Tenancy
from parks.models import Park
from promotion.reference.models import Citation, Figure, Source
kept, gone = (
    Park.objects.create(name=name, slug=slug, kind="industrial_park", status="published")
    for name, slug in (("保留园", "kept"), ("并入园", "gone"))
)
source = Source.objects.create(name="文件", slug="source", status="published")
def make(model, rows):
    model.objects.bulk_create(rows, batch_size=500)
    return list(model.objects.order_by("pk"))
half, tenth = {size} // 2, {size} // 10
companies = make(Company, [
    Company(name=f"企业{{n}}", slug=f"c-{{n}}", status="published")
    for n in range(half)
])
make(Tenancy, [Tenancy(company=each, park=gone) for each in companies])
# A tenth are tenants of both, and become one.
make(Tenancy, [Tenancy(company=each, park=kept) for each in companies[:tenth]])
figures = make(Figure, [
    Figure(subject=gone, code=f"f-{{n}}", label=f"指标{{n}}", value=n, unit="items")
    for n in range({size} // 4)
])
citations = [Citation(subject=each, source=source, paragraph=1, excerpt="一") for each in figures]
make(Citation, citations)
make(Citation, [
    Citation(subject=gone, source=source, paragraph=n + 1, excerpt="二")
    for n in range(min({size} // 4, 30_000))
])
"""
MERGE = """
from parks.models import Park
from promotion.reference.ledger.merging import merge
kept, gone = Park.objects.order_by("pk")
merge(Park, kept.pk, gone.pk)
"""
UNDO = """
from promotion.reference.ledger.merging import undo_merge
from promotion.reference.models import Merge
undo_merge(Merge.objects.get().pk)
"""


def main():
    for size in SIZES:
        with Site() as site:
            site.python(GENERATE.format(size=size))
            start = site.python("pass").seconds
            for name, code in (("merge", MERGE), ("undo", UNDO)):
                run = site.python(code)
                report(f"{name} {size:,} relations: seconds", run.seconds - start, MAX_SECONDS)
                report(f"{name} {size:,} relations: peak MB", run.peak_mb)


if __name__ == "__main__":
    main()

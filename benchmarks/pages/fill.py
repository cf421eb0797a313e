"""Synthetic published companies with all that public pages show of them, written in bulk.

Runs inside the site. The same count makes the same rows; every name says that it is an example.
"""

import datetime
import random
from itertools import islice

from django.core.management import call_command

from benchmarks.companies import ACTIVITIES, BRANDS, FIELDS, ROADS, credit_code, names
from benchmarks.pages.pages import EDITED_SLUG, slug_of
from companies.models import Company, Tenancy
from companies.vocabulary import CompanyKind, TenancyRole
from parks.models import Park
from promotion.reference.models import Citation, Figure, Industry, IndustryScheme, Source
from promotion.reference.vocabulary import PublicationStatus

PARKS, INDUSTRIES, SOURCES = 48, 20, 8
BATCH = 5_000
COUNTRIES = ["", "", "", "", "CN", "CN", "DE", "JP", "US", "FR"]
PUBLISHED = {
    "status": PublicationStatus.PUBLISHED,
    "as_of": "2024",
    "verified_on": datetime.date(2024, 6, 1),
}


def fill(count):
    """Fill a migrated database up to so many companies, beside the content of fixtures/."""
    call_command("load_site", verbosity=0)
    chance = random.Random(count)
    make_parks(chance)
    scheme = IndustryScheme.objects.create(
        slug="example-scheme", name="示例产业分类", position=99, **PUBLISHED
    )
    for number in range(INDUSTRIES):
        Industry.objects.create(
            slug=f"example-industry-{number}",
            name=f"示例{FIELDS[number]}产业",
            scheme=scheme,
            position=number,
            **PUBLISHED,
        )
    sources = [
        Source.objects.create(
            slug=f"example-source-{number}", name=f"示例资料{number}", **PUBLISHED
        )
        for number in range(SOURCES)
    ]
    parks = list(Park.objects.published())
    industries = list(scheme.industries.all())
    missing = count - Company.objects.published().count()
    named = zip(range(missing), names(chance), strict=False)
    while batch := [make_company(chance, *row) for row in islice(named, BATCH)]:
        write(chance, batch, parks, industries, sources)


def make_parks(chance):
    for number in range(PARKS - Park.objects.published().count()):
        brand = "".join(chance.sample(BRANDS, 2))
        Park.objects.create(
            slug=f"example-park-{number}",
            name=f"示例{brand}{chance.choice(FIELDS)}产业园",
            kind="industrial_park",
            summary="示例园区，只用于测量。",
            **PUBLISHED,
        )


def make_company(chance, number, name):
    """Return a company that is not saved yet; the first one is the one that is edited."""
    is_edited = number == 0
    field = chance.choice(FIELDS)
    return Company(
        slug=EDITED_SLUG if is_edited else slug_of(number),
        name=f"示例{name}",
        pinyin="0" if is_edited else "",
        kind=chance.choices(CompanyKind.values, [90, 4, 6])[0],
        country=chance.choice(COUNTRIES),
        unified_social_credit_code=credit_code(number),
        established_on=f"{chance.randint(1995, 2023)}-{chance.randint(1, 12):02}",
        registered_capital_cny_10k=chance.randint(50, 90_000),
        staff_count=chance.randint(3, 3_000),
        address=f"上海市普陀区{chance.choice(ROADS)}{chance.randint(1, 2999)}号（示例）",
        summary=f"示例企业：{field}领域的{chance.choice(ACTIVITIES)}，为本地制造与服务企业供货。",
        **PUBLISHED,
    )


def write(chance, companies, parks, industries, sources):
    """Save companies with one to three industries, their parks, figures and citations."""
    Company.objects.bulk_create(companies)
    Company.industries.through.objects.bulk_create(
        Company.industries.through(company=company, industry=industry)
        for company in companies
        for industry in chance.sample(industries, chance.choice([1, 1, 2, 3]))
    )
    Tenancy.objects.bulk_create(
        Tenancy(company=company, park=park, role=TenancyRole.TENANT, started_on="2020")
        for company in companies
        for park in chance.sample(parks, chance.choices([0, 1, 2, 4], [5, 85, 8, 2])[0])
    )
    figures = Figure.objects.bulk_create(
        Figure(
            subject=company,
            code=f"{company.slug}-revenue",
            label="年营业收入",
            value=chance.randint(100, 90_000),
            unit="cny_10k",
            period="2023",
        )
        for company in companies
        if chance.random() < 0.4
    )
    cited = [(company, field) for company in companies for field in ("", "established_on")]
    cited += [(company, "country") for company in companies if company.country]
    cited += [(figure, "value") for figure in figures]
    Citation.objects.bulk_create(
        Citation(
            subject=subject,
            field=field,
            source=chance.choice(sources),
            paragraph=chance.randint(1, 90),
            excerpt="示例短语",
        )
        for subject, field in cited
    )

"""A synthetic district in which every kind of record has every kind of relation, n times."""

from django.contrib.contenttypes.models import ContentType

from companies.models import Company, Recognition, Tenancy
from parks.models import Belt, BeltNode, Building, Incubator, Liaison, Mentor, Park, Space
from promotion.api.kinds import KINDS
from promotion.models import (
    Advisor,
    Alliance,
    Event,
    Measure,
    Policy,
    Program,
    SitePage,
    TalentDemand,
)
from promotion.reference.models import Citation, Figure, Industry, Source
from tests.factories import (
    make_belt,
    make_company,
    make_district,
    make_figure,
    make_home,
    make_incubator,
    make_industry,
    make_measure,
    make_park,
    make_privacy_notice,
    make_service,
    make_source,
)

LISTS = [
    "/belts/",
    "/parks/",
    "/spaces/",
    "/incubators/",
    "/companies/",
    "/industries/",
    "/programs/",
    "/alliances/",
    "/policies/",
    "/events/",
    "/talent/",
    "/advisors/",
    "/figures/",
    "/sources/",
]
PAGES = [
    "/",
    "/search/?q=hub",
    "/compare/?park=hub-park&park=park-0",
    "/compare/?space=space-0&incubator=hub-incubator&incubator=incubator-0",
    "/match/?industry=hub-industry&use=office&area_sqm=50&team_size=3&stage=start_up",
    "/data/",
    "/data/api/",
    "/inquiries/new/?park=hub-park&company=hub-company",
    "/about/privacy/",
    "/belts/hub-belt/?node=park-0",
]
DETAILS = [
    "/belts/hub-belt/",
    "/parks/hub-park/",
    "/incubators/hub-incubator/",
    "/companies/hub-company/",
    "/industries/hub-industry/",
    "/programs/hub-program/",
    "/alliances/alliance-0/",
    "/policies/policy-0/",
    "/events/event-0/",
    "/talent/talentdemand-0/",
    "/advisors/advisor-0/",
    "/sources/hub-source/",
]
MACHINES = ["/robots.txt", "/sitemap.xml", "/healthz/live", "/healthz/ready"]
FEEDS = ["/feed.atom", "/events.ics", "/sitemap-pages.xml", "/sitemap-company.xml"]
API_LISTS = [f"/api/v1/{name}/" for name in KINDS]
API_FILES = [f"/data/{name}.{suffix}" for name in KINDS for suffix in ("csv", "json")]
API = ["/api/v1/", "/api/v1/schema/", *API_LISTS]
EVERY_ADDRESS = [*PAGES, *LISTS, *DETAILS]


def make_many(model, total, **values):
    """Save `total` public records of a model at once; callables are given the position."""
    rows = []
    for index in range(total):
        row = {name: value(index) if callable(value) else value for name, value in values.items()}
        if hasattr(model, "status"):
            row |= {
                "slug": f"{model._meta.model_name}-{index}",
                "name": f"hub {model._meta.verbose_name} {index}",
                "status": "published",
            }
        rows.append(model(**row))
    return model.objects.bulk_create(rows)


def link(through, **columns):
    """Fill a many-to-many table from lists of equal length."""
    rows = zip(*columns.values(), strict=True)
    through.objects.bulk_create(
        through(**dict(zip(columns, (record.pk for record in row), strict=True))) for row in rows
    )


def cite(records, source, figures=True):
    """Give each record a citation, and a figure with a citation of its own."""
    for model in {type(record) for record in records}:
        content_type = ContentType.objects.get_for_model(model)
        ids = [record.pk for record in records if type(record) is model]
        Citation.objects.bulk_create(
            Citation(
                subject_type=content_type, subject_id=pk, source=source, paragraph=1, excerpt="x"
            )
            for pk in ids
        )
        if figures:
            rows = Figure.objects.bulk_create(
                Figure(
                    code=f"{model._meta.model_name}-{pk}",
                    subject_type=content_type,
                    subject_id=pk,
                    label="指标",
                    value=1,
                    unit="items",
                    is_headline=True,
                )
                for pk in ids
            )
            cite(rows, source, figures=False)


def build(n):
    """Make a hub of each kind with n public records of every kind related to it."""
    home = make_home(slug="hub-home")
    industry = make_industry(slug="hub-industry")
    belt = make_belt(slug="hub-belt", district=home, industries=[industry])
    source = make_source(slug="hub-source")
    host = make_park(slug="host-park")
    park = make_park(slug="hub-park", name="hub", district=home, host=host, industries=[industry])
    incubator = make_incubator(
        slug="hub-incubator",
        park=park,
        district=home,
        services=[make_service()],
        industries=[industry],
    )
    group = make_company(slug="group")
    company = make_company(slug="hub-company", parent=group, district=home, industries=[industry])
    measure = make_measure(slug="hub-measure", parks=[park], incubators=[incubator])
    measure.program.slug, measure.program.district = "hub-program", home
    measure.program.save()
    program = measure.program

    parks = make_many(Park, n, kind="complex", host=park, district=home)
    belts = make_many(Belt, n, scale="local", district=home)
    incubators = make_many(Incubator, n, park=park, district=home, stage="planned")
    companies = make_many(Company, n, parent=company, country="DE", district=home)
    alliances = make_many(Alliance, n, kind="platform")
    programs = make_many(
        Program, n, kind="project", district=home, alliance=lambda index: alliances[0]
    )
    measures = make_many(Measure, n, program=program)
    policies = make_many(Policy, n)
    events = make_many(Event, n, measure=measure, starts_on="2024-05")
    buildings = make_many(Building, n, park=park)
    tenancies = make_many(
        Tenancy, n, company=lambda index: companies[index], park=park, incubator=incubator
    )
    tenancies += make_many(Tenancy, n, company=company, park=lambda index: parks[index])
    nodes = make_many(BeltNode, n, belt=belt, park=lambda index: parks[index])
    nodes += make_many(BeltNode, n, belt=lambda index: belts[index], park=park)
    recognitions = make_many(Recognition, n, company=company)
    link_many = [
        (Park, "park", parks),
        (Incubator, "incubator", incubators),
        (Company, "company", companies),
        (Belt, "belt", belts),
        (Policy, "policy", policies),
    ]
    for model, name, rows in link_many:
        link(model.industries.through, **{name + "_id": rows, "industry_id": [industry] * n})
    for owner, name, rows in (
        (Alliance, "alliance", alliances),
        (Program, "program", programs),
        (Event, "event", events),
    ):
        link(owner.parks.through, **{name + "_id": rows, "park_id": [park] * n})
        link(owner.companies.through, **{name + "_id": rows, "company_id": [company] * n})
    alliances[0].incubators.set([incubator])
    alliances[0].districts.set([home])
    link(program.parks.through, program_id=[program] * n, park_id=parks)
    link(program.companies.through, program_id=[program] * n, company_id=companies)
    link(Measure.parks.through, measure_id=measures, park_id=[park] * n)
    link(Measure.incubators.through, measure_id=measures, incubator_id=[incubator] * n)

    everything = [
        *[home, industry, industry.scheme, belt, park, incubator, company, program, measure],
        *[*parks, *belts, *incubators, *companies, *alliances, *programs, *measures, *policies],
        *[*events, *buildings, *recognitions],
        *make_many(Space, n, park=park, use="office", floor_area_sqm=100),
        *make_many(TalentDemand, n, company=company, park=park),
        *make_many(Advisor, n, consented_on="2026-01-01"),
        *make_many(Mentor, n, incubator=incubator, consented_on="2026-01-01"),
        *make_many(Liaison, n, park=park, consented_on="2026-01-01"),
        *make_many(Industry, n, scheme=industry.scheme, position=lambda index: index),
        *make_many(Source, n),
    ]
    cite(everything, source)
    cite([*nodes, *tenancies], source, figures=False)
    for year, claim_status in (("2021", "achieved"), ("2030", "planned")):
        make_figure(park, label="hub 序列", period=year, claim_status=claim_status)
    make_district(slug="part-of-home", parent=home, level="town")
    make_privacy_notice(body="## 小标题\n\n- 一\n- 二\n\n[链接](https://example.org/)")
    make_many(SitePage, n, body="正文")

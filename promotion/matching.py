"""Parks, incubators, programmes and policies ranked by how well they fit a firm's needs."""

from dataclasses import dataclass, field

from django.db.models import CharField, Exists, Model, OuterRef, Prefetch, Value
from django.utils import timezone

from companies.models import Company, Tenancy
from parks.models import Incubator, Park, Space
from promotion.judgements import (
    Judgement,
    is_planned,
    judge_area,
    judge_eligibility,
    judge_incubation,
    judge_industry,
    judge_place_now,
    judge_policy_now,
    judge_program_now,
    judge_space,
    judge_stage_in_incubator,
    judge_stage_in_park,
    judge_stage_in_program,
    judge_team,
    not_yet,
    unknown_area,
)
from promotion.models import Measure, Policy, Program
from promotion.reference.records import row_count
from promotion.reference.vocabulary import Stage
from promotion.vocabulary import ProgramKind, Verdict

MAX_SHOWN = 5
HOME_COUNTRY = "CN"


@dataclass
class Match:
    """A record with the judgements on it."""

    record: Model
    asked: list[Judgement]
    """The judgements on what was asked for."""
    now: Judgement
    """Whether it is there already."""
    park: Park | None = None
    """The park to ask about and to compare."""

    @property
    def judgements(self):
        return [*self.asked, self.now]

    @property
    def fits(self):
        """Whether anything that was asked for is known to be there."""
        return any(judgement.verdict == Verdict.MATCHED for judgement in self.asked)

    def count(self, verdict):
        return sum(judgement.verdict == verdict for judgement in self.judgements)

    @property
    def points(self):
        return sum(judgement.verdict for judgement in self.judgements)

    @property
    def tally(self):
        """How many judgements there are of each verdict, the best first."""
        return [(verdict, self.count(verdict)) for verdict in reversed(Verdict)]


@dataclass
class Ranking:
    """The matches of one kind, the best first."""

    model: type[Model]
    matches: list[Match] = field(default_factory=list)

    def __post_init__(self):
        self.matches.sort(
            key=lambda match: (
                -match.points,
                -match.count(Verdict.MATCHED),
                match.record.sort_key,
                match.record.pk,
            )
        )

    @property
    def title(self):
        return self.model._meta.verbose_name_plural

    @property
    def list_page(self):
        return f"{self.model._meta.model_name}_list"

    @property
    def is_of_parks(self):
        return self.model is Park

    @property
    def shown(self):
        return self.matches[:MAX_SHOWN]

    @property
    def rest(self):
        return len(self.matches) - len(self.shown)


def match_park(needs, park, industries, spaces, incubators):
    judgements = []
    if needs.industries:
        judgements.append(judge_industry(needs, industries, park.industry_tenant_count))
    if needs.use:
        judgements.append(judge_space(needs, spaces, incubators))
    if needs.area_sqm:
        judgements.append(judge_area(needs, park, spaces))
    if needs.team_size:
        judgements.append(judge_team())
    if needs.stage:
        judgements.append(judge_stage_in_park(needs, park, incubators))
    if park.stage == Stage.PLANNED:
        judgements = not_yet(judgements)
    return Match(park, judgements, judge_place_now(park), park)


def match_incubator(needs, incubator, industries):
    judgements = []
    if needs.industries:
        judgements.append(judge_industry(needs, industries))
    if needs.use:
        judgements.append(judge_incubation(needs))
    if needs.area_sqm:
        judgements.append(unknown_area())
    if needs.team_size:
        judgements.append(judge_team())
    if needs.stage:
        judgements.append(judge_stage_in_incubator(needs))
    if incubator.stage == Stage.PLANNED:
        judgements = not_yet(judgements)
    return Match(incubator, judgements, judge_place_now(incubator), incubator.park)


def match_program(needs, program, incubators):
    judgements = []
    if needs.industries:
        judgements.append(judge_industry(needs, ()))
    if needs.stage:
        judgements.append(judge_stage_in_program(needs, incubators))
    if is_planned(program):
        judgements = not_yet(judgements)
    return Match(program, judgements, judge_program_now(program))


def match_policy(needs, policy, industries, today):
    judgements = []
    if needs.industries:
        judgements.append(judge_industry(needs, industries))
    if needs.stage:
        judgements.append(judge_eligibility(policy))
    return Match(policy, judgements, judge_policy_now(policy, today))


def group_by(rows, name):
    """Return lists of the rows by the value of an attribute."""
    groups = {}
    for row in rows:
        groups.setdefault(getattr(row, name), []).append(row)
    return groups


def fetch_parks(needs):
    """Return the public parks with how many tenants they have, from abroad and of the industry."""
    of_industry = Company.industries.through.objects.filter(
        company=OuterRef("company"), industry__in=needs.industries
    )
    tenants = Tenancy.objects.published().present().filter(park=OuterRef("pk"))
    return Park.objects.published().annotate(
        tenant_count=row_count(tenants),
        foreign_tenant_count=row_count(tenants.exclude(company__country__in=["", HOME_COUNTRY])),
        industry_tenant_count=row_count(tenants.filter(Exists(of_industry))),
    )


def fetch_industries(industries, *models):
    """Return which of the given industries each row of the models names, from one query."""
    queries = [
        model.industries.through.objects.order_by().values_list(
            Value(model._meta.model_name, output_field=CharField()),
            f"{model._meta.model_name}_id",
            "industry_id",
        )
        for model in models
    ]
    named = {}
    for name, pk, industry_id in queries[0].union(*queries[1:], all=True):
        named.setdefault((name, pk), set()).add(industry_id)
    return lambda record: [
        industry
        for industry in industries
        if industry.pk in named.get((record._meta.model_name, record.pk), ())
    ]


def find_matches(needs, industries):
    """Return the rankings of everything public that may fit, kind by kind."""
    industries_of = fetch_industries(industries, Park, Incubator, Policy)
    spaces = group_by(Space.objects.published(), "park_id")
    incubators = list(
        Incubator.objects.published()
        .select_related("park")
        .prefetch_related(Prefetch("measures", Measure.objects.published(), "public_measures"))
    )
    of_park = group_by(incubators, "park_id")
    of_program = {}
    for incubator in incubators:
        for program_id in {measure.program_id for measure in incubator.public_measures}:
            of_program.setdefault(program_id, []).append(incubator)
    # A building project is nothing that a firm takes part in.
    programs = Program.objects.published().exclude(kind=ProgramKind.PROJECT)
    today = timezone.localdate()
    return [
        Ranking(
            Park,
            [
                match_park(
                    needs,
                    park,
                    industries_of(park),
                    spaces.get(park.pk, []),
                    of_park.get(park.pk, []),
                )
                for park in fetch_parks(needs)
            ],
        ),
        Ranking(
            Incubator,
            [match_incubator(needs, row, industries_of(row)) for row in incubators],
        ),
        Ranking(
            Program,
            [match_program(needs, row, of_program.get(row.pk, [])) for row in programs],
        ),
        Ranking(
            Policy,
            [
                match_policy(needs, row, industries_of(row), today)
                for row in Policy.objects.published()
            ],
        ),
    ]

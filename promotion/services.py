"""Search over everything public, what changed last, and the state of the database."""

import datetime
import re
from dataclasses import dataclass, field

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from companies.models import Company
from parks.models import Belt, Incubator, Park, Space
from promotion.models import Alliance, Event, Policy, Program, TalentDemand
from promotion.reference.fields import normalize_search_text
from promotion.reference.models import subject_models
from promotion.reference.records import PublicRecord
from promotion.reference.services import Link, LinkQuery
from promotion.reference.vocabulary import ClaimStatus

MAX_RESULTS = 120
MAX_QUERY_LENGTH = 100
MAX_NEWS = 40
NEWS_MODELS = [
    Belt,
    Park,
    Space,
    Incubator,
    Company,
    Program,
    Alliance,
    Policy,
    Event,
    TalentDemand,
]
# Neither XML nor iCalendar can hold these.
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
KINDS = ["park_detail", "incubator_detail", "company_detail", "belt_detail", "industry_detail"]


@dataclass
class ResultGroup:
    """What a search found of one kind."""

    name: str
    best_rank: int
    links: list[Link] = field(default_factory=list)

    @property
    def importance(self):
        """The place of this kind among equally good matches: what readers mostly look for first."""
        page = self.links[0].model.page
        return KINDS.index(page) if page in KINDS else len(KINDS)


def clean_query(text):
    """Return what a reader typed as it is searched for: printable and not too long."""
    printable = "".join(mark if mark.isprintable() else " " for mark in text)
    return normalize_search_text(printable[:MAX_QUERY_LENGTH])


def name_rank(text):
    """Return the expression that ranks a row: named so, name contains it, found elsewhere."""
    return Case(
        When(Q(name__iexact=text) | Q(name_en__iexact=text), then=Value(0)),
        When(
            Q(name__icontains=text) | Q(name_en__icontains=text) | Q(aliases__icontains=text),
            then=Value(1),
        ),
        default=Value(2),
        output_field=IntegerField(),
    )


def search(text):
    """Return what is public and holds every word of a cleaned query, grouped by kind.

    One query; the kind of the best match comes first.
    """
    if not text:
        return []
    queries = [
        LinkQuery(
            str(model._meta.verbose_name_plural),
            model.objects.published().matching(text).annotate(rank=name_rank(text)),
        )
        for model in subject_models(PublicRecord)
    ]
    first, *others = [query.rows(position, "rank") for position, query in enumerate(queries)]
    groups = {}
    for *values, position, rank in first.union(*others, all=True).order_by("rank")[:MAX_RESULTS]:
        query = queries[position]
        group = groups.setdefault(position, ResultGroup(query.section, rank))
        group.links.append(Link(query.section, query.model, *values))
    return sorted(groups.values(), key=lambda group: (group.best_rank, group.importance))


def printable(text):
    """Return a text without control characters."""
    return CONTROL_CHARACTERS.sub("", text)


@dataclass
class Change:
    """A public record that has been published or changed."""

    link: Link
    moment: datetime.datetime

    @property
    def title(self):
        """The record's name; what has not come true says so."""
        name, status = self.link.localized("name"), self.link.claim_status
        if status in ("", ClaimStatus.ACHIEVED):
            return name
        return _("%(name)s（%(status)s）") % {
            "name": name,
            "status": self.link.get_claim_status_display(),
        }

    @property
    def text(self):
        return printable(self.link.localized("note"))


def latest_changes():
    """Return the records that were last published or changed, newest first, from one query.

    A record is dated by its last change, or by its timed publication if that came later.
    """
    published = Coalesce("publish_at", "updated_at")
    queries = [
        LinkQuery(
            str(model._meta.verbose_name),
            model.objects.published().annotate(
                moment=Greatest("updated_at", published), tie=F("slug")
            ),
            note="summary",
            **({"starts_on": "starts_on", "ends_on": "ends_on"} if model is Event else {}),
        )
        for model in NEWS_MODELS
    ]
    first, *others = [
        query.rows(position, "moment", "tie") for position, query in enumerate(queries)
    ]
    newest = first.union(*others, all=True).order_by("-moment", "tie")[:MAX_NEWS]
    return [
        Change(Link(queries[position].section, queries[position].model, *values), moment)
        for *values, position, moment, _tie in newest
    ]


def unapplied_migrations():
    """Return the migrations that the database still lacks."""
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())

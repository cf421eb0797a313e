"""What changed last, and the state of the database."""

import datetime
import re
from dataclasses import dataclass

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from companies.models import Company
from parks.models import Belt, Incubator, Park, Space
from promotion.models import Alliance, Event, Policy, Program, TalentDemand
from promotion.reference.services import Link, LinkQuery, in_language
from promotion.reference.wording import claim_words

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


def without_controls(text):
    """Return a text, its lines kept, without control characters."""
    return CONTROL_CHARACTERS.sub("", text)


def name_with_status(record):
    """Return the name of a record or a link; what has not come true says so."""
    name, status = in_language(record, "name"), claim_words(record)
    return _("%(name)s（%(status)s）") % {"name": name, "status": status} if status else name


@dataclass
class Change:
    """A public record that has been published or changed."""

    link: Link
    moment: datetime.datetime

    @property
    def text(self):
        return without_controls(self.link.localized("note"))


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

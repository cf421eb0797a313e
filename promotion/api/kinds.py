"""What the API serves: each kind of public record by its name in the sheets, field by field.

A field that is not named here is served nowhere.
"""

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import attrgetter, or_

from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, Value
from django.http import Http404
from django.urls import reverse

from companies.filters import CompanyFilter
from companies.models import Company, Recognition, Tenancy
from parks.filters import BeltFilter, IncubatorFilter, ParkFilter, SpaceFilter
from parks.models import (
    Belt,
    BeltNode,
    Building,
    District,
    Incubator,
    Mentor,
    Park,
    Space,
)
from promotion.api.filters import (
    CitationFilter,
    MeasureFilter,
    MentorFilter,
    NodeFilter,
    PartOfParkFilter,
    RecognitionFilter,
    TenancyFilter,
)
from promotion.filters import (
    AllianceFilter,
    EventFilter,
    PolicyFilter,
    ProgramFilter,
    TalentFilter,
)
from promotion.models import Advisor, Alliance, Event, Measure, Policy, Program, TalentDemand
from promotion.reference.claims import Statement
from promotion.reference.filters import FigureFilter, RecordFilter, SchemedIndustryFilter
from promotion.reference.models import (
    Citation,
    Figure,
    Industry,
    IndustryScheme,
    Source,
    SubjectModel,
)
from promotion.reference.records import PublicRecord, Sourced, published_q
from promotion.reference.services import page_address

PAGE_SIZE, MAX_PAGE_SIZE = 50, 100
WHOLE_RECORD = "-"
"""How an address names the field of a citation that is for the record as a whole."""
CLAIM_FIELDS = ("claim_status", "stage", "due_on")
"""Served within the claim that stands beside a row's values."""


@dataclass(frozen=True)
class Kind:
    """A kind of public record: which of its fields are served, and what finds it."""

    name: str
    model: type[models.Model]
    declared: str
    filterset: type | None = None

    @cached_property
    def fields(self):
        """The names of the model's fields that are served, each beside its English."""
        known = {field.name for field in self.model._meta.get_fields()}
        names = []
        for name in self.declared.split():
            names += [name, f"{name}_en"] if f"{name}_en" in known else [name]
        return names

    @property
    def label(self):
        return self.model._meta.verbose_name_plural

    @property
    def filters(self):
        """What its list may be filtered by, by parameter."""
        return self.filterset.base_filters if self.filterset else {}

    @property
    def makes_claims(self):
        return issubclass(self.model, Statement)

    @property
    def has_figures(self):
        return issubclass(self.model, PublicRecord)

    @property
    def is_about_others(self):
        return issubclass(self.model, SubjectModel)

    @property
    def is_sourced(self):
        return issubclass(self.model, Sourced)

    @cached_property
    def cited_fields(self):
        """The fields whose citations are served; a phrase cited for another may be private."""
        return {"", *self.fields, *CLAIM_FIELDS}

    def published(self):
        """Return the rows that the public may see."""
        return self.model._default_manager.published()

    def complete(self, rows):
        """Return rows with what an answer says of each: public relations, and where it is shown."""
        for name in self.fields:
            field = self.model._meta.get_field(name)
            if not field.is_relation:
                continue
            if name in getattr(self.model, "public_with", ()):
                rows = rows.select_related(name)
            else:
                related = field.related_model._default_manager
                public = related.published() if hasattr(related, "published") else related.all()
                rows = rows.prefetch_related(Prefetch(name, public))
        return self.located(rows)

    def named(self, rows):
        """Return rows with what a link to each says."""
        owners = [name for name in self.model.key_fields if name in self.model.public_with]
        return self.located(rows.select_related(*owners))

    def located(self, rows):
        """Return rows that know the page they are shown on."""
        _label, _label_en, page, slug = self.model.link_expressions()
        if isinstance(page, str):
            page = Value(page, output_field=models.CharField())
        return rows.annotate(page_name=page, page_slug=slug)

    def page_path(self, row):
        """Return the address of the page that shows a row."""
        return page_address(row.page_name, row.page_slug)

    def key_of(self, row):
        """Return what names a row in sheets and addresses: its slug, or the keys of its owners."""
        return "/".join(attrgetter(path.replace("__", "."))(row) for path in self.model.key_paths())

    def api_path(self, row):
        return reverse(f"api_{self.name}_detail", args=[self.key_of(row)])

    def find(self, key):
        """Return the public row with a key as an answer gives it; raise Http404 without one."""
        return self.pick(self.complete(self.published()), key)

    def pick(self, rows, key):
        """Return that of some rows which has a key; raise Http404 where there is none."""
        paths, parts = self.model.key_paths(), key.split("/")
        if len(paths) != len(parts) or not key.isprintable():
            raise Http404
        row = rows.filter(**dict(zip(paths, parts, strict=True))).first()
        if row is None:
            raise Http404
        return row


class FigureKind(Kind):
    """The numbers, each with the record that it describes."""

    def published(self):
        served = ContentType.objects.get_for_models(*KIND_OF).values()
        return super().published().filter(subject_type__in=served)

    def complete(self, rows):
        return rows.prefetch_related("alternatives", subjects(PublicRecord))

    def named(self, rows):
        return rows

    def page_path(self, row):
        return KIND_OF[type(row.subject)].page_path(row.subject)


class CitationKind(Kind):
    """The places in sources, each with the record or the figure that it supports."""

    def published(self):
        supported = [
            Q(
                Exists(kind.published().order_by().filter(pk=OuterRef("subject_id"))),
                subject_type=ContentType.objects.get_for_model(kind.model),
                field__in=sorted(kind.cited_fields),
            )
            for kind in KINDS.values()
            if kind.is_sourced
        ]
        return Citation.objects.filter(reduce(or_, supported), published_q("source"))

    def complete(self, rows):
        return rows.select_related("source").prefetch_related(subjects(Sourced))

    def page_path(self, row):
        return reverse("citation_detail", args=[row.source.slug, row.pk])

    def key_of(self, row):
        subject = KIND_OF[type(row.subject)]
        field = row.field or WHOLE_RECORD
        place = f"{row.source.slug}/{row.paragraph}"
        return f"{subject.name}:{subject.key_of(row.subject)}/{field}/{place}"

    def find(self, key):
        about, *place = key.rsplit("/", 3)
        name, _colon, subject_key = about.partition(":")
        kind = KINDS.get(name)
        is_known = len(place) == 3 and kind and kind.is_sourced and key.isprintable()
        if not is_known or not (place[2].isascii() and place[2].isdigit()):
            raise Http404
        subject = kind.pick(kind.named(kind.published()), subject_key)
        field = "" if place[0] == WHOLE_RECORD else place[0]
        cited = Citation.objects.filter(
            published_q("source"), source__slug=place[1], paragraph=place[2], field=field
        )
        row = cited.for_subjects([subject]).first()
        if row is None or field not in kind.cited_fields:
            raise Http404
        row.subject = subject
        return row


def subjects(base):
    """Return the prefetch of what rows are about, among the public rows of the models of a base."""
    kinds = [kind for kind in KINDS.values() if issubclass(kind.model, base)]
    return GenericPrefetch("subject", [kind.named(kind.published()) for kind in kinds])


KINDS = {
    kind.name: kind
    for kind in [
        Kind(
            "districts",
            District,
            "slug name aliases summary level parent division_code is_home industries address"
            " website as_of verified_on",
        ),
        Kind(
            "belts",
            Belt,
            "slug name aliases summary scale district start_point end_point strategy industries"
            " as_of verified_on",
            BeltFilter,
        ),
        Kind(
            "nodes",
            BeltNode,
            "belt park position role map_label as_of verified_on",
            NodeFilter,
        ),
        Kind(
            "parks",
            Park,
            "slug name aliases summary kind district host belts industries site_area_sqm"
            " floor_area_sqm opened_on total_investment_cny_10k metro_access operator address"
            " website as_of verified_on",
            ParkFilter,
        ),
        Kind(
            "buildings",
            Building,
            "slug name aliases summary park address floor_count floor_area_sqm completed_on"
            " as_of verified_on",
            PartOfParkFilter,
        ),
        Kind(
            "spaces",
            Space,
            "slug name aliases summary park building floor use availability floor_area_sqm"
            " rent_cny_sqm_day available_on as_of verified_on",
            SpaceFilter,
        ),
        Kind(
            "incubators",
            Incubator,
            "slug name aliases summary park district level_held level_aimed operating_model"
            " services industries address website as_of verified_on",
            IncubatorFilter,
        ),
        Kind(
            "mentors",
            Mentor,
            "slug name aliases summary incubator organisation job_title expertise as_of"
            " verified_on",
            MentorFilter,
        ),
        Kind(
            "companies",
            Company,
            "slug name aliases summary kind parent district unified_social_credit_code"
            " established_on registered_capital_cny_10k staff_count country industries address"
            " website as_of verified_on",
            CompanyFilter,
        ),
        Kind(
            "recognitions",
            Recognition,
            "slug name aliases summary company park level awarded_by awarded_on expires_on as_of"
            " verified_on",
            RecognitionFilter,
        ),
        Kind(
            "tenancies",
            Tenancy,
            "company park incubator role started_on ended_on note as_of verified_on",
            TenancyFilter,
        ),
        Kind(
            "programs",
            Program,
            "slug name aliases summary kind district lead alliance starts_on ends_on parks"
            " companies as_of verified_on",
            ProgramFilter,
        ),
        Kind(
            "measures",
            Measure,
            "slug name aliases summary program position parks incubators as_of verified_on",
            MeasureFilter,
        ),
        Kind(
            "alliances",
            Alliance,
            "slug name aliases summary kind parent lead established_on districts parks"
            " incubators companies as_of verified_on",
            AllianceFilter,
        ),
        Kind(
            "policies",
            Policy,
            "slug name aliases summary level issuer document_number issued_on eligibility"
            " opens_on closes_on url industries as_of verified_on",
            PolicyFilter,
        ),
        Kind(
            "events",
            Event,
            "slug name aliases summary starts_on ends_on date_note venue organiser measure url"
            " parks companies as_of verified_on",
            EventFilter,
        ),
        Kind(
            "advisors",
            Advisor,
            "slug name aliases summary organisation job_title expertise appointed_on as_of"
            " verified_on",
            RecordFilter,
        ),
        Kind(
            "talent",
            TalentDemand,
            "slug name aliases summary company park headcount requirements opens_on closes_on"
            " as_of verified_on",
            TalentFilter,
        ),
        Kind(
            "schemes",
            IndustryScheme,
            "slug name aliases summary adopted_by position as_of verified_on",
        ),
        Kind(
            "industries",
            Industry,
            "slug name aliases summary scheme code position as_of verified_on",
            SchemedIndustryFilter,
        ),
        FigureKind(
            "figures",
            Figure,
            "code label value unit bound period scope note position as_of verified_on",
            FigureFilter,
        ),
        Kind(
            "sources",
            Source,
            "slug name aliases summary publisher published_on date_note url as_of verified_on",
            RecordFilter,
        ),
        CitationKind(
            "citations", Citation, "field source paragraph excerpt stated_value", CitationFilter
        ),
    ]
}
"""Name in addresses, the same as MODEL of `export_data` → kind."""
KIND_OF = {kind.model: kind for kind in KINDS.values()}

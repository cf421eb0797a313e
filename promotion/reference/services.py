"""What pages need beside their own rows: links to related rows, citations and figures."""

import re
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, F, Func, Model, Q, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import get_language

from promotion.reference.claims import Statement
from promotion.reference.models import Citation, Figure, sourced_models
from promotion.reference.publish_rules import NOT_FROM_DOCUMENTS
from promotion.reference.records import address_of, in_one, published_q

# Rows that have no page of their own are shown in a part of a list page.
PART_OF_PAGE = {
    "home": "{address}#area-{slug}",
    "industry_list": "{address}#scheme-{slug}",
}
MAX_SECTION_LINKS = 24
CHINESE_TAG, ENGLISH_TAG = "zh-Hans", "en"
CHINESE = re.compile("[\u3400-\u9fff]")


def in_language(row, name):
    """Return a field of any row in the active language, else the Chinese original."""
    english = getattr(row, f"{name}_en", "") if get_language() == "en" else ""
    return english or getattr(row, name)


def is_left_in_chinese(text):
    """Tell whether English readers are given Chinese here for want of English."""
    return get_language() == "en" and bool(CHINESE.search(text))


def language_tag():
    """Return the active language as HTML and search engines name it."""
    return ENGLISH_TAG if get_language() == "en" else CHINESE_TAG


def page_address(page, slug):
    """Return the address of the page, or of the part of one, that shows a row."""
    if page in PART_OF_PAGE:
        return PART_OF_PAGE[page].format(address=reverse(page), slug=slug)
    return address_of(page, slug)


@dataclass
class Link(Statement):
    """A row of any model as a page names it: label, address, how far it has come, when."""

    section: str
    model: type[Model]
    pk: int
    name: str
    name_en: str
    page: str
    slug: str
    claim_status: str = ""
    stage: str = ""
    due: str = ""
    as_of: str = ""
    verified_on: str = ""
    starts_on: str = ""
    ends_on: str = ""
    note: str = ""
    note_en: str = ""
    sort_key: str = ""

    def localized(self, name):
        """Return the name or the note in the active language, else in Chinese."""
        return in_language(self, name)

    def get_absolute_url(self):
        return page_address(self.page, self.slug)

    @property
    def forward_values(self):
        return getattr(self.model, "forward_values", {})


@dataclass
class Section:
    """Links of one kind on a page, cut to what a page can hold."""

    name: str
    links: list[Link] = field(default_factory=list)

    @property
    def total(self):
        return len(self.links)

    @property
    def shown(self):
        return self.links[:MAX_SECTION_LINKS]

    @property
    def is_cut(self):
        return self.total > MAX_SECTION_LINKS


@dataclass(frozen=True)
class LinkQuery:
    """A queryset whose rows a page links to, and which of their columns it shows beside them."""

    section: str
    queryset: object
    starts_on: str = ""
    ends_on: str = ""
    note: str = ""

    @property
    def model(self):
        return self.queryset.model

    def column(self, path):
        return F(path) if path else Value("", output_field=CharField())

    def due_column(self):
        """Return the expression for the first of the row's due dates that is filled."""
        paths = getattr(self.model, "due_fields", ())
        blank = Value("", output_field=CharField())
        return Coalesce(*(NullIf(path, Value("")) for path in paths), blank) if paths else blank

    def verified_column(self, names):
        if "verified_on" not in names:
            return self.column("")
        text = Cast("verified_on", CharField())
        return Coalesce(text, Value(""), output_field=CharField())

    def rows(self, position, *more):
        """Return values in the order of Link's fields, then the query's position and `more`."""
        names = {model_field.name for model_field in self.model._meta.get_fields()}
        return self.queryset.as_links(
            *(self.column(name if name in names else "") for name in ("claim_status", "stage")),
            self.due_column(),
            self.column("as_of" if "as_of" in names else ""),
            self.verified_column(names),
            self.column(self.starts_on),
            self.column(self.ends_on),
            self.column(self.note),
            self.column(f"{self.note}_en" if self.note else ""),
            self.column("sort_key" if "sort_key" in names else ""),
            Value(position),
            *more,
        )


def fetch_links(*link_queries):
    """Return the links of all the queries, from one query to the database."""
    if not link_queries:
        return []
    rows = in_one(query.rows(position) for position, query in enumerate(link_queries))
    return [
        Link(link_queries[position].section, link_queries[position].model, *values)
        for *values, position in rows
    ]


def fetch_sections(*link_queries):
    """Return the links as sections by name, each in reading order; empty sections are there too."""
    sections = {query.section: Section(query.section) for query in link_queries}
    for link in fetch_links(*link_queries):
        sections[link.section].links.append(link)
    for section in sections.values():
        section.links.sort(key=lambda link: (link.sort_key, link.pk))
    return sections


def count_rows(**querysets):
    """Return how many rows each queryset has, by its name, from one query."""
    counted = in_one(
        rows.order_by()
        .annotate(counted=Value(name), row_count=Func(F("pk"), function="COUNT"))
        .values_list("counted", "row_count")
        for name, rows in querysets.items()
    )
    return dict(counted)


def subject_key(subject):
    """Return (content type id, row id) of a record or a link."""
    model = subject.model if isinstance(subject, Link) else subject
    return ContentType.objects.get_for_model(model).pk, subject.pk


def subjects_q(subjects):
    """Return the condition for rows about any of the given records or links."""
    ids_by_type = {}
    for subject in subjects:
        type_id, pk = subject_key(subject)
        ids_by_type.setdefault(type_id, set()).add(pk)
    condition = Q(pk__in=[])
    for type_id, ids in ids_by_type.items():
        condition |= Q(subject_type_id=type_id, subject_id__in=ids)
    return condition


def figures_by_subject(subjects):
    """Return the figures of records known to be public, by subject, from one query.

    Each that stands for its measure knows, as `opponents`, those that say otherwise.
    """
    figures, shown, others = {}, {}, []
    for figure in Figure.objects.filter(subjects_q(subjects)):
        if figure.alternative_to_id:
            others.append(figure)
        else:
            figure.opponents = []
            shown[figure.pk] = figure
            figures.setdefault((figure.subject_type_id, figure.subject_id), []).append(figure)
    for figure in others:
        stands = shown.get(figure.alternative_to_id)
        if stands and not stands.agrees_with(figure):
            stands.opponents.append(figure)
    return figures


def fetch_figure_subjects(figures):
    """Return the public subjects of figures as links by subject key, from one query."""
    ids_by_type = {}
    for figure in figures:
        ids_by_type.setdefault(figure.subject_type_id, set()).add(figure.subject_id)
    queries = []
    for type_id, ids in ids_by_type.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        rows = model._default_manager.published().filter(pk__in=ids)
        queries.append(LinkQuery(model._meta.label, rows))
    return {subject_key(link): link for link in fetch_links(*queries)}


def is_stated_by(subject, name):
    """Tell whether a field of a record says something that comes from documents."""
    if not name or name in NOT_FROM_DOCUMENTS or isinstance(subject, Link):
        return False
    field = subject._meta.get_field(name)
    # A list of relations is shown with its marks only where there are any.
    return field.many_to_many or getattr(subject, field.attname) not in field.empty_values


OF_CITATION = ("subject_type", "subject_id", "field", "paragraph", "excerpt", "stated_value")
OF_SOURCE = ("name", "name_en", "slug", "publisher", "publisher_en", "published_on")
"""The columns of a citation, and of its source, that pages and answers show."""


class CitationIndex:
    """The citations of everything on a page, from one query.

    Places in sources are numbered in the order in which the page first shows them.
    """

    def __init__(self, subjects):
        records = [link.model(pk=link.pk) if isinstance(link, Link) else link for link in subjects]
        self.by_subject = {}
        self.noted = {}
        self.disputing = {}
        shown = Citation.objects.only(*OF_CITATION, *(f"source__{name}" for name in OF_SOURCE))
        for citation in shown.filter(published_q("source")).for_subjects(records):
            key = (citation.subject_type_id, citation.subject_id)
            found = self.disputing if citation.stated_value else self.by_subject
            found.setdefault(key, []).append(citation)

    def marks(self, subject, fields=()):
        """Return one citation for each place cited for the subject's fields.

        The field "" is the subject as a whole; no fields means all of them. A value without a
        citation of its own is supported by those of the subject as a whole.
        """
        cited = self.by_subject.get(subject_key(subject), ())
        is_cited = not fields or any(citation.field in fields for citation in cited)
        if not is_cited and any(is_stated_by(subject, name) for name in fields):
            fields = ("",)
        return self.numbered(
            citation for citation in cited if not fields or citation.field in fields
        )

    def disputes(self, subject, fields):
        """Return one citation for each place that gives another value of the fields."""
        disputing = self.disputing.get(subject_key(subject), ())
        return self.numbered(citation for citation in disputing if citation.field in fields)

    def numbered(self, citations):
        """Return the first citation of each place, with the number of the place on the page."""
        places = {}
        for citation in citations:
            place = (citation.source_id, citation.paragraph)
            citation.number = self.noted.setdefault(place, (len(self.noted) + 1, citation))[0]
            places.setdefault(place, citation)
        return list(places.values())

    @property
    def notes(self):
        """The numbered citations shown so far, under their sources."""
        by_source = {}
        for _number, citation in self.noted.values():
            by_source.setdefault(citation.source_id, (citation.source, []))[1].append(citation)
        return list(by_source.values())


def cited_figures_of(citations):
    """Return the figures that a queryset of citations supports, public or not."""
    figure_type = ContentType.objects.get_for_model(Figure)
    return Figure.objects.filter(
        pk__in=citations.filter(subject_type=figure_type).values("subject_id")
    ).select_related("alternative_to")


def fetch_subjects(citations):
    """Return the public subjects of a queryset of citations as links by subject key.

    A figure is no link of its own: the record that it describes is among the links.
    """
    citations = citations.order_by()
    cited_figures = cited_figures_of(citations).order_by()
    queries = []
    for model in sourced_models():
        if model is not Figure:
            is_subject = Q(subject_type=ContentType.objects.get_for_model(model))
            cited = citations.filter(is_subject).values("subject_id")
            described = cited_figures.filter(is_subject).values("subject_id")
            rows = model._default_manager.published()
            queries.append(
                LinkQuery(model._meta.label, rows.filter(Q(pk__in=cited) | Q(pk__in=described)))
            )
    return {subject_key(link): link for link in fetch_links(*queries)}


def fetch_subject_rows(citations):
    """Return what citations are about, by subject key."""
    ids = {}
    for citation in citations:
        ids.setdefault(citation.subject_type_id, set()).add(citation.subject_id)
    rows = {}
    for type_id, pks in ids.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        rows |= {(type_id, pk): row for pk, row in model._base_manager.in_bulk(pks).items()}
    return rows


def desk_of(*records):
    """Return the first record that names a person, a phone or a mailbox for the public."""
    for record in records:
        if record and (record.contact_name or record.phone or record.email):
            return record
    return None


def nearest_page(paginator, number):
    """Return the page of that number, or the nearest there is, whatever the address says."""
    try:
        number = int(number)
    except (TypeError, ValueError):
        number = 1
    return paginator.page(min(max(number, 1), paginator.num_pages))

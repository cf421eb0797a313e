"""The places that an address names, side by side."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Model

from promotion.comparison.answers import Line
from promotion.comparison.kinds import KINDS, Kind
from promotion.reference.records import PublicRecord, validate_slug
from promotion.reference.services import (
    CitationIndex,
    desk_of,
    figures_by_subject,
    in_language,
    subject_key,
)

MAX_COMPARED = 4
MAX_CHOICES = 300
MAX_SLUG_LENGTH = PublicRecord._meta.get_field("slug").max_length
NAME_FIELDS = ("", "name", "name_en", "aliases")


@dataclass
class Row:
    """One question with the answer of each place; no lines where the answer is not known."""

    label: str
    cells: list[list[Line]]

    @property
    def answers(self):
        """Everything that is said, each thing once; nothing, where a place does not say it."""
        return {tuple(line.words for line in cell) for cell in self.cells}

    @property
    def is_alike(self):
        return len(self.answers) == 1

    @property
    def differs(self):
        """Whether two known answers differ: one that is not known may well be the same."""
        return len(self.answers - {()}) > 1


@dataclass
class Column:
    """A place in a comparison: its name, and the query that names all the others."""

    place: Model
    name: Line
    query_without: str = ""


@dataclass
class Table:
    """The places of one kind side by side."""

    kind: Kind
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)

    @property
    def is_comparison(self):
        return len(self.columns) > 1

    def leave_out_alike(self):
        """Leave out what all places say alike, or none says.

        What only some say stays: it may decide, and shows what to ask the others.
        """
        if self.is_comparison:
            self.rows = [row for row in self.rows if not row.is_alike]

    @property
    def lines(self):
        """Everything that the table says, in reading order."""
        names = [column.name for column in self.columns]
        return [*names, *(line for row in self.rows for cell in row.cells for line in cell)]


@dataclass
class Addition:
    """What can still be put beside the places of a kind: (slug, label) of each."""

    kind: Kind
    choices: list[tuple[str, str]]


def is_slug(text):
    return len(text) <= MAX_SLUG_LENGTH and bool(validate_slug.regex.match(text))


def cite(lines):
    """Number the citations of lines in the order given, and return their index."""
    cited = [line for line in lines if line.record]
    citations = CitationIndex([line.record for line in cited])
    for line in cited:
        line.marks = citations.marks(line.record, line.fields)
    return citations


class Shortlist:
    """The public places that an address names, at most four of a kind, in the order named."""

    def __init__(self, query, home):
        self.is_missing_some = self.is_cut = False
        self.tables = []
        for kind in KINDS:
            asked = list(dict.fromkeys(filter(None, query.getlist(kind.name))))
            valid = [slug for slug in asked if is_slug(slug)]
            slugs = valid[:MAX_COMPARED]
            found = kind.fetch().filter(slug__in=slugs) if slugs else []
            places = sorted(found, key=lambda place: slugs.index(place.slug))
            self.is_cut |= len(valid) > MAX_COMPARED
            self.is_missing_some |= len(valid) < len(asked) or len(places) < len(slugs)
            if places:
                self.tables.append(Table(kind, [self.column(kind, place) for place in places]))
        self.answer(home)

    def column(self, kind, place):
        name = in_language(place, "name")
        address = place.get_absolute_url() if place.page else ""
        line = Line(name, address=address, claimed=place, record=place, fields=NAME_FIELDS)
        return Column(place, line)

    @property
    def places(self):
        return [column.place for table in self.tables for column in table.columns]

    @property
    def is_comparison(self):
        return any(table.is_comparison for table in self.tables)

    @property
    def names(self):
        """How an address names the places: (kind's name, slug) of each."""
        return [
            (table.kind.name, column.place.slug)
            for table in self.tables
            for column in table.columns
        ]

    @property
    def query(self):
        """The query string that names these places and nothing else."""
        return urlencode(self.names)

    def answer(self, home):
        """Ask every place the questions of its kind."""
        figures = figures_by_subject(self.places)
        for table in self.tables:
            for column in table.columns:
                place = column.place
                place.public_figures = figures.get(subject_key(place), [])
                place.desk = desk_of(*table.kind.desks(place)) or home
                mine = (table.kind.name, place.slug)
                column.query_without = urlencode([name for name in self.names if name != mine])
            table.rows = [
                Row(question.label, [question.answer(column.place) for column in table.columns])
                for question in table.kind.questions
            ]

    def additions(self):
        """Return what can still be chosen of each kind; a kind with nothing left is not there."""
        taken = {
            table.kind.name: [column.place.pk for column in table.columns] for table in self.tables
        }
        additions = []
        for kind in KINDS:
            pks = taken.get(kind.name, [])
            if len(pks) < MAX_COMPARED:
                rows = kind.choices().exclude(pk__in=pks)[:MAX_CHOICES]
                additions.append(Addition(kind, [(row.slug, kind.label(row)) for row in rows]))
        return [addition for addition in additions if addition.choices]

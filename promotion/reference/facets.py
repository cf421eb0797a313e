"""Facets: choices of a list's filter form that say how many rows each of them would leave."""

from dataclasses import dataclass, field
from typing import NamedTuple

import django_filters
from django import forms
from django.db.models import CharField, Count, F, Q, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.functions import Cast, Concat
from django.utils.translation import get_language

from promotion.reference.models import Industry
from promotion.reference.records import (
    PublicRecord,
    english_or_chinese,
    hidden_q,
    published_q,
)

CHOICES_SHOWN = 6
CHOICES_NOT_HIDDEN = 2
TICKED = "on"


def owners_q(model, prefix=()):
    """Return the condition that all that a row belongs to is public."""
    condition = Q()
    for owner in getattr(model, "public_with", ()):
        condition &= published_q(LOOKUP_SEP.join([*prefix, owner]), may_be_absent=True)
    return condition


def way_q(model, path):
    """Return the condition that a row leads along a path over nothing that is hidden."""
    condition = Q()
    *steps, _end = path.split(LOOKUP_SEP)
    for depth, step in enumerate(steps, start=1):
        model = model._meta.get_field(step).related_model
        condition &= owners_q(model, steps[:depth])
    return condition


def end_of(model, path):
    """Return the model to which a path of relations leads."""
    for step in path.split(LOOKUP_SEP):
        model = model._meta.get_field(step).related_model
    return model


def public_path_q(model, path):
    """Return the condition that a row leads along a path of relations to something public."""
    end = end_of(model, path)
    condition = way_q(model, path) & owners_q(end, [path])
    return condition & published_q(path) if issubclass(end, PublicRecord) else condition


class Links(NamedTuple):
    """The rows that stand between a model and what a path with many ends leads to."""

    model: type
    row: str
    """The name of what each of them belongs to on this side."""
    path: str
    """The rest of the path, from them."""


def links_of(model, path):
    """Return the links that a path begins with, or None where it leads each row to one end."""
    first, *rest = path.split(LOOKUP_SEP)
    field = model._meta.get_field(first)
    if field.one_to_many:
        return Links(field.related_model, field.field.name, LOOKUP_SEP.join(rest))
    if not field.many_to_many:
        return None
    end = LOOKUP_SEP.join([field.m2m_reverse_field_name(), *rest])
    return Links(field.remote_field.through, field.m2m_field_name(), end)


def hidden(model, *owners):
    """Return the primary keys of the rows that something keeps from the public.

    `owners` name what may: relations that are not public now, "" for the row itself.
    """
    condition = Q(pk__in=[])
    for owner in owners:
        condition |= hidden_q(owner)
    return model._base_manager.filter(condition).order_by().values("pk")


def links_q(links):
    """Return the condition that all that links belong to is public, but what they lead from.

    By what is hidden, of which there is little: a database goes through all links and joins none.
    """
    condition = Q()
    for owner in getattr(links.model, "public_with", ()):
        if owner != links.row:
            first, _separator, rest = owner.partition(LOOKUP_SEP)
            model = links.model._meta.get_field(first).related_model
            condition &= ~Q(**{f"{first}__in": hidden(model, rest)})
    return condition & way_q(links.model, links.path)


class AsText(Cast):
    """A value as text, so that those of all facets can stand in one column.

    SQLite asks for no type there, and groups faster by a bare column.
    """

    def __init__(self, value):
        super().__init__(value, CharField())

    def as_sqlite(self, compiler, connection, **kwargs):
        return compiler.compile(self.source_expressions[0])


def count_by(rows, value, counted="pk", *, is_repeated=False):
    """Return a query for (value, number of rows), one line a value.

    Where it `is_repeated`, what is counted may be in several rows and counts once.
    """
    # By nothing more than the value: a database sorts all rows by whatever they are grouped by.
    rows = rows.order_by().prefetch_related(None)
    number = Count(counted, distinct=is_repeated)
    return rows.values_list(AsText(value)).annotate(row_count=number)


@dataclass
class Choice:
    """One value of a facet and how many rows it would leave; by its key it was counted."""

    value: str
    label: str
    key: str
    order: str = ""
    count: int = 0
    is_chosen: bool = False


@dataclass
class FacetGroup:
    """The values of one facet as a page offers them: those with rows behind them, or chosen."""

    name: str
    label: str
    choices: list[Choice] = field(default_factory=list)
    is_opened: bool = False
    """Whether the reader has asked for all of them."""
    whole_query: str = ""
    """The query of the list's address with which all of them are shown."""

    @property
    def hidden(self):
        """What a page does not carry until asked: all but the first few and those chosen.

        A link to one or two would weigh as much as these.
        """
        rest = [] if self.is_opened else self.choices[CHOICES_SHOWN:]
        rest = [choice for choice in rest if not choice.is_chosen]
        return rest if len(rest) > CHOICES_NOT_HIDDEN else []

    @property
    def shown(self):
        hidden = {choice.value for choice in self.hidden}
        return [choice for choice in self.choices if choice.value not in hidden]


class FacetField(forms.MultipleChoiceField):
    """Values ticked by the reader; the empty value that older addresses hold is none."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value):
        return [text for text in super().to_python(value) if text]


class Facet(django_filters.Filter):
    """A filter by values that the rows themselves hold; more values find more rows."""

    field_class = FacetField

    @property
    def name(self):
        """The facet's name in the address."""
        return next(name for name, facet in self.parent.filters.items() if facet is self)

    @property
    def field(self):
        self.extra["choices"] = self.known_choices()
        return super().field

    def known_choices(self):
        """Return (value, label) of every value that an address may ask for."""
        choices = self.parent.all_choices[self.name] if hasattr(self, "parent") else {}
        return [(choice.value, choice.label) for choice in choices.values()]

    def count(self, rows, *, is_whole=False):
        """Yield the queries, each from `count_by`, that count a queryset by this facet.

        Where it `is_whole`, the queryset is all that is public of its model.
        """
        raise NotImplementedError

    def add_up(self, counts):
        """Return what was counted, by key, with what follows from it."""
        return counts

    def label_of(self, value):
        """Return what a value is called in the active language."""
        raise NotImplementedError

    def choices(self, counts, records):
        """Yield the choices of what was counted, by key; `records` are those of a RecordFacet."""
        for value, count in counts.items():
            yield Choice(value, self.label_of(value), value, count=count)

    def arrange(self, choices):
        """Return choices in an order that does not change while the reader narrows the list."""
        return sorted(choices, key=lambda choice: (-choice.count, choice.order, choice.label))


class ChoiceFacet(Facet):
    """A facet over a closed vocabulary, in the vocabulary's order."""

    def __init__(self, choices, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary = dict(choices)

    def known_choices(self):
        return list(self.vocabulary.items())

    def count(self, rows, *, is_whole=False):
        yield count_by(rows, F(self.field_name))

    def filter(self, qs, values):
        return qs.filter(**{f"{self.field_name}__in": values}) if values else qs

    def label_of(self, value):
        return self.vocabulary.get(value, "")

    def arrange(self, choices):
        order = list(self.vocabulary)
        return sorted(choices, key=lambda choice: order.index(choice.value))


class TickFacet(ChoiceFacet):
    """A facet of a single choice: the rows that meet a condition."""

    def __init__(self, condition, *, choice, label):
        super().__init__([(TICKED, choice)], label=label)
        self.condition = condition

    def count(self, rows, *, is_whole=False):
        yield count_by(rows.filter(self.condition()), Value(TICKED))

    def filter(self, qs, values):
        return qs.filter(self.condition()) if values else qs


class RecordFacet(Facet):
    """A facet over public records that rows lead to, named in the address by their slugs.

    With several paths a row belongs to what it reaches by any of them.
    """

    def __init__(self, *paths, order="sort_key", **kwargs):
        super().__init__(**kwargs)
        self.paths = paths
        self.order = order

    def record_model(self, model):
        """Return the model of the records to which rows of a model lead."""
        return end_of(model, self.paths[0])

    def label_columns(self):
        """Return the expressions of a record's label in Chinese and in English."""
        return F("name"), F("name_en")

    def count(self, rows, *, is_whole=False):
        """Yield the queries that count by the primary keys of the records, public or not.

        `records` tells which are public: so few are not asked about once for each row.
        """
        for path in self.paths:
            if links := links_of(rows.model, path):
                yield self.count_links(rows, links, is_whole=is_whole)
            else:
                yield count_by(rows.filter(way_q(rows.model, path)), F(f"{path}__pk"))

    def count_links(self, rows, links, *, is_whole):
        """Return the query that counts along links.

        From them, not from the rows: a database then looks each row up in the list of those that
        count, or of the few that do not, and not in their wide table.
        """
        if is_whole:
            owners = getattr(rows.model, "public_with", ())
            is_ours = ~Q(**{f"{links.row}__in": hidden(rows.model, "", *owners)})
        else:
            is_ours = Q(**{f"{links.row}__in": rows.order_by().values("pk")})
        found = links.model._base_manager.filter(is_ours & links_q(links))
        is_repeated = not links.model._meta.auto_created
        return count_by(found, F(f"{links.path}__pk"), links.row, is_repeated=is_repeated)

    def records(self, model, keys):
        """Return a query for (key as text, slug, label, label in English, order).

        Of those records that are public, among the keys.
        """
        manager = self.record_model(model)._default_manager
        # What is no record of its own, as a kind of service, is public with whatever names it.
        public = getattr(manager, "published", manager.all)()
        records = public.filter(pk__in=keys).order_by()
        key = Cast("pk", CharField())
        return records.values_list(key, F("slug"), *self.label_columns(), F(self.order))

    def choices(self, counts, records):
        is_english = get_language() == "en"
        for key, (slug, label, label_en, order) in records.items():
            count = counts[key]
            yield Choice(slug, label_en if label_en and is_english else label, key, order, count)

    def filter(self, qs, values):
        if not values:
            return qs
        condition = Q()
        for path in self.paths:
            condition |= public_path_q(qs.model, path) & Q(**{f"{path}__slug__in": values})
        found = qs.model._default_manager.filter(condition).order_by()
        return qs.filter(pk__in=found.values("pk"))


class IndustryFacet(RecordFacet):
    """A facet over the industries that rows name; the same name in two schemes is two choices."""

    def __init__(self):
        super().__init__("industries", label=Industry._meta.verbose_name)

    def label_columns(self):
        return (
            Concat("name", Value("（"), "scheme__name", Value("）")),
            Concat(
                english_or_chinese("name"),
                Value(" ("),
                english_or_chinese("scheme__name"),
                Value(")"),
            ),
        )

"""Facets: choices of a list's filter form that say how many rows each of them would leave."""

from dataclasses import dataclass, field

import django_filters
from django import forms
from django.db.models import CharField, Count, F, Q, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.functions import Cast, Concat
from django.utils.translation import get_language

from promotion.reference.models import Industry
from promotion.reference.records import PublicRecord, english_or_chinese, published_q

CHOICES_SHOWN = 6
TICKED = "on"


def public_path_q(model, path):
    """Return the condition that a row leads along a path of relations to something public."""
    condition = Q()
    steps = path.split(LOOKUP_SEP)
    for depth, step in enumerate(steps, start=1):
        model = model._meta.get_field(step).related_model
        for owner in getattr(model, "public_with", ()):
            here = LOOKUP_SEP.join([*steps[:depth], owner])
            condition &= published_q(here, may_be_absent=True)
    return condition & published_q(path) if issubclass(model, PublicRecord) else condition


def count_by(rows, value):
    """Return a query for (value as text, number of rows), one line a value."""
    # By nothing more than the value: a database sorts all rows by whatever they are grouped by.
    rows = rows.order_by().prefetch_related(None)
    return rows.values_list(Cast(value, CharField())).annotate(row_count=Count("pk", distinct=True))


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
    def shown(self):
        """What is not hidden."""
        first = len(self.choices) if self.is_opened else CHOICES_SHOWN
        chosen = [choice for choice in self.choices[first:] if choice.is_chosen]
        return self.choices[:first] + chosen

    @property
    def hidden(self):
        """What a page does not carry until asked: all but the first few and those chosen."""
        rest = [] if self.is_opened else self.choices[CHOICES_SHOWN:]
        return [choice for choice in rest if not choice.is_chosen]


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

    def count(self, rows):
        """Yield the queries, each from `count_by`, that count a queryset by this facet."""
        raise NotImplementedError

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

    def count(self, rows):
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

    def count(self, rows):
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
        for name in self.paths[0].split(LOOKUP_SEP):
            model = model._meta.get_field(name).related_model
        return model

    def label_columns(self):
        """Return the expressions of a record's label in Chinese and in English."""
        return F("name"), F("name_en")

    def count(self, rows):
        """Yield the queries that count by the primary keys of the records."""
        for path in self.paths:
            yield count_by(rows.filter(public_path_q(rows.model, path)), F(f"{path}__pk"))

    def records(self, model, keys):
        """Return a query for (key as text, slug, label, label in English, order) of records."""
        records = self.record_model(model)._base_manager.filter(pk__in=keys).order_by()
        key = Cast("pk", CharField())
        return records.values_list(key, F("slug"), *self.label_columns(), F(self.order))

    def choices(self, counts, records):
        is_english = get_language() == "en"
        for key, count in counts.items():
            slug, label, label_en, order = records[key]
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

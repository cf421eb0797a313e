"""Filter forms of the lists: plain GET forms that forgive whatever an address holds."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

import django_filters
from django import forms
from django.core.validators import EMPTY_VALUES
from django.db.models import F, Value
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from promotion.reference.facets import (
    Choice,
    ChoiceFacet,
    Facet,
    FacetGroup,
    RecordFacet,
)
from promotion.reference.kept import kept
from promotion.reference.models import Figure, IndustryScheme
from promotion.reference.records import english_or_chinese, in_one
from promotion.reference.vocabulary import ClaimStatus
from promotion.reference.widgets import WholeNumberInput

MAX_QUERY_LENGTH = 100
OPENED = "more"
"""The parameter of an address that names facets of which all choices are to be shown."""
MAX_NUMBER = 1_000_000_000


class WholeNumberFilter(django_filters.Filter):
    """A number typed by the reader, small enough for any database."""

    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(
            *args, min_value=0, max_value=MAX_NUMBER, widget=WholeNumberInput, **kwargs
        )


class SortFilter(django_filters.ChoiceFilter):
    """The order of a list: by name as the language sorts it, by a date or by a size."""

    def __init__(self, *, newest="", largest=""):
        self.columns = {"newest": newest, "size": largest}
        labels = {"newest": _("最新在前"), "size": _("从大到小")}
        choices = [(value, labels[value]) for value, column in self.columns.items() if column]
        super().__init__(
            choices=[("name", _("名称")), *choices], empty_label=_("默认"), label=_("排序")
        )

    def filter(self, qs, value):
        if not value:
            return qs
        if value == "name":
            name = Lower(english_or_chinese("name")) if get_language() == "en" else "sort_key"
            return qs.order_by(name, "sort_key", "pk")
        return qs.order_by(F(self.columns[value]).desc(nulls_last=True), "sort_key", "pk")


@dataclass
class Chip:
    """One thing that narrows a list, and the address of the list without it."""

    label: str
    text: str
    query: str


class FacetedFilterSet(django_filters.FilterSet):
    """What a list can be filtered by: facets with their counts, beside plain fields.

    A class is for one list of a model: its rows are always the same, those that are public.
    """

    @cached_property
    def facet_filters(self):
        return {name: item for name, item in self.filters.items() if isinstance(item, Facet)}

    @property
    def key(self):
        """What the rows that all filters leave depend on, beside the data."""
        values = ((name, str(value)) for name, value in self.narrowing.items())
        return type(self), self.queryset.model, *sorted(values)

    def count(self, rows_of, *, is_whole=False):
        """Return how many rows each value of each facet has, by facet and key, from one query.

        `rows_of` gives the rows to count for the facet of a name; `is_whole` says that these are
        the whole list.
        """
        counts = {name: Counter() for name in self.facet_filters}
        queries = [
            query.annotate(facet=Value(name))
            for name, facet in self.facet_filters.items()
            for query in facet.count(rows_of(name), is_whole=is_whole)
        ]
        for key, count, name in in_one(queries):
            if key and count:
                counts[name][str(key)] += count
        return {name: facet.add_up(counts[name]) for name, facet in self.facet_filters.items()}

    def fetch_records(self, counts):
        """Return (slug, label, label in English, order) of the records that were counted.

        They are found by facet and key.
        """
        found = {name: {} for name in counts}
        queries = [
            facet.records(self.queryset.model, counts[name]).annotate(facet=Value(name))
            for name, facet in self.facet_filters.items()
            if isinstance(facet, RecordFacet) and counts[name]
        ]
        for key, *label, name in in_one(queries):
            found[name][key] = label
        return found

    def choose(self):
        """Return the choices of each facet over the whole list, by facet and value."""
        counts = self.count(lambda name: self.queryset, is_whole=True)
        records = self.fetch_records(counts)
        return {
            name: {choice.value: choice for choice in facet.choices(counts[name], records[name])}
            for name, facet in self.facet_filters.items()
        }

    @cached_property
    def all_choices(self):
        """The choices of each facet over the whole list, by facet and value."""
        return kept(self.choose, "choices", type(self), self.queryset.model)

    @cached_property
    def narrowed_counts(self):
        """How many rows each value of each facet has under the other filters, by facet and key."""

        def count():
            return self.count(lambda name: self.narrow(self.queryset, without=name))

        return kept(count, "counts", *self.key)

    @cached_property
    def values(self):
        """What the address asks for as far as it is understood, by filter."""
        self.form.full_clean()
        values = dict(self.form.cleaned_data)
        for name in self.facet_filters:
            known = dict(self.form.fields[name].choices)
            values[name] = [text for text in dict.fromkeys(self.form[name].data) if text in known]
        return values

    def narrow(self, queryset, without=""):
        """Return the rows that all filters, or all but one, leave."""
        for name, value in self.values.items():
            if name != without:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def filter_queryset(self, queryset):
        return self.narrow(queryset)

    @property
    def narrowing(self):
        """The values that narrow the list, by filter; an order does not."""
        return {
            name: value
            for name, value in self.values.items()
            if value not in EMPTY_VALUES and not isinstance(self.filters[name], SortFilter)
        }

    @property
    def is_active(self):
        """Whether any filter narrows the list."""
        return bool(self.narrowing)

    @property
    def ignored_labels(self):
        """The labels of the filters whose values were not, or not all, understood."""
        return [self.form.fields[name].label for name in self.form.errors if name in self.filters]

    @property
    def record_models(self):
        """The models of the records that facets name by their slugs, by facet."""
        return {
            name: facet.record_model(self.queryset.model)
            for name, facet in self.facet_filters.items()
            if isinstance(facet, RecordFacet)
        }

    @property
    def plain_fields(self):
        """The fields of the form that are not facets."""
        return [field for field in self.form if field.name not in self.facet_filters]

    @property
    def has_facets(self):
        """Whether the whole list has anything to choose from, whatever the filters leave."""
        return any(self.all_choices.values())

    @cached_property
    def facets(self):
        """The facets that have anything to choose, counted under the other filters."""
        groups = []
        for name, facet in self.facet_filters.items():
            # A closed vocabulary also knows values that no row of the whole list has.
            known = {value: Choice(value, label, value) for value, label in facet.known_choices()}
            known |= self.all_choices[name]
            choices = [
                replace(
                    choice,
                    count=self.narrowed_counts[name][choice.key]
                    if self.is_active
                    else choice.count,
                    is_chosen=choice.value in self.values[name],
                )
                for choice in facet.arrange(known.values())
            ]
            if choices := [choice for choice in choices if choice.count or choice.is_chosen]:
                whole_query = self.query(**{OPENED: [*self.opened, name]})
                is_opened = name in self.opened
                groups.append(FacetGroup(name, facet.label, choices, is_opened, whole_query))
        return groups

    @property
    def opened(self):
        """The facets of which the address asks for all choices."""
        return [name for name in self.facet_filters if name in self.data.getlist(OPENED)]

    def query(self, **changes):
        """Return the query of the list's address with some of its values changed."""
        values = {**self.values, OPENED: self.opened, **changes}.items()
        pairs = [(name, value) for name, value in values if value not in EMPTY_VALUES]
        return f"?{urlencode(pairs, doseq=True)}"

    @property
    def chips(self):
        """What narrows the list, piece by piece."""
        chips = []
        for name, value in self.narrowing.items():
            label = self.form.fields[name].label
            if name not in self.facet_filters:
                chips.append(Chip(label, value, self.query(**{name: ""})))
                continue
            labels = dict(self.form.fields[name].choices)
            for text in value:
                others = [other for other in value if other != text]
                chips.append(Chip(label, labels[text], self.query(**{name: others})))
        return chips


class RecordFilter(FacetedFilterSet):
    """What every list of records can be filtered and sorted by."""

    q = django_filters.CharFilter(
        method="filter_text", label=_("关键词"), max_length=MAX_QUERY_LENGTH
    )
    sort = SortFilter()

    def filter_text(self, queryset, name, value):
        return queryset.matching(value).by_relevance(value)


class SchemedIndustryFilter(RecordFilter):
    # Industries stand under their schemes; another order would tear these apart.
    sort = None
    scheme = RecordFacet("scheme", label=IndustryScheme._meta.verbose_name)


class FigureFilter(FacetedFilterSet):
    """Figures have no search text; they are told apart by how far they have come true."""

    claim_status = ChoiceFacet(
        choices=ClaimStatus.choices, label=Figure._meta.get_field("claim_status").verbose_name
    )

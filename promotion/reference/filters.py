"""Filter forms of the lists: plain GET forms that forgive whatever an address holds."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField

from promotion.reference.models import Figure, Industry, IndustryScheme
from promotion.reference.services import in_language
from promotion.reference.vocabulary import ClaimStatus

ANY = _("不限")
MAX_QUERY_LENGTH = 100
MAX_NUMBER = 1_000_000_000


class RecordChoiceField(ModelChoiceField):
    def label_from_instance(self, obj):
        return in_language(obj, "name")


class RecordChoiceFilter(django_filters.ModelChoiceFilter):
    """A choice among records, named in the address by their slugs."""

    field_class = RecordChoiceField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, to_field_name="slug", empty_label=ANY, **kwargs)


class IndustryChoiceField(ModelChoiceField):
    def label_from_instance(self, obj):
        return _("%(industry)s（%(scheme)s）") % {
            "industry": in_language(obj, "name"),
            "scheme": in_language(obj.scheme, "name"),
        }


class IndustryFilter(RecordChoiceFilter):
    """A choice among the industries that a model's public rows name."""

    field_class = IndustryChoiceField

    def __init__(self, model):
        def used_industries(request):
            link = model.industries.through.objects.filter(
                industry=OuterRef("pk"),
                **{f"{model._meta.model_name}__in": model.objects.published().order_by()},
            )
            return Industry.objects.published().for_list().filter(Exists(link))

        super().__init__(
            field_name="industries", queryset=used_industries, label=Industry._meta.verbose_name
        )


class ChoiceFilter(django_filters.ChoiceFilter):
    """A choice from a closed vocabulary."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, empty_label=ANY, **kwargs)


class WholeNumberFilter(django_filters.Filter):
    """A number typed by the reader, small enough for any database."""

    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=0, max_value=MAX_NUMBER, **kwargs)


class TickField(forms.BooleanField):
    def clean(self, value):
        return super().clean(value) or None


class TickFilter(django_filters.Filter):
    """A box that narrows the list when ticked and does nothing otherwise."""

    field_class = TickField


class RecordFilter(django_filters.FilterSet):
    """What every list can be filtered by."""

    q = django_filters.CharFilter(
        method="filter_text", label=_("关键词"), max_length=MAX_QUERY_LENGTH
    )

    def filter_text(self, queryset, name, value):
        return queryset.matching(value)

    @property
    def is_active(self):
        """Whether any filter narrows the list."""
        return any(value not in (None, "", False) for value in self.form.cleaned_data.values())

    @property
    def ignored_labels(self):
        """The labels of the filters whose values were not understood."""
        return [self.form.fields[name].label for name in self.form.errors if name in self.filters]


class SchemedIndustryFilter(RecordFilter):
    scheme = RecordChoiceFilter(
        queryset=lambda request: IndustryScheme.objects.published(),
        label=IndustryScheme._meta.verbose_name,
    )


class FigureFilter(django_filters.FilterSet):
    """Figures have no search text; they are told apart by how far they have come true."""

    claim_status = ChoiceFilter(
        choices=ClaimStatus.choices, label=Figure._meta.get_field("claim_status").verbose_name
    )
    is_active = RecordFilter.is_active
    ignored_labels = RecordFilter.ignored_labels

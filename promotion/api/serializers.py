"""How a public row is given: its fields, the claim beside them, its figures and its citations.

What is not known is null; a Chinese text stands beside its English.
"""

from functools import cache
from itertools import chain

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django_countries.fields import CountryField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from promotion.api.kinds import KIND_OF, KINDS
from promotion.reference.claims import Statement
from promotion.reference.models import Figure
from promotion.reference.services import CitationIndex, figures_by_subject, subject_key
from promotion.reference.spreadsheets.codecs import SOURCE_LANGUAGE
from promotion.reference.vocabulary import ClaimStatus, Stage
from promotion.reference.wording import status_words


class UnknownIsNull:
    """Gives null for a text that nobody has filled in."""

    def __init__(self, **kwargs):
        super().__init__(allow_null=True, **kwargs)

    def get_attribute(self, instance):
        value = super().get_attribute(instance)
        return None if value == "" else value


class Text(UnknownIsNull, serializers.CharField):
    """A text, or a date as exact as it is known: 2021, 2021-10 or 2021-10-08."""


class Choice(UnknownIsNull, serializers.ChoiceField):
    """One of a closed vocabulary."""


@extend_schema_field(OpenApiTypes.NUMBER)
class Number(serializers.Field):
    """A decimal number; with fifteen digits at most, every one of them survives as a float."""

    def to_representation(self, value):
        return int(value) if value == int(value) else float(value)


@extend_schema_field(OpenApiTypes.URI)
class Address(serializers.Field):
    """The whole address of what one of a kind's methods names for a row."""

    def __init__(self, method, **kwargs):
        self.method = method
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, row):
        path = getattr(KIND_OF[type(row)], self.method)(row)
        return self.context["request"].build_absolute_uri(path)


class Claim(serializers.Serializer):
    """How far what a row says has come true: by when it was to, and whether anyone confirmed it."""

    status = Choice(
        choices=ClaimStatus.choices,
        source="claim_status",
        default=None,
        help_text=_("实现状态：只有 achieved 是已经实现的。"),
    )
    stage = Choice(choices=Stage.choices, default=None, help_text=_("建设或推进到了哪一步。"))
    due_on = Text(source="due", help_text=_("应实现日期；没有说就是 null。"))
    is_forward = serializers.BooleanField(help_text=_("说的是否是将来的事。"))
    is_unconfirmed = serializers.SerializerMethodField(
        help_text=_("是否已过应实现日期或久未重申，仍未见证实。")
    )
    unconfirmed_since = Text(help_text=_("从什么时候起未见证实。"))
    words = serializers.SerializerMethodField(help_text=_("以上用文字说。引用数字时请一并引用。"))
    words_en = serializers.SerializerMethodField(help_text=_("以上用英文说。"))

    def to_representation(self, row):
        return super().to_representation(row) if isinstance(row, Statement) else None

    def get_is_unconfirmed(self, statement) -> bool:
        return bool(statement.unconfirmed_since())

    def get_words(self, statement) -> str | None:
        with override(SOURCE_LANGUAGE):
            return status_words(statement) or None

    def get_words_en(self, statement) -> str | None:
        with override("en"):
            return status_words(statement) or None


class Link(serializers.Serializer):
    """Another row that a row names: a plan among them says so."""

    kind = serializers.SerializerMethodField(help_text=_("种类，与地址中的名称相同。"))
    key = serializers.SerializerMethodField(help_text=_("网址代码，或表格中的键。"))
    name = serializers.SerializerMethodField(help_text=_("名称"))
    name_en = serializers.SerializerMethodField(help_text=_("英文名称"))
    claim = Claim(source="*", allow_null=True)
    api_url = serializers.SerializerMethodField(help_text=_("在接口中的地址。"))

    def get_kind(self, row) -> str | None:
        kind = KIND_OF.get(type(row))
        return kind.name if kind else None

    def get_key(self, row) -> str:
        kind = KIND_OF.get(type(row))
        return kind.key_of(row) if kind else row.slug

    def get_api_url(self, row) -> str | None:
        kind = KIND_OF.get(type(row))
        return self.context["request"].build_absolute_uri(kind.api_path(row)) if kind else None

    def get_name(self, row) -> str:
        return getattr(row, "label", "") or getattr(row, "name", "") or str(row)

    def get_name_en(self, row) -> str | None:
        return getattr(row, "label_en", "") or getattr(row, "name_en", "") or None


def value_field(model_field):
    """Return how the value of a model's field is given."""
    words = {"help_text": model_field.verbose_name}
    if model_field.is_relation:
        return Link(many=model_field.many_to_many, allow_null=model_field.null, **words)
    if isinstance(model_field, models.BooleanField):
        return serializers.BooleanField(**words)
    if isinstance(model_field, models.DecimalField):
        return Number(allow_null=model_field.null, **words)
    if isinstance(model_field, models.IntegerField):
        return serializers.IntegerField(allow_null=model_field.null, **words)
    if isinstance(model_field, models.DateField):
        return serializers.DateField(allow_null=model_field.null, **words)
    if model_field.choices and not isinstance(model_field, CountryField):
        return Choice(choices=model_field.choices, **words)
    return Text(**words)


class OfRow(serializers.ListSerializer):
    """The figures, or the citations, that were fetched for a row among others."""

    def to_representation(self, row):
        return super().to_representation(self.context[self.field_name].get(subject_key(row), []))


class CitationOfRow(serializers.Serializer):
    """The place in a source that says what a row, or one of its fields, says."""

    field = Text(help_text=_("支持的字段；null 表示支持整条记录。"))
    source = Link(help_text=_("资料来源"))
    paragraph = serializers.IntegerField(help_text=_("文件中第几个非空的段落，从 1 数起。"))
    excerpt = Text(help_text=_("原文短语"))
    page_url = Address("page_path", help_text=_("说明这条引文的网页。"))

    class Meta:
        list_serializer_class = OfRow


def fields_of(kind):
    """Return the fields of a kind as its model declares them, and the claim beside them."""
    fields = {name: value_field(kind.model._meta.get_field(name)) for name in kind.fields}
    if kind.makes_claims:
        fields["claim"] = Claim(source="*", help_text=_("以上各项实现了没有。"))
    if kind.model is Figure:
        fields["is_disputed"] = serializers.BooleanField(
            source="opponents", help_text=_("各份资料说法是否不一；另一种说法见资料来源的页面。")
        )
    if kind.is_sourced:
        fields["citations"] = CitationOfRow(source="*", many=True, help_text=_("引文"))
    return fields


class FigureOfRow(serializers.Serializer):
    """A number that a source gives about a record."""

    class Meta:
        list_serializer_class = OfRow

    def get_fields(self):
        return fields_of(KINDS["figures"])


@cache
def serializer_of(kind):
    """Return the serializer of a kind."""
    fields = fields_of(kind)
    if kind.is_about_others:
        fields["subject"] = Link(help_text=_("所属记录"))
    if kind.has_figures:
        fields["figures"] = FigureOfRow(source="*", many=True, help_text=_("数据"))
    fields["page_url"] = Address("page_path", help_text=_("显示这条记录的网页。"))
    fields["api_url"] = Address("api_path", help_text=_("在接口中的地址。"))
    return type(kind.model.__name__, (serializers.Serializer,), fields)


def surroundings(kind, rows):
    """Return what is fetched at once for all the rows of an answer: figures and citations."""
    figures = figures_by_subject(rows) if kind.has_figures else {}
    if kind.model is Figure:
        for figure in rows:
            others = figure.alternatives.all()
            figure.opponents = [other for other in others if not figure.agrees_with(other)]
    sourced = [*rows, *chain.from_iterable(figures.values())] if kind.is_sourced else []
    citations = {}
    for key, cited in CitationIndex(sourced).by_subject.items():
        served = KIND_OF[ContentType.objects.get_for_id(key[0]).model_class()].cited_fields
        citations[key] = [citation for citation in cited if citation.field in served]
    return {"figures": figures, "citations": citations}

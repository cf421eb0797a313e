"""What a record needs before it may be public: the kinds of rules there are.

Each model lists its own in `publish_rules`. A rule that the database or `clean` holds in every
state (a person's consent, the words for a picture) is not repeated here.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, FileField, OuterRef, Q, TextField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from promotion.reference.fields import text_pairs

# What says something about our page, or comes from the office itself, and not from a document.
NOT_FROM_DOCUMENTS = {
    *["slug", "pinyin", "status", "publish_at", "expires_at"],
    *["as_of", "verified_on", "review_by", "position"],
    *["is_home", "is_featured", "picture", "picture_alt", "picture_focus_x", "picture_focus_y"],
    *["contact_name", "phone", "email", "website", "url", "consented_on"],
}


class Kind(StrEnum):
    """What a rule asks for; each kind is mended in a different way."""

    FIELD = "field"
    ENGLISH = "english"
    CITATION = "citation"
    FIGURE = "figure"


@dataclass(frozen=True)
class Fault:
    """What a record lacks, by the field to mend; only what is required keeps it from the public."""

    field: str
    message: str
    is_required: bool = True
    kind: Kind = Kind.FIELD


@dataclass(frozen=True)
class Evidence:
    """What of a record has citations, as far as it has been read or typed into a form."""

    fields: frozenset = frozenset()
    """The names of the fields that have citations; "" is the record as a whole."""
    bare_figures: tuple = ()
    """The labels of the figures that have none."""


def is_filled(record, name):
    """Tell whether a field says anything, a many-to-many one by the rows it has been given."""
    field = record._meta.get_field(name)
    if field.many_to_many:
        return record.pk is not None and bool(getattr(record, name).all())
    return getattr(record, field.attname) not in field.empty_values


def empty_q(model, name):
    """Return the condition for rows in which a field says nothing."""
    field = model._meta.get_field(name)
    if field.many_to_many:
        through = field.remote_field.through._default_manager
        return ~Q(Exists(through.filter(**{field.m2m_field_name(): OuterRef("pk")})))
    if field.null:
        return Q(**{f"{name}__isnull": True})
    if isinstance(field, CharField | TextField | FileField):
        return Q(**{name: ""})
    return Q(pk__in=[])


def label_of(model, name):
    """Return a field's name as forms show it."""
    return capfirst(model._meta.get_field(name).verbose_name)


class Filled:
    """One of the fields says something; the first is the one to mend."""

    kind = Kind.FIELD

    def __init__(self, *fields, is_required=True):
        self.fields = fields
        self.is_required = is_required

    def on(self, model):
        """Return the rules, of one field to mend each, that this one means for a model."""
        return [self]

    def lacking(self, model):
        """Return the condition for the rows that break the rule."""
        condition = Q()
        for name in self.fields:
            condition &= empty_q(model, name)
        return condition

    def fault(self, record, evidence):
        """Return what a record lacks by this rule, or None."""
        if any(is_filled(record, name) for name in self.fields):
            return None
        labels = [str(label_of(type(record), name)) for name in self.fields]
        message = _("没有填写“%(fields)s”。") % {"fields": _("”或“").join(labels)}
        return Fault(self.fields[0], message, self.is_required)


class Translated:
    """A text that stands in Chinese stands in English too; advised only."""

    kind = Kind.ENGLISH
    is_required = False

    def __init__(self, field=""):
        self.field = field

    def on(self, model):
        return [Translated(name) for name in text_pairs(model)]

    def lacking(self, model):
        return ~empty_q(model, self.field) & empty_q(model, f"{self.field}_en")

    def fault(self, record, evidence):
        if not is_filled(record, self.field) or is_filled(record, f"{self.field}_en"):
            return None
        label = label_of(type(record), self.field)
        message = _("“%(field)s”没有英文。") % {"field": label}
        return Fault(f"{self.field}_en", message, self.is_required, self.kind)


def fact_fields(model):
    """Return the names of the fields whose values come from documents."""
    english = {f"{name}_en" for name in text_pairs(model)}
    concrete = [field.name for field in model._meta.concrete_fields if field.editable]
    many = [
        field.name
        for field in model._meta.many_to_many
        # The rows behind the others are cited themselves.
        if field.remote_field.through._meta.auto_created
    ]
    return [
        name
        for name in [*concrete, *many]
        if name not in NOT_FROM_DOCUMENTS | english and name != model._meta.pk.name
    ]


def citations_of(model, **conditions):
    """Return the citations of the outer query's row that say what it shows."""
    citations = model._meta.get_field("citations").related_model._default_manager
    content_type = ContentType.objects.get_for_model(model)
    return citations.supporting().filter(
        subject_type=content_type, subject_id=OuterRef("pk"), **conditions
    )


class Cited:
    """A value is supported by a citation of its field, or of its record as a whole."""

    kind = Kind.CITATION
    is_required = True

    def __init__(self, field=""):
        self.field = field

    def on(self, model):
        return [Cited(name) for name in fact_fields(model)]

    def lacking(self, model):
        return ~empty_q(model, self.field) & ~Q(
            Exists(citations_of(model, field__in=["", self.field]))
        )

    def fault(self, record, evidence):
        if evidence.fields & {"", self.field} or not is_filled(record, self.field):
            return None
        message = _("“%(field)s”没有引文。") % {"field": label_of(type(record), self.field)}
        return Fault(self.field, message, kind=self.kind)


class CitedAtAll:
    """A row that states a single thing has a citation."""

    kind = Kind.CITATION
    is_required = True

    def __init__(self, field):
        self.field = field

    def on(self, model):
        return [self]

    def lacking(self, model):
        return ~Q(Exists(citations_of(model)))

    def fault(self, record, evidence):
        if evidence.fields:
            return None
        return Fault(self.field, _("没有引文。"), kind=self.kind)


class FiguresCited:
    """Every figure of a record has a citation of its own."""

    kind = Kind.FIGURE
    is_required = True

    def on(self, model):
        return [self]

    def lacking(self, model):
        figures = model._meta.get_field("figures").related_model._default_manager
        content_type = ContentType.objects.get_for_model(model)
        bare = figures.filter(
            ~Exists(citations_of(figures.model)),
            subject_type=content_type,
            subject_id=OuterRef("pk"),
        )
        return Q(Exists(bare))

    def fault(self, record, evidence):
        if not evidence.bare_figures:
            return None
        labels = _("”“").join(evidence.bare_figures)
        message = _("数据“%(labels)s”没有引文。") % {"labels": labels}
        return Fault("figures", message, kind=self.kind)


@cache
def rules_of(model):
    """Return a model's rules, of one field to mend each."""
    return [rule for declared in model.publish_rules for rule in declared.on(model)]


ABOUT_CITATIONS = (Kind.CITATION, Kind.FIGURE)


def lacking_q(model, *kinds):
    """Return the condition for rows that break a rule of the given kinds.

    Of what fields should say, only what is required counts: what is advised is always lacking.
    """
    condition = Q(pk__in=[])
    for rule in rules_of(model):
        if rule.kind in kinds and (rule.is_required or rule.kind == Kind.ENGLISH):
            condition |= rule.lacking(model)
    return condition


def own_faults(record, *, required_only=False):
    """Return what a record's own fields lack."""
    return [
        fault
        for rule in rules_of(type(record))
        if rule.kind not in ABOUT_CITATIONS
        and (rule.is_required or not required_only)
        and (fault := rule.fault(record, Evidence()))
    ]


def citation_faults(record, evidence):
    """Return what a record lacks of citations, given those that it has."""
    return [
        fault
        for rule in rules_of(type(record))
        if rule.kind in ABOUT_CITATIONS and (fault := rule.fault(record, evidence))
    ]

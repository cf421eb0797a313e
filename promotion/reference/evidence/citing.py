"""What of a record can be cited, and citing it."""

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.models import Citation, Figure
from promotion.reference.records import Freshness

MAX_VALUE_CHARACTERS = 40
FIGURE_PREFIX = "figure-"
ADMINISTRATIVE = {
    *(field.name for field in Freshness._meta.fields),
    *("status", "publish_at", "expires_at", "is_text_public", "slug", "pinyin", "id"),
}


def citable_fields(model):
    """Return (name, label) of the fields of a model that a citation may support."""
    return [
        (field.name, capfirst(field.verbose_name))
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if (field.editable or field.many_to_many)
        and field.name not in ADMINISTRATIVE
        and not field.name.endswith("_en")
    ]


def shown_value(record, name):
    """Return a field's present value for a list of choices, "" where it has none or many."""
    if record._meta.get_field(name).many_to_many:
        return ""
    display = getattr(record, f"get_{name}_display", None)
    value = display() if display else getattr(record, name)
    return "" if value is None else Truncator(value).chars(MAX_VALUE_CHARACTERS)


def figures_of(record):
    """Return the figures of a record by the names that `citable_facts` gives them."""
    if not hasattr(record, "figures"):
        return {}
    return {f"{FIGURE_PREFIX}{figure.pk}": figure for figure in record.figures.all()}


def citable_facts(record):
    """Return the record's facts as choices of a form: the whole, its fields, its figures."""
    fields = [
        (name, f"{label}：{value}" if (value := shown_value(record, name)) else label)
        for name, label in citable_fields(type(record))
    ]
    figures = [
        (key, f"{figure.label}：{figure.value.normalize():f} {figure.get_unit_display()}")
        for key, figure in figures_of(record).items()
    ]
    groups = [("", _("整条记录")), (_("字段"), fields)]
    return [*groups, (_("数据"), figures)] if figures else groups


def subject_and_field(record, fact):
    """Return what a choice of `citable_facts` stands for: a figure as a whole, or a field."""
    figure = figures_of(record).get(fact)
    return (figure, "") if figure else (record, fact)


def cite(record, fact, **place):
    """Cite a source for one of a record's facts.

    `place` is source, paragraph and excerpt, and what the source states where that is not what is
    shown. Raises ValidationError for what is not in the
    source's stored text or has been cited already.
    """
    subject, field = subject_and_field(record, fact)
    citation = Citation(subject=subject, field=field, **place)
    citation.full_clean()
    try:
        with transaction.atomic():
            citation.save()
            log(Action.ADD, citation)
    except IntegrityError:
        # Someone else cited the same at the same moment: say so as if it had been before.
        citation.validate_constraints()
        raise
    return citation


def citations_of(record, source):
    """Return the citations of a record and of its figures in one source, in its order."""
    about = models.Q(
        subject_type=ContentType.objects.get_for_model(record), subject_id=record.pk
    ) | models.Q(
        subject_type=ContentType.objects.get_for_model(Figure),
        subject_id__in=[figure.pk for figure in figures_of(record).values()],
    )
    return source.citations.filter(about).select_related("subject_type").prefetch_related("subject")

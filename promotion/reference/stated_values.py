"""Values of fields as texts: what a source states of a field, and what is shown, alike."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from promotion.reference.publish_rules import fact_fields

MAX_STATED = 200
# Another name of a thing is an alias of it, no contradiction.
NAMING_FIELDS = {"name", "aliases"}
SOURCE_LANGUAGE = "zh-hans"


def statable_fields(model):
    """Return the names of the fields of which a source may give another value than the one shown.

    Each holds one value that comes from documents: prose and relations do not.
    """
    if not hasattr(model, "publish_rules"):
        return []
    fields = [model._meta.get_field(name) for name in fact_fields(model)]
    return [
        field.name
        for field in fields
        if not field.is_relation
        and not isinstance(field, models.TextField | models.JSONField | models.FileField)
        and field.name not in NAMING_FIELDS
    ]


def words_of(field):
    """Return {word, as staff read it: value} of a field whose values are chosen, not written."""
    chosen = field.flatchoices
    if isinstance(field, models.BooleanField):
        chosen = [(True, _("是")), (False, _("否"))]
    return {str(label): value for value, label in chosen}


def written(record, name):
    """Return what a record says in a field as `read` takes it back.

    "" for nothing, for what is no single value, and for what is too long to be stated.
    """
    if name not in statable_fields(type(record)):
        return ""
    field, value = record._meta.get_field(name), getattr(record, name)
    if value in field.empty_values:
        return ""
    with override(SOURCE_LANGUAGE):
        words = {value: word for word, value in words_of(field).items()}
    if isinstance(field, models.DecimalField):
        text = f"{field.to_python(value).normalize():f}"
    else:
        text = words.get(value, str(value))
    return text if len(text) <= MAX_STATED else ""


def read(field, text):
    """Return the value that a text states, as the field takes it; ValidationError if it does not.

    Of what is chosen from a list, the words and the codes are both understood.
    """
    with override(SOURCE_LANGUAGE):
        canonical = words_of(field)
    words = {**words_of(field), **canonical}
    try:
        return field.clean(words.get(text, text), None)
    except ValidationError as error:
        problem = " ".join(error.messages)
        if words:
            problem = _("可选的有：%(words)s。") % {"words": "、".join(canonical)}
        raise ValidationError(
            _("“%(field)s”不能取“%(text)s”：%(problem)s")
            % {"field": field.verbose_name, "text": text, "problem": problem}
        ) from None

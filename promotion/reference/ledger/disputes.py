"""Fields of records on which sources disagree, and which of the values is shown.

A source that says otherwise is cited with the value that it states. To adopt that value is to swap:
the record takes it, and the sources of the former value are cited with theirs.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from promotion.reference.models import Citation
from promotion.reference.stated_values import read, written

ADOPTED_REASON = "采用另一份资料的说法"


def disputed_fields():
    """Return the citations that state another value than the one shown, by record and field."""
    return (
        Citation.objects.disputing()
        .select_related("source", "subject_type")
        .order_by("subject_type_id", "subject_id", "field", "source_id", "paragraph", "pk")
    )


@transaction.atomic
def adopt(citation_id, user=None):
    """Show the value that a citation states; return the citation.

    Raises Citation.DoesNotExist where it states none, ValidationError where the field does not
    take the value or the former value would be left without its source.
    """
    citation = Citation.objects.disputing().select_for_update().get(pk=citation_id)
    model = citation.subject_type.model_class()
    record = model._base_manager.select_for_update().get(pk=citation.subject_id)
    field = model._meta.get_field(citation.field)
    value = read(field, citation.stated_value)
    former = written(record, field.name)
    cited = list(record.citations.filter(field=field.name).select_for_update().order_by("pk"))
    refuse_loss(record, field, former, cited)
    changes_value = value != getattr(record, field.attname)
    setattr(record, field.attname, value)
    english = f"{field.name}_en"
    if changes_value and any(each.name == english for each in model._meta.fields):
        # It translates the former value.
        setattr(record, english, "")
    record.full_clean()
    save(record, user)
    for each in cited:
        if not each.stated_value:
            each.stated_value = former if changes_value else ""
        elif states(each, field, value):
            each.stated_value = ""
        else:
            continue
        save(each, user)
    return citation


def refuse_loss(record, field, former, cited):
    """Refuse to replace a value of which only citations of the whole record tell the source."""
    has_own = any(not each.stated_value for each in cited)
    if former and not has_own and record.citations.filter(field="").exists():
        raise ValidationError(
            _(
                "“%(field)s”现在的值只有整条记录的引文，换下之后就找不到它的出处。"
                "请先为这个字段单独加一条引文，再采用另一种说法。"
            )
            % {"field": field.verbose_name}
        )


def states(citation, field, value):
    """Tell whether a citation states a value, however it is written."""
    try:
        return read(field, citation.stated_value) == value
    except ValidationError:
        return False


def save(row, user):
    row._history_user = user
    row._change_reason = ADOPTED_REASON
    row.save()

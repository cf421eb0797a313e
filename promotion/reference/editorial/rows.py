"""What an edit writes, as plain values: kept while it waits, and written once it is approved.

An edit may touch a record and many rows around it. Each is kept as a change
{"model": label, "pk": id, "before": values or None, "after": values or None}. A row that is yet to
be made has an id from PROPOSED_ID up, by which the other changes name it.
"""

import json

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from promotion.reference.models import Citation, Figure, SubjectModel
from promotion.reference.records import PublicRecord

# Beyond every id that a database gives, within what scripts count exactly.
PROPOSED_ID = 2**52
DERIVED_FIELDS = {"search_text", "sort_key", "created_at", "updated_at"}


class StaleError(Exception):
    """A change that no longer fits the database; the message says which row and what to do."""


def edited_fields(model):
    """Return the fields whose values an edit may change: not the derived ones."""
    own = [field for field in model._meta.concrete_fields if not field.primary_key]
    # Relations with rows of their own are changes of those rows.
    relations = [
        field
        for field in model._meta.local_many_to_many
        if field.remote_field.through._meta.auto_created
    ]
    return [field for field in [*own, *relations] if field.name not in DERIVED_FIELDS]


def values_of(row):
    """Return the values of a row as JSON holds them; one that is not saved has no relations yet."""
    fields = edited_fields(type(row))
    names = [field.name for field in fields if row.pk or not field.many_to_many]
    (document,) = serializers.serialize("python", [row], fields=names)
    values = json.loads(json.dumps(document["fields"], cls=DjangoJSONEncoder))
    return {
        name: sorted(value) if isinstance(value, list) else value for name, value in values.items()
    }


def completed(change):
    """Return a change with the columns that its table has now, whatever it had when it was kept.

    A column that a migration has added since held its default then; one that a migration has
    removed holds nothing any more.
    """
    model = apps.get_model(change["model"])
    relations = {field.name: [] for field in edited_fields(model) if field.many_to_many}
    blank = {**relations, **values_of(model())}

    def fitted(values):
        return values and {name: values.get(name, default) for name, default in blank.items()}

    return {**change, "before": fitted(change["before"]), "after": fitted(change["after"])}


def load(model, pk, values):
    """Return (instance, {many-to-many name: ids}) holding the values, not saved."""
    document = {"model": model._meta.label_lower, "pk": pk, "fields": values}
    (loaded,) = serializers.deserialize("python", [document])
    return loaded.object, {name: list(ids) for name, ids in loaded.m2m_data.items()}


def find_row(model, pk):
    """Return a row by a model or its label, and its id; None if there is none."""
    model = apps.get_model(model) if isinstance(model, str) else model
    return model._base_manager.filter(pk=pk).first()


def locked_values(change):
    """Return the values that a change's row has now, and let nobody else change them meanwhile."""
    rows = apps.get_model(change["model"])._base_manager.select_for_update()
    row = rows.filter(pk=change["pk"]).first()
    return None if row is None else values_of(row)


def changes_between(before, after):
    """Return the changes from one {(label, id): values} to another, new rows under proposed ids."""
    made = [key for key in after if before.get(key) is None and after[key] is not None]
    known = [pk for _label, pk in made if pk >= PROPOSED_ID]
    fresh = max(known, default=PROPOSED_ID - 1) + 1
    ids = {}
    for key in made:
        if key[1] < PROPOSED_ID:
            ids[key], fresh = fresh, fresh + 1
    return [
        {
            "model": label,
            "pk": ids.get((label, pk), pk),
            "before": before.get((label, pk)),
            "after": repoint(apps.get_model(label), values, ids),
        }
        for (label, pk), values in after.items()
        if values != before.get((label, pk))
    ]


def repoint(model, values, ids):
    """Return a row's values with the ids of other rows replaced as {(label, id): id} says."""
    if values is None or not ids:
        return values
    renewed = dict(values)
    for field in edited_fields(model):
        if not field.is_relation:
            continue
        label = field.related_model._meta.label_lower
        if field.many_to_many:
            renewed[field.name] = sorted(ids.get((label, pk), pk) for pk in values[field.name])
        else:
            renewed[field.name] = ids.get((label, values[field.name]), values[field.name])
    if issubclass(model, SubjectModel):
        subject = ContentType.objects.get_for_id(values["subject_type"]).model_class()
        key = (subject._meta.label_lower, values["subject_id"])
        renewed["subject_id"] = ids.get(key, values["subject_id"])
    return renewed


def refuse_stale(changes):
    """Raise StaleError if a row is no longer as it was when its change was proposed."""
    for change in changes:
        now = locked_values(change) if change["before"] is not None else None
        if now == change["before"]:
            continue
        model = apps.get_model(change["model"])
        label = name_of(change)
        if now is None:
            raise StaleError(
                _("%(kind)s“%(label)s”已被删除，这次改动不能再采用。请退回并说明，或撤回。")
                % {"kind": model._meta.verbose_name, "label": label}
            )
        names = [
            capfirst(str(field.verbose_name))
            for field in edited_fields(model)
            if now.get(field.name) != change["before"].get(field.name)
        ]
        raise StaleError(
            _(
                "%(kind)s“%(label)s”在送审之后又被改动（%(fields)s），"
                "采用会盖掉那次改动。请退回或撤回，再在现在的内容上修改。"
            )
            % {
                "kind": model._meta.verbose_name,
                "label": label,
                "fields": "、".join(names),
            }
        )


def write(changes, *, reason="", keeps_ids=False):
    """Write changes inside the caller's transaction.

    With `keeps_ids` rows that are made go by their proposed ids: for looking, not for keeping.
    Raises StaleError, also for what the database or a rule of the model no longer takes.
    """
    changes = [completed(change) for change in changes]
    refuse_stale(changes)
    try:
        for change in reversed(changes):
            if change["after"] is None:
                row = find_row(change["model"], change["pk"])
                # A row may have gone with another on which it depends.
                if row is not None:
                    row._change_reason = reason
                    row.delete()
        ids = {}
        for is_new in (True, False):
            for change in changes:
                if change["after"] is not None and (change["before"] is None) == is_new:
                    write_row(change, ids, reason, keeps_ids)
    except ValidationError as error:
        raise StaleError(" ".join(error.messages)) from None
    except models.ProtectedError:
        raise StaleError(
            _("要删除的记录已被别的记录引用，不能再采用。请退回并说明，或撤回。")
        ) from None
    except IntegrityError:
        raise StaleError(
            _("数据库没有接受这次改动，可能与别的记录重复。请退回并说明，或撤回。")
        ) from None


def write_row(change, ids, reason, keeps_ids):
    """Write one changed or new row; note in `ids` under which id a new one went in."""
    model = apps.get_model(change["model"])
    is_new = change["before"] is None
    values = repoint(model, change["after"], ids)
    loaded, relations = load(model, change["pk"], values)
    row = model() if is_new else find_row(model, change["pk"])
    for field in edited_fields(model):
        if not field.many_to_many:
            setattr(row, field.attname, getattr(loaded, field.attname))
    if is_new and keeps_ids:
        row.pk = change["pk"]
    row._change_reason = reason
    row.full_clean()
    row.save()
    for name, targets in relations.items():
        getattr(row, name).set(targets)
    if is_new:
        ids[change["model"], change["pk"]] = row.pk


def name_of(change):
    """Return what a changed row is called."""
    values = change["before"] or change["after"]
    model = apps.get_model(change["model"])
    if issubclass(model, PublicRecord):
        return values["name"]
    if model is Figure:
        return values["label"]
    if model is Citation:
        return values["excerpt"]
    row = find_row(model, change["pk"])
    return str(row or load(model, None, values)[0])


class FieldChange:
    """One field of a changed row as a reviewer reads it: its label, and both values in words."""

    def __init__(self, field, before, after):
        self.label = capfirst(str(field.verbose_name))
        self.before = before
        self.after = after


def describe(changes, hidden):
    """Return the changes as a reviewer reads them: [{kind, label, what, fields}].

    `hidden` returns, for the model and the id of a row, the names of fields not to be shown.
    """
    changes = [completed(change) for change in changes]
    made = {
        (change["model"], change["pk"]): name_of(change)
        for change in changes
        if change["before"] is None
    }
    return [
        {
            "kind": apps.get_model(change["model"])._meta.verbose_name,
            "label": name_of(change),
            "is_new": change["before"] is None,
            "is_removed": change["after"] is None,
            "fields": list(describe_fields(change, made, hidden)),
        }
        for change in changes
    ]


def describe_fields(change, made, hidden):
    model = apps.get_model(change["model"])
    before, after = change["before"] or {}, change["after"] or {}
    not_shown = hidden(model, change["pk"])
    for field in edited_fields(model):
        was, now = before.get(field.name), after.get(field.name)
        if field.name in not_shown:
            continue
        if was != now and not (was in (None, "", []) and now in (None, "", [])):
            yield FieldChange(field, in_words(field, was, made), in_words(field, now, made))


def in_words(field, value, made):
    """Return a kept value of a field as a page shows it."""
    if value in (None, "", []):
        return ""
    if field.is_relation:
        label = field.related_model._meta.label_lower
        ids = value if isinstance(value, list) else [value]
        known = field.related_model._base_manager.in_bulk([pk for pk in ids if pk < PROPOSED_ID])
        return "、".join(str(known.get(pk) or made.get((label, pk), pk)) for pk in ids)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(field, models.DateTimeField):
        return field.to_python(value).strftime("%Y-%m-%d %H:%M")
    return str(value)

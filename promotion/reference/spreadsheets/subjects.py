"""The column that names the record, of any model, which a figure or a citation is about."""

import re
import unicodedata
from collections import defaultdict
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.batches import in_batches
from promotion.reference.models import Citation, Figure, sourced_models, subject_models
from promotion.reference.reach import nameable
from promotion.reference.records import PublicRecord
from promotion.reference.spreadsheets.characters import fold, nearest
from promotion.reference.spreadsheets.codecs import (
    LANGUAGES,
    SOURCE_LANGUAGE,
    WARN,
    ChoiceCodec,
    in_lines,
)
from promotion.reference.spreadsheets.columns import Column, in_language
from promotion.reference.spreadsheets.lookups import Lookup, made_up_record, text_of
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.texts import TextCodec

FORM = gettext_lazy("“类别:代码”，例如 parks.park:weilaidao 或 园区:未来岛")
SUBJECT = re.compile(r"(?P<model>[^:]+):(?P<key>.+)\Z", re.DOTALL)


class Subject(NamedTuple):
    """A record of any model, by its content type and id."""

    subject_type_id: int
    subject_id: int


class SubjectColumn(Column):
    """A generic relation, written as "app.model:key"; a part's key is its fields' keys."""

    enforcement = WARN

    def __init__(self, model, models):
        super().__init__(model._meta.get_field("subject_type"), TextCodec(), attribute="subject")
        self.name = "subject"
        self.column_name = "所属记录"
        self.aliases = ("所属对象", "主体", "对象")
        self.models = models

    @property
    def headings(self):
        return [self.heading, self.name, *self.aliases]

    @property
    def related_models(self):
        return self.models()

    def decoder(self, cells, names):
        keys = defaultdict(set)
        by_name = self.models_by_name()
        for cell in cells:
            match = SUBJECT.match(normal(text_of(cell)))
            model = match and by_name.get(fold(match.group("model")))
            if model:
                keys[model].add(match.group("key").strip())
        finders = {model: Finder(model, texts, names) for model, texts in keys.items()}

        def decode(cell, **kwargs):
            match = SUBJECT.match(normal(self.widget.clean(cell)))
            if not match:
                raise CellError(_("看不出是哪条记录。"), FORM)
            model = by_name.get(fold(match.group("model")))
            if model is None:
                raise CellError(
                    _("没有“%(name)s”这一类记录。") % {"name": match.group("model")},
                    "、".join(nearest(match.group("model"), by_name)),
                )
            return finders[model].find(match.group("key").strip())

        return decode

    def models_by_name(self):
        """Return {folded name: model}, by label and by name in both languages."""
        names = {}
        for model in self.models():
            names[fold(model._meta.label)] = model
            names.setdefault(fold(model._meta.model_name), model)
            for language in LANGUAGES:
                names.setdefault(fold(in_language(language, model._meta.verbose_name)), model)
        return names

    def allowed_values(self, limit, user=None):
        values = []
        for model in self.models():
            paths = model.key_paths()
            rows = nameable(user, model).order_by(*paths).values_list(*paths)
            values += [written_key(model, parts) for parts in rows[: limit - len(values)]]
        return values

    def form(self):
        kinds = "、".join(str(model._meta.verbose_name) for model in self.models())
        return in_lines(
            _("先写类别，再写冒号和该记录的网址代码或名称；要用几个代码指明的，以“/”分开。"),
            _("类别：%(kinds)s。") % {"kinds": kinds},
        )

    def example(self):
        model = next(model for model in self.models() if model.key_fields == ("slug",))
        name = in_language(SOURCE_LANGUAGE, model._meta.verbose_name)
        return f"{name}:{made_up_record(model)}"

    def current(self, instances):
        return lambda instance: Subject(instance.subject_type_id, instance.subject_id)

    def holds(self, cell, current):
        return False

    def assign(self, instance, value):
        instance.subject_type = ContentType.objects.get_for_id(value.subject_type_id)
        instance.subject_id = value.subject_id

    def matching(self, values):
        return Q(
            subject_type__in={value.subject_type_id for value in values},
            subject_id__in={value.subject_id for value in values},
        )

    def texts(self, values):
        return subject_keys(values)

    @property
    def exported(self):
        return ["subject_type_id", "subject_id"]

    def cells(self, type_ids, pks):
        subjects = [Subject(*subject) for subject in zip(type_ids, pks, strict=True)]
        keys = subject_keys(set(subjects))
        return [keys[subject] for subject in subjects]


def normal(text):
    return unicodedata.normalize("NFKC", text)


def written_key(model, parts):
    return f"{model._meta.label_lower}:{'/'.join(parts)}"


def subject_keys(subjects):
    """Return {subject: "app.model:key"} with one query per model and batch."""
    ids = defaultdict(set)
    for subject in subjects:
        ids[subject.subject_type_id].add(subject.subject_id)
    keys = {}
    for type_id, pks in ids.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        for batch in in_batches(pks):
            rows = model._default_manager.filter(pk__in=batch).order_by()
            for pk, *parts in rows.values_list("pk", *model.key_paths()):
                keys[Subject(type_id, pk)] = written_key(model, parts)
    # A record deleted behind Django's back leaves a subject without a key.
    return {subject: keys.get(subject) for subject in subjects}


class Finder:
    """Finds the records of one model by the keys that a column's cells give."""

    def __init__(self, model, texts, names):
        self.model = model
        self.type_id = ContentType.objects.get_for_model(model).pk
        self.names = model.key_fields
        self.known = names.rows(model)
        self.lookups, self.parts = {}, {}
        if self.names == ("slug",):
            self.lookup = Lookup(model, texts, names)
            return
        self.lookup = None
        split = [text.split("/") for text in texts]
        for index, name in enumerate(self.names):
            field = model._meta.get_field(name)
            if field.is_relation:
                words = {parts[index].strip() for parts in split if len(parts) == len(self.names)}
                self.lookups[name] = Lookup(field.related_model, words, names)
        self.load(split)

    def load(self, split):
        """Fetch the ids of the parts that belong to the records named first."""
        first = self.names[0]
        if first in self.lookups:
            owners = self.lookups[first].known()
            values = [owner.pk for owner in owners]
        else:
            values = {parts[0].strip() for parts in split}
        for batch in in_batches(values):
            rows = self.known.filter(**{f"{first}__in": batch})
            for pk, *key in rows.values_list("pk", *self.names):
                self.parts[tuple(key)] = pk

    def find(self, text):
        if self.lookup:
            found = self.lookup.find(text)
            if found is None:
                raise self.lookup.missing([text])
            return Subject(self.type_id, found.pk)
        parts = [part.strip() for part in text.split("/")]
        if len(parts) != len(self.names):
            raise CellError(
                _("%(model)s要用 %(count)d 个代码指明，以“/”分开。")
                % {"model": self.model._meta.verbose_name, "count": len(self.names)},
                "/".join(str(self.model._meta.get_field(n).verbose_name) for n in self.names),
            )
        key = tuple(self.part(name, part) for name, part in zip(self.names, parts, strict=True))
        if key not in self.parts:
            raise CellError(
                _("没有“%(key)s”这条%(model)s。")
                % {"key": text, "model": self.model._meta.verbose_name}
            )
        return Subject(self.type_id, self.parts[key])

    def part(self, name, text):
        """Return the value that one part of a key stands for."""
        field = self.model._meta.get_field(name)
        if name in self.lookups:
            found = self.lookups[name].find(text)
            if found is None:
                raise self.lookups[name].missing([text])
            return found.pk
        return ChoiceCodec(field.choices).clean(text) if field.choices else text


def figure_subjects():
    """Return the models that figures may be about."""
    return subject_models(PublicRecord)


def subject_column(model):
    return SubjectColumn(model, {Figure: figure_subjects, Citation: sourced_models}[model])

"""Finding records by what people call them: code, name, English name or alias."""

import heapq
import re
from collections import defaultdict
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from promotion.reference.batches import in_batches, listed
from promotion.reference.reach import nameable
from promotion.reference.spreadsheets.characters import fold, nearest
from promotion.reference.spreadsheets.codecs import SOURCE_LANGUAGE
from promotion.reference.spreadsheets.columns import in_language
from promotion.reference.spreadsheets.problems import CellError, shown
from promotion.reference.spreadsheets.texts import TextCodec

NAME_FIELDS = ("slug", "name", "name_en")
ALIAS_SEPARATORS = re.compile(r"[、,，;；]")
CLOSEST_POOL = 200
MAX_SUGGESTIONS = 50
"""For how many unknown names of a column the nearest are looked for."""
NAMING_TEXT = TextCodec(multiline=True)
SEPARATORS = re.compile(r"[、；;|｜\n]")


def has_field(model, name):
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


class Names:
    """What one import remembers of the names of records, by model: of those its user may know."""

    def __init__(self, user=None):
        self.user = user
        self.indexes = {}
        self.words = {}
        self.suggestions = MAX_SUGGESTIONS

    def rows(self, model):
        return nameable(self.user, model)

    def pks(self, model, key):
        """Return the ids of the records that a folded name or alias belongs to."""
        if model not in self.indexes:
            self.indexes[model] = self.index(model)
        return self.indexes[model].get(hash(key), ())

    def index(self, model):
        """Return {hash of a folded name or alias: ids}: the names themselves would fill memory."""
        found = {}
        for pk, word, _label in names_of(self.rows(model)):
            pks = found.get(key := hash(fold(word)), ())
            if pk not in pks:
                found[key] = (*pks, pk)
        return found

    def nearest(self, model, text):
        """Return the known names that a text was probably meant to be, as one text."""
        if self.suggestions <= 0:
            return ""
        self.suggestions -= 1
        if model not in self.words:
            self.words[model] = {word: label for _pk, word, label in names_of(self.rows(model))}
        words = self.words[model]
        letters = set(fold(text))
        # Comparing letter by letter is slow: only names that share letters are worth it.
        pool = heapq.nlargest(CLOSEST_POOL, words, key=lambda word: len(letters & set(fold(word))))
        return "、".join(dict.fromkeys(words[word] for word in nearest(text, pool)))


def names_of(records):
    """Yield (id, name or alias or code, how to show it) of every record of a queryset."""
    model = records.model
    columns = [name for name in (*NAME_FIELDS, "aliases") if has_field(model, name)]
    rows = records.order_by("pk").values_list("pk", *columns)
    for pk, slug, *names in rows.iterator():
        if "aliases" in columns:
            names[-1:] = ALIAS_SEPARATORS.split(names[-1])
        label = f"{names[0]}（{slug}）"
        for word in filter(None, (slug, *names)):
            yield pk, word, label


def keys_of(record):
    """Return the folded names, aliases and code of a record."""
    names = [getattr(record, name, "") for name in NAME_FIELDS]
    aliases = ALIAS_SEPARATORS.split(getattr(record, "aliases", ""))
    return {fold(word) for word in [*names, *aliases]}


class Lookup:
    """The records of a model that a set of texts may name, fetched together."""

    def __init__(self, model, texts, names):
        self.model = model
        self.names = names
        self.fields = [name for name in NAME_FIELDS if has_field(model, name)]
        self.exact = {name: defaultdict(list) for name in self.fields}
        self.folded = {}
        texts = {text for text in texts if text}
        self.load(texts)
        unknown = {text for text in texts if not any(text in self.exact[f] for f in self.fields)}
        if unknown:
            self.look_up_folded(unknown)

    def load(self, texts):
        """Fetch the records that have one of the texts as their code or name."""
        for batch in in_batches(sorted(texts)):
            wanted = set(batch)
            condition = models.Q()
            for name in self.fields:
                condition |= models.Q(**{f"{name}__in": listed(batch)})
            for instance in self.names.rows(self.model).filter(condition).order_by("pk"):
                for name in self.fields:
                    if getattr(instance, name) in wanted:
                        self.exact[name][getattr(instance, name)].append(instance)

    def look_up_folded(self, texts):
        """Fetch the records of which a name, but for width, case and spaces, or an alias is one
        of these texts."""
        hits = {key: self.names.pks(self.model, key) for key in {fold(text) for text in texts}}
        pks = sorted({pk for found in hits.values() for pk in found})
        records = {}
        for batch in in_batches(pks):
            records.update(self.names.rows(self.model).in_bulk(batch))
        # The index holds hashes: what they lead to is compared in full.
        self.folded = {
            key: [records[pk] for pk in found if pk in records and key in keys_of(records[pk])]
            for key, found in hits.items()
        }

    def find(self, text):
        """Return the record that a text names, or None; raise CellError if several have it."""
        for name in self.fields:
            if found := self.exact[name].get(text):
                return self.only(found)
        return self.only(self.folded.get(fold(text), []))

    def known(self):
        """Return every record that was found, by whatever name."""
        found = [*self.exact.values(), self.folded]
        return {record for names in found for records in names.values() for record in records}

    def only(self, found):
        if len(found) > 1:
            raise CellError(
                _("有 %(count)d 条同名记录，请改填网址代码。") % {"count": len(found)},
                "、".join(record.slug for record in found[:5]),
            )
        return found[0] if found else None

    def missing(self, texts):
        """Return the error that says that no record has these names, with the nearest."""
        names = "”“".join(shown(text) for text in texts)
        return CellError(
            _("没有名为“%(name)s”的%(model)s。")
            % {"name": names, "model": self.model._meta.verbose_name},
            self.names.nearest(self.model, texts[0]),
        )


def leads_back(lookup, record):
    """Tell whether a record's name, written into a cell, names this record and no other."""
    try:
        return lookup.find(text_of(record.name)) == record
    except CellError:
        return False


def names_to_choose(model, limit, user=None):
    """Return what may be written for a model's records: the name, or the slug where that is not
    sure to lead back, alone or among others."""
    names = Names(user)
    records = list(names.rows(model)[:limit])
    lookup = Lookup(model, {text_of(record.name) for record in records}, names)
    return [
        record.name
        if leads_back(lookup, record) and not SEPARATORS.search(record.name)
        else record.slug
        for record in records
    ]


def naming_rule(model):
    """Return in words how a cell names a record."""
    text = _("填已有%(model)s的名称、英文名称或网址代码。")
    if has_field(model, "aliases"):
        text = _("填已有%(model)s的名称、英文名称、别名或网址代码。")
    return text % {"model": model._meta.verbose_name}


def made_up_record(model):
    """Return the name of a record that is none."""
    return f"示例{in_language(SOURCE_LANGUAGE, model._meta.verbose_name)}"


@dataclass(frozen=True)
class FileRow:
    """A row of the same file as the target of a reference, by the name that it goes by there."""

    number: int
    text: str

    def __str__(self):
        return self.text


def text_of(cell):
    """Return the name that a cell holds, or "" where it holds none."""
    try:
        return NAMING_TEXT.clean(cell) if cell is not None else ""
    except CellError:
        return ""

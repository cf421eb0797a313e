"""Loading files of fixtures so that what staff have changed since is never lost.

A file holds one model: {"model": "parks.park", "records": [...]}. A record names its fields; a
foreign key is the slug of its target, a many-to-many a list of slugs. "figures" nests figures,
"citations" maps a field ("" for the whole record) to lists of [source slug, paragraph, excerpt],
with a fourth, the value that the source states, where that is not the one shown.

The history says who wrote a record last, and so whether a fixture may still change it.
"""

import json
from collections import Counter

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction

from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.ledger.models import successor_of
from promotion.reference.models import LOST_ANCHOR, Citation, Figure, Source

CHANGE_REASON = "load_site"


class FixtureError(Exception):
    """A fixture that cannot be loaded; the message names the file, the record and the field."""


def read(path):
    """Return the model of a file and its records; raise FixtureError for what is no such file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return apps.get_model(document["model"]), document["records"]
    except (ValueError, LookupError, TypeError) as error:
        raise FixtureError(f"{path.name}: {error}") from error


class Loader:
    """Loads fixture files and counts what became of each record.

    `counts` maps "new", "changed", "unchanged" and "kept" (edited, renamed or deleted by staff,
    hence left alone) to numbers of rows, figures and citations included. `lost` holds a line for
    each citation written whose phrase the stored text of its source lacks.
    """

    def __init__(self):
        self.counts = Counter(new=0, changed=0, unchanged=0, kept=0)
        self.lost = []
        self.place = ""
        self.targets = {}

    @transaction.atomic
    def load(self, paths):
        """Load the files in order, all or none; raise FixtureError for the first fault."""
        for path in paths:
            model, records = read(path)
            for number, record in enumerate(records, start=1):
                key = "/".join(str(record.get(field, "?")) for field in model.key_fields)
                self.place = f"{path.name}, record {number} ({key})"
                try:
                    self.load_record(model, record)
                except (ValidationError, FieldDoesNotExist, KeyError, TypeError) as error:
                    raise FixtureError(f"{self.place}: {error}") from error
        if self.counts["new"] or self.counts["changed"]:
            log(Action.IMPORT, **self.counts)
        return self.counts

    def load_record(self, model, record):
        values = dict(record)
        citations = values.pop("citations", {})
        figures = values.pop("figures", [])
        subject = self.write(model, values)
        if subject is None:
            return
        reference = {
            "subject_type": ContentType.objects.get_for_model(subject),
            "subject_id": subject.pk,
        }
        for figure in figures:
            self.load_record(Figure, {**reference, **figure})
        for field, places in citations.items():
            for source, paragraph, excerpt, *stated in places:
                (stated_value,) = stated or [""]
                self.write(
                    Citation,
                    {
                        **reference,
                        "field": field,
                        "source": self.target(Source, source),
                        "paragraph": paragraph,
                        "excerpt": excerpt,
                        "stated_value": stated_value,
                    },
                )

    def write(self, model, values):
        """Write one row unless staff have touched it; return it, or None if staff removed it."""
        fields, relations = self.resolve(model, values)
        key = {name: fields[name] for name in model.key_fields}
        row = model._default_manager.filter(**key).first()
        if row is None:
            if model.history.filter(**key).exists():
                self.counts["kept"] += 1
                return None
            outcome, row = "new", model()
        elif row.history.first().history_change_reason != CHANGE_REASON:
            self.counts["kept"] += 1
            return row
        elif self.says(row, fields, relations):
            self.counts["unchanged"] += 1
            return row
        else:
            outcome = "changed"
        for name, value in fields.items():
            setattr(row, name, value)
        row._change_reason = CHANGE_REASON
        self.check(row)
        row.save()
        for name, targets in relations.items():
            getattr(row, name).set(targets)
        self.counts[outcome] += 1
        return row

    def check(self, row):
        """Refuse what breaks a rule, but for a phrase that a text stored by staff lacks.

        Such a citation is written, and is lost as any other is after its text was replaced.
        """
        try:
            row.full_clean()
        except ValidationError as error:
            found = {each.code for errors in error.error_dict.values() for each in errors}
            if found != {LOST_ANCHOR}:
                raise
            what = f"{row.source.slug} ¶{row.paragraph} “{row.excerpt}”"
            self.lost.append(f"{self.place}: {what}: {' '.join(error.messages)}")

    def resolve(self, model, values):
        """Return the values of a row's own fields, and the targets of its many-to-many ones."""
        fields, relations = {}, {}
        for name, value in values.items():
            field = model._meta.get_field(name)
            if field.many_to_many:
                relations[name] = [self.target(field.related_model, slug) for slug in value]
            elif field.is_relation and isinstance(value, str):
                fields[name] = self.target(field.related_model, value)
            elif field.is_relation:
                fields[name] = value
            else:
                fields[name] = field.to_python(value)
        return fields, relations

    def target(self, model, slug):
        """Return the row that a slug names, or that into which staff merged it.

        Raises ValidationError if there is none.
        """
        if (model, slug) not in self.targets:
            row = model._default_manager.filter(slug=slug).first() or successor_of(model, slug)
            if row is None:
                raise ValidationError(f"no {model._meta.label} with slug {slug!r}")
            self.targets[model, slug] = row
        return self.targets[model, slug]

    @staticmethod
    def says(row, fields, relations):
        """Tell whether a row already holds these values."""
        return all(getattr(row, name) == value for name, value in fields.items()) and all(
            set(getattr(row, name).values_list("pk", flat=True))
            == {target.pk for target in targets}
            for name, targets in relations.items()
        )

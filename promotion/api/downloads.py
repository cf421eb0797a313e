"""Whole lists as files: CSV for spreadsheets, JSON as the API gives it."""

import json

from django.http import Http404, StreamingHttpResponse
from django.utils.translation import get_language, override
from rest_framework.utils.encoders import JSONEncoder

from promotion.api.answers import PublicView
from promotion.api.kinds import KINDS
from promotion.api.serializers import Claim, Link, OfRow, serializer_of, surroundings
from promotion.reference.batches import in_batches
from promotion.reference.spreadsheets.writing import csv_lines

ROWS = 200
"""How many records are in memory at once."""
BETWEEN = "、"


class Download(PublicView):
    """The public records of a kind as one file, however many there are."""

    schema = None
    limit = "DOWNLOADS_PER_HOUR"
    suffix = content_type = ""

    def get(self, request, name):
        if name not in KINDS:
            raise Http404
        lines = self.lines(KINDS[name])
        response = StreamingHttpResponse(lines, content_type=self.content_type)
        response["Content-Disposition"] = f'attachment; filename="{name}.{self.suffix}"'
        return response

    def records(self, kind):
        """Yield each public record as the API gives it."""
        language = get_language()
        rows = kind.complete(kind.published()).iterator(chunk_size=ROWS)
        for batch in in_batches(rows, ROWS):
            # The rest of the answer is made when the view has long returned.
            with override(language):
                context = {"request": self.request, **surroundings(kind, batch)}
                serializer = serializer_of(kind)(batch, many=True, context=context)
                yield from serializer.data


class JsonFile(Download):
    """The records with their figures and citations, and the licence before them."""

    suffix, content_type = "json", "application/json"

    def lines(self, kind):
        def text(value):
            return json.dumps(value, cls=JSONEncoder, ensure_ascii=False)

        yield f'{{"licence": {text(self.licence)}, "{kind.name}": ['
        between = "\n"
        for record in self.records(kind):
            yield between + text(record)
            between = ",\n"
        yield "\n]}\n"


class CsvFile(Download):
    """A row for each record, with the claim beside its values and the places that say so."""

    suffix, content_type = "csv", "text/csv; charset=utf-8"

    def lines(self, kind):
        columns = columns_of(kind)
        rows = ([cell(record) for _name, cell in columns] for record in self.records(kind))
        return csv_lines([name for name, _cell in columns], rows)


def columns_of(kind):
    """Return (heading, the function that gives a record's cell) for each column of a kind."""
    columns = []
    for name, field in serializer_of(kind)().fields.items():
        if isinstance(field, Claim):
            columns += [(f"{name}_{part}", within(name, part)) for part in field.fields]
        elif isinstance(field, Link):
            if name == "subject":
                columns.append(("subject_kind", within(name, "kind")))
            columns += [
                (name, within(name, "key")),
                (f"{name}_name", within(name, "name")),
                (f"{name}_claim", within(name, "claim", "words")),
            ]
        elif name == "citations":
            columns.append((name, cited_places))
        elif isinstance(field, OfRow):
            # Figures have a file of their own.
            continue
        elif getattr(field, "many", False):
            columns.append((name, keys_of(name)))
        else:
            columns.append((name, within(name)))
    return columns


def within(*path):
    """Return the function that gives the cell for a value inside a record."""

    def cell(record):
        for name in path:
            record = record and record[name]
        return ("false", "true")[record] if isinstance(record, bool) else record

    return cell


def keys_of(name):
    return lambda record: BETWEEN.join(link["key"] for link in record[name])


def cited_places(record):
    """Return where a record's citations are found, as source#paragraph."""
    places = (f"{cited['source']['key']}#{cited['paragraph']}" for cited in record["citations"])
    return BETWEEN.join(dict.fromkeys(places))

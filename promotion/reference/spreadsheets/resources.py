"""The base of every resource: what a model's sheet looks like and how it is taken in."""

from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from import_export.resources import ModelResource

from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.batches import ROWS, in_batches
from promotion.reference.models import ImportBatch
from promotion.reference.publication import LossError, losing_nothing, would_be_public
from promotion.reference.rights import may_publish
from promotion.reference.spreadsheets.codecs import SOURCE_LANGUAGE
from promotion.reference.spreadsheets.columns import Column, codec_for, in_language
from promotion.reference.spreadsheets.headings import Vocabulary
from promotion.reference.spreadsheets.links import LinkColumn
from promotion.reference.spreadsheets.planning import Plan
from promotion.reference.spreadsheets.problems import Problem
from promotion.reference.spreadsheets.references import ManyColumn, ReferenceColumn
from promotion.reference.spreadsheets.results import Preview, SheetResult
from promotion.reference.spreadsheets.saving import Saver
from promotion.reference.spreadsheets.statements import StatementColumn
from promotion.reference.spreadsheets.trail import newest_entries
from promotion.reference.vocabulary import ImportStage

MAX_ATTEMPTS = 3
"""After so many plans overtaken by other changes, the next is made while everyone else waits."""
NOT_ACCEPTED = _("数据库没有接受这些数据，可能刚有人改动了相同的记录。请重新导入一次。")
LOSS = _("“%(record)s”已经发布，导入后：%(lacking)s请先加上另一条引文，或先把它退回草稿，再导入。")
FIRST_COLUMNS = ["name", "slug", "name_en", "aliases"]
LAST_COLUMNS = [
    "contact_name", "phone", "email", "website", "address", "address_en",
    "summary", "summary_en", "status", "publish_at", "expires_at",
    "due_on", "as_of", "verified_on", "review_by",
]  # fmt: skip


class OvertakenError(Exception):
    """Something that a plan read has changed before the plan was written."""


class RecordResource(ModelResource):
    """A sheet with one row per record, declared by what sets it apart from its model.

    django-import-export gives the declaration (one field per column, widgets, Meta) and the
    result types. Its own pipeline asks nine queries a row, loses many-to-many values in bulk and
    stops at the first fault of a row, so `import_data` is ours: plan everything, report every
    bad cell, then write all of it or nothing.
    """

    codecs = {}
    """Field name → codec, where the field's type does not tell enough."""
    links = {}
    """Many-to-many field with a model of its own → arguments of its LinkColumn."""
    heading_aliases = {}
    """Field name → further headings under which offices hand it in."""
    examples = {}
    """Field name → the made-up cell that a template shows, where the field's type tells none."""
    personal = ()
    """Fields with personal data: taken in, but given out only when asked for."""
    codes = ()
    """Fields whose value, where given, identifies a record after the slug."""
    name_scope = ()
    """Fields that set records of the same name apart."""

    class Meta:
        exclude = (
            "id", "created_at", "updated_at", "pinyin", "sort_key", "search_text",
            "picture", "picture_alt", "picture_alt_en", "picture_focus_x", "picture_focus_y",
            "subject_type", "subject_id", "responsible",
        )  # fmt: skip

    def __init__(self, personal=False, **kwargs):
        super().__init__(**kwargs)
        self.with_personal = personal

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        if django_field.name in cls.links:
            return LinkColumn(django_field, **cls.links[django_field.name])
        if django_field.many_to_many:
            return ManyColumn(django_field)
        if django_field.is_relation:
            return ReferenceColumn(django_field)
        if django_field.name in getattr(django_field.model, "forward_values", ()):
            return StatementColumn(django_field)
        return Column(django_field, cls.codecs.get(django_field.name) or codec_for(django_field))

    # What the sheet looks like

    def get_export_order(self):
        own = [name for name in self.fields if name not in {*FIRST_COLUMNS, *LAST_COLUMNS}]
        ordered = [*FIRST_COLUMNS, *self.leading_columns(own), *LAST_COLUMNS]
        return tuple(name for name in ordered if name in self.fields)

    def leading_columns(self, own):
        """Return a model's own columns, those that are the key first."""
        key = [name for name in self.keys[0] if name in own]
        return [*key, *(name for name in own if name not in key)]

    def get_export_fields(self, selected_fields=None):
        names = selected_fields or self.get_export_order()
        hidden = () if self.with_personal else self.personal
        return [self.fields[name] for name in names if name not in hidden]

    @property
    def headings(self):
        """The canonical headings of the exported columns."""
        return [column.heading for column in self.get_export_fields()]

    @property
    def title(self):
        """The name of the exported worksheet."""
        return in_language(SOURCE_LANGUAGE, self._meta.model._meta.verbose_name_plural)

    def example(self, column):
        """Return the text of a made-up cell of a column."""
        return self.examples.get(column.name) or column.example()

    @cached_property
    def vocabulary(self):
        columns = [self.fields[name] for name in self.get_export_order()]
        return Vocabulary(columns, self.heading_aliases)

    # What identifies a row

    @property
    def makes_slugs(self):
        """Tell whether rows have a name, and an address that can be made from it."""
        return "slug" in self.fields

    @cached_property
    def keys(self):
        """The groups of fields that each identify a record, in the order of their weight."""
        first = tuple(self._meta.model.key_fields)
        if "subject" in self.fields and "subject_type" in first:
            # The column names type and id together.
            first = ("subject", *first[2:])
        return [first, *((name,) for name in self.codes)]

    @property
    def required_columns(self):
        """The columns that a new record needs filled."""
        return [
            name
            for name, column in self.fields.items()
            if column.is_required and not (name == "slug" and self.makes_slugs)
        ]

    # Import

    def settle(self, rows, names):
        """Finish the values of cells that another cell of the same row explains.

        Called once the rows are matched; `names` are those of the columns that the file has.
        """

    def may_write(self, user, old, new):
        """Tell whether a user may turn `old` (None for a new record) into `new`.

        Asked for every row that would be written; `user` is None on the command line.
        """
        return True

    def may_publish(self, user, old, new):
        """Tell whether a user may turn `old` into `new` as far as the public sees either.

        A sheet is not kept for review as a form is: it needs the right to publish.
        """
        rows = [row for row in (old, new) if row is not None]
        return may_publish(user) or not any(would_be_public(row) for row in rows)

    def supported(self, plan):
        """Return the records from which a plan may take what supports them."""
        return []

    def state(self):
        """Return what tells whether anything that an import reads has changed."""
        models = {self._meta.model}
        for column in self.fields.values():
            models.update(column.related_models)
        return newest_entries(models)

    def plan(self, table, user=None, preview=None, watch=None):
        """Work out what a table would do."""
        return Plan(self, table, user, watch=watch, keep=preview and preview.keep)

    def import_data(
        self, table, dry_run=False, user=None, expected="", preview=None, batch=None, watch=None
    ):
        """Take in a table, all of it or, with any problem, nothing; return a SheetResult.

        The plan is worked out before the write transaction begins, and again if something
        changed meanwhile, so that others wait no longer than the writing takes. `expected` is
        the fingerprint of the plan that someone has approved; `batch` is the record of the run,
        made here if nobody made it; `watch` is called with the step and how many rows are done.
        """
        preview = preview or Preview()
        plan = self.plan(table, user, preview, watch and partial(watch, "check"))
        if dry_run:
            return SheetResult(plan, preview.rows)
        batch = batch or ImportBatch(
            model_type=ContentType.objects.get_for_model(self._meta.model),
            user=user,
            file_name=table.file_name,
            file_digest=table.digest,
        )
        saving = {"batch": batch, "user": user, "watch": watch and partial(watch, "write")}
        try:
            for _attempt in range(MAX_ATTEMPTS):
                try:
                    with transaction.atomic():
                        return self.write(plan, expected, preview, **saving)
                except OvertakenError:
                    plan = self.plan(table, user)
            with transaction.atomic():
                return self.write(self.plan(table, user), expected, preview, **saving)
        except DatabaseError:
            plan.problems.append(Problem(NOT_ACCEPTED))
        except LossError as error:
            plan.problems += map(Problem, error.in_words(LOSS))
        return self.write(plan, expected, preview, **saving)

    def write(self, plan, expected, preview, *, batch, user, watch):
        """Write a plan inside the caller's transaction, unless something speaks against it.

        Raises OvertakenError if something that the plan read has changed since.
        """
        result = SheetResult(plan, preview.rows, batch)
        if plan.problems:
            batch.note(ImportStage.REFUSED, result.counts)
            return result
        if plan.state != self.state():
            raise OvertakenError
        result.is_stale = bool(expected) and plan.fingerprint != expected
        if not result.is_stale:
            batch.note(ImportStage.WRITTEN, result.counts)
            with losing_nothing(self.supported(plan)):
                Saver(plan, batch, user, watch).save()
            told = {"batch": batch.pk, "file": batch.file_digest, **result.counts}
            log(Action.IMPORT, self._meta.model, user, **told)
        return result

    # Export

    def log_export(self, count, suffix, user=None):
        """Put into the audit log that so many records are taken out."""
        told = {"count": count, "format": suffix, "personal": self.with_personal}
        log(Action.EXPORT, self._meta.model, user, **told)

    def export_rows(self, queryset):
        """Yield the cells of each record, in the order of the headings.

        No records are made: the values of a batch are fetched plain and handed to each column at
        once. With the id among them, a queryset that is distinct stays so.
        """
        columns = self.get_export_fields()
        lookups = list(
            dict.fromkeys(["pk", *(name for column in columns for name in column.exported)])
        )
        rows = queryset.prefetch_related(None).values_list(*lookups)
        for batch in in_batches(rows.iterator(chunk_size=ROWS), ROWS):
            values = dict(zip(lookups, zip(*batch, strict=True), strict=True))
            cells = [
                column.cells(*(values[name] for name in column.exported)) for column in columns
            ]
            yield from zip(*cells, strict=True)

"""Querysets of records: what is public, what names a row, what a search finds."""

from django.db import models
from django.db.models import F, Func, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from promotion.reference.fields import normalize_search_text, query_words
from promotion.reference.ranking import labelled_figures, match_rank
from promotion.reference.vocabulary import PublicationStatus

NAMING_FIELDS = ("name", "name_en", "slug")
"""What a link to a record needs of it."""


def published_q(prefix="", *, at=None, may_be_absent=False):
    """Return the condition for "public now" on a record, or on a relation named by `prefix`.

    With `may_be_absent` an empty relation also passes.
    """
    now = at or timezone.now()
    path = f"{prefix}__" if prefix else ""
    condition = (
        Q(**{f"{path}status": PublicationStatus.PUBLISHED})
        & (Q(**{f"{path}publish_at": None}) | Q(**{f"{path}publish_at__lte": now}))
        & (Q(**{f"{path}expires_at": None}) | Q(**{f"{path}expires_at__gt": now}))
    )
    return condition | Q(**{prefix: None}) if may_be_absent else condition


def hidden_q(prefix="", *, at=None):
    """Return the condition for "not public now", in parts that an index can answer.

    What `published_q` lets pass, it does not; an empty relation hides nothing.
    """
    now = at or timezone.now()
    path = f"{prefix}__" if prefix else ""
    public = PublicationStatus.PUBLISHED
    others = [status for status in PublicationStatus.values if status != public]
    return (
        Q(**{f"{path}status__in": others})
        | Q(**{f"{path}status": public, f"{path}publish_at__gt": now})
        | Q(**{f"{path}status": public, f"{path}expires_at__lte": now})
    )


def english_or_chinese(path):
    """Return the expression for a name in English, or in Chinese where it has no English."""
    return Coalesce(NullIf(f"{path}_en", Value("")), path)


def row_count(rows):
    """Return the expression for how many rows a queryset has that refers to an outer row."""
    counted = rows.order_by().annotate(row_count=Func(F("pk"), function="COUNT"))
    return Subquery(counted.values("row_count"))


def in_one(queries):
    """Return the lines of some queries from one query."""
    first, *others = [*queries] or [()]
    return first.union(*others, all=True) if others else first


class PartQuerySet(models.QuerySet):
    """Rows that are public through the records they belong to."""

    def published(self, at=None):
        """Return the rows whose owners, named in the model's `public_with`, are public."""
        queryset = self
        for path in self.model.public_with:
            queryset = queryset.filter(published_q(path, at=at, may_be_absent=True))
        return queryset

    def as_links(self, *more):
        """Return values (pk, label, label_en, page, slug, *more) that name each row and its page.

        Every model answers with the same columns, so that rows of many models can be fetched
        in one UNION. `more` are further expressions.
        """
        label, label_en, page, slug = self.model.link_expressions()
        if isinstance(page, str):
            page = Value(page, output_field=models.CharField())
        return self.order_by().values_list(F("pk"), label, label_en, page, slug, *more)


class RecordQuerySet(PartQuerySet):
    """Rows with a publication state and a slug."""

    def published(self, at=None):
        """Return the rows that the public may see now (or `at` a moment)."""
        return super().published(at).filter(published_q(at=at))

    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def matching(self, text):
        """Return the rows that hold every word of `text`, be it in the label of a figure."""
        queryset = self
        for word in query_words(text):
            # One after the other: PostgreSQL looks into no index for one condition OR another.
            in_text = self.model._base_manager.filter(search_text__holds=word).order_by()
            in_label = labelled_figures(self.model, [word]).order_by()
            found = in_text.values("pk").union(in_label.values("subject_id"), all=True)
            queryset = queryset.filter(pk__in=found)
        return queryset

    def by_relevance(self, text):
        """Return the rows in the order in which their names answer a query, then their own."""
        cleaned = normalize_search_text(text)
        if not cleaned:
            return self
        rank = match_rank(cleaned, self.model.searched_texts)
        return self.order_by(rank, *self.model._meta.ordering)

    def named(self):
        """Return the rows with what a link to each of them needs, and nothing more."""
        return self.only(*NAMING_FIELDS)

    def for_list(self):
        """Return the rows with what a list shows of each; models extend this."""
        return self

    def for_detail(self):
        """Return the rows with what the page of one shows; models extend this."""
        return self.for_list()

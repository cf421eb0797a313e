"""The lines of the quality desk: what there is to mend, and how it is found.

A topic adds a line of its own to LINES. A line that has a page of its own names it in `page`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.editorial.queue import waiting_for_review
from promotion.reference.freshness import overdue, reviewed_models
from promotion.reference.ledger.contradictions import unsettled_figures
from promotion.reference.models import Citation, Figure, subject_models
from promotion.reference.publication import faults_of, lacking, ready
from promotion.reference.publish_rules import ABOUT_CITATIONS, Fault, Kind
from promotion.reference.radar import forward_models, unconfirmed_rows
from promotion.reference.records import Part, PublicRecord
from promotion.reference.vocabulary import PublicationStatus


@dataclass(frozen=True)
class Line:
    """Something that records lack: which models have such rows, which rows, and what to mend."""

    name: str
    title: str
    about: str
    models: Callable
    """Return the models that the line looks at."""
    rows: Callable
    """Return the rows of a model that wait, as a queryset."""
    faults: Callable
    """Return {record's id: faults} of records of one model."""
    page: str = ""
    """The name of the line's own page, where it has one; else it is listed by the desk."""
    right: str = "view"
    """The right to all of a model's rows without which the line's own page refuses."""


def records():
    return subject_models(PublicRecord)


def records_and_parts():
    return [*records(), *subject_models(Part)]


def published(model):
    return model._default_manager.published()


def faults_of_kind(*kinds):
    """Return the function that finds what records lack of the given kinds."""

    def find(found):
        return {
            pk: [
                fault
                for fault in faults
                if fault.kind in kinds and (fault.is_required or fault.kind == Kind.ENGLISH)
            ]
            for pk, faults in faults_of(found).items()
        }

    return find


def waiting_to_be_published(model):
    waiting = [PublicationStatus.DRAFT, PublicationStatus.IN_REVIEW]
    return ready(model._default_manager.filter(status__in=waiting))


def readiness(found):
    return {
        record.pk: [Fault("status", _("必需的都齐了，现为“%s”。") % record.get_status_display())]
        for record in found
    }


def no_faults(_found):
    """Return nothing: the line's own page says what is wrong."""
    return {}


LINES = [
    Line(
        "reviews",
        gettext_lazy("等待审核"),
        gettext_lazy("编辑送审的新记录，和对已公开记录的改动。"),
        records,
        waiting_for_review,
        no_faults,
        page="admin:reviews",
    ),
    Line(
        "incomplete",
        gettext_lazy("已公开，但不完整"),
        gettext_lazy("公众看得到，却缺少发布所必需的内容。"),
        records,
        lambda model: lacking(published(model), Kind.FIELD),
        faults_of_kind(Kind.FIELD),
    ),
    Line(
        "unsourced",
        gettext_lazy("已公开，但没有引文"),
        gettext_lazy("公众看得到的内容，没有一条引文支持。"),
        records_and_parts,
        lambda model: lacking(published(model), *ABOUT_CITATIONS),
        faults_of_kind(*ABOUT_CITATIONS),
    ),
    Line(
        "overdue",
        gettext_lazy("该核实了"),
        gettext_lazy("公开的内容到了该再核实的日子，或从来没有核实过；按负责人列出。"),
        reviewed_models,
        overdue,
        no_faults,
        page="admin:overdue",
    ),
    Line(
        "promises",
        gettext_lazy("到期的计划与承诺"),
        gettext_lazy("已公开、说好要实现，而没有见到证实的内容。"),
        forward_models,
        unconfirmed_rows,
        no_faults,
        page="admin:radar",
    ),
    Line(
        "lost",
        gettext_lazy("找不到的引文"),
        gettext_lazy("引用的字句不在所存原文的那一段里了。"),
        lambda: [Citation],
        lambda _model: Citation.objects.lost(),
        no_faults,
        page="admin:lost_anchors",
    ),
    Line(
        "contradicted",
        gettext_lazy("说法不一的数据"),
        gettext_lazy("同一指标有两个不同的数字，还没有选定显示哪一个。"),
        lambda: [Figure],
        lambda _model: unsettled_figures(),
        no_faults,
        page="admin:contradictions",
        right="change",
    ),
    Line(
        "untranslated",
        gettext_lazy("已公开，但缺英文"),
        gettext_lazy("英文读者只能看到中文原文。"),
        records_and_parts,
        lambda model: lacking(published(model), Kind.ENGLISH),
        faults_of_kind(Kind.ENGLISH),
    ),
    Line(
        "ready",
        gettext_lazy("可以发布，还没有发布"),
        gettext_lazy("草稿和待审核的记录，必需的都齐了。"),
        records,
        waiting_to_be_published,
        readiness,
    ),
]

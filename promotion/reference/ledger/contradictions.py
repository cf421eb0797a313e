"""Figures of one measure that say different things, and which of them the public is shown.

All of them are kept. Those that staff do not show name the one that is shown instead
(`Figure.alternative_to`), so that a measure once settled has exactly one. Plain columns of a record
hold one value each; what another source says of them is a figure or a citation.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.models import Figure

SHOWN_REASON, OPENED_REASON = "选定公开的数据", "撤销选定的数据"


MEASURE = ("subject_type_id", "subject_id", "label", "unit", "scope", "claim_status")
MEASURED_AT = Coalesce(NullIf("period", Value("")), "as_of", output_field=CharField())


def unsettled_figures():
    """Return the shown figures that another shown figure of the same measure contradicts."""
    rivals = Figure.objects.shown().alias(measured_at=MEASURED_AT).order_by()
    contradicting = rivals.filter(
        ~Q(value=OuterRef("value")) | ~Q(bound=OuterRef("bound")),
        **{name: OuterRef(name) for name in (*MEASURE, "measured_at")},
    )
    return Figure.objects.shown().alias(measured_at=MEASURED_AT).filter(Exists(contradicting))


def settled_figures():
    """Return the figures that staff have chosen over others."""
    return Figure.objects.shown().filter(
        Exists(Figure.objects.filter(alternative_to=OuterRef("pk")).order_by())
    )


def group_by_measure(figures):
    """Return lists of figures that share their measure, in the order of the first of each."""
    groups = {}
    for figure in figures:
        groups.setdefault(figure.measure, []).append(figure)
    return list(groups.values())


def in_order_of_measure(figures):
    """Return figures so that those of one measure follow each other."""
    return figures.alias(measured_at=MEASURED_AT).order_by(*MEASURE, "measured_at", "pk")


@transaction.atomic
def show(figure_id, user=None):
    """Show one figure for its measure and keep the others of it beside; return it.

    Raises Figure.DoesNotExist, and ValidationError where there is no other.
    """
    figure = Figure.objects.select_for_update().get(pk=figure_id)
    same_measure = Figure.objects.alias(measured_at=MEASURED_AT).filter(
        **dict(zip((*MEASURE, "measured_at"), figure.measure, strict=True))
    )
    rivals = {*same_measure.values_list("pk", flat=True), figure.alternative_to_id} - {None}
    bound = Figure.objects.filter(Q(pk__in=rivals) | Q(alternative_to__in=rivals))
    others = list(bound.exclude(pk=figure.pk).select_for_update().order_by("pk"))
    if not others:
        raise ValidationError(_("“%(label)s”没有别的说法，不用选。") % {"label": figure.label})
    # The one shown first: the others may name no figure that is itself beside another.
    point(figure, None, user, SHOWN_REASON)
    for other in others:
        point(other, figure, user, SHOWN_REASON)
    log(Action.SETTLE, figure, user, beside=[other.pk for other in others])
    return figure


@transaction.atomic
def open_again(figure_id, user=None):
    """Show again every figure that was set beside one, so that the choice is open; return it."""
    figure = Figure.objects.select_for_update().get(pk=figure_id)
    for other in figure.alternatives.select_for_update().order_by("pk"):
        point(other, None, user, OPENED_REASON)
    log(Action.SETTLE, figure, user, beside=[])
    return figure


def point(figure, shown, user, reason):
    """Set which figure is shown instead of one, with a history entry if that is new."""
    if figure.alternative_to_id == (shown and shown.pk):
        return
    figure.alternative_to = shown
    figure._history_user = user
    figure._change_reason = reason
    figure.save()

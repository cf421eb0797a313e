"""The rules of publication on the forms of the staff side: what is lacking, where to mend it."""

from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.publication import (
    LossError,
    blocking,
    losing_nothing,
    records_of,
    unmet,
)
from promotion.reference.publish_rules import Kind
from promotion.reference.records import PublicRecord
from promotion.reference.refusing_admin import RefusedError, RefusingFormsMixin
from promotion.reference.staff_pages import change_address
from promotion.reference.vocabulary import PublicationStatus

DELETED = gettext_lazy(
    "没有删除。“%(record)s”已经发布，删去后：%(lacking)s请先加上另一条引文，或先把它退回"
    "草稿，再删除。"
)
CHANGED = gettext_lazy(
    "没有保存。“%(record)s”已经发布，改动后：%(lacking)s请先加上另一条引文，或先把它退回"
    "草稿，再改动。"
)
ANCHORS = {
    Kind.CITATION: "reference-citation-subject_type-subject_id-group",
    Kind.FIGURE: "reference-figure-subject_type-subject_id-group",
}


def anchor_of(fault):
    """Return the id, on a record's form, of what mends a fault."""
    return ANCHORS.get(fault.kind) or f"id_{fault.field}"


def mending_address(record, fault):
    """Return the address of the place on a record's form that mends a fault."""
    return f"{change_address(record)}#{anchor_of(fault)}"


@dataclass(frozen=True)
class Lack:
    """A line of the list on a form: what is lacking and the place to mend it."""

    message: str
    anchor: str


def lacks(faults):
    """Return faults as lines; what one place mends is one line."""
    messages = {}
    for fault in faults:
        messages.setdefault(anchor_of(fault), []).append(fault.message)
    return [Lack("".join(found), anchor) for anchor, found in messages.items()]


def checklist(record):
    """Return what a form shows before it is saved: what a record must and should still have."""
    faults = unmet(record)
    return {
        "required": lacks(fault for fault in faults if fault.is_required),
        "advised": lacks(fault for fault in faults if not fault.is_required),
    }


def is_to_be_public(record):
    """Tell whether a form would have the public see a record."""
    return isinstance(record, PublicRecord) and record.status == PublicationStatus.PUBLISHED


class PublishRulesMixin(RefusingFormsMixin):
    """Refuses what a form has saved if the public would then find something lacking.

    The rule asks what is in the database once all of the form is saved: its own fields, lines,
    citations and many-to-many values, whether or not the user sees them. What was public with a
    fault before may be saved with it. The return to a former version is such a form.
    """

    def history_form_view(self, request, *args, **kwargs):
        view = super().history_form_view
        return self.refusing(request, lambda: view(request, *args, **kwargs))

    def refusing(self, request, view):
        request.to_be_public = []
        return super().refusing(request, view)

    def save_model(self, request, obj, form, change):
        self.note_former(request, obj)
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        for line in formset.forms:
            if line.has_changed() and line not in formset.deleted_forms:
                self.note_former(request, line.instance)
        super().save_formset(request, form, formset, change)

    def note_former(self, request, row):
        """Note a row that is about to be saved, and what it lacked while it was public."""
        if is_to_be_public(row):
            former = row.published_version() if row.pk else None
            request.to_be_public.append((row, former and blocking(former)))

    def refusals(self, request, form, formsets):
        lacking = [
            message
            for row, former in request.to_be_public
            for message in refusal(row, new_faults(row, former), is_line=row is not form.instance)
        ]
        return [*super().refusals(request, form, formsets), *lacking]


class KeepsCitedMixin:
    """Refuses to delete or change citations if what is public would then lack something."""

    def save_model(self, request, obj, form, change):
        with keeping_cited(self.model._default_manager.filter(pk=obj.pk), CHANGED):
            super().save_model(request, obj, form, change)

    def delete_model(self, request, obj):
        with keeping_cited(self.model._default_manager.filter(pk=obj.pk), DELETED):
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with keeping_cited(queryset, DELETED):
            super().delete_queryset(request, queryset)

    def delete_view(self, request, object_id, extra_context=None):
        view = super().delete_view
        return self.refusing_loss(request, lambda: view(request, object_id, extra_context))

    def response_action(self, request, queryset):
        respond = super().response_action
        return self.refusing_loss(request, lambda: respond(request, queryset))

    def refusing_loss(self, request, view):
        """Answer with a view that deletes; what it may not is undone, and said on its page."""
        try:
            with transaction.atomic():
                return view()
        except RefusedError as error:
            for message in error.messages:
                messages.error(request, message)
            return HttpResponseRedirect(request.get_full_path())


@contextmanager
def keeping_cited(citations, told):
    """Leave the transaction if what is done with citations inside is a loss to a public record."""
    try:
        with losing_nothing(records_of(citations)):
            yield
    except LossError as error:
        raise RefusedError(error.in_words(told)) from None


def new_faults(row, former):
    """Return what keeps a saved row from the public, but for what it lacked as it was public.

    A figure is cited on a page of its own, once it is there: one that comes to what is public is
    listed on the desk.
    """
    faults = blocking(type(row)._default_manager.get(pk=row.pk))
    if former is None:
        return faults
    return [fault for fault in faults if fault not in former and fault.kind != Kind.FIGURE]


def refusal(row, faults, *, is_line):
    """Return in words why a row is not published, and what to do."""
    if not faults:
        return []
    told = [fault.message for fault in faults]
    if is_line:
        return [
            _("“%(record)s”还不能发布：%(lacking)s请先存为草稿，在它自己的页面上加引文。")
            % {"record": row, "lacking": "".join(told)}
        ]
    kinds = {fault.kind for fault in faults}
    first = _("还不能发布，没有保存。")
    if Kind.CITATION in kinds:
        first += _("请为整条记录加一条引文，或为下列各栏各加一条。")
    if Kind.FIGURE in kinds:
        first += _("没有引文的数据：请先把记录存为草稿，在数据自己的页面上加引文。")
    return [first, *told]

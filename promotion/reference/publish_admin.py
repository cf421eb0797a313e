"""The rules of publication on the forms of the staff side: what is lacking, where to mend it."""

from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _

from promotion.reference.pictures import PictureField
from promotion.reference.publication import blocking, record_of, unmet
from promotion.reference.publish_rules import Kind
from promotion.reference.records import PublicRecord
from promotion.reference.staff_pages import change_address
from promotion.reference.vocabulary import PublicationStatus

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


class LackingError(Exception):
    """Leaves the transaction of a form by which something incomplete would be public."""

    def __init__(self, messages):
        super().__init__()
        self.messages = messages


class PublishRulesMixin:
    """Refuses what a form has saved if the public would then find something lacking.

    The rule asks what is in the database once all of the form is saved: its own fields, lines,
    citations and many-to-many values, whether or not the user sees them. A refused form is undone
    and shown again. What was public with a fault before may be saved with it. The return to a
    former version is such a form.
    """

    def changeform_view(self, request, *args, **kwargs):
        view = super().changeform_view
        return self.refusing(request, lambda: view(request, *args, **kwargs))

    def history_form_view(self, request, *args, **kwargs):
        view = super().history_form_view
        return self.refusing(request, lambda: view(request, *args, **kwargs))

    def refusing(self, request, view):
        """Answer with a form's view; what it may not have saved is undone, the form shown again."""
        request.to_be_public, request.lacking = [], []
        try:
            with transaction.atomic():
                return view()
        except LackingError as error:
            request.lacking = error.messages
            for file in request.FILES.values():
                file.seek(0)
            return view()

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form; it bears what a first try to save it has shown to be lacking."""
        form_class = super().get_form(request, obj, change, **kwargs)
        lacking = getattr(request, "lacking", [])
        if not lacking:
            return form_class

        class RefusedForm(form_class):
            def clean(self):
                cleaned = super().clean()
                self.add_error(None, lacking)
                return cleaned

        return RefusedForm

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

    def construct_change_message(self, request, form, formsets, add=False):
        # The one step after all is saved that the return to a former version takes as well.
        self.refuse_lacking(request, form)
        return super().construct_change_message(request, form, formsets, add)

    def refuse_lacking(self, request, form):
        """Leave the transaction of a form if the public would find something lacking."""
        refused = [
            message
            for row, former in request.to_be_public
            for message in refusal(row, new_faults(row, former), is_line=row is not form.instance)
        ]
        if refused:
            discard_new_pictures(form)
            raise LackingError(refused)


class KeepsCitedMixin:
    """Refuses to delete citations without which what is public would lack something."""

    def delete_model(self, request, obj):
        with keeping_cited([obj]):
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with keeping_cited(queryset):
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
        except LackingError as error:
            for message in error.messages:
                messages.error(request, message)
            return HttpResponseRedirect(request.get_full_path())


@contextmanager
def keeping_cited(citations):
    """Leave the transaction if the citations deleted inside keep a public record public."""
    records = {record for each in citations if is_to_be_public(record := record_of(each))}
    former = {record: blocking(record) for record in records}
    yield
    lost = {
        record: [fault.message for fault in blocking(record) if fault not in faults]
        for record, faults in former.items()
    }
    refused = [
        _(
            "没有删除。“%(record)s”已经发布，删去后：%(lacking)s请先加上另一条引文，或先把它退回"
            "草稿，再删除。"
        )
        % {"record": record, "lacking": "".join(told)}
        for record, told in lost.items()
        if told
    ]
    if refused:
        raise LackingError(refused)


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


def discard_new_pictures(form):
    """Remove the pictures that a form has kept, which the database is about to forget."""
    for field in form.instance._meta.fields:
        picture = isinstance(field, PictureField) and getattr(form.instance, field.name)
        if picture and field.name in form.changed_data:
            picture.discard()

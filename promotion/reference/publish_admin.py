"""The rules of publication on the forms of the staff side: what is lacking, where to mend it."""

from dataclasses import dataclass

from django import forms
from django.contrib.contenttypes.forms import BaseGenericInlineFormSet
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from promotion.reference.models import Figure
from promotion.reference.publication import evidence_of, unmet
from promotion.reference.publish_rules import Evidence, Kind, citation_faults
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


class CitationFormSet(BaseGenericInlineFormSet):
    """The citations of a record, which must support what is to be public.

    They are checked as they were typed, so that a record may be entered, cited and published at
    once. What was public without a citation before may be saved as it is.
    """

    def clean(self):
        super().clean()
        record = self.instance
        if any(self.errors) or not is_to_be_public(record):
            return
        kept = [form for form in self.forms if form not in self.deleted_forms]
        cited = {form.cleaned_data["field"] for form in kept if form.cleaned_data.get("source")}
        faults = citation_faults(record, Evidence(frozenset(cited)))
        if faults and (former := record.published_version()):
            former_faults = citation_faults(former, evidence_of([former])[former.pk])
            faults = [fault for fault in faults if fault not in former_faults]
        if faults:
            raise ValidationError(
                [
                    _("还不能发布。请在这里为整条记录加一条引文，或为下列各栏各加一条："),
                    *(fault.message for fault in faults),
                ]
            )


class FigureFormSet(BaseGenericInlineFormSet):
    """The figures of a record, whose citations are on pages of their own."""

    def clean(self):
        super().clean()
        record = self.instance
        if any(self.errors) or not is_to_be_public(record) or record.published_version():
            return
        kept = [form for form in self.forms if form not in self.deleted_forms]
        figures = [form.instance for form in kept if form.cleaned_data.get("label")]
        ids = [figure.pk for figure in figures if figure.pk]
        cited = set(Figure.objects.filter(pk__in=ids).exclude(citations=None).values_list("pk"))
        bare = [figure.label for figure in figures if (figure.pk,) not in cited]
        if bare:
            raise ValidationError(
                _("数据“%(labels)s”还没有引文：请先把记录存为草稿，在数据自己的页面上加引文。")
                % {"labels": _("”“").join(bare)}
            )


class RecordLineForm(forms.ModelForm):
    """A record edited as a line on another's page, where it cannot be given citations."""

    def clean(self):
        cleaned = super().clean()
        record = self.instance
        if cleaned.get("status") == PublicationStatus.PUBLISHED and not record.published_version():
            evidence = evidence_of([record])[record.pk] if record.pk else Evidence()
            if faults := citation_faults(record, evidence):
                messages = "".join(fault.message for fault in faults)
                self.add_error(
                    "status",
                    _("还不能发布：%(lacking)s请先存为草稿，在它自己的页面上加引文。")
                    % {"lacking": messages or _("没有引文。")},
                )
        return cleaned

"""The form by which visitors turn to the district."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from promotion.intake import Ticket
from promotion.models import Inquiry
from promotion.reference.models import Industry
from promotion.reference.services import in_language
from promotion.reference.widgets import WholeNumberInput

UNCHOSEN = _("请选择")
EXPIRED = _("这份表单打开太久或已失效，还没有提交。您填写的内容都还在，请核对后再提交一次。")
TOO_FAST = _("表单打开不到两秒就提交了，还没有收下。您填写的内容都还在，请再提交一次。")
TRAPPED = _("提交没有通过自动程序检查，还没有收下。您填写的内容都还在，请再提交一次。")


class IndustryChoiceField(forms.ModelChoiceField):
    """A choice among industries, told apart by their schemes."""

    def label_from_instance(self, industry):
        return _("%(industry)s（%(scheme)s）") % {
            "industry": in_language(industry, "name"),
            "scheme": in_language(industry.scheme, "name"),
        }


def without_consent(data):
    """Return what was sent without its consent, which a new form asks for anew."""
    data = data.copy()
    data.pop("consent", None)
    return data


class TicksField(forms.MultipleChoiceField):
    """Boxes, each ticked at first; one that is no longer offered is left out, not refused."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value):
        pass


class InquiryForm(forms.ModelForm):
    """An enquiry as a visitor writes it, beside the records that it is about.

    `ticket` and `homepage` are read from what was sent but are no fields: neither is ever shown
    again as it was sent. `homepage` is out of people's sight, so that only programs fill it in.
    """

    about = TicksField(label=_("咨询涉及"), required=False, help_text=_("不需要的可以取消勾选。"))
    industry = IndustryChoiceField(
        queryset=Industry.objects.none(),
        to_field_name="slug",
        required=False,
        label=_("所属产业"),
        empty_label=UNCHOSEN,
    )
    consent = forms.BooleanField(
        label=_("同意处理个人信息"),
        error_messages={"required": _("没有您的同意，我们不能保存这次咨询。")},
    )

    class Meta:
        model = Inquiry
        fields = [
            "organisation",
            "country",
            "industry",
            "other_industry",
            "sought",
            "floor_area_min_sqm",
            "floor_area_max_sqm",
            "headcount",
            "timing",
            "message",
            "contact_name",
            "email",
            "phone",
            "language",
        ]
        widgets = {
            "organisation": forms.TextInput({"autocomplete": "organization"}),
            "floor_area_min_sqm": WholeNumberInput,
            "floor_area_max_sqm": WholeNumberInput,
            "headcount": WholeNumberInput,
            "message": forms.Textarea({"rows": 6}),
            "contact_name": forms.TextInput({"autocomplete": "name"}),
            "email": forms.EmailInput({"autocomplete": "email"}),
            "phone": forms.TextInput({"autocomplete": "tel", "type": "tel"}),
        }
        error_messages = {"email": {"invalid": _("请填写有效的邮箱地址。")}}

    def __init__(self, data=None, *, version, links, **kwargs):
        ticket = data and Ticket.read(data.get("ticket", ""))
        self.is_expired = data is not None and ticket is None
        if self.is_expired:
            data = without_consent(data)
        super().__init__(data, **kwargs)
        self.version = version
        self.ticket = ticket or Ticket.issue(version)
        self.links = {f"{link.model._meta.model_name}-{link.pk}": link for link in links}
        self.fields["about"].choices = [
            (key, link.localized("name")) for key, link in self.links.items()
        ]
        self.fields["about"].initial = list(self.links)
        self.fields["industry"].queryset = Industry.objects.published().for_list()
        self.fields["language"].initial = get_language()
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [("", UNCHOSEN), *list(field.choices)[1:]]

    def clean_about(self):
        return [self.links[key] for key in self.cleaned_data["about"] if key in self.links]

    def clean(self):
        if self.is_expired:
            self.add_error(None, EXPIRED)
        elif self.data.get("homepage"):
            self.add_error(None, TRAPPED)
        elif self.ticket.is_too_fresh:
            self.add_error(None, TOO_FAST)
        # What was refused was given all the same: whoever mistyped it is not told to give it.
        for name in self.errors.keys() & {"email", "phone"}:
            setattr(self.instance, name, self.data[name])
        return super().clean()

    def says_the_same_as(self, inquiry):
        """Tell whether an enquiry holds what was typed here."""
        return all(
            getattr(inquiry, name) == getattr(self.instance, name) for name in self.Meta.fields
        ) and [subject.name for subject in inquiry.subjects.all()] == [
            link.name for link in self.cleaned_data["about"]
        ]

    def begin_anew(self, problem):
        """Keep what was typed as the content of another enquiry, to be sent once more."""
        self.ticket = Ticket.issue(self.version)
        self.data = without_consent(self.data)
        self.add_error(None, problem)

"""The forms of the pages on which documents are stored and cited."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from promotion.reference.evidence.citing import citable_facts
from promotion.reference.evidence.documents import read_document, read_pasted
from promotion.reference.models import Citation


class DocumentForm(forms.Form):
    """The text of a document, as a file or pasted; `paragraphs` among the cleaned data."""

    file = forms.FileField(
        label=_("文件"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".txt,.docx"}),
    )
    text = forms.CharField(
        label=_("或粘贴文字"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80}),
        help_text=_("每个非空的行是一段。很长的原文请用文件。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "TXT（UTF-8、UTF-16 或 GB18030）或 DOCX，不超过 %(limit)s。"
        ) % {"limit": filesizeformat(settings.MAX_DOCUMENT_BYTES)}

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        file, text = cleaned.get("file"), cleaned.get("text", "")
        if bool(file) == bool(text.strip()):
            raise ValidationError(_("请选择一个文件，或者粘贴文字，两者选一。"))
        cleaned["paragraphs"] = read_document(file.read()) if file else read_pasted(text)
        return cleaned


class CitationForm(forms.Form):
    """A phrase of one paragraph, and the fact that it supports."""

    fact = forms.ChoiceField(label=_("支持的内容"), required=False)
    paragraph = Citation._meta.get_field("paragraph").formfield()
    excerpt = Citation._meta.get_field("excerpt").formfield()
    stated_value = Citation._meta.get_field("stated_value").formfield()

    def __init__(self, record, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = citable_facts(record)

    def add_model_error(self, error):
        """Show what the model refuses beside the control that can mend it."""
        for name, problems in error.update_error_dict({}).items():
            self.add_error(name if name in self.fields else None, problems)

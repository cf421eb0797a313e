"""The forms of the admin's import and export pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from promotion.reference.spreadsheets.reading import SUFFIXES


class UploadForm(forms.Form):
    """One file to take in."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("CSV 或 XLSX。先显示将会发生什么，确认之后才写入。"),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )


class ExportForm(forms.Form):
    """In which form to write the list."""

    file_format = forms.ChoiceField(
        label=_("格式"),
        choices=[(".xlsx", _("Excel 工作簿（.xlsx）")), (".csv", _("CSV（UTF-8）"))],
        initial=".xlsx",
        widget=forms.RadioSelect,
    )
    personal = forms.BooleanField(
        label=_("也导出不公开的联系人、电话和邮箱"),
        required=False,
        help_text=_("含个人信息的文件请妥善保管，用后删除。"),
    )

    def __init__(self, *args, may_see_personal, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_see_personal:
            del self.fields["personal"]

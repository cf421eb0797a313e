"""What staff type to be let in: codes, passwords, the mailbox a new password is to be set by."""

import logging
from threading import Thread

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import PasswordResetForm
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from promotion.accounts.lockout import count_failure
from promotion.accounts.second_factor import CodeRefusedError, use_code
from promotion.audit.services import log_each
from promotion.audit.vocabulary import Action

logger = logging.getLogger(__name__)


class CodeForm(forms.Form):
    """A code of the app, or a recovery code; `device` is the one that accepted it."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    confirmed = True

    def __init__(self, request, user, data=None):
        super().__init__(data)
        self.request, self.user = request, user
        self.device = None

    def clean_code(self):
        try:
            self.device = use_code(self.user, self.cleaned_data["code"], confirmed=self.confirmed)
        except CodeRefusedError as error:
            if not error.seconds:
                count_failure(self.request, self.user)
            raise forms.ValidationError(error.message) from error
        return self.cleaned_data["code"]


class FirstCodeForm(CodeForm):
    """The first code of an app that is being set up."""

    confirmed = False


class PasswordAndCodeForm(CodeForm):
    """The password and a code, both again, for what weakens an account."""

    password = forms.CharField(
        label=_("密码"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    field_order = ["password", "code"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["code"].widget.attrs["autofocus"]

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            count_failure(self.request, self.user)
            raise forms.ValidationError(_("密码不对。"))
        return self.cleaned_data["password"]

    def clean_code(self):
        # A code is used up only beside the right password.
        return super().clean_code() if "password" in self.cleaned_data else ""


class ResetForm(PasswordResetForm):
    """The mailbox of an account; the mail goes out beside the answer, which takes no longer."""

    def save(self, **options):
        # One entry too where there is no account: nothing tells the two apart from outside.
        accounts = list(self.get_users(self.cleaned_data["email"]))
        log_each(Action.RESET_ASKED, accounts or [get_user_model()])
        super().save(**options)

    def send_mail(
        self,
        subject_template_name,
        email_template_name,
        context,
        from_email,
        to_email,
        html_email_template_name=None,
    ):
        message = EmailMessage(
            _("重设密码"),
            render_to_string(email_template_name, context),
            to=[to_email],
            headers={"Auto-Submitted": "auto-generated"},
        )
        Thread(target=deliver, args=[message], name="password-reset").start()


def deliver(message):
    """Send a mail; a refusal quotes the address, which no log may hold."""
    try:
        message.send()
    except Exception as error:
        logger.error("A mail to reset a password was not sent: %s", type(error).__name__)

"""What is asked of passwords beyond Django's own rules; some of it by the classified protection
scheme (等保)."""

import re

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from promotion.accounts.models import UsedPassword

KINDS = ["[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]"]


class CommonHereValidator(CommonPasswordValidator):
    """Refuses what Django's list of common passwords has, or a list of what is common here."""

    def __init__(self, password_list_path):
        super().__init__()
        self.passwords |= CommonPasswordValidator(password_list_path).passwords


class KindsValidator:
    """Asks for characters of so many of four kinds."""

    def __init__(self, kinds=3):
        self.kinds = kinds

    def validate(self, password, user=None):
        if sum(1 for kind in KINDS if re.search(kind, password)) < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_too_few_kinds")

    def get_help_text(self):
        return _("密码要含大写字母、小写字母、数字、其他字符这四类中的至少 %(kinds)s 类。") % {
            "kinds": self.kinds
        }


class NotUsedBeforeValidator:
    """Refuses the last passwords of a user; Django tells it of each that is set."""

    def __init__(self, remembered=5):
        self.remembered = remembered

    def validate(self, password, user=None):
        if user is None or user.pk is None:
            return
        used = user.used_passwords.values_list("encoded", flat=True)[: self.remembered]
        if any(check_password(password, encoded) for encoded in {*used, user.password}):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def password_changed(self, password, user=None):
        UsedPassword.objects.create(user=user, encoded=user.password)
        kept = list(user.used_passwords.values_list("pk", flat=True)[: self.remembered])
        user.used_passwords.exclude(pk__in=kept).delete()

    def get_help_text(self):
        return _("密码不能与最近 %(remembered)s 次用过的相同。") % {"remembered": self.remembered}

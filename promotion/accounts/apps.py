from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "promotion.accounts"
    label = "accounts"
    verbose_name = _("登录与安全")

    def ready(self):
        # Its models are not there before.
        from promotion.accounts.logins import password_accepted  # noqa: PLC0415

        user_logged_in.connect(password_accepted)

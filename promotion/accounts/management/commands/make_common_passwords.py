from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from promotion.accounts.common_passwords import common_passwords, write


class Command(BaseCommand):
    """Remake the list of common passwords after a change of its rules."""

    help = _("按规则重新生成常见密码表。标准输出的最后一行是 passwords=N。")

    def handle(self, *args, **options):
        write(settings.COMMON_PASSWORDS)
        self.stdout.write(f"passwords={len(common_passwords())}")

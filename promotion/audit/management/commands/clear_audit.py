from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from promotion.audit.services import clear


class Command(BaseCommand):
    """Remove the entries of the audit log that have been kept long enough."""

    help = _(
        "清理早于 AUDIT_RETENTION_MONTHS 的审计记录，并记下清理到哪一条，核对由此继续。"
        "请让系统的定时任务每月运行一次。标准输出的最后一行是 deleted=N。"
    )

    def handle(self, *args, **options):
        self.stdout.write(f"deleted={clear()}")

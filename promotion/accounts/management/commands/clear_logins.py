from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from promotion.accounts.models import LoginRecord, StaffSession


class Command(BaseCommand):
    """Delete the sessions that are over, and the log of logins after the days it is kept."""

    help = _(
        "删除已经结束的登录、过期的会话，以及超过保存天数的登录记录。请让系统的定时任务每天运行一次。"
        "标准输出的最后一行是 deleted=N。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=180, help=_("登录记录保存多少天"))

    def handle(self, *args, days, **options):
        now = timezone.now()
        outdated = [
            StaffSession.objects.outdated(),
            Session.objects.filter(expire_date__lt=now),
            LoginRecord.objects.filter(attempt_time__lt=now - timedelta(days=days)),
        ]
        count = sum(rows.delete()[0] for rows in outdated)
        self.stdout.write(f"deleted={count}")

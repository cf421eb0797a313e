from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.models import Inquiry


class Command(BaseCommand):
    """Delete the enquiries whose time to be kept is over."""

    help = _(
        "删除保存期限已过的投资咨询。期限在收到时就按当时的设置记在每份咨询上。"
        "请让系统的定时任务每天运行一次。标准输出的最后一行是 deleted=N。"
    )

    def handle(self, *args, **options):
        outdated = Inquiry.objects.outdated()
        with transaction.atomic():
            count = outdated.count()
            outdated.delete()
            if count:
                log(Action.DELETE, Inquiry, count=count)
        self.stdout.write(f"deleted={count}")

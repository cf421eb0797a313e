from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from promotion.reference.batches import seldom_collected
from promotion.reference.spreadsheets.runs import work
from promotion.resources import RESOURCES


class Command(BaseCommand):
    """Take the spreadsheets that wait in the admin, one after another, then end."""

    help = _(
        "依次检查或写入在管理后台交来、正在排队的大文件，全部做完后自动结束。"
        "网页会在需要时自己启动它；同一台机器上同时只运行一个。"
    )

    def handle(self, *args, **options):
        resources = {resource._meta.model: resource for resource in RESOURCES.values()}
        with seldom_collected():
            taken = work(lambda model: resources[model]())
        self.stdout.write(f"taken={taken}")

from django.core.management.commands import migrate
from django.utils.translation import gettext as _

from promotion.turns import turn


class Command(migrate.Command):
    """Django's own, by one process at a time: two that begin at once would both make a table."""

    help = _("更新数据库的结构。几个进程同时运行时依次进行。")

    def handle(self, *args, **options):
        with turn("migrate"):
            super().handle(*args, **options)

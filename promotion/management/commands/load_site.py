from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from promotion.reference.fixtures import FixtureError, Loader


class Command(BaseCommand):
    """Load the files of fixtures/ in the order of their names."""

    help = _("载入 fixtures/ 中的资料。可重复运行：工作人员改过、改名或删除的记录不会被覆盖。")

    def handle(self, *args, **options):
        paths = sorted((settings.BASE_DIR / "fixtures").glob("*.json"))
        try:
            counts = Loader().load(paths)
        except FixtureError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(" ".join(f"{outcome}={number}" for outcome, number in counts.items()))

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from promotion.reference.fixtures import FixtureError, Loader
from promotion.roles import ensure_roles


class Command(BaseCommand):
    """Make the groups of the roles; load the files of FIXTURE_DIR in the order of their names."""

    help = _(
        "载入 FIXTURE_DIR（不设则为 fixtures/）中的资料。"
        "可重复运行：工作人员改过、改名或删除的记录不会被覆盖。"
    )

    def handle(self, *args, **options):
        folder = settings.FIXTURE_DIR
        if not folder.is_dir():
            raise CommandError(_("FIXTURE_DIR 指定的文件夹不存在：%(path)s") % {"path": folder})
        ensure_roles()
        paths = sorted(folder.glob("*.json"))
        loader = Loader()
        try:
            counts = loader.load(paths)
        except FixtureError as error:
            raise CommandError(str(error)) from error
        for line in loader.lost:
            self.stderr.write(line)
        if loader.lost:
            self.stderr.write(_("这些引文已载入，请在后台的“找不到的引文”里更正。"))
        self.stdout.write(" ".join(f"{outcome}={number}" for outcome, number in counts.items()))

import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from promotion.reference.batches import seldom_collected
from promotion.reference.models import ImportBatch
from promotion.reference.spreadsheets.undo import UndoRefusedError, undo
from promotion.resources import RESOURCES

NOTHING_UNDONE, BAD_CALL = 1, 2


class Command(BaseCommand):
    """Undo an import, all of it or nothing."""

    help = _(
        "撤销一次导入：写入的内容全部恢复原样，或者什么也不改动。"
        "标准输出的最后一行是 undone=N removed=N restored=N returned=N："
        "N 依次是涉及的全部记录，删去的新增记录，恢复的更改记录，找回的被去掉的记录；"
        "不能撤销时都是 0，原因逐条写在标准错误。"
        "退出码：0 已撤销；1 不能撤销，什么也没有改动；2 命令有误。"
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "batch", metavar="ID", type=int, help=_("导入批次的编号，见管理后台或导入时的输出")
        )

    def handle(self, *args, batch, **options):
        batch = ImportBatch.objects.filter(pk=batch).first()
        if batch is None:
            raise CommandError(_("没有这个编号的导入批次。"), returncode=BAD_CALL)
        resource = next(each for each in RESOURCES.values() if each._meta.model is batch.model)
        try:
            with seldom_collected():
                counts = undo(batch, resource())
        except UndoRefusedError as error:
            self.stderr.write(str(error))
            for blocker in error.blockers:
                self.stderr.write(str(blocker))
            self.write_counts({"removed": 0, "restored": 0, "returned": 0})
            sys.exit(NOTHING_UNDONE)
        self.write_counts(counts)

    def write_counts(self, counts):
        counts = {"undone": sum(counts.values()), **counts}
        self.stdout.write(" ".join(f"{name}={count}" for name, count in counts.items()))

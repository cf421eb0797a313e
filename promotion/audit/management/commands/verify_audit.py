import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.audit.services import Fault, verify

BROKEN = 1
WHAT_IS_WRONG = {
    Fault.EDITED: gettext_lazy("第 %(number)d 条被改动过，或不是网站写入的。"),
    Fault.MISSING: gettext_lazy("缺少第 %(number)d 条。"),
    Fault.REORDERED: gettext_lazy("第 %(number)d 条不在原来的位置，或它前面缺了记录。"),
    Fault.TRUNCATED: gettext_lazy("末尾从第 %(number)d 条起缺失。"),
}


class Command(BaseCommand):
    """Check that no entry of the audit log was edited, removed or moved."""

    help = _(
        "核对审计记录：有没有被改动、删去、调换，末尾有没有缺失。"
        "标准输出的最后一行是 checked=N last=序号:校验值；请把它另存在数据库之外，日后对照。"
        "退出码：0 完好；1 不完好，标准错误写明第一处。"
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--known",
            metavar="LAST",
            default="",
            help=_("以前核对时得到的“序号:校验值”：那一条须仍在原处"),
        )

    def handle(self, *args, known, **options):
        verdict = verify(known)
        if verdict.fault:
            self.stderr.write(
                str(WHAT_IS_WRONG[verdict.fault.kind]) % {"number": verdict.fault.number}
            )
        self.stdout.write(f"checked={verdict.checked} last={verdict.last}")
        if verdict.fault:
            sys.exit(BROKEN)

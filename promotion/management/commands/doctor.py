import sys
from collections import Counter

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from promotion.operations.doctor import examine
from promotion.operations.doctor.findings import Level

WORDS = {
    Level.OK: gettext_lazy("正常"),
    Level.WARNING: gettext_lazy("注意"),
    Level.MEND: gettext_lazy("须改"),
}


class Command(BaseCommand):
    """Examine a deployment and say of each thing whether it is in order, else what to do."""

    help = _(
        "检查网站的部署：设置、密钥、数据库、缓存、磁盘、邮件、备份、账号等，逐项说明是否正常、该怎么做。"
        "不会改动任何东西。请用运行网站的用户运行。标准输出的最后一行是 ok=N warning=N mend=N；"
        "有必须改的项目时退出码是 1。"
    )
    # What they find is said among the rest.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help=_("用哪种语言说明"),
        )

    def handle(self, *args, language, **options):
        counts = Counter()
        with override(language):
            for name, finding in examine():
                counts[finding.level] += 1
                self.stdout.write(f"[{WORDS[finding.level]}] {name}: {finding.text}")
                if finding.remedy:
                    self.stdout.write(f"    → {finding.remedy}")
        self.stdout.write(" ".join(f"{level}={counts[level]}" for level in Level))
        if counts[Level.MEND]:
            sys.exit(1)

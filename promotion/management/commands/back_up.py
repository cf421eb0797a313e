from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from promotion.operations.backups.encryption import lines_of, recipients_from
from promotion.operations.backups.problems import BackupError, told_plainly
from promotion.operations.backups.taking import take_backup


class Command(BaseCommand):
    """Write a backup of database and media to one file, while the site is running."""

    help = _(
        "把数据库和上传的图片备份到一个文件，网站不必停。写完后重新读一遍，核对每一项的校验和；"
        "中途失败不会留下半个文件。备份里没有密钥 secret_key 和 audit_key、设置 .env，"
        "也没有登录会话。"
        "标准输出的最后一行是 path=文件 rows=N files=N bytes=N removed=N。"
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "target",
            metavar="TARGET",
            type=Path,
            nargs="?",
            help=_("已有的目录，或者还没有的文件；省略时用设置 BACKUP_DIR"),
        )
        parser.add_argument(
            "--recipient",
            metavar="age1…",
            action="append",
            default=[],
            help=_("用这个 age 公钥加密，可以给几个；省略时用设置 BACKUP_RECIPIENTS_FILE 里的"),
        )
        parser.add_argument(
            "--keep", metavar="N", type=int, help=_("目录里只留最新的 N 份，更早的删除")
        )

    def handle(self, *args, target, recipient, keep, **options):
        if target is None:
            target = self.usual_folder()
        if keep is not None and (keep < 1 or not target.is_dir()):
            raise CommandError(_("--keep 至少是 1，并且备份到的必须是一个目录。"))
        try:
            with told_plainly():
                backup = take_backup(target, self.recipients(recipient), keep)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.report(backup)

    def usual_folder(self):
        folder = settings.BACKUP_DIR
        if folder is None:
            raise CommandError(_("请给出备份到哪里，或设置 BACKUP_DIR。"))
        if not folder.is_dir():
            # As a file of that name it would be all that is kept, and the next run would fail.
            raise CommandError(
                _("设置 BACKUP_DIR 里的“%(path)s”不是已有的目录。") % {"path": folder}
            )
        return folder

    def recipients(self, keys):
        if not keys and settings.BACKUP_RECIPIENTS_FILE:
            keys = lines_of(settings.BACKUP_RECIPIENTS_FILE)
        recipients = recipients_from(keys)
        if not recipients:
            self.stderr.write(
                _("注意：这份备份没有加密，其中有个人信息。请妥善保管，或用 --recipient 加密。")
            )
        return recipients

    def report(self, backup):
        for name in backup.lost:
            self.stderr.write(
                _("注意：数据库里的图片文件“%(name)s”在备份之前就已经不在了。") % {"name": name}
            )
        for name in backup.removed:
            self.stdout.write(_("已删除较早的 %(name)s") % {"name": name})
        self.stdout.write(
            _(
                "备份里没有 secret_key、audit_key 和 .env：没有它们，恢复之后恢复码作废，"
                "审计记录核对不了。请另存一份，不要和备份放在一起。"
            )
        )
        size = backup.path.stat().st_size
        rows = sum(backup.manifest["rows"].values())
        files = len(backup.manifest["members"]) - 1
        self.stdout.write(
            _("已备份 %(rows)s 行、%(files)s 个文件，共 %(size)s，已重新读过，校验和全部相符。")
            % {"rows": rows, "files": files, "size": filesizeformat(size)}
        )
        self.stdout.write(
            f"path={backup.path} rows={rows} files={files} bytes={size}"
            f" removed={len(backup.removed)}"
        )

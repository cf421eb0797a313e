from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from promotion.operations.backups.encryption import identities_in
from promotion.operations.backups.problems import BackupError, told_plainly
from promotion.operations.backups.restoring import restore


class Command(BaseCommand):
    """Put a backup into an empty database and media folder."""

    help = _(
        "把备份恢复到空的数据库和空的图片目录：先核对整份备份，再写入；全部恢复，或者什么也不留下。"
        "较早版本的备份会升级到本版本。恢复时不要运行网站。"
        "标准输出的最后一行是 rows=N files=N migrated=N。"
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path, help=_("back_up 写出的文件"))
        parser.add_argument(
            "--identity", metavar="FILE", type=Path, help=_("加密的备份：存有 age 私钥的文件")
        )

    def handle(self, *args, file, identity, **options):
        try:
            with told_plainly():
                restored = restore(file, identities_in(identity) if identity else ())
        except BackupError as error:
            raise CommandError(str(error)) from error
        manifest = restored.manifest
        self.stdout.write(
            _("备份于 %(created_at)s，由版本 %(version)s 写出。")
            % {"created_at": manifest["created_at"], "version": manifest["code_version"]}
        )
        for name in manifest.get("missing_files", []):
            self.stderr.write(
                _("注意：数据库里的图片文件“%(name)s”在备份之前就已经不在了。") % {"name": name}
            )
        if restored.migrated:
            self.stdout.write(_("已升级：%(names)s") % {"names": " ".join(restored.migrated)})
        if restored.given_up:
            self.stdout.write(
                _("%(count)s 个当时还没有处理完的表格没有恢复，请重新上传。")
                % {"count": restored.given_up}
            )
        self.stdout.write(
            _(
                "%(tables)s 张表的行数和 %(files)s 个文件的校验和都与备份时相同。"
                "登录会话不在备份里，请大家重新登录。"
                "运行网站之前先放回 secret_key 和 audit_key，再运行 doctor。"
            )
            % {"tables": len(manifest["rows"]), "files": restored.files}
        )
        self.stdout.write(
            f"rows={restored.rows} files={restored.files} migrated={len(restored.migrated)}"
        )

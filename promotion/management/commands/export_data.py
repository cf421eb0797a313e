import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.problems import SheetError
from promotion.reference.spreadsheets.reading import suffix_of
from promotion.reference.spreadsheets.template import write_template
from promotion.reference.spreadsheets.writing import write_sheet
from promotion.resources import RESOURCES, sheet_named

BAD_CALL = 2


class Command(BaseCommand):
    """Write every record of one kind to a spreadsheet."""

    help = _(
        "把一类记录全部写入 CSV 或 XLSX 文件；原样导回不会改变任何记录。"
        "标准输出的最后一行是 new=0 changed=0 unchanged=N refused=0，N 是写出的行数。"
        "退出码：0 已写出；2 命令有误或无法写入文件。"
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "model", metavar="MODEL", help=_("种类：%(names)s") % {"names": " ".join(RESOURCES)}
        )
        parser.add_argument(
            "file", metavar="FILE", type=Path, help=_("以 .csv 或 .xlsx 结尾的文件")
        )
        parser.add_argument(
            "--personal", action="store_true", help=_("包括不公开的联系人、电话和邮箱")
        )
        parser.add_argument(
            "--template",
            action="store_true",
            help=_("不写出记录，只写出供填写的空白表（.xlsx），附填写说明和可选值"),
        )

    def handle(self, *args, model, file, personal, template, **options):
        try:
            suffix = suffix_of(file.name)
            if template:
                count = export_template(sheet_named(model)(personal=True), file, suffix)
            else:
                count = export(sheet_named(model)(personal=personal), file, suffix)
        except SheetError as error:
            raise CommandError(str(error), returncode=BAD_CALL) from error
        except OSError as error:
            raise CommandError(
                _("无法写入文件“%(name)s”：%(reason)s")
                % {"name": file.name, "reason": error.strerror},
                returncode=BAD_CALL,
            ) from error
        # The form of import_data: scripts read one kind of last line.
        self.stdout.write(f"new=0 changed=0 unchanged={count} refused=0")


def export(resource, path, suffix):
    """Write a resource's records to a path and return how many."""
    rows = Counted(resource.export_rows(resource.get_queryset()))
    with whole_file(path, 0o600 if resource.with_personal else 0o644) as file:
        write_sheet(file, suffix, resource.title, resource.headings, rows)
        resource.log_export(rows.count, suffix)
    return rows.count


def export_template(resource, path, suffix):
    """Write the workbook to fill in to a path and return how many records it holds: none."""
    if suffix != ".xlsx":
        raise SheetError(_("供填写的空白表只有 .xlsx 一种，请换一个文件名。"))
    with whole_file(path, 0o644) as file:
        write_template(file, resource)
    return 0


@contextmanager
def whole_file(path, mode):
    """Give a file to write in that takes its place when it is complete, never half of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=path.suffix, delete=False) as file:
        temporary = Path(file.name)
        try:
            yield file
            file.close()
            temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


class Counted:
    """Passes items on and counts them."""

    def __init__(self, items):
        self.items = items
        self.count = 0

    def __iter__(self):
        for item in self.items:
            self.count += 1
            yield item

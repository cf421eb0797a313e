import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from promotion.reference.batches import seldom_collected
from promotion.reference.spreadsheets.problems import SheetError
from promotion.reference.spreadsheets.reading import read_table, suffix_of
from promotion.reference.spreadsheets.report import write_report
from promotion.resources import RESOURCES, sheet_named

NOTHING_TAKEN, BAD_CALL = 1, 2
BAR_WIDTH = 30


class Command(BaseCommand):
    """Take in a spreadsheet, all of it or nothing."""

    help = _(
        "导入一个 CSV 或 XLSX 文件：全部写入，或者一行也不写。"
        "标准输出的最后一行是 new=N changed=N unchanged=N refused=N；有错误时前三个数都是 0，"
        "refused 是有错误的行数，栏目名称有错误时是全部行数。"
        "退出码：0 全部写入；1 有错误，什么也没有写入；2 命令有误，或文件无法读取、超过上限。"
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "model", metavar="MODEL", help=_("种类：%(names)s") % {"names": " ".join(RESOURCES)}
        )
        parser.add_argument(
            "file", metavar="FILE", type=Path, help=_("以 .csv 或 .xlsx 结尾的文件")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))
        parser.add_argument(
            "--report",
            metavar="FILE",
            type=Path,
            help=_("有错误时写出错误文件：.xlsx 是标出错误的原表，.csv 是错误清单"),
        )

    def handle(self, *args, model, file, dry_run, report, **options):
        try:
            resource = sheet_named(model)()
            if report:
                suffix_of(report.name)
            table = read_table(
                file.name,
                read_bytes(file),
                resource.vocabulary.recognise,
                max_rows=settings.MAX_SHEET_ROWS,
                max_bytes=settings.MAX_SHEET_BYTES,
            )
            if table.other_sheets:
                self.stdout.write(
                    _("读取了工作表“%(sheet)s”，没有读取：%(others)s。")
                    % {"sheet": table.sheet, "others": "、".join(table.other_sheets)}
                )
            with seldom_collected(), Progress(self.stderr, len(table.rows)) as progress:
                result = resource.import_data(table, dry_run=dry_run, watch=progress.show)
            if report and result.problems:
                write_file(report, table, result.problems)
        except (SheetError, OSError) as error:
            raise CommandError(told(error), returncode=BAD_CALL) from error
        except Exception as error:
            if options["traceback"]:
                raise
            message = _("程序出错（%(kind)s），什么也没有写入。加 --traceback 可查看细节。")
            raise CommandError(
                message % {"kind": type(error).__name__}, returncode=BAD_CALL
            ) from error
        for problem in result.problems:
            self.stderr.write(str(problem))
        if not result.total_rows:
            self.stdout.write(_("栏目名称下面一行也没有填写，没有可以导入的内容。"))
        if dry_run and not result.problems:
            self.stdout.write(_("只是检查，没有写入。"))
        elif result.counts["new"] or result.counts["changed"]:
            self.stdout.write(
                _("导入批次 %(number)d，要撤销请运行：%(command)s")
                % {
                    "number": result.batch.pk,
                    "command": f"manage.py undo_import {result.batch.pk}",
                }
            )
        self.stdout.write(" ".join(f"{name}={count}" for name, count in result.counts.items()))
        if result.problems:
            sys.exit(NOTHING_TAKEN)


class Progress:
    """A bar on the terminal that tells how many rows are done; nothing where there is none."""

    def __init__(self, stream, total):
        self.stream = stream if stream.isatty() and total else None
        self.total = total
        self.shown = ""

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.draw("")

    def show(self, step, done):
        name = _("检查") if step == "check" else _("写入")
        filled = BAR_WIDTH * done // self.total
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        self.draw(f"{name} {bar} {done} / {self.total}")

    def draw(self, line):
        """Replace the line that stands there."""
        if self.stream:
            self.stream.write(f"\r{line.ljust(len(self.shown))}\r{line}", ending="")
            self.stream.flush()
            self.shown = line


def read_bytes(path):
    """Return a file's content, never more than is allowed."""
    with path.open("rb") as file:
        return file.read(settings.MAX_SHEET_BYTES + 1)


def write_file(path, table, problems):
    with path.open("wb") as file:
        write_report(file, path.name, table, problems)


def told(error):
    """Return what went wrong without the paths of this machine."""
    if isinstance(error, OSError):
        name = Path(error.filename or "").name or error.filename
        return _("无法读写文件“%(name)s”：%(reason)s") % {"name": name, "reason": error.strerror}
    return str(error)

import csv
import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from promotion.reference.translation_check import check_rows, translated_models
from promotion.translations import known_names

HEADINGS = ["model", "record", "field", "problem", "chinese", "english"]


class Command(BaseCommand):
    """List what the two languages of the records do not both say."""

    help = _(
        "列出缺英文的内容，以及中英文所说的数字、日期、网址或名称不同的内容。"
        "有任何一条时退出码为 1。"
    )

    def add_arguments(self, parser):
        models = sorted(model._meta.model_name for model in translated_models())
        parser.add_argument(
            "--model", choices=models, metavar="MODEL", help=_("只查一类：") + " ".join(models)
        )
        parser.add_argument("--csv", action="store_true", help=_("以 CSV 输出"))

    def handle(self, *args, model, **options):
        models = [row for row in translated_models() if model in (None, row._meta.model_name)]
        names = known_names()
        found = [
            (record, difference)
            for checked in models
            for record, differences in check_rows(checked._default_manager.all(), names)
            for difference in differences
        ]
        if options["csv"]:
            writer = csv.writer(self.stdout, lineterminator="\n")
            writer.writerow(HEADINGS)
            writer.writerows(map(columns, *zip(*found, strict=True)) if found else [])
        else:
            for record, difference in found:
                self.stdout.write(" ".join(filter(None, columns(record, difference))))
            self.stdout.write(f"differences={len(found)}")
        if found:
            sys.exit(1)


def columns(record, difference):
    """Return a difference as the columns of HEADINGS."""
    keys = [getattr(record, name) for name in record.key_fields]
    return [
        record._meta.model_name,
        " · ".join(map(str, keys)),
        difference.field,
        str(difference.problem.label),
        "、".join(difference.in_chinese),
        "、".join(difference.in_english),
    ]

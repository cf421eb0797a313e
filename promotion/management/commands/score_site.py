import json

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from promotion.criteria import score
from promotion.score_admin import described, level_counts
from promotion.scoring import Area


class Command(BaseCommand):
    """Score the public content against what specialists look for."""

    help = _("按写明的规则给公开的内容评分：完整、部分、没有；数据看不出的不评。")

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help=_("以 JSON 输出"))

    def handle(self, *args, **options):
        scores = [described(scored) for scored in score()]
        if options["json"]:
            self.stdout.write(json.dumps(scores, ensure_ascii=False, indent=2))
            return
        for row in scores:
            counts = ", ".join(f"{check['met']}/{check['enough']}" for check in row["checks"])
            self.stdout.write(
                f"{row['level']:<9} {Area(row['area']).label} · {row['name']}"
                f"{f' ({counts})' if counts else ''}"
            )
            self.stdout.write(f"{'':<9} {row['rule']}")
            for step in row["to_raise"]:
                self.stdout.write(f"{'':<9} → {step['record']}：{step['mend']} {step['address']}")
        totals = level_counts(scores)
        self.stdout.write(" ".join(f"{level}={count}" for level, count in totals.items()))

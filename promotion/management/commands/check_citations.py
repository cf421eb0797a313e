from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from promotion.reference.anchors import lost_anchors
from promotion.reference.models import Citation


class Command(BaseCommand):
    """Find the anchor phrase of every citation again in the paragraph that it names."""

    help = _("在存档文件中逐条核对引文：短语必须出现在所注明的段落里。")

    def add_arguments(self, parser):
        parser.add_argument(
            "--documents",
            required=True,
            type=Path,
            metavar="DIR",
            help=_("存放原文文本文件的文件夹"),
        )

    def handle(self, *args, documents, **options):
        if not documents.is_dir():
            raise CommandError(_("找不到文件夹：%(folder)s") % {"folder": documents})
        citations = Citation.objects.select_related("source", "subject_type")
        lost = list(lost_anchors(citations, documents))
        for citation, problem in lost:
            self.stderr.write(
                f"{citation.source.slug} ¶{citation.paragraph} “{citation.excerpt}” "
                f"({citation.subject_type.model} {citation.subject_id} {citation.field}): {problem}"
            )
        self.stdout.write(f"checked={len(citations)} lost={len(lost)}")
        if lost:
            raise CommandError(_("有引文在原文中找不到，请更正段落或短语。"))

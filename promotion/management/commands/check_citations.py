from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from promotion.reference.evidence.anchors import lost_anchors, with_stored_problems
from promotion.reference.evidence.models import SourceParagraph
from promotion.reference.models import Citation


class Command(BaseCommand):
    """Find the anchor phrase of every citation again in the paragraph that it names."""

    help = _("逐条核对引文：短语必须出现在所注明的段落里。核对存入的原文，以及存档文件夹里的文件。")

    def add_arguments(self, parser):
        parser.add_argument(
            "--documents",
            type=Path,
            metavar="DIR",
            help=_("存放原文文本文件的文件夹；不写则只核对存入本系统的原文"),
        )

    def handle(self, *args, documents=None, **options):
        if documents and not documents.is_dir():
            raise CommandError(_("找不到文件夹：%(folder)s") % {"folder": documents})
        citations = Citation.objects.select_related("source", "subject_type")
        lost = list(with_stored_problems(citations.lost()))
        if documents:
            lost += lost_anchors(citations, documents)
        else:
            stored = SourceParagraph.objects.filter(source=OuterRef("source"))
            citations = citations.filter(Exists(stored))
        for citation, problem in lost:
            self.stderr.write(
                f"{citation.source.slug} ¶{citation.paragraph} “{citation.excerpt}” "
                f"({citation.subject_type.model} {citation.subject_id} {citation.field}): {problem}"
            )
        lost_count = len({citation.pk for citation, _problem in lost})
        self.stdout.write(f"checked={citations.count()} lost={lost_count}")
        if lost:
            raise CommandError(_("有引文在原文中找不到，请更正段落或短语。"))

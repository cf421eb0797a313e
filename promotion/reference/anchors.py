"""Finding citations again in the documents that they name."""

from functools import cache

from django.utils.translation import gettext as _


def read_paragraphs(path):
    """Return the paragraphs of a text file: its non-blank lines, stripped, in order."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return [line.strip() for line in lines if line.strip()]


def lost_anchors(citations, folder):
    """Yield (citation, problem) for each citation whose phrase is not in the paragraph it names.

    `folder` holds the sources' text files under their `file_name`.
    """
    paragraphs_of = cache(read_paragraphs)
    for citation in citations:
        path = folder / citation.source.file_name
        if not citation.source.file_name or not path.is_file():
            yield citation, _("找不到来源的存档文件“%(name)s”") % {"name": path.name}
            continue
        paragraphs = paragraphs_of(path)
        if citation.paragraph > len(paragraphs):
            yield citation, _("文件只有 %(count)d 段") % {"count": len(paragraphs)}
        elif citation.excerpt not in paragraphs[citation.paragraph - 1]:
            found = [
                str(number)
                for number, text in enumerate(paragraphs, start=1)
                if citation.excerpt in text
            ]
            if found:
                yield citation, _("该段没有，见于第 %(found)s 段") % {"found": "、".join(found)}
            else:
                yield citation, _("全文都没有")

"""Finding the phrase of a citation in the paragraph that it names."""

from functools import cache

from django.utils.translation import gettext as _

from promotion.reference.evidence.models import SourceParagraph

MAX_PARAGRAPHS_NAMED = 8


def split_paragraphs(text):
    """Return the paragraphs of a text: its non-blank lines, stripped, in order."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def read_paragraphs(path):
    """Return the paragraphs of a text file."""
    return split_paragraphs(path.read_text(encoding="utf-8-sig"))


def numbers_with(phrase, paragraphs):
    """Return the numbers, from 1, of the paragraphs that have a phrase."""
    return [number for number, text in enumerate(paragraphs, start=1) if phrase in text]


def anchor_problem(paragraphs, number, phrase):
    """Return why a phrase is not found in the paragraph of that number, "" where it is."""
    if 1 <= number <= len(paragraphs) and phrase in paragraphs[number - 1]:
        return ""
    if found := numbers_with(phrase, paragraphs):
        named = "、".join(map(str, found[:MAX_PARAGRAPHS_NAMED]))
        return _("该段没有，见于第 %(found)s 段") % {
            "found": f"{named}…" if len(found) > MAX_PARAGRAPHS_NAMED else named
        }
    if number > len(paragraphs):
        return _("文件只有 %(count)d 段") % {"count": len(paragraphs)}
    return _("全文都没有")


def stored_paragraphs(source_id):
    """Return the paragraphs of a source's stored text; none where no text is stored."""
    rows = SourceParagraph.objects.filter(source_id=source_id).order_by("number")
    return list(rows.values_list("text", flat=True))


def stored_anchor_problem(source_id, number, phrase):
    """Return why a phrase is not found in the stored text of a source, "" where nothing is wrong.

    A source without a stored text cannot be asked.
    """
    here = SourceParagraph.objects.filter(source_id=source_id, number=number)
    if phrase in (here.values_list("text", flat=True).first() or ""):
        return ""
    paragraphs = stored_paragraphs(source_id)
    return anchor_problem(paragraphs, number, phrase) if paragraphs else ""


def with_stored_problems(citations):
    """Yield (citation, problem) for citations that are known to be lost in the stored texts."""
    paragraphs_of = cache(stored_paragraphs)
    for citation in citations:
        paragraphs = paragraphs_of(citation.source_id)
        yield citation, anchor_problem(paragraphs, citation.paragraph, citation.excerpt)


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
        problem = anchor_problem(paragraphs_of(path), citation.paragraph, citation.excerpt)
        if problem:
            yield citation, problem

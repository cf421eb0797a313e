"""Storing and replacing the text of a source, and finding its citations again in it."""

import hashlib
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from promotion.reference.evidence.anchors import anchor_problem, numbers_with, split_paragraphs
from promotion.reference.evidence.models import SourceParagraph, SourceText
from promotion.reference.models import Citation
from promotion.reference.publication import would_be_public
from promotion.reference.rights import may_publish

# Kept with the history, as it is for everyone, whatever the language of who replaces.
REASON = "替换原文后重新定位"
ROWS_AT_ONCE = 500


class OvertakenError(Exception):
    """The text that was to be confirmed is no longer the one that waits."""


class PublicTextError(Exception):
    """What the public reads would change, and whoever confirms may not publish."""


@dataclass
class Refound:
    """What becomes of a source's citations in a new text."""

    staying: list = field(default_factory=list)
    moving: list = field(default_factory=list)
    """(citation, number of its new paragraph)"""
    lost: list = field(default_factory=list)
    """(citation, what is wrong)"""


def slot(citation, paragraph=None):
    """Return what no two citations of a source may share."""
    return (
        citation.subject_type_id,
        citation.subject_id,
        citation.field,
        paragraph or citation.paragraph,
    )


def find_again(citations, paragraphs):
    """Return where the citations of one source are in a new text of it.

    A phrase that is still in its paragraph stays, one that is in a single other paragraph moves
    there; what is nowhere, or in several places, is lost: nothing is guessed.
    """
    refound = Refound()
    for citation in citations:
        problem = anchor_problem(paragraphs, citation.paragraph, citation.excerpt)
        if not problem:
            refound.staying.append(citation)
        elif len(found := numbers_with(citation.excerpt, paragraphs)) == 1:
            refound.moving.append((citation, found[0]))
        else:
            refound.lost.append((citation, problem))
    while crowded := first_crowded(refound):
        # Its own place stays taken, which may leave no room for another.
        refound.moving.remove(crowded)
        citation, paragraph = crowded
        problem = _("见于第 %(paragraph)d 段，而那里已有同一字段的引文") % {"paragraph": paragraph}
        refound.lost.append((citation, problem))
    return refound


def first_crowded(refound):
    """Return the first citation that would move where the same fact is cited already."""
    taken = {slot(citation) for citation in refound.staying}
    taken |= {slot(citation) for citation, _problem in refound.lost}
    for citation, paragraph in refound.moving:
        target = slot(citation, paragraph)
        if target in taken:
            return citation, paragraph
        taken.add(target)
    return None


def public_changes(source, refound):
    """Return the citations meant for the public, of those that a new text would move or lose."""
    lost_before = set(source.citations.lost().values_list("pk", flat=True))
    newly_lost = [each for each, _problem in refound.lost if each.pk not in lost_before]
    moving = [each for each, _paragraph in refound.moving]
    return [citation for citation in (*moving, *newly_lost) if would_be_public(citation)]


def is_read_by_the_public(source):
    """Tell whether the stored text stands on the source's page, which is meant for the public."""
    return source.is_text_public and would_be_public(source)


def needs_publisher(source, refound):
    """Tell whether storing the text in which citations were found again needs the publish right."""
    return is_read_by_the_public(source) or bool(public_changes(source, refound))


def digest_of(text):
    """Return what tells one waiting text from another."""
    return hashlib.sha256(text.encode()).hexdigest()


def hand_in(source, paragraphs):
    """Keep a text beside the one that is stored, until it is confirmed."""
    SourceText.objects.update_or_create(source=source, defaults={"waiting": "\n".join(paragraphs)})


@transaction.atomic
def discard(source):
    """Forget the text that waits; what is stored stays."""
    SourceText.objects.filter(source=source, stored_at=None).delete()
    SourceText.objects.filter(source=source).update(waiting="")


@transaction.atomic
def confirm(source, digest, user):
    """Replace a source's text by the one that waits and move its citations; return them all.

    Raises OvertakenError if another text waits than the one that `digest` names, PublicTextError
    if the public would read something else and the user may not publish.
    """
    stored = SourceText.objects.select_for_update().filter(source=source).first()
    if stored is None or not stored.waiting or digest_of(stored.waiting) != digest:
        raise OvertakenError
    paragraphs = split_paragraphs(stored.waiting)
    refound = find_again(Citation.objects.select_for_update().filter(source=source), paragraphs)
    if not may_publish(user) and needs_publisher(source, refound):
        raise PublicTextError
    SourceParagraph.objects.filter(source=source).delete()
    SourceParagraph.objects.bulk_create(
        (
            SourceParagraph(source=source, number=number, text=text)
            for number, text in enumerate(paragraphs, start=1)
        ),
        batch_size=ROWS_AT_ONCE,
    )
    stored.waiting, stored.stored_by, stored.stored_at = "", user, timezone.now()
    stored.save()
    move(refound.moving)
    return refound


def move(moving):
    """Write the new paragraphs of citations, with their history."""
    # Two that change places would each find the other still there: all step aside first.
    Citation.objects.filter(pk__in=[citation.pk for citation, _paragraph in moving]).update(
        field=Concat(Value("~"), Cast("pk", CharField()))
    )
    for citation, paragraph in moving:
        citation.paragraph = paragraph
        citation._change_reason = REASON
        citation.save()


@transaction.atomic
def remove(source, user):
    """Delete the stored text of a source; its citations stay as they are.

    Raises PublicTextError if the public reads the text and the user may not publish.
    """
    if not may_publish(user) and is_read_by_the_public(source):
        raise PublicTextError
    SourceParagraph.objects.filter(source=source).delete()
    SourceText.objects.filter(source=source).delete()

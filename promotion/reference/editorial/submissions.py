"""Handing in, approving, refusing and taking back; each is done whole or not at all."""

import hashlib
import json
from contextlib import contextmanager

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.editorial.rows import StaleError, find_row, values_of, write
from promotion.reference.models import Citation, Submission
from promotion.reference.pictures import PictureField
from promotion.reference.publication import (
    LossError,
    losing_nothing,
    record_of,
    set_status,
    would_be_public,
)
from promotion.reference.publish_rules import Kind
from promotion.reference.vocabulary import OPEN_STAGES, PublicationStatus, ReviewStage

# Kept with the history, as it is for everyone, whatever the language of who decided.
APPROVED = "采用送审 #{}"
REFUSED = "退回送审 #{}：{}"
LOSS = gettext_lazy("不能采用：“%(record)s”已经发布，采用后：%(lacking)s请先补上，或退回并说明。")
MAX_REASON = 500


class SubmissionError(Exception):
    """Something that cannot be done with a submission; the message says why and what to do."""


def of_record(record):
    """Return the submissions about a record."""
    return Submission.objects.filter(
        subject_type=ContentType.objects.get_for_model(record), subject_id=record.pk
    )


def open_submission(record):
    """Return what is being asked about a record: waiting or sent back; None if nothing is."""
    return of_record(record).filter(stage__in=OPEN_STAGES).select_related("made_by").first()


def proposal_of(model, pk):
    """Return the open submission that would make a row, by the id that it proposes."""
    for submission in Submission.objects.filter(stage__in=OPEN_STAGES).exclude(changes=[]):
        if any(
            (change["model"], change["pk"]) == (model._meta.label_lower, pk)
            for change in submission.changes
        ):
            return submission
    return None


@transaction.atomic
def keep(record, changes, user, *, adds=False):
    """Keep what an editor would change in and around a record, in place of what waited.

    With `adds` it comes to what waited, which it does not touch.

    Without any difference from what is public there is nothing to ask: what waited is withdrawn.
    """
    submission = open_submission(record)
    if adds and submission:
        changes = [*submission.changes, *changes]
    if not changes:
        if submission:
            withdraw(submission, user)
        return None
    submission = submission or begin(record)
    former = submission.changes
    submission.changes = changes
    hand_in(submission, user)
    log_decision(Action.SUBMIT, record, user, submission)
    discard_pictures(
        pictures_in(former, "after"),
        pictures_in(former, "before") | pictures_in(changes, "after"),
    )
    return submission


def begin(record):
    return Submission(subject=record, label=str(record)[:200])


def hand_in(submission, user):
    submission.stage = ReviewStage.WAITING
    submission.made_by = user
    submission.made_at = timezone.now()
    submission.decided_by = submission.decided_at = None
    submission.reason = ""
    submission.save()


@transaction.atomic
def submit(record, user):
    """Ask for a record that is not public to be published; return the submission."""
    if would_be_public(record):
        raise SubmissionError(_("“%(record)s”已经发布，不用再送审。") % {"record": record})
    move(record, PublicationStatus.IN_REVIEW)
    submission = open_submission(record) or begin(record)
    hand_in(submission, user)
    log_decision(Action.SUBMIT, record, user, submission)
    return submission


@transaction.atomic
def publish(record, user):
    """Publish a record that is not public, whether or not that was asked for."""
    submission = open_submission(record)
    move(record, PublicationStatus.PUBLISHED)
    if submission and not submission.changes:
        decide(submission, ReviewStage.APPROVED, user)
    log_decision(Action.PUBLISH, record, user)


@transaction.atomic
def take_down(record, user):
    """Make a record a draft, whatever it was."""
    move(record, PublicationStatus.DRAFT)
    log_decision(Action.UNPUBLISH, record, user)


@transaction.atomic
def archive(record, user):
    """Take a record from the public for good, but keep it."""
    move(record, PublicationStatus.ARCHIVED)
    log_decision(Action.ARCHIVE, record, user)


def move(record, status, reason=""):
    """Give a record a publication status; raise SubmissionError if it may not have it."""
    try:
        set_status([record], status, reason=reason)
    except ValidationError as error:
        raise SubmissionError(" ".join(error.messages)) from None


def fingerprint(record, submission):
    """Return a digest of all that a reviewer reads, to tell whether it is still the same."""
    around = [*record.figures.all(), *Citation.objects.for_subjects([record])]
    read = [[values_of(row) for row in [record, *around]], submission and submission.changes]
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()


def waits(record, submission):
    """Tell whether a reviewer is asked anything about a record."""
    if submission is not None and submission.changes:
        return submission.stage == ReviewStage.WAITING
    return record.status == PublicationStatus.IN_REVIEW


def is_sent_back(record, submission):
    """Tell whether a record, or what was to change in it, waits for its editor."""
    if submission is None or submission.stage != ReviewStage.REFUSED:
        return False
    return bool(submission.changes) or record.status == PublicationStatus.DRAFT


def read_again(record, seen):
    """Return the record and its open submission, locked, as they are now.

    Raises SubmissionError if there is nothing to decide, or it is not what the reviewer has seen.
    """
    record = type(record)._base_manager.select_for_update().get(pk=record.pk)
    submission = open_submission(record)
    if not waits(record, submission):
        raise SubmissionError(_("这里没有待审核的内容：可能已有别人处理，或编辑已撤回。"))
    if fingerprint(record, submission) != seen:
        raise SubmissionError(_("您打开本页之后内容又有改动。请看过现在的内容，再作决定。"))
    return record, submission or begin(record)


@transaction.atomic
def approve(record, user, *, seen):
    """Let before the public what was asked for.

    `seen` is the fingerprint of what the reviewer read. Raises SubmissionError, having changed
    nothing, if that is no longer what would be approved, or it no longer fits.
    """
    record, submission = read_again(record, seen)
    decide(submission, ReviewStage.APPROVED, user)
    if submission.changes:
        try:
            # A figure is cited on a page of its own, once it is there.
            with losing_nothing(changed_records(submission), Kind.FIELD, Kind.CITATION):
                write(submission.changes, reason=APPROVED.format(submission.pk))
        except StaleError as error:
            raise SubmissionError(str(error)) from None
        except LossError as error:
            raise SubmissionError(" ".join(error.in_words(LOSS))) from None
        former, now = (pictures_in(submission.changes, key) for key in ("before", "after"))
        discard_pictures(former, now)
    else:
        move(record, PublicationStatus.PUBLISHED, APPROVED.format(submission.pk))
    log_decision(Action.APPROVE, record, user, submission)
    return submission


def changed_records(submission):
    """Return the records that the rows belong to which a submission would change or remove."""
    changed = [change for change in submission.changes if change["before"] is not None]
    rows = [find_row(change["model"], change["pk"]) for change in changed]
    return {submission.subject, *map(record_of, filter(None, rows))} - {None}


@transaction.atomic
def refuse(record, user, reason, *, seen):
    """Send back what was asked for, with the reason that the editor reads."""
    reason = reason.strip()
    if not reason:
        raise SubmissionError(_("退回时请写明理由，编辑据此修改。"))
    if len(reason) > MAX_REASON:
        raise SubmissionError(_("理由最多 %(limit)d 个字。") % {"limit": MAX_REASON})
    record, submission = read_again(record, seen)
    submission.reason = reason
    decide(submission, ReviewStage.REFUSED, user)
    if not submission.changes:
        move(record, PublicationStatus.DRAFT, REFUSED.format(submission.pk, reason)[:100])
    log_decision(Action.REFUSE, record, user, submission)
    return submission


@transaction.atomic
def withdraw(submission, user):
    """Take back what was asked for; a record that is not public is a draft again."""
    if submission.stage not in OPEN_STAGES:
        raise SubmissionError(_("这次送审已经处理完，不能撤回。"))
    record = submission.subject
    if not submission.changes and record and record.status == PublicationStatus.IN_REVIEW:
        move(record, PublicationStatus.DRAFT)
    take_back(submission, record, user)
    return submission


@contextmanager
def withdrawing_deleted(user):
    """Withdraw what was asked for about records that are deleted inside, with all that goes along.

    Nobody could decide it any more. For use in the transaction that deletes.
    """
    asked = Submission.objects.filter(stage__in=OPEN_STAGES).prefetch_related("subject")
    about = {submission.pk: submission.subject for submission in asked}
    yield
    for submission in asked.filter(pk__in=[pk for pk, record in about.items() if record]):
        if submission.subject is None:
            take_back(submission, about[submission.pk], user)


def take_back(submission, record, user):
    decide(submission, ReviewStage.WITHDRAWN, user)
    proposed, shown = (pictures_in(submission.changes, moment) for moment in ("after", "before"))
    discard_pictures(proposed, shown)
    log_decision(Action.WITHDRAW, record, user, submission)


def log_decision(action, row, user, submission=None):
    """Put what was done with a record into the audit log; why it was is in the submission."""
    told = {"submission": submission.pk, "changes": len(submission.changes)} if submission else {}
    log(action, row, user, **told)


def decide(submission, stage, user):
    submission.stage = stage
    submission.decided_by = user
    submission.decided_at = timezone.now()
    if submission.made_at is None:
        # Handed in by a sheet, which says neither who nor when.
        submission.made_at = submission.decided_at
    submission.save()


def pictures_in(changes, moment):
    """Return {name: field} of the pictures in changes, "before" or "after" them."""
    return {
        name: field
        for change in changes
        for field in apps.get_model(change["model"])._meta.fields
        if isinstance(field, PictureField) and (name := (change[moment] or {}).get(field.name))
    }


def discard_pictures(unwanted, wanted):
    """Remove, once it is sure, the files of {name: field} that are not among the wanted."""
    for name in unwanted.keys() - wanted.keys():
        field = unwanted[name]
        file = field.attr_class(field.model(), field, name)
        transaction.on_commit(file.discard, robust=True)

"""The staff's pages for editing what is public: proposals, review, and who may publish."""

from functools import partial

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.editorial.previews import preview_path
from promotion.reference.editorial.proposals import (
    ProposedError,
    Watch,
    keep_proposal,
    reviewed_with,
    within_bounds,
)
from promotion.reference.editorial.rows import StaleError, describe, find_row, write
from promotion.reference.editorial.submissions import (
    MAX_REASON,
    SubmissionError,
    approve,
    fingerprint,
    is_sent_back,
    of_record,
    open_submission,
    proposal_of,
    publish,
    refuse,
    submit,
    waits,
    withdraw,
)
from promotion.reference.private_admin import PrivateFieldsMixin
from promotion.reference.publication import (
    REVIEWED_BASES,
    held_back,
    is_public,
    would_be_public,
)
from promotion.reference.reach import reaches
from promotion.reference.records import PublicRecord
from promotion.reference.rights import has_right, may_publish

PROPOSED = "proposed"
"""The query with which a form shows what waits for approval instead of what is public."""
FORMER_SHOWN = 10
SUBMITTED = gettext_lazy("“%(record)s”已送审，审核通过后公开。")
PUBLISHED = gettext_lazy("“%(record)s”已发布。")
APPROVED = gettext_lazy("已通过，现在的页面就是审核过的内容。")


class EditorialAdminMixin:
    """Keeps what is public from those who may edit but not publish.

    What such a user saves in or around a public record is undone and kept as a proposal, which
    whoever may publish approves or sends back. The rule asks what a form has really written, by
    the history, so that every inline and every way of saving is under it.
    """

    change_form_template = "admin/editorial/change_form.html"

    def get_urls(self):
        options = self.opts.app_label, self.opts.model_name
        review = path(
            "<path:object_id>/review/",
            self.admin_site.admin_view(self.review_view),
            name="{}_{}_review".format(*options),
        )
        return [review, *super().get_urls()] if self.is_reviewed else super().get_urls()

    @property
    def is_reviewed(self):
        """Whether the rows are records that are reviewed by themselves, not with their owners."""
        return issubclass(self.model, PublicRecord)

    def has_publish_permission(self, request):
        return may_publish(request.user) and has_right(request.user, "change", self.model)

    def record_page(self, record, page):
        options = record._meta
        return reverse(
            f"{self.admin_site.name}:{options.app_label}_{options.model_name}_{page}",
            args=[quote(record.pk)],
        )

    # Who may do what with what is public

    def may_edit(self, request):
        """Tell whether an edit can be kept back; in a list that all records share it cannot."""
        return issubclass(self.model, REVIEWED_BASES) or self.has_publish_permission(request)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and self.may_edit(request)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.may_edit(request)

    def has_delete_permission(self, request, obj=None):
        may_delete = super().has_delete_permission(request, obj)
        is_free = obj is None or self.has_publish_permission(request) or not would_be_public(obj)
        return may_delete and is_free

    def get_deleted_objects(self, objs, request):
        found, counts, missing, protected = super().get_deleted_objects(objs, request)
        if not self.has_publish_permission(request) and any(map(would_be_public, objs)):
            missing = {*missing, self.opts.verbose_name}
        return found, counts, missing, protected

    # Forms

    def changelist_view(self, request, extra_context=None):
        with within_bounds(request):
            return super().changelist_view(request, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        with within_bounds(request):
            return super().delete_view(request, object_id, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view, more = super().changeform_view, extra_context or {}
        return self.watched(
            request,
            object_id,
            lambda context: view(request, object_id, form_url, {**context, **more}),
        )

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        view = super().history_form_view
        if request.method == "POST" and not self.has_change_permission(
            request, find_row(self.model, object_id)
        ):
            # Not asked for by the library, which would set the record back for whoever may view it.
            raise PermissionDenied
        return self.watched(
            request, object_id, lambda context: view(request, object_id, version_id, extra_context)
        )

    def record_about(self, request, object_id):
        """Return the record that a form's row belongs to, which may be proposed only."""
        pk = unquote(object_id or "")
        if not (pk.isascii() and pk.isdigit()):
            return None
        row = find_row(self.model, pk)
        if row is None and (proposal := proposal_of(self.model, int(pk))):
            return proposal.subject
        return reviewed_with(request.user, row)

    def proposes(self, request):
        """Tell whether a form stands on what waits, and is kept beside what is public."""
        return PROPOSED in request.GET or not self.has_publish_permission(request)

    def watched(self, request, object_id, view):
        """Answer with a form's view, and keep what it writes as a proposal if it must be."""
        record = self.record_about(request, object_id)
        if record is not None and not reaches(request.user, "view", record):
            raise Http404
        submission = open_submission(record) if record else None
        waiting = submission.changes if submission else []
        if waiting and "_propose" in request.POST and not self.proposes(request):
            messages.error(
                request,
                _("这条记录已有待审的改动，没有保存。请先审核它，或在它的基础上继续修改。"),
            )
            return HttpResponseRedirect(request.get_full_path())
        base = waiting if self.proposes(request) else []
        try:
            with transaction.atomic():
                if request.method == "POST":
                    request.watch = Watch(request.user, given=base)
                    request.is_held = bool(base) or (record is not None and would_be_public(record))
                if base:
                    write(base, keeps_ids=True)
                response = view(self.editorial_context(request, record, submission))
                if base:
                    # Nothing was saved: the form, or what is wrong with it, is shown as it stands.
                    response = response.render() if hasattr(response, "render") else response
                    transaction.set_rollback(True)
        except StaleError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.record_page(record, "review"))
        except ProposedError as proposed:
            return self.show_proposal(
                request, *keep_proposal(proposed, request.user, adds=not base)
            )
        return response

    def editorial_context(self, request, record, submission):
        """Return what a form says about publication, beside its fields."""
        is_published = record is not None and would_be_public(record)
        return {
            "editorial": {
                "record": record,
                "submission": submission,
                "is_own_form": self.is_reviewed,
                "is_published": is_published,
                "is_public": is_published and is_public(record),
                "held_back": held_back(record) if is_published else "",
                "may_publish": self.has_publish_permission(request),
                "is_proposal": self.proposes(request) and (is_published or PROPOSED in request.GET),
                "waits": record is not None and waits(record, submission),
                "is_sent_back": record is not None and is_sent_back(record, submission),
                "review_address": self.record_page(record, "review") if record else "",
                "preview_address": preview_path(record) if record and record.page else "",
                "proposal_query": f"?{PROPOSED}=1",
            }
        }

    def response_add(self, request, obj, post_url_continue=None):
        self.hold_back(request, obj)
        return self.after_saving(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request, obj):
        self.hold_back(request, obj)
        return self.after_saving(request, obj) or super().response_change(request, obj)

    def hold_back(self, request, obj):
        """Leave the transaction of what was saved if it may not be, or not be public as it is."""
        request.watch.refuse_beyond_reach()
        if "_propose" in request.POST or self.proposes(request):
            request.watch.hold_back(obj, always=request.is_held)

    def show_proposal(self, request, record, submission):
        """Say that what was saved is kept for review, and show it."""
        if submission is None:
            messages.info(request, _("与公开的内容没有差别，没有需要审核的改动。"))
            return HttpResponseRedirect(self.record_page(record, "change"))
        messages.success(request, _("已送审。审核通过之前，公众看到的仍是原来的内容。"))
        return HttpResponseRedirect(self.record_page(record, "review"))

    def after_saving(self, request, record):
        """Hand in or publish what was saved, if the button said so; return where that leads."""
        if "_submit" in request.POST:
            return self.decided(request, record, lambda: submit(record, request.user), SUBMITTED)
        if "_publish" in request.POST and self.has_publish_permission(request):
            return self.decided(request, record, lambda: publish(record, request.user), PUBLISHED)
        warn_if_held_back(request, record)
        return None

    def decided(self, request, record, decide, done):
        """Do what a button asks for and say how it went."""
        try:
            with transaction.atomic():
                decide()
        except SubmissionError as error:
            messages.error(request, str(error))
        else:
            if not warn_if_held_back(request, record):
                messages.success(request, done % {"record": record})
        return HttpResponseRedirect(self.record_page(record, "change"))

    # Review

    def review_view(self, request, object_id):
        """Show what is asked about a record; approve it, send it back, or take it back."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        if request.method == "POST":
            return self.decide_view(request, record)
        submission = open_submission(record)
        context = {
            **self.admin_site.each_context(request),
            **self.editorial_context(request, record, submission),
            "opts": self.opts,
            "title": _("审核“%(record)s”") % {"record": record},
            "record": record,
            "submission": submission,
            "rows": describe(submission.changes, partial(self.hidden_from, request))
            if submission
            else [],
            "seen": fingerprint(record, submission),
            "may_withdraw": self.has_change_permission(request, record),
            "max_reason": MAX_REASON,
            "former": of_record(record).exclude(pk=submission and submission.pk)[:FORMER_SHOWN],
        }
        return TemplateResponse(request, "admin/editorial/review.html", context)

    def hidden_from(self, request, model, pk):
        """Return the names of a row's fields that the user's own form for it would not show."""
        row_admin = self.admin_site._registry.get(model)
        if not isinstance(row_admin, PrivateFieldsMixin):
            return set()
        return row_admin.hidden_fields(request, find_row(model, pk))

    def decide_view(self, request, record):
        """Carry out what a reviewer, or the editor, has decided."""
        decision, seen = request.POST.get("decision"), request.POST.get("seen", "")
        if decision == "withdraw":
            may_decide = self.has_change_permission(request, record)
        else:
            may_decide = self.has_publish_permission(request)
        if not may_decide:
            raise PermissionDenied
        reason = request.POST.get("reason", "")
        try:
            if decision == "approve":
                approve(record, request.user, seen=seen)
                record.refresh_from_db()
                messages.success(request, APPROVED if is_public(record) else _("已通过。"))
                warn_if_held_back(request, record)
            elif decision == "refuse":
                refuse(record, request.user, reason, seen=seen)
                messages.success(request, _("已退回，编辑会看到您写的理由。"))
            elif decision == "withdraw" and (submission := open_submission(record)):
                withdraw(submission, request.user)
                messages.success(request, _("已撤回。"))
        except SubmissionError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(self.record_page(record, "review"))


def warn_if_held_back(request, row):
    """Say what keeps a record from the public though it is published; return whether it does."""
    words = held_back(row) if isinstance(row, PublicRecord) else ""
    if words:
        messages.warning(
            request, _("“%(record)s”%(standing)s。") % {"record": row, "standing": words}
        )
    return bool(words)

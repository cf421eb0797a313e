"""The page that lists what waits for a reviewer, and what waits for its editor."""

from dataclasses import dataclass

from django.contrib.admin.utils import quote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from promotion.reference.models import Submission
from promotion.reference.records import PublicRecord
from promotion.reference.services import LinkQuery, fetch_links
from promotion.reference.vocabulary import PublicationStatus, ReviewStage

QUEUE_SHOWN = 100
IN_REVIEW = PublicationStatus.IN_REVIEW


def waiting_for_review(model):
    """Return the records of a model about which a reviewer is asked something."""
    changes = Submission.objects.filter(
        stage=ReviewStage.WAITING, subject_type=ContentType.objects.get_for_model(model)
    ).exclude(changes=[])
    return model._default_manager.filter(
        Q(status=IN_REVIEW) | Q(pk__in=changes.order_by().values("subject_id"))
    )


class ReviewQueue:
    """Something on the page of reviews: what waits, or what was sent back."""

    def __init__(self, title, empty, rows):
        self.title = title
        self.empty = empty
        self.total = len(rows)
        self.rows = rows[:QUEUE_SHOWN]

    @property
    def is_cut(self):
        return self.total > len(self.rows)


@dataclass
class QueuedRecord:
    """A record in a queue, and who asked when; nobody is known for one that a sheet handed in."""

    label: str
    kind: str
    address: str
    is_change: bool = False
    made_by: object = None
    made_at: object = None


class ReviewsPage:
    """The page that lists what waits for a reviewer, and what waits for its editor.

    For a site whose registered admins are EditorialAdminMixin.
    """

    def reviewed_admins(self, request):
        """Return the admins of the records that the user may see, by content type."""
        return {
            ContentType.objects.get_for_model(model).pk: model_admin
            for model, model_admin in self._registry.items()
            if issubclass(model, PublicRecord) and model_admin.has_view_permission(request)
        }

    def submissions(self, request, admins, stage):
        """Return what was submitted about the records that there are and the user may see."""
        seen = Q(pk__in=[])
        for type_id, model_admin in admins.items():
            rows = model_admin.get_queryset(request).filter(pk=OuterRef("subject_id"))
            seen |= Q(Exists(rows), subject_type=type_id)
        return Submission.objects.filter(seen, stage=stage).select_related("made_by")

    def waiting_submissions(self, request):
        """Return what waits for review of what the user may see: (model admin, record id, row)."""
        admins = self.reviewed_admins(request)
        submissions = self.submissions(request, admins, ReviewStage.WAITING)
        found = [
            (admins[row.subject_type_id], row.subject_id, row)
            for row in submissions.exclude(changes=[]).order_by("made_at")
        ]
        known = {
            (row.subject_type_id, row.subject_id): row for row in submissions.filter(changes=[])
        }
        links = fetch_links(
            *(
                LinkQuery(str(type_id), model_admin.get_queryset(request).filter(status=IN_REVIEW))
                for type_id, model_admin in admins.items()
            )
        )
        for link in links:
            type_id = int(link.section)
            row = known.get((type_id, link.pk)) or Submission(label=link.name)
            found.append((admins[type_id], link.pk, row))
        return found

    def sent_back_submissions(self, request):
        """Return what waits for its editor, of what the user may see."""
        admins = self.reviewed_admins(request)
        sent_back = self.submissions(request, admins, ReviewStage.REFUSED)
        return [
            (admins[row.subject_type_id], row.subject_id, row)
            for row in sent_back.order_by("decided_at")
        ]

    def reviews(self, request):
        if not self.reviewed_admins(request):
            raise PermissionDenied
        waiting, sent_back = self.waiting_submissions(request), self.sent_back_submissions(request)
        queues = [
            ReviewQueue(_("等待审核"), _("没有等待审核的内容。"), waiting),
            ReviewQueue(_("已退回"), _("没有退回后未处理的内容。"), sent_back),
        ]
        for queue in queues:
            queue.rows = [self.queued(*row) for row in queue.rows]
        context = {**self.each_context(request), "title": _("审核"), "queues": queues}
        return TemplateResponse(request, "admin/editorial/reviews.html", context)

    def queued(self, model_admin, pk, row):
        options = model_admin.opts
        page = f"{self.name}:{options.app_label}_{options.model_name}_review"
        return QueuedRecord(
            row.label,
            options.verbose_name,
            reverse(page, args=[quote(pk)]),
            bool(row.changes),
            row.made_by,
            row.made_at,
        )

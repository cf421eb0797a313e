"""The admin page on which the text of a source is stored, replaced and removed."""

from django.contrib import messages
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from promotion.reference.evidence import storing
from promotion.reference.evidence.anchors import split_paragraphs
from promotion.reference.evidence.forms import DocumentForm
from promotion.reference.evidence.models import SourceText
from promotion.reference.rights import may_publish

PARAGRAPHS_SHOWN = 12


class SourceTextPages:
    """Adds the page of a source's text to its admin.

    Reading it needs the right to view the source, anything else the right to change it.
    """

    def get_urls(self):
        page = path(
            "<path:object_id>/text/",
            self.admin_site.admin_view(self.text_view),
            name="reference_source_text",
        )
        return [page, *super().get_urls()]

    @display(description=gettext_lazy("原文"))
    def archived_text(self, source):
        if source.pk is None:
            return _("先保存这份资料，再存入原文。")
        total = source.text_paragraphs.count()
        stored = (
            ngettext("已存入 %(count)d 段", "已存入 %(count)d 段", total) % {"count": total}
            if total
            else _("还没有存入原文")
        )
        address = reverse("admin:reference_source_text", args=[source.pk])
        return format_html('<a href="{}">{}</a>', address, stored)

    def text_view(self, request, object_id):
        """Show what is stored of a source and what waits; take in, confirm, discard, remove."""
        source = self.get_object(request, object_id) if object_id.isdecimal() else None
        if source is None:
            raise Http404
        if not self.has_view_permission(request, source):
            raise PermissionDenied
        may_change = self.has_change_permission(request, source)
        form = DocumentForm()
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            form = DocumentForm(request.POST, request.FILES)
            if self.act(request, source, form):
                return HttpResponseRedirect(request.path)
        stored = SourceText.objects.filter(source=source).select_related("stored_by").first()
        waiting = split_paragraphs(stored.waiting) if stored else []
        refound = storing.find_again(
            source.citations.select_related("subject_type").prefetch_related("subject"), waiting
        )
        is_bound = not may_publish(request.user)
        is_read = is_bound and storing.is_read_by_the_public(source)
        public_changes = is_bound and waiting and storing.public_changes(source, refound)
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/reference/source_text.html",
            {
                **self.admin_site.each_context(request),
                "title": _("原文"),
                "opts": self.opts,
                "source": source,
                "stored": stored,
                "form": form,
                "may_change": may_change,
                "lost_count": source.citations.lost().count(),
                "paragraph_count": source.text_paragraphs.count(),
                "beginning": source.text_paragraphs.all()[:PARAGRAPHS_SHOWN],
                "waiting_count": len(waiting),
                "waiting_beginning": waiting[:PARAGRAPHS_SHOWN],
                "digest": storing.digest_of(stored.waiting) if waiting else "",
                "refound": refound,
                "is_read": is_read,
                "public_changes": public_changes,
            },
        )

    def act(self, request, source, form):
        """Do what a button of the page asks for; tell whether it was done."""
        if "confirm" in request.POST:
            return self.confirm_text(request, source)
        if "discard" in request.POST:
            storing.discard(source)
            return True
        if "remove" in request.POST:
            try:
                with transaction.atomic():
                    storing.remove(source, request.user)
                    self.log_change(request, source, "删除存入的原文")
            except storing.PublicTextError:
                messages.error(
                    request, _("公众正读着这份原文，删除它要有发布的权限。没有改动任何内容。")
                )
                return True
            messages.success(request, _("存入的原文已删除，引文没有改动。"))
            return True
        if form.is_valid():
            storing.hand_in(source, form.cleaned_data["paragraphs"])
            return True
        return False

    def confirm_text(self, request, source):
        try:
            with transaction.atomic():
                refound = storing.confirm(source, request.POST["confirm"], request.user)
                self.log_change(request, source, "存入原文")
        except storing.OvertakenError:
            messages.error(
                request, _("等待确认的已经不是您看到的那一份，没有替换。请核对后再确认。")
            )
            return True
        except storing.PublicTextError:
            messages.error(
                request,
                _("这份原文会改变公众看到的内容，确认要有发布的权限。它仍在等待确认。"),
            )
            return True
        level = messages.WARNING if refound.lost else messages.SUCCESS
        text = _(
            "原文已存入：%(staying)d 条引文仍在原段，%(moving)d 条移到新的段落，%(lost)d 条找不到。"
        )
        counts = {name: len(rows) for name, rows in vars(refound).items()}
        messages.add_message(request, level, text % counts)
        return True

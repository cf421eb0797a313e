"""The staff pages for citing stored texts, and for what of them can no longer be found."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from promotion.reference.editorial.proposals import save_or_propose
from promotion.reference.editorial.rows import StaleError
from promotion.reference.evidence.anchors import with_stored_problems
from promotion.reference.evidence.citing import FIGURE_PREFIX, citations_of, cite
from promotion.reference.evidence.forms import CitationForm
from promotion.reference.evidence.models import SourceParagraph
from promotion.reference.models import Citation, Figure, Source, sourced_models
from promotion.reference.reach import choosable, is_bounded, within_reach
from promotion.reference.records import PublicRecord
from promotion.reference.rights import has_right
from promotion.reference.services import nearest_page

PARAGRAPHS_PER_PAGE = 100
FOUND_OF_A_KIND = 5
LOST_PER_PAGE = 100


def admin_address(row):
    """Return the address of the page on which staff edit a row."""
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])


class EvidencePages:
    """The pages of one admin site; what they show follows its models' rights."""

    def __init__(self, site):
        self.site = site

    @property
    def urls(self):
        return [
            path("cite/", self.site.admin_view(self.cite), name="cite"),
            path("lost-anchors/", self.site.admin_view(self.lost_anchors), name="lost_anchors"),
        ]

    def may(self, request, action, model, row=None):
        """Tell whether the user may view or change rows of a model, or a row."""
        model_admin = self.site._registry.get(model)
        return model_admin and getattr(model_admin, f"has_{action}_permission")(request, row)

    def respond(self, request, template, context):
        request.current_app = self.site.name
        return TemplateResponse(request, template, {**self.site.each_context(request), **context})

    # Citing

    def cite(self, request):
        """Show a source's paragraphs and the facts of a record; cite a phrase for one of them."""
        sources = self.readable_sources(request).filter(
            Exists(SourceParagraph.objects.filter(source=OuterRef("pk")))
        )
        record, fact = self.chosen_record(request)
        source = self.chosen_source(request, sources)
        form = None
        if record:
            data = request.POST if request.method == "POST" else None
            form = CitationForm(record, data, initial={"fact": fact})
        if request.method == "POST":
            if not record or not source:
                raise Http404
            if self.save(request, form, record, source):
                return HttpResponseRedirect(request.get_full_path())
        return self.respond(
            request,
            "admin/reference/cite.html",
            {
                "title": _("引用原文"),
                "record": record,
                "subject_key": request.GET.get("subject", "") if record else "",
                "record_address": record and admin_address(record),
                "source": source,
                "sources": sources,
                "form": form,
                "query": request.GET.get("q", ""),
                "page": source and self.paragraphs(request, source),
                "cited": record and source and citations_of(record, source),
                "wanted": request.GET.get("record", ""),
                "found": () if record else self.find_records(request),
            },
        )

    def readable_sources(self, request):
        """Return the sources whose texts the user may read; refuse whoever may not cite.

        Who cites only for the places that they operate reads what is public.
        """
        if not has_right(request.user, "add", Citation):
            raise PermissionDenied
        if is_bounded(request.user, "add", Citation):
            of_citations = Citation._meta.get_field("source")
            return choosable(request.user, of_citations).filter(is_text_public=True)
        if not self.may(request, "view", Source):
            raise PermissionDenied
        return Source.objects.all()

    def chosen_record(self, request):
        """Return the record that the address names and its fact that is chosen, "" for none.

        A figure stands for the record that it is about. "Not found" where there is none or the
        user may not change it.
        """
        key = request.GET.get("subject", "")
        if not key:
            return None, ""
        label, _colon, pk = key.partition(":")
        models = {model._meta.label_lower: model for model in sourced_models()}
        if label not in models or not (pk.isascii() and pk.isdecimal()):
            raise Http404
        record = models[label]._default_manager.filter(pk=pk).first()
        fact = ""
        if isinstance(record, Figure):
            record, fact = record.subject, f"{FIGURE_PREFIX}{record.pk}"
        if record is None:
            raise Http404
        if not self.may(request, "change", type(record), record):
            raise PermissionDenied
        return record, fact

    def chosen_source(self, request, sources):
        """Return the source that the address names, or the only one whose text is stored."""
        pk = request.GET.get("source", "")
        if not pk:
            return sources[0] if len(sources) == 1 else None
        source = next((each for each in sources if str(each.pk) == pk), None)
        if source is None:
            raise Http404
        return source

    def paragraphs(self, request, source):
        """Return the page of paragraphs that was asked for, of those with the words searched."""
        rows = source.text_paragraphs.all()
        if words := request.GET.get("q", "").replace("\0", "").strip():
            rows = rows.filter(text__contains=words)
        return nearest_page(Paginator(rows, PARAGRAPHS_PER_PAGE), request.GET.get("page"))

    def find_records(self, request):
        """Return (key, record) of the records whose names answer a search."""
        words = request.GET.get("record", "").replace("\0", "").strip()
        if not words:
            return []
        return [
            (f"{model._meta.label_lower}:{record.pk}", record)
            for model in sourced_models()
            if issubclass(model, PublicRecord) and self.may(request, "change", model)
            for record in self.answering(request, model, words)
        ]

    def answering(self, request, model, words):
        rows = within_reach(request.user, "change", model.objects.matching(words))
        return rows.by_relevance(words)[:FOUND_OF_A_KIND]

    def save(self, request, form, record, source):
        """Cite what the form says; tell whether it was done."""
        if not form.is_valid():
            return False
        values = form.cleaned_data
        place = {name: values[name] for name in ("paragraph", "excerpt", "stated_value")}
        try:
            proposal = save_or_propose(
                request.user, record, lambda: cite(record, values["fact"], source=source, **place)
            )
        except ValidationError as error:
            form.add_model_error(error)
            return False
        except StaleError as error:
            form.add_error(None, str(error))
            return False
        message = _("已引用第 %(paragraph)d 段的“%(excerpt)s”。") % place
        if proposal:
            message += _("已送审。审核通过之前，公众看到的仍是原来的内容。")
        messages.success(request, message)
        return True

    # What is lost

    def lost_anchors(self, request):
        """List the citations whose phrase the stored text no longer has where they say."""
        if not self.may(request, "view", Citation):
            raise PermissionDenied
        lost = within_reach(request.user, "view", Citation.objects.lost())
        lost = lost.select_related("source", "subject_type")
        page = nearest_page(
            Paginator(lost.prefetch_related("subject"), LOST_PER_PAGE), request.GET.get("page")
        )
        return self.respond(
            request,
            "admin/reference/lost_anchors.html",
            {
                "title": _("找不到的引文"),
                "page": page,
                "rows": [
                    (citation, problem, admin_address(citation))
                    for citation, problem in with_stored_problems(page)
                ],
            },
        )

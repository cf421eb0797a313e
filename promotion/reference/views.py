"""List and detail bases of the public site, and the kernel's own pages."""

from itertools import chain

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, ListView, View

from promotion.reference.charts import fetch_series
from promotion.reference.filters import FigureFilter, RecordFilter, SchemedIndustryFilter
from promotion.reference.kept import kept
from promotion.reference.ledger.addresses import (
    follows_merges,
    redirect_path,
    redirect_query,
)
from promotion.reference.models import Citation, Figure, Industry, Source
from promotion.reference.records import published_q
from promotion.reference.services import (
    CitationIndex,
    LinkQuery,
    Section,
    cited_figures_of,
    fetch_figure_subjects,
    fetch_sections,
    fetch_subject_rows,
    fetch_subjects,
    figures_by_subject,
    nearest_page,
    subject_key,
)
from promotion.reference.shared_pages import same_for_everyone

PER_PAGE = 24
PARAGRAPHS_PER_PAGE = 100


def canonical_query(filterset, page):
    """Return the query of a list's one address: a filtered list is a part of the whole one."""
    return "" if filterset.is_active or page.number == 1 else f"?page={page.number}"


class RecordPaginator(Paginator):
    """Pages of a list, counted once in each state of the data, and read from the nearer end.

    `key` is what the rows depend on, beside the data.
    """

    def __init__(self, *args, key=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.key = key

    @cached_property
    def count(self):
        return kept(self.object_list.count, "count", *self.key)

    def page(self, number):
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        if start <= self.count - end:
            rows = self.object_list[start:end]
        else:
            rows = self.object_list.reverse()[self.count - end : self.count - start][::-1]
        return self._get_page(list(rows), number, self)


def flatten(related):
    """Yield the records and links among the values that a page was given."""
    for value in related.values():
        if isinstance(value, dict):
            yield from flatten(value)
        elif isinstance(value, Section):
            yield from value.links
        else:
            yield from value


@method_decorator(same_for_everyone, name="dispatch")
class PublicPage(View):
    """Base of a page that is the same for everyone."""


class RecordListView(PublicPage, ListView):
    """A filterable, paginated list of public records."""

    paginate_by = PER_PAGE
    paginator_class = RecordPaginator
    filterset_class = RecordFilter
    title = ""
    intro = ""
    empty = ""
    """What to do instead while nothing has been published."""

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        if self.filterset.ignored_labels:
            return redirect_query(request, self.filterset.record_models) or response
        return response

    def get_queryset(self):
        records = self.model.objects.published()
        self.filterset = self.filterset_class(self.request.GET, records, request=self.request)
        return self.filterset.qs.for_list()

    def paginate_queryset(self, queryset, page_size):
        paginator = self.get_paginator(queryset, page_size, key=self.filterset.key)
        page = nearest_page(paginator, self.request.GET.get("page"))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_subjects(self, records):
        """Return what the page shows citations of."""
        return records

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        records = context["page_obj"].object_list
        return context | {
            "title": self.title,
            "intro": self.intro,
            "empty": self.empty,
            "filterset": self.filterset,
            "canonical_query": canonical_query(self.filterset, context["page_obj"]),
            "citations": CitationIndex(self.get_subjects(records)),
        }


class RecordDetailView(PublicPage, DetailView):
    """The page of one public record with everything public around it."""

    context_object_name = "record"
    list_page = ""
    list_title = ""

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            return redirect_path(request, self.model)

    def get_queryset(self):
        return self.model.objects.published().for_detail()

    def get_related(self):
        """Return the lists, and the sections of links, that the page shows around the record."""
        return {}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        related = self.get_related()
        subjects = [self.object, *flatten(related)]
        figures = figures_by_subject(subjects)
        shown = list(chain.from_iterable(figures.values()))
        opponents = chain.from_iterable(figure.opponents for figure in shown)
        return (
            context
            | related
            | {
                "list_page": self.list_page,
                "list_title": self.list_title,
                "kind": capfirst(self.model._meta.verbose_name),
                "figures": figures,
                "citations": CitationIndex([*subjects, *shown, *opponents]),
            }
        )


class IndustryList(RecordListView):
    model = Industry
    filterset_class = SchemedIndustryFilter
    # Schemes are compared side by side: cutting them into short pages would hide that.
    paginate_by = 120
    title = _("产业")
    intro = _("不同的规划对产业有不同的划分，这里按提出者各自列出，互不合并。")
    empty = _("还没有发布产业分类。")

    def get_subjects(self, records):
        return [*records, *{industry.scheme for industry in records}]


class IndustryDetail(RecordDetailView):
    model = Industry
    list_page = "industry_list"
    list_title = IndustryList.title

    def get_related(self):
        industry = self.object
        namesakes = Industry.objects.published().filter(name=industry.name).exclude(pk=industry.pk)
        queries = [LinkQuery("namesakes", namesakes, note="scheme__name")]
        # Whatever layer names industries, this page shows its rows, without importing it.
        for relation in Industry._meta.related_objects:
            model = relation.related_model
            if relation.many_to_many and hasattr(model.objects, "published"):
                rows = model.objects.published().filter(**{relation.field.name: industry})
                queries.append(LinkQuery(relation.get_accessor_name(), rows))
        return {"schemes": [industry.scheme], "sections": fetch_sections(*queries)}


class SourceList(RecordListView):
    model = Source
    title = _("资料来源")
    intro = _("本站的每一项事实都注明出自哪份文件的哪一段；点开文件可以看到它支持的全部事实。")
    empty = _("还没有发布资料来源。")


class SourceDetail(RecordDetailView):
    model = Source
    list_page = "source_list"
    list_title = SourceList.title

    def get_context_data(self, **kwargs):
        cited = Citation.objects.filter(source=self.object)
        links = fetch_subjects(cited)
        figures = {subject_key(figure): figure for figure in cited_figures_of(cited)}
        disputed = fetch_subject_rows(each for each in cited if each.stated_value)
        paragraphs, total = {}, 0
        for citation in cited:
            key = (citation.subject_type_id, citation.subject_id)
            figure = figures.get(key)
            about = (figure.subject_type_id, figure.subject_id) if figure else key
            if about in links:
                # The cache of content types spares a query for each field's label.
                citation.subject_type = ContentType.objects.get_for_id(citation.subject_type_id)
                citation.figure = figure
                citation.record = disputed.get(key)
                rows = paragraphs.setdefault(citation.paragraph, {})
                rows.setdefault(about, (links[about], []))[1].append(citation)
                total += 1
        return super().get_context_data(**kwargs) | {
            "paragraphs": [(number, rows.values()) for number, rows in paragraphs.items()],
            "fact_count": total,
            "text_page": self.get_text_page() if self.object.is_text_public else None,
        }

    def get_text_page(self):
        """Return the part of the stored text that was asked for."""
        paginator = Paginator(self.object.text_paragraphs.all(), PARAGRAPHS_PER_PAGE)
        return nearest_page(paginator, self.request.GET.get("page"))


@method_decorator(follows_merges(Source), name="dispatch")
class CitationDetail(PublicPage, DetailView):
    """Who says a fact, where and as of when: a part of a page, fetched when its mark is opened."""

    model = Citation
    template_name = "reference/citation_detail.html"
    context_object_name = "citation"

    def get_queryset(self):
        cited = super().get_queryset().filter(published_q("source"))
        return cited.filter(source__slug=self.kwargs["slug"]).select_related("source")

    def get_object(self, queryset=None):
        citation = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        model = ContentType.objects.get_for_id(citation.subject_type_id).model_class()
        citation.subject = get_object_or_404(
            model._default_manager.published(), pk=citation.subject_id
        )
        return citation

    def get_context_data(self, **kwargs):
        subject = self.object.subject
        return super().get_context_data(**kwargs) | {
            "figure": subject if isinstance(subject, Figure) else None,
            "as_of": getattr(subject, "as_of", ""),
        }

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response


class FigureList(RecordListView):
    model = Figure
    filterset_class = FigureFilter
    template_name = "reference/figure_list.html"
    title = _("数据")
    intro = _("每个数字都带着精确程度、统计范围、时点和出处；尚未实现的，标明计划、预计或期望。")
    empty = _("还没有发布数据。")

    def get_queryset(self):
        figures = Figure.objects.published().order_by(
            "-is_headline", "subject_type_id", "subject_id", "position", "pk"
        )
        self.filterset = FigureFilter(self.request.GET, figures, request=self.request)
        return self.filterset.qs

    def get_charts(self):
        """Return the charts that may be drawn beside the figures."""
        return fetch_series(Figure.objects.published())

    def get_subjects(self, records):
        drawn = [bar.figure for chart in self.charts for bar in chart.bars if bar.figure]
        return [*records, *drawn]

    def get_context_data(self, **kwargs):
        self.charts = [chart for chart in self.get_charts() if chart.is_worth_drawing]
        context = super().get_context_data(**kwargs)
        subjects = [chart.subject for chart in self.charts if chart.subject]
        figures = [*context["page_obj"].object_list, *subjects]
        links = fetch_figure_subjects(figures)
        for figure in figures:
            figure.link = links.get((figure.subject_type_id, figure.subject_id))
        return context | {"charts": self.charts}

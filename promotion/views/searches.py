"""The search page, and what the search boxes suggest while the reader types."""

from importlib import import_module

from django.conf import settings
from django.views.generic import TemplateView

from promotion.reference.views import PublicPage
from promotion.search import clean_query


def backend():
    """Return what searches: a module with `search`, `suggest` and `nearest`."""
    return import_module(settings.SEARCH_BACKEND)


class Search(PublicPage, TemplateView):
    """Everything public that holds the words asked for, by kind."""

    template_name = "promotion/search.html"

    def get_context_data(self, **kwargs):
        text = clean_query(self.request.GET.get("q", ""))
        kind = self.request.GET.get("kind", "")
        results = backend().search(text, kind, self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "results": results,
            "is_kind_ignored": bool(kind and results.kinds and not results.chosen),
            "nearest": backend().nearest(text) if text and not results.kinds else [],
        }


class Suggest(PublicPage, TemplateView):
    """A few names for what has been typed so far, as a fragment for the search box."""

    template_name = "promotion/_suggestions.html"

    def get_context_data(self, **kwargs):
        text = clean_query(self.request.GET.get("q", ""))
        return super().get_context_data(**kwargs) | {"suggestions": backend().suggest(text)}
